/* What a drill leaves: its score, and the training report. */
#include "cmd/escalate_drill.h"

static void
head(struct drill *d, struct buf *out)
{
	struct incident *i = &d->v.d.incident;
	struct buf title = {0};

	incident_title(i, &title);
	buf_lit(out, "# Drill: ");
	buf_harmless(out, drill_text(d->y, "title").n ? drill_text(d->y, "title") : drill_text(d->y, "id"));
	buf_lit(out, "\n\nScore: ");
	buf_u64(out, d->points);
	buf_lit(out, " of ");
	buf_u64(out, d->of);
	buf_lit(out, " points. Gates that refused: ");
	buf_u64(out, d->refused);
	buf_lit(out, ".\n\nIncident: P");
	buf_i64(out, i->priority);
	buf_lit(out, ", ");
	buf_harmless(out, buf_slice(&title));
	buf_lit(out, "\nPlaybook: ");
	buf_slice_add(out, d->play ? d->play->id : SLICE("none"));
	buf_lit(out, "\n\n## Expected\n\n");
	buf_slice_add(out, buf_slice(&d->report));
	buf_lit(out, "\n## Tasks of the playbook\n\n");
	for (size_t k = 0; k < d->plan.steps; k++) {
		struct stamp at;
		bool done = drill_when(d, "task/", d->plan.step[k].id, &at);

		if (d->plan.step[k].step->action)
			continue;
		buf_str(out, done ? "- [x] " : "- [ ] ");
		buf_slice_add(out, d->plan.step[k].id);
		buf_byte(out, '\n');
	}
	buf_free(&title);
}

void
drill_score(struct drill *d, bool markdown, struct buf *out)
{
	struct json_out o = json_out(out);
	struct incident *i = &d->v.d.incident;

	if (markdown) {
		head(d, out);
		return;
	}
	jo_open(&o, '{');
	jo_ktext(&o, "drill", drill_text(d->y, "id"));
	jo_ku64(&o, "points", d->points);
	jo_ku64(&o, "of", d->of);
	jo_ku64(&o, "refused", d->refused);
	jo_ktext(&o, "playbook", d->play ? d->play->id : SLICE(""));
	jo_ktext(&o, "incident", slice_of(i->id, sizeof i->id));
	jo_ktext(&o, "priority", slice_of((const char[]){'P', (char)('0' + i->priority)}, 2));
	jo_ktext(&o, "status", status_name[i->status]);
	jo_ku64(&o, "steps", d->plan.steps);
	jo_kraw(&o, "expect", buf_slice(&d->rows));
	jo_close(&o, '}');
	buf_byte(out, '\n');
}
