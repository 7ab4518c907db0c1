/* The proof for people (a table, then what is wrong) and for programs (one object a stream). */
#include "cmd/verify.h"

#include "lib/tool/text.h"

static const char *
verdict(const struct proof *p)
{
	return p->findings ? "NOT PROVEN" : p->helds ? "PROVEN" : "NOT ENOUGH TO TELL";
}

static uint64_t
records(const uint64_t n[LINE_KINDS])
{
	uint64_t sum = 0;

	for (int k = 0; k < LINE_NOTE; k++)
		sum += n[k];
	return sum;
}

static void
table(const struct proof *p, const struct text_style *style, struct buf *b)
{
	static const char *const heads[] = {"STAGE", "IN", "PASSED", "UNMATCHED", "FOLDED", "SUPPRESSED", "REJECTED", "MADE",
	    "OUT", NULL};
	struct text_table *t = text_table_new(heads, "lrrrrrrrr");

	for (size_t i = 0; i < p->helds; i++) {
		const struct held *h = &p->held[i];
		const uint64_t cells[] = {records(h->in), h->passed, h->unmatched, h->folded, h->suppressed, h->rejected, h->made,
		    records(h->out)};

		text_cell(t, h->name);
		for (size_t k = 0; k < sizeof cells / sizeof *cells; k++)
			text_cell_u64(t, cells[k]);
	}
	text_table_put(t, style, b);
	text_table_free(t);
}

static void
people(struct tool *t, const struct proof *p, struct buf *b)
{
	struct text_style style = {.width = t->common.output.n ? 0 : t->width, .colour = false, .utf8 = t->utf8};

	if (p->helds)
		table(p, &style, b);
	for (size_t i = 0; i < p->findings; i++) {
		buf_slice_add(b, p->finding[i].stage);
		buf_lit(b, ": ");
		buf_slice_add(b, p->finding[i].words);
		buf_byte(b, '\n');
	}
	if (p->untold) {
		buf_u64(b, p->untold);
		buf_lit(b, " more findings\n");
	}
	buf_slice_add(b, p->name);
	buf_lit(b, ": ");
	buf_str(b, verdict(p));
	buf_lit(b, ": ");
	buf_u64(b, p->line);
	buf_lit(b, " lines, ");
	buf_u64(b, p->helds);
	buf_str(b, p->helds == 1 ? " account" : " accounts");
	buf_str(b, p->helds || p->findings ? "\n" : ": nothing here was counted by a stage\n");
}

static void
counts(struct json_out *o, const char *name, const uint64_t n[LINE_KINDS])
{
	jo_kopen(o, name, '{');
	for (int k = 0; k < LINE_KINDS; k++)
		if (n[k]) {
			jo_key(o, line_name[k]);
			jo_u64(o, n[k]);
		}
	jo_close(o, '}');
}

static void
stages(const struct proof *p, struct json_out *o)
{
	jo_kopen(o, "stages", '[');
	for (size_t i = 0; i < p->helds; i++) {
		const struct held *h = &p->held[i];

		jo_open(o, '{');
		jo_ktext(o, "name", h->name);
		counts(o, "in", h->in);
		counts(o, "out", h->out);
		jo_ku64(o, "passed", h->passed);
		jo_ku64(o, "made", h->made);
		jo_ku64(o, "unmatched", h->unmatched);
		jo_ku64(o, "folded", h->folded);
		jo_ku64(o, "suppressed", h->suppressed);
		jo_ku64(o, "rejected", h->rejected);
		jo_ku64(o, "line", h->line);
		jo_close(o, '}');
	}
	jo_close(o, ']');
}

static void
machines(const struct proof *p, struct buf *b)
{
	struct json_out o = json_out(b);

	jo_open(&o, '{');
	jo_ktext(&o, "stream", p->name);
	jo_kbool(&o, "proven", p->findings == 0 && p->helds);
	jo_kstr(&o, "verdict", verdict(p));
	jo_ku64(&o, "lines", p->line);
	counts(&o, "kinds", p->lines);
	stages(p, &o);
	jo_kopen(&o, "findings", '[');
	for (size_t i = 0; i < p->findings; i++) {
		const struct finding *f = &p->finding[i];

		jo_open(&o, '{');
		jo_ktext(&o, "stage", f->stage);
		jo_kstr(&o, "what", f->what);
		if (f->kind.n)
			jo_ktext(&o, "kind", f->kind);
		jo_ku64(&o, "said", f->said);
		jo_ku64(&o, "found", f->found);
		jo_ktext(&o, "words", f->words);
		jo_close(&o, '}');
	}
	jo_close(&o, ']');
	jo_ku64(&o, "untold", p->untold);
	jo_close(&o, '}');
	buf_byte(b, '\n');
}

void
verify_show(struct tool *t, const struct proof *p)
{
	struct buf b = {0};

	if (slice_eq(t->common.to, SLICE("json")))
		machines(p, &b);
	else
		people(t, p, &b);
	if (!out_add(&t->out, buf_slice(&b)))
		tool_die(t, t->out.error, "cannot write the output");
	buf_free(&b);
}
