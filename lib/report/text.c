/* The report for a terminal or a pipe of text: the summary, or one view. */
#include "lib/report/report.h"
#include "lib/report/sections.h"
#include "lib/report/summary.h"

#include "lib/base/num.h"

bool report_text(struct model *, const struct report_request *, struct buf *, uint64_t *, struct fault *);

static bool
view_stories(struct sheet *s, const struct report_request *r, struct fault *f)
{
	(void)r;
	(void)f;
	stories_put(s, s->m->stories);
	return true;
}

static bool
view_story(struct sheet *s, const struct report_request *r, struct fault *f)
{
	struct slice name = r->story;
	uint64_t n;

	if (name.n && (name.p[0] == 'S' || name.p[0] == 's'))
		name = slice_from(name, 1);
	if (!num_u64(name, &n) || n < 1 || n > s->m->stories)
		return fault_near(f, "there is no such story (--stories lists them)", r->story, 0);
	story_whole(s, (size_t)n - 1, true);
	return true;
}

static bool
view_findings(struct sheet *s, const struct report_request *r, struct fault *f)
{
	static const char *const heads[] = {"SEVERITY", "HITS", "HOST", "WHEN (UTC)", "RULE"};
	static const char align[] = "lrlll";

	(void)r;
	(void)f;
	sheet_table(s, heads, align);
	for (int l = LEVELS - 1; l >= 0; l--)
		for (size_t i = 0; i < s->m->findings; i++) {
			const struct finding *g = &s->m->finding[i];

			if (s->m->rule[g->rule].level != l)
				continue;
			sheet_cell_level(s, l);
			sheet_cell_u64(s, g->count);
			sheet_cell_text(s, RUN_TEXT, g->host);
			sheet_cell(s);
			sheet_times(s, g->first, g->last);
			sheet_cell_end(s);
			sheet_cell_text(s, RUN_TEXT, s->m->rule[g->rule].name);
		}
	sheet_table_end(s);
	return true;
}

static void
hit_row(struct sheet *s, const struct alert *a)
{
	sheet_cell_time(s, a->at);
	sheet_cell_level(s, a->level);
	sheet_cell_text(s, RUN_TEXT, a->host);
	sheet_cell_text(s, RUN_TEXT, s->m->rule[a->rule].name);
	sheet_cell_text(s, RUN_TEXT, a->summary);
	sheet_cell_text(s, RUN_TEXT, a->id);
}

static bool
view_hits(struct sheet *s, const struct report_request *r, struct fault *f)
{
	static const char *const heads[] = {"TIME (UTC)", "SEVERITY", "HOST", "RULE", "WHAT", "ALERT"};

	(void)r;
	(void)f;
	sheet_table(s, heads, "llllll");
	for (size_t i = 0; i < s->m->alerts; i++)
		hit_row(s, &s->m->alert[s->m->by_time[i]]);
	sheet_table_end(s);
	return true;
}

static bool
view_timeline(struct sheet *s, const struct report_request *r, struct fault *f)
{
	(void)r;
	(void)f;
	event_rows(s, s->m->by_time, s->m->alerts, true, s->m->alerts);
	return true;
}

static bool
view_stack(struct sheet *s, const struct report_request *r, struct fault *f)
{
	(void)f;
	stack_put(s, r->rare);
	return true;
}

static bool
view_coverage(struct sheet *s, const struct report_request *r, struct fault *f)
{
	(void)r;
	(void)f;
	section_coverage(s);
	section_evidence(s);
	return true;
}

static const struct view {
	const char *name;
	bool (*put)(struct sheet *, const struct report_request *, struct fault *);
} views[] = {
#define VIEW(name, writer) {#name, writer},
#include "lib/report/views.def"
#undef VIEW
};

bool
report_text(struct model *m, const struct report_request *r, struct buf *out, uint64_t *left, struct fault *f)
{
	struct sheet s = {.ops = &sheet_text, .b = out, .m = m, .style = r->style};
	bool ok = r->view == NULL;

	*left = 0;
	if (r->audience) {
		buf_str(out, tlp_words[m->tlp]);
		buf_lit(out, "  ");
		buf_str(out, r->audience->title);
		buf_byte(out, '\n');
		audience_put(&s, r->audience, &r->kase);
	} else if (!r->view)
		summary_put(&s);
	for (size_t i = 0; r->view && i < sizeof views / sizeof *views; i++)
		if (slice_eq(slice_str(views[i].name), slice_str(r->view)))
			ok = views[i].put(&s, r, f);
	sheet_done(&s);
	return ok;
}
