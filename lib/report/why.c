#include "lib/report/why.h"

#include "lib/base/mem.h"
#include "lib/base/num.h"

#include <stdlib.h>

const struct json_limits why_limits = {1024 * 1024 * 1024, 256, 64 * 1024 * 1024};

enum { STEPS_MAX = 256 };

struct walk {
	const struct json *j;
	uint32_t at[STEPS_MAX];		/* the node behind each step; at[0] is the root */
	struct slice step[STEPS_MAX];	/* decoded names or numbers, in `text` */
	size_t n;
	struct buf text;
	uint32_t alerts;		/* the array /alerts; JSON_NONE */
};

/* ---- the pointer ------------------------------------------------------------------------------------------------- */

/* ~1 is /, ~0 is ~ (RFC 6901 section 4). */
static bool
step_decode(struct slice raw, struct buf *out, struct fault *f)
{
	for (size_t i = 0; i < raw.n; i++) {
		if (raw.p[i] != '~') {
			buf_byte(out, raw.p[i]);
			continue;
		}
		if (++i == raw.n || (raw.p[i] != '0' && raw.p[i] != '1'))
			return fault_near(f, "~ stands before 0 or 1 in a pointer", raw, 0);
		buf_byte(out, raw.p[i] == '0' ? '~' : '/');
	}
	return true;
}

static uint32_t
item(const struct json *j, uint32_t array, uint64_t n)
{
	uint32_t k = json_first(j, array);

	while (k != JSON_NONE && n-- > 0)
		k = json_following(j, array, k);
	return k;
}

static uint32_t
inner(const struct json *j, uint32_t v, struct slice step)
{
	uint64_t n;

	if (json_type(j, v) == JSON_OBJECT)
		return json_get(j, v, step);
	if (json_type(j, v) == JSON_ARRAY && num_u64(step, &n) && (step.n == 1 || step.p[0] != '0'))
		return item(j, v, n);
	return JSON_NONE;
}

static bool
follow(struct walk *w, struct slice p, struct fault *f)
{
	struct slice all = p;

	if (p.n && p.p[0] == '#')
		p = slice_from(p, 1);
	buf_room(&w->text, p.n + 1);
	w->at[0] = 0;
	while (p.n) {
		size_t from = w->text.n, n;

		if (p.p[0] != '/')
			return fault_near(f, "a pointer's steps begin with /", all, 0);
		p = slice_from(p, 1);
		n = slice_find(p, '/');
		if (++w->n == STEPS_MAX)
			return fault_near(f, "the pointer has too many steps", all, 0);
		if (!step_decode(slice_head(p, n), &w->text, f))
			return false;
		w->step[w->n] = slice_of(w->text.p + from, w->text.n - from);
		w->at[w->n] = inner(w->j, w->at[w->n - 1], w->step[w->n]);
		if (w->at[w->n] == JSON_NONE)
			return fault_near(f, "the report has nothing there", all, 0);
		p = slice_from(p, n);
	}
	return true;
}

/* ---- alerts by what they have in common -------------------------------------------------------------------------- */

static bool
same(const struct json *j, uint32_t a, uint32_t b)
{
	struct buf x = {0}, y = {0};
	bool ok;

	if (a == JSON_NONE || b == JSON_NONE)
		return a == b;
	json_text_add(j, a, &x);
	json_text_add(j, b, &y);
	ok = slice_eq(buf_slice(&x), buf_slice(&y));
	buf_free(&x);
	buf_free(&y);
	return ok;
}

static void
take(struct why_answer *a, size_t *cap, uint32_t node)
{
	a->alert = mem_grow(a->alert, cap, a->alerts, sizeof *a->alert);
	a->alert[a->alerts++] = node;
}

/* Alerts whose member `theirs` is the row's member `its`, and so for a second pair. */
static void
alike(struct walk *w, struct why_answer *a, uint32_t row, const char *its, const char *theirs, const char *second)
{
	size_t cap = 0;

	if (w->alerts == JSON_NONE)
		return;
	for (uint32_t k = json_first(w->j, w->alerts); k != JSON_NONE; k = json_following(w->j, w->alerts, k))
		if (same(w->j, json_get(w->j, row, slice_str(its)), json_get(w->j, k, slice_str(theirs))) &&
		    (!second || same(w->j, json_get(w->j, row, slice_str(second)), json_get(w->j, k, slice_str(second)))))
			take(a, &cap, k);
}

static void
all_alerts(struct walk *w, struct why_answer *a)
{
	size_t cap = 0;

	if (w->alerts == JSON_NONE)
		return;
	for (uint32_t k = json_first(w->j, w->alerts); k != JSON_NONE; k = json_following(w->j, w->alerts, k))
		take(a, &cap, k);
}

/* Those whose ids stand in an array of the row. */
static void
listed(struct walk *w, struct why_answer *a, uint32_t row, const char *name)
{
	uint32_t list = json_get(w->j, row, slice_str(name));
	size_t cap = 0;

	if (list == JSON_NONE || w->alerts == JSON_NONE || json_type(w->j, list) != JSON_ARRAY)
		return;
	for (uint32_t k = json_first(w->j, w->alerts); k != JSON_NONE; k = json_following(w->j, w->alerts, k))
		for (uint32_t i = json_first(w->j, list); i != JSON_NONE; i = json_following(w->j, list, i))
			if (same(w->j, i, json_get(w->j, k, SLICE("alert")))) {
				take(a, &cap, k);
				break;
			}
}

/* ---- what each part of the report is made of --------------------------------------------------------------------- */

enum from { FROM_ALL, FROM_LIST, FROM_RULE, FROM_FINDING, FROM_SELF_ALERT, FROM_URI, FROM_RECORD, FROM_ENDS, FROM_NOTHING };
static const struct part {
	const char *name, *how;
	enum from from;
} part[] = {
	{"v", "the version of this form: a constant", FROM_NOTHING},
	{"tlp", "the strictest TLP mark of the records, amber if none has one", FROM_ALL},
	{"partial", "true if the stream had no `end` record", FROM_ENDS},
	{"as_of", "--now, else the newest record's time", FROM_ALL},
	{"stories_by_host", "true if no incident came, so that the report grouped by host itself", FROM_ALL},
	{"summary", "counted over all alerts; files, events, rules, suppressed and rejected by the stages' accounts", FROM_ALL},
	{"stories", "of the story's alerts, and of its incident if there is one", FROM_LIST},
	{"rules", "of the alerts of this rule", FROM_RULE},
	{"findings", "of the alerts of this rule on this host", FROM_FINDING},
	{"entities", "of the alerts that name it (the first of them are listed)", FROM_LIST},
	{"alerts", "of this alert's record", FROM_SELF_ALERT},
	{"sources", "of marks that name the source, and of its alerts", FROM_URI},
	{"actions", "the action record itself", FROM_RECORD},
	{"results", "the result record itself", FROM_RECORD},
	{"ends", "the stage's account, its `end` record", FROM_RECORD},
	{"notes", "the note record itself", FROM_RECORD},
	{"limits", "counted by the report: what its caps left out", FROM_NOTHING},
};

static void
collect(struct walk *w, const struct part *p, struct why_answer *a)
{
	uint32_t row = w->n >= 2 ? w->at[2] : JSON_NONE;
	size_t cap = 0;

	if (p->from == FROM_ENDS || slice_eq(w->step[1], SLICE("summary")))
		a->record = json_get(w->j, 0, SLICE("ends"));
	if (p->from == FROM_ALL || (row == JSON_NONE && p->from < FROM_RECORD))
		all_alerts(w, a);
	if (row == JSON_NONE)
		return;
	switch (p->from) {
	case FROM_LIST:
		listed(w, a, row, "alerts");
		a->record = json_get(w->j, row, SLICE("incident"));
		break;
	case FROM_RULE:
		alike(w, a, row, "id", "rule_id", NULL);
		break;
	case FROM_FINDING:
		alike(w, a, row, "rule_id", "rule_id", "host");
		break;
	case FROM_SELF_ALERT:
		take(a, &cap, row);
		break;
	case FROM_URI:
		alike(w, a, row, "uri", "uri", NULL);
		break;
	case FROM_RECORD:
		a->record = row;
		break;
	case FROM_ALL: case FROM_ENDS: case FROM_NOTHING:
		break;
	}
}

bool
why_find(const struct json *report, struct slice pointer, struct why_answer *a, struct fault *f)
{
	struct walk w = {.j = report, .alerts = JSON_NONE};
	bool ok = false;

	*a = (struct why_answer){.record = JSON_NONE, .how = "the whole report"};
	if (json_type(report, 0) != JSON_OBJECT || json_get(report, 0, SLICE("stories")) == JSON_NONE)
		return fault_set(f, "this is no JSON report of ir-report", 0);
	w.alerts = json_get(report, 0, SLICE("alerts"));
	if (follow(&w, pointer, f)) {
		a->node = w.at[w.n];
		ok = w.n == 0;
		for (size_t i = 0; w.n && !ok && i < sizeof part / sizeof *part; i++)
			if (slice_eq(w.step[1], slice_str(part[i].name))) {
				a->how = part[i].how;
				collect(&w, &part[i], a);
				ok = true;
			}
		if (!ok)
			(void)fault_near(f, "no part of a report that this version knows", pointer, 0);
	}
	buf_free(&w.text);
	return ok;
}

void
why_free(struct why_answer *a)
{
	free(a->alert);
	a->alert = NULL;
}

/* ---- all leaves -------------------------------------------------------------------------------------------------- */

struct frame {
	uint32_t node, child;
	uint64_t number;
	size_t length;			/* of the pointer before this child */
};

static void
step_add(struct buf *p, struct slice name)
{
	buf_byte(p, '/');
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '~')
			buf_lit(p, "~0");
		else if (name.p[i] == '/')
			buf_lit(p, "~1");
		else
			buf_byte(p, name.p[i]);
	}
}

void
why_leaves(const struct json *j, void (*leaf)(void *self, struct slice pointer), void *self)
{
	struct frame stack[STEPS_MAX] = {{.node = 0, .child = json_first(j, 0)}};
	struct buf p = {0}, name = {0};
	size_t depth = 1;

	while (depth) {
		struct frame *f = &stack[depth - 1];
		uint32_t child = f->child, value;

		p.n = f->length;
		if (child == JSON_NONE) {
			depth--;
			continue;
		}
		f->child = json_following(j, f->node, child);
		buf_reset(&name);
		if (json_type(j, f->node) == JSON_OBJECT) {
			json_text_add(j, child, &name);
			value = json_value(j, child);
		} else {
			buf_u64(&name, f->number++);
			value = child;
		}
		step_add(&p, buf_slice(&name));
		if (json_type(j, value) != JSON_OBJECT && json_type(j, value) != JSON_ARRAY)
			leaf(self, buf_slice(&p));
		else if (depth < STEPS_MAX)
			stack[depth++] = (struct frame){.node = value, .child = json_first(j, value), .length = p.n};
	}
	buf_free(&p);
	buf_free(&name);
}
