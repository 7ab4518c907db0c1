/* Lines of a stream: what each is, counted; the accounts among them. */
#include "cmd/verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { READ = 256 * 1024, LINE_LIMIT = 16 * 1024 * 1024, NAME_MAX_BYTES = 128, SAW_MAX = 1000 };

const struct slice line_name[LINE_KINDS] = {
	[LINE_EVENT] = SLICE_INIT("event"), [LINE_ALERT] = SLICE_INIT("alert"), [LINE_INCIDENT] = SLICE_INIT("incident"),
	[LINE_ACTION] = SLICE_INIT("action"), [LINE_RESULT] = SLICE_INIT("result"), [LINE_REJECT] = SLICE_INIT("reject"),
	[LINE_OTHER] = SLICE_INIT("unknown"), [LINE_PLAIN] = SLICE_INIT("foreign"), [LINE_NOTE] = SLICE_INIT("note"),
	[LINE_MARK] = SLICE_INIT("mark"), [LINE_END] = SLICE_INIT("end"),
};
const struct slice line_maker[LINE_KINDS] = {
	[LINE_EVENT] = SLICE_INIT("ir-ingest"), [LINE_ALERT] = SLICE_INIT("ir-match"), [LINE_INCIDENT] =
	    SLICE_INIT("ir-escalate"),
	[LINE_ACTION] = SLICE_INIT("ir-escalate"), [LINE_RESULT] = SLICE_INIT("ir-respond"), [LINE_MARK] =
	    SLICE_INIT("ir-ingest"),
};

void
found(struct proof *p, struct slice stage, const char *what, struct slice kind, uint64_t said, uint64_t is, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int n;

	if (p->findings == FINDINGS_MAX) {
		p->untold++;
		return;
	}
	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	p->finding = mem_grow(p->finding, &p->finding_cap, p->findings, sizeof *p->finding);
	p->finding[p->findings++] = (struct finding){.stage = stage, .what = what, .kind = kind, .said = said, .found = is,
	    .words = arena_slice(&p->mem, n < 0 ? slice_str(what) : slice_of(text, (size_t)n))};
	free(text);
}

struct slice
proof_name(struct proof *p, struct slice s)
{
	buf_reset(&p->text);
	buf_harmless(&p->text, slice_head(s, NAME_MAX_BYTES));
	return arena_slice(&p->mem, buf_slice(&p->text));
}

/* ---- an account -------------------------------------------------------------------------------------------------- */

static bool
number(const struct json *j, uint32_t object, const char *name, uint64_t *n)
{
	uint32_t v = json_get(j, object, slice_str(name));

	return v != JSON_NONE && json_u64(j, v, n);
}

static bool
truth(const struct json *j, uint32_t object, const char *name, bool *is)
{
	uint32_t v = json_get(j, object, slice_str(name));

	if (v == JSON_NONE || (json_type(j, v) != JSON_TRUE && json_type(j, v) != JSON_FALSE))
		return false;
	*is = json_type(j, v) == JSON_TRUE;
	return true;
}

/* Adds and stays at the top: a sum that wrapped could look right. */
static void
add(uint64_t *sum, uint64_t n)
{
	if (__builtin_add_overflow(*sum, n, sum))
		*sum = UINT64_MAX;
}

static bool
kinds_of(const struct json *j, uint32_t object, const char *name, uint64_t n[LINE_KINDS])
{
	uint32_t v = json_get(j, object, slice_str(name));
	uint64_t x;
	int k;

	if (v == JSON_NONE || json_type(j, v) != JSON_OBJECT)
		return false;
	for (uint32_t m = json_first(j, v); m != JSON_NONE; m = json_following(j, v, m)) {
		for (k = 0; k < LINE_KINDS && !slice_eq(json_inner(j, m), line_name[k]); k++)
			;
		if (k == LINE_KINDS || !json_u64(j, json_value(j, m), &x))
			return false;
		add(&n[k], x);
	}
	return true;
}

static bool
rejected_of(const struct json *j, uint32_t object, uint64_t *sum)
{
	uint32_t v = json_get(j, object, SLICE("rejected"));
	uint64_t x;

	if (v == JSON_NONE || json_type(j, v) != JSON_OBJECT)
		return false;
	for (uint32_t m = json_first(j, v); m != JSON_NONE; m = json_following(j, v, m)) {
		if (!json_u64(j, json_value(j, m), &x))
			return false;
		add(sum, x);
	}
	return true;
}

static bool
saw_of(struct proof *p, const struct json *j, uint32_t object, struct held *h)
{
	uint32_t v = json_get(j, object, SLICE("seen"));
	struct buf b = {0};

	if (v == JSON_NONE || json_type(j, v) != JSON_ARRAY)
		return false;
	h->saw = arena_zero(&p->mem, SAW_MAX * sizeof *h->saw);
	for (uint32_t m = json_first(j, v); m != JSON_NONE && h->saws < SAW_MAX; m = json_following(j, v, m)) {
		buf_reset(&b);
		json_text_add(j, m, &b);
		h->saw[h->saws++] = proof_name(p, buf_slice(&b));
	}
	buf_free(&b);
	return true;
}

static struct slice
signer(struct proof *p, const struct json *j, uint32_t ir)
{
	uint32_t by = json_get(j, ir, SLICE("by"));
	struct buf b = {0};
	struct slice name;

	if (by == JSON_NONE || json_type(j, by) != JSON_STRING)
		return SLICE("(nobody)");
	json_text_add(j, by, &b);
	name = proof_name(p, buf_slice(&b));
	buf_free(&b);
	return name;
}

void
held_read(struct proof *p, const struct json *j, uint32_t ir)
{
	struct held h = {.name = signer(p, j, ir), .line = p->line};

	if (p->helds == HELD_MAX) {
		found(p, h.name, "account", line_name[LINE_END], HELD_MAX, HELD_MAX + 1, "more than %d ends in one stream",
		    HELD_MAX);
		return;
	}
	h.whole = kinds_of(j, ir, "in", h.in);
	h.whole &= kinds_of(j, ir, "out", h.out);
	h.whole &= number(j, ir, "passed", &h.passed) & number(j, ir, "made", &h.made) & number(j, ir, "unmatched", &h.unmatched);
	h.whole &= number(j, ir, "folded", &h.folded) & number(j, ir, "suppressed", &h.suppressed) & number(j, ir, "status",
	    &h.status);
	h.whole &= rejected_of(j, ir, &h.rejected);
	h.whole &= truth(j, ir, "cut", &h.cut);
	h.whole &= saw_of(p, j, ir, &h);
	memcpy(h.lines, p->lines, sizeof h.lines);
	p->held = mem_grow(p->held, &p->held_cap, p->helds, sizeof *p->held);
	p->held[p->helds++] = h;
}

/* ---- a line ------------------------------------------------------------------------------------------------------ */

static enum line_kind
kind_of(const struct json *j, uint32_t *ir)
{
	uint32_t v;

	*ir = json_get(j, 0, SLICE("ir"));
	if (*ir == JSON_NONE || json_type(j, *ir) != JSON_OBJECT)
		return LINE_PLAIN;
	v = json_get(j, *ir, SLICE("kind"));
	if (v == JSON_NONE || json_type(j, v) != JSON_STRING)
		return LINE_PLAIN;
	for (int k = 0; k < LINE_KINDS; k++)
		if (k != LINE_OTHER && k != LINE_PLAIN && slice_eq(json_inner(j, v), line_name[k]))
			return (enum line_kind)k;
	return LINE_OTHER;
}

/* Marks count up within one run of their maker; a new run may begin behind an `end`. */
static void
one_mark(struct proof *p, const struct json *j, uint32_t ir)
{
	struct slice by = signer(p, j, ir);
	uint64_t n = 0;

	if (!number(j, ir, "n", &n))
		found(p, by, "mark-order", line_name[LINE_MARK], 0, 0, "the mark in line %zu has no number", (size_t)p->line);
	else if (p->marked && n != p->mark + 1)
		found(p, by, "mark-order", line_name[LINE_MARK], p->mark + 1, n, "mark %zu was to come, line %zu has mark %zu",
		    (size_t)p->mark + 1, (size_t)p->line, (size_t)n);
	p->mark = n;
	p->marked = true;
}

static void
one_line(struct proof *p, const struct json *j)
{
	uint32_t ir;
	enum line_kind k;

	if (json_type(j, 0) != JSON_OBJECT) {
		found(p, SLICE("stream"), "not-json", (struct slice){0}, 0, 0, "line %zu is no object", (size_t)p->line);
		return;
	}
	k = kind_of(j, &ir);
	p->lines[k]++;
	p->ended = k == LINE_END;
	if (k == LINE_PLAIN)
		return;
	p->ours++;
	if (json_get(j, ir, SLICE("prov")) != JSON_NONE)
		p->enriched++;
	if (k == LINE_NOTE || k == LINE_MARK)
		map_put(&p->own[k == LINE_MARK], signer(p, j, ir), NULL)->v.u++;
	if (k == LINE_MARK)
		one_mark(p, j, ir);
	if (k == LINE_END) {
		held_read(p, j, ir);
		p->marked = false;
	}
}

static void
one_block(struct proof *p, struct json *j, struct slice block)
{
	struct fault f = {0};

	json_block(j, block);
	while (json_line(j, &f)) {
		p->line++;
		if (j->ok)
			one_line(p, j);
		else
			found(p, SLICE("stream"), "not-json", (struct slice){0}, 0, 0, "line %zu: %s at byte %zu",
			    (size_t)p->line, f.what,
			    (size_t)f.offset);
	}
}

void
proof_read(struct proof *p, struct sources *in)
{
	struct json *j = json_new(&json_limits_stream);
	struct buf hold = {0};
	size_t got, whole;

	do {
		buf_room(&hold, READ);
		got = source_read(in, hold.p + hold.n, READ);
		hold.n += got;
		whole = slice_rfind(buf_slice(&hold), '\n');
		whole = got == 0 ? hold.n : whole == hold.n ? 0 : whole + 1;
		if (whole == 0 && hold.n > LINE_LIMIT)
			whole = hold.n;
		one_block(p, j, slice_of(hold.p, whole));
		if (whole)
			memmove(hold.p, hold.p + whole, hold.n - whole);
		hold.n -= whole;
	} while (got);
	buf_free(&hold);
	json_free(j);
}

void
proof_free(struct proof *p)
{
	free(p->held);
	free(p->finding);
	map_free(&p->own[0]);
	map_free(&p->own[1]);
	buf_free(&p->text);
	arena_free(&p->mem);
}
