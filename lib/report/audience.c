#include "lib/report/audience.h"

const struct audience *
audience_by_name(struct slice name)
{
	for (const struct audience *a = audiences; a->name; a++)
		if (slice_eq(name, slice_str(a->name)))
			return a;
	return NULL;
}

static void
action_put(struct sheet *s, const struct yaml *a)
{
	static const char *const member[] = {"what", "owner", "due", "test"};

	for (size_t i = 0; i < sizeof member / sizeof *member; i++) {
		const struct yaml *v = yaml_get(a, member[i]);

		if (!v)
			continue;
		if (i) {
			sheet_str(s, "; ");
			sheet_str(s, member[i]);
			sheet_str(s, ": ");
		}
		sheet_run(s, i ? RUN_TEXT : RUN_STRONG, v->text);
	}
}

static void
value_put(struct sheet *s, const struct yaml *v)
{
	if (v->type == YAML_SCALAR) {
		sheet_para(s);
		sheet_run(s, RUN_TEXT, v->text);
		sheet_para_end(s);
		return;
	}
	sheet_list(s);
	for (size_t i = 0; i < v->n; i++) {
		sheet_item(s);
		if (v->item[i].type == YAML_MAP)
			action_put(s, &v->item[i]);
		else
			sheet_run(s, RUN_TEXT, v->item[i].text);
		sheet_item_end(s);
	}
	sheet_list_end(s);
}

static void
row_put(struct sheet *s, const struct audience_row *r, const struct report_case *c)
{
	const struct yaml *v = r->path ? case_at(c, r->path) : NULL;

	if (r->path && !v && !r->required)
		return;
	sheet_section(s, "", r->title);
	if (r->write)
		r->write(s, c);
	else if (v)
		value_put(s, v);
	else {
		sheet_para(s);
		sheet_run(s, RUN_STRONG, SLICE("[to be completed]"));
		sheet_para_end(s);
	}
	sheet_section_end(s);
}

void
audience_put(struct sheet *s, const struct audience *a, const struct report_case *c)
{
	for (const struct audience_row *r = a->row; r->title; r++)
		row_put(s, r, c);
	sheet_para(s);
	sheet_run(s, RUN_MUTED, SLICE("A draft made from records and from what people entered; it is not legal advice."));
	sheet_para_end(s);
}

size_t
audience_missing(const struct audience *a, const struct report_case *c, struct buf *b)
{
	size_t n = 0;

	for (const struct audience_row *r = a->row; r->title; r++)
		if (r->path && r->required && !case_at(c, r->path)) {
			buf_str(b, a->name);
			buf_lit(b, ": ");
			buf_str(b, r->path);
			buf_lit(b, ": ");
			buf_str(b, r->title);
			buf_byte(b, '\n');
			n++;
		}
	return n;
}
