#include "lib/incident/incident.h"

#include "lib/port/digest.h"

#include <stdlib.h>

const struct slice status_name[STATUS_COUNT] = {
	[STATUS_NEW] = SLICE_INIT("new"), [STATUS_TRIAGE] = SLICE_INIT("triage"),
	    [STATUS_IN_PROGRESS] = SLICE_INIT("in_progress"),
	[STATUS_CONTAINED] = SLICE_INIT("contained"), [STATUS_ERADICATED] = SLICE_INIT("eradicated"),
	[STATUS_RECOVERED] = SLICE_INIT("recovered"), [STATUS_CLOSED] = SLICE_INIT("closed"),
	    [STATUS_ON_HOLD] = SLICE_INIT("on_hold"),
	[STATUS_ESCALATED] = SLICE_INIT("escalated"), [STATUS_MERGED] = SLICE_INIT("merged"),
	    [STATUS_REOPENED] = SLICE_INIT("reopened"),
};

static void
clear(struct incident *i, void (*maps)(struct map *), void (*mem)(struct arena *))
{
	struct finding *finding = i->finding;
	struct cue_asset *asset = i->asset;
	struct incident_link *link = i->link;
	size_t finding_cap = i->finding_cap, asset_cap = i->asset_cap, link_cap = i->link_cap;
	struct incident empty = {.tactics = i->tactics, .techniques = i->techniques, .finding_by = i->finding_by,
	    .asset_by = i->asset_by,
	    .desk = i->desk, .mem = i->mem};

	memcpy(empty.entity, i->entity, sizeof empty.entity);
	*i = empty;
	i->finding = finding;
	i->asset = asset;
	i->link = link;
	i->finding_cap = finding_cap;
	i->asset_cap = asset_cap;
	i->link_cap = link_cap;
	maps(&i->tactics);
	maps(&i->techniques);
	maps(&i->finding_by);
	maps(&i->asset_by);
	maps(&i->desk);
	for (int t = 0; t < ENTITY_COUNT; t++)
		maps(&i->entity[t]);
	mem(&i->mem);
}

void
incident_reset(struct incident *i)
{
	clear(i, map_reset, arena_reset);
}

void
incident_free(struct incident *i)
{
	clear(i, map_free, arena_free);
	free(i->finding);
	free(i->asset);
	free(i->link);
	*i = (struct incident){.seq = 0};
}

void
incident_open(struct incident *i, const struct cue *a)
{
	struct slice zero = SLICE("\0");
	struct slice part[5] = {key_type_name[a->key], zero, a->value, zero, a->id};
	unsigned char sum[16];
	struct buf hex = {0};

	incident_reset(i);
	digest_xxh3(part, 5, sum);
	buf_hex(&hex, sum, sizeof sum);
	memcpy(i->id, hex.p, sizeof i->id);
	buf_free(&hex);
	i->key = a->key;
	i->value = arena_slice(&i->mem, a->value);
	i->first = i->last = i->opened = a->at;
	i->all_blocked = true;
}

static void
add_entity(struct incident *i, const struct cue_entity *e, bool (*more)(void *, enum entity_type, struct slice), void *self)
{
	struct map *m = &i->entity[e->type];

	if (m->n < INCIDENT_ENTITIES)
		(void)map_put(m, e->value, NULL);
	else if (map_get(m, e->value) == NULL && more(self, e->type, e->value))
		i->more[e->type]++;
}

/* The finding of (rule, entity); made empty if there was none. */
static struct finding *
finding_of(struct incident *i, struct slice rule, struct slice entity, struct slice name, struct stamp at)
{
	struct buf key = {0};
	struct map_row *row;
	bool made;

	buf_slice_add(&key, rule);
	buf_byte(&key, 0);
	buf_slice_add(&key, entity);
	row = map_put(&i->finding_by, buf_slice(&key), &made);
	if (made) {
		row->v.u = i->findings;
		i->finding = mem_grow(i->finding, &i->finding_cap, i->findings, sizeof *i->finding);
		i->finding[i->findings++] = (struct finding){.rule = slice_head(row->key, rule.n),
		    .name = arena_slice(&i->mem, name),
		    .entity = slice_from(row->key, rule.n + 1), .first = at, .last = at};
	}
	buf_free(&key);
	return &i->finding[row->v.u];
}

static void
widen(struct finding *x, uint64_t n, int level, struct stamp first, struct stamp last)
{
	x->n += n;
	x->changed = true;
	if (level > x->level)
		x->level = level;
	if (stamp_cmp(first, x->first) < 0)
		x->first = first;
	if (stamp_cmp(last, x->last) > 0)
		x->last = last;
}

void
incident_findings(struct incident *i, const struct incident *from)
{
	for (size_t k = 0; k < from->findings; k++) {
		const struct finding *x = &from->finding[k];

		widen(finding_of(i, x->rule, x->entity, x->name, x->first), x->n, x->level, x->first, x->last);
	}
}

void
incident_asset(struct incident *i, const struct cue_asset *a)
{
	struct slice part[4] = {a->of, a->name, a->owner, a->criticality};
	struct buf key = {0};
	bool made = false;

	for (int k = 0; k < 4; k++) {
		buf_slice_add(&key, part[k]);
		buf_byte(&key, 0);
	}
	if (i->assets < INCIDENT_ASSETS)
		(void)map_put(&i->asset_by, buf_slice(&key), &made);
	if (made) {
		i->asset = mem_grow(i->asset, &i->asset_cap, i->assets, sizeof *i->asset);
		i->asset[i->assets++] = (struct cue_asset){arena_slice(&i->mem, a->of), arena_slice(&i->mem, a->name),
		    arena_slice(&i->mem, a->owner), arena_slice(&i->mem, a->criticality)};
	}
	buf_free(&key);
}

/* "Credential Access", "credential_access" and "attack.credential-access" are one tactic. */
static struct slice
tactic_word(struct arena *mem, struct slice s)
{
	char *p;

	if (slice_starts_nocase(s, SLICE("attack.")))
		s = slice_from(s, 7);
	p = arena_dup(mem, s.p, s.n);
	for (size_t k = 0; k < s.n; k++) {
		if (p[k] >= 'A' && p[k] <= 'Z')
			p[k] = (char)(p[k] + 32);
		if (p[k] == ' ' || p[k] == '_')
			p[k] = '-';
	}
	return slice_of(p, s.n);
}

static bool
add_words(struct incident *i, const struct cue *a)
{
	bool made = false, any = false;

	for (size_t k = 0; k < a->tactics && i->tactics.n < INCIDENT_WORDS; k++) {
		(void)map_put(&i->tactics, tactic_word(&i->mem, a->tactic[k]), &made);
		any |= made;
	}
	for (size_t k = 0; k < a->techniques && i->techniques.n < INCIDENT_WORDS; k++)
		(void)map_put(&i->techniques, a->technique[k], &made);
	return any;
}

static int
highest(const struct incident *i)
{
	int level = 0;

	for (int k = 1; k < SEVERITY_COUNT; k++)
		if (i->counts[k])
			level = k;
	return level;
}

bool
incident_add(struct incident *i, const struct cue *a, bool (*more)(void *, enum entity_type, struct slice), void *self)
{
	bool seen = i->total == 0 || a->level > highest(i) || a->tlp > i->tlp || a->pap > i->pap;

	i->total++;
	i->counts[a->level]++;
	i->left_out += a->left_out;
	if (stamp_cmp(a->at, i->first) < 0)
		i->first = a->at;
	if (stamp_cmp(a->at, i->last) > 0)
		i->last = a->at;
	if (a->tlp > i->tlp)
		i->tlp = a->tlp;
	if (a->pap > i->pap)
		i->pap = a->pap;
	i->all_blocked = i->all_blocked && a->blocked;
	i->vulnerability |= a->vulnerability;
	for (size_t k = 0; k < a->entities; k++)
		add_entity(i, &a->entity[k], more, self);
	for (size_t k = 0; k < a->assets; k++)
		incident_asset(i, &a->asset[k]);
	widen(finding_of(i, a->rule, i->value, a->rule_name, a->at), 1, a->level, a->at, a->at);
	return add_words(i, a) || seen;
}

/* Entities beyond the limit are not counted here. */
void
incident_absorb(struct incident *a, const struct incident *b)
{
	for (int k = 0; k < ENTITY_COUNT; k++) {
		for (size_t n = 0; n < b->entity[k].n && a->entity[k].n < INCIDENT_ENTITIES; n++)
			(void)map_put(&a->entity[k], b->entity[k].row[n].key, NULL);
		a->more[k] += b->more[k];
	}
	for (size_t n = 0; n < b->tactics.n; n++)
		(void)map_put(&a->tactics, b->tactics.row[n].key, NULL);
	for (size_t n = 0; n < b->techniques.n; n++)
		(void)map_put(&a->techniques, b->techniques.row[n].key, NULL);
	for (size_t n = 0; n < b->assets; n++)
		incident_asset(a, &b->asset[n]);
	for (int k = 0; k < SEVERITY_COUNT; k++)
		a->counts[k] += b->counts[k];
	incident_findings(a, b);
	a->total += b->total;
	a->left_out += b->left_out;
	a->tlp = b->tlp > a->tlp ? b->tlp : a->tlp;
	a->pap = b->pap > a->pap ? b->pap : a->pap;
	a->all_blocked = a->all_blocked && b->all_blocked;
	a->vulnerability |= b->vulnerability;
	if (stamp_cmp(b->first, a->first) < 0)
		a->first = b->first;
	if (stamp_cmp(b->last, a->last) > 0)
		a->last = b->last;
	if (stamp_cmp(b->opened, a->opened) < 0)
		a->opened = b->opened;
}
