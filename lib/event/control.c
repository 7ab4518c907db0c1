#include "lib/event/record.h"

#include <stdlib.h>

struct json_out
record_begin(struct buf *out, const struct stage_id *id, enum ir_kind kind)
{
	struct json_out o = json_out(out);
	char at[STAMP_LEN];

	stamp_put(at, id->dated ? id->newest : (struct stamp){0});
	jo_open(&o, '{');
	jo_ktext(&o, "@timestamp", slice_of(at, sizeof at));
	jo_kopen(&o, "ir", '{');
	jo_ki64(&o, "v", 1);
	jo_ktext(&o, "kind", kind_name[kind]);
	jo_ktext(&o, "by", id->by);
	return o;
}

void
record_note(struct buf *out, const struct stage_id *id, const char *what, struct slice src, struct slice message)
{
	struct json_out o = record_begin(out, id, KIND_NOTE);

	jo_kstr(&o, "what", what);
	if (src.n)
		jo_ktext(&o, "src", src);
	jo_close(&o, '}');
	jo_ktext(&o, "message", message);
	jo_close(&o, '}');
	buf_byte(out, '\n');
}

static void
kinds(struct json_out *o, const char *name, const uint64_t n[KIND_COUNT])
{
	jo_kopen(o, name, '{');
	for (int k = 0; k < KIND_COUNT; k++)
		if (n[k]) {
			jo_key(o, kind_name[k]);
			jo_u64(o, n[k]);
		}
	jo_close(o, '}');
}

static int
order(const void *a, const void *b)
{
	const struct account_reason *x = a, *y = b;

	return slice_cmp(x->reason, y->reason);
}

/* Sorted: which thread met a reason first must not show. */
static void
reasons(struct json_out *o, const struct account *a)
{
	struct account_reason *v = mem_zero(a->rejections + 1, sizeof *v);

	for (size_t i = 0; i < a->rejections; i++)
		v[i] = a->rejected[i];
	qsort(v, a->rejections, sizeof *v, order);
	jo_kopen(o, "rejected", '{');
	for (size_t i = 0; i < a->rejections; i++) {
		jo_key(o, v[i].reason);
		jo_u64(o, v[i].n);
	}
	jo_close(o, '}');
	free(v);
}

void
record_end(struct buf *out, const struct stage_id *id, const struct account *a, const struct slice *seen, size_t seen_n,
    bool cut, int status, struct slice extra_members)
{
	struct json_out o = record_begin(out, id, KIND_END);

	jo_kopen(&o, "seen", '[');
	for (size_t i = 0; i < seen_n; i++)
		jo_text(&o, seen[i]);
	jo_close(&o, ']');
	kinds(&o, "in", a->in);
	kinds(&o, "out", a->out);
	jo_ku64(&o, "passed", a->passed);
	jo_ku64(&o, "made", a->made);
	jo_ku64(&o, "unmatched", a->unmatched);
	jo_ku64(&o, "folded", a->folded);
	jo_ku64(&o, "suppressed", a->suppressed);
	reasons(&o, a);
	jo_kbool(&o, "cut", cut);
	jo_ki64(&o, "status", status);
	if (extra_members.n) {
		buf_byte(out, ',');
		buf_slice_add(out, extra_members);
	}
	jo_close(&o, '}');
	jo_close(&o, '}');
	buf_byte(out, '\n');
}
