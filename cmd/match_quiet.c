/* Suppressions on one event: which of its hits nobody wants to hear of, and why that is counted. */
#include "cmd/match_local.h"
#include "cmd/match_work.h"

/* The suppression that is in force for this rule and event; none: -1.  The event's time decides what has expired. */
static long
suppressed(struct worker *w, const struct sigma_rule *rule, const struct record *own)
{
	const struct local *l = w->m->local;
	long expired = -1;

	for (size_t i = 0; i < l->suppressions; i++) {
		const struct suppression *s = &l->suppress[i];

		if (!local_means(s->rule, rule) || !match_holds(w->room, s->when))
			continue;
		if (own->timed && stamp_cmp(own->at, s->until) >= 0)
			expired = (long)i;
		else
			return (long)i;
	}
	if (expired >= 0)
		w->expired[expired]++;
	return -1;
}

size_t
quiet_hits(struct worker *w, const struct record *own, const struct match_hit **hit, size_t hits, struct emit *e)
{
	struct match_hit *kept;
	size_t n = 0;

	if (w->m->local->suppressions == 0 || hits == 0)
		return hits;
	kept = arena_alloc(emit_arena(e), hits * sizeof *kept);
	for (size_t i = 0; i < hits; i++) {
		long s = suppressed(w, (*hit)[i].rule, own);

		if (s < 0)
			kept[n++] = (*hit)[i];
		else
			w->suppressed[s]++;
	}
	*hit = kept;
	return n;
}

/* ---- correlations: asked of the event that would carry the alert, before it is known whether there will be one ------------ */

struct asking {
	struct worker *w;
	const struct record *own;
	struct correlate_mute *mute;
	size_t n, max;
};

static void
ask(void *self, const struct sigma_correlation *c)
{
	struct asking *a = self;
	const struct local *l = a->w->m->local;
	uint32_t over = CORRELATE_NOBODY;

	for (size_t i = 0; i < l->suppressions; i++) {
		const struct suppression *s = &l->suppress[i];

		if (!local_means(s->rule, c->about) || !match_holds(a->w->room, s->when))
			continue;
		if (a->own->timed && stamp_cmp(a->own->at, s->until) >= 0) {
			over = (uint32_t)i | CORRELATE_OVER;
			continue;
		}
		over = (uint32_t)i;
		break;
	}
	if (over != CORRELATE_NOBODY && a->n < a->max)
		a->mute[a->n++] = (struct correlate_mute){c->index, over};
}

void
quiet_many(struct worker *w, const struct record *own, struct correlate_seen *seen, struct emit *e)
{
	size_t max = sigma_correlations(&w->m->sigma);
	struct asking a = {.w = w, .own = own, .max = max};

	if (w->m->local->suppressions == 0)
		return;
	a.mute = arena_alloc(emit_arena(e), (max + 1) * sizeof *a.mute);
	for (size_t i = 0; i < seen->rules; i++)
		correlate_above(w->m->correlate, seen->rule[i], ask, &a);
	seen->mute = a.mute;
	seen->mutes = a.n;
}

/* ---- log sources of this place ------------------------------------------------------------------------------------------- */

/* Adds what the mapping says; true if it said something. */
bool
quiet_sources(struct worker *w, struct match_event *ev, struct logsource *ls)
{
	const struct local *l = w->m->local;
	unsigned was = ev->ls_n;

	if (l->sources == 0)
		return false;
	match_look(w->room, ev);
	for (size_t i = 0; i < l->sources && ev->ls_n < EVENT_LS_MAX; i++)
		if (match_holds(w->room, l->source[i].when))
			ls[ev->ls_n++] = l->source[i].ls;
	return ev->ls_n > was;
}
