/* What correlations need of one event: made by workers as bytes, read in order. */
#include "lib/correlate/priv.h"

#include <stdlib.h>

#include "lib/port/digest.h"

/* ---- times and ids -------------------------------------------------------------------------------------------------- */

/* 1678 to 2261: stamps beyond are taken for its ends. */
int64_t
time_ns(struct stamp t)
{
	if (t.s > INT64_MAX / 1000000000 - 1)
		return INT64_MAX - 1;
	if (t.s < INT64_MIN / 1000000000 + 1)
		return INT64_MIN + 1;
	return t.s * 1000000000 + t.ns;
}

struct stamp
time_stamp(int64_t ns)
{
	int64_t s = ns / 1000000000, rest = ns % 1000000000;

	if (rest < 0) {
		s--;
		rest += 1000000000;
	}
	return (struct stamp){s, (uint32_t)rest};
}

static int
digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* An id that is neither 32 digits nor short stands in by its sum. */
struct eid
eid_read(struct slice s)
{
	struct eid id = {0xff, {0}};

	for (size_t i = 0; s.n == 32 && i < 32; i += 2) {
		int high = digit(s.p[i]), low = digit(s.p[i + 1]);

		if (high < 0 || low < 0)
			break;
		id.b[i / 2] = (uint8_t)(high << 4 | low);
		if (i == 30)
			return id;
	}
	if (s.n <= sizeof id.b) {
		id = (struct eid){(uint8_t)s.n, {0}};
		if (s.n)
			memcpy(id.b, s.p, s.n);
	} else {
		digest_xxh3(&s, 1, id.b);
	}
	return id;
}

void
eid_text(const struct eid *id, struct buf *out)
{
	if (id->n == 0xff)
		buf_hex(out, id->b, sizeof id->b);
	else
		buf_add(out, id->b, id->n <= sizeof id->b ? id->n : sizeof id->b);
}

/* ---- workers -------------------------------------------------------------------------------------------------------- */

static void
put32(struct buf *b, size_t n)
{
	uint32_t v = (uint32_t)n;

	buf_add(b, &v, sizeof v);
}

static bool
among(const uint32_t *v, size_t n, uint32_t want)
{
	for (size_t i = 0; i < n; i++)
		if (v[i] == want)
			return true;
	return false;
}

static size_t
put_values(const struct correlate *c, struct match_room *room, const struct correlate_seen *seen, struct buf *out)
{
	uint32_t done[SIGMA_PARTS * 2];
	size_t n = 0, from = out->n;
	struct slice text;

	for (size_t i = 0; i < seen->rules; i++) {
		const struct hearing *h = &c->hearing[seen->rule[i]->index];

		for (size_t k = 0; k < h->slots; k++) {
			if (among(done, n, h->slot[k]))
				continue;
			if (n < sizeof done / sizeof *done)
				done[n++] = h->slot[k];
			if (!match_wanted(room, h->slot[k], &text))
				continue;
			put32(out, h->slot[k]);
			put32(out, text.n);
			buf_slice_add(out, text);
		}
	}
	return out->n - from;
}

/* ns, id, numbers of rules, mutes and bytes of values, then these, then the line. */
void
correlate_pick(const struct correlate *c, struct match_room *room, const struct correlate_seen *seen, struct buf *out)
{
	int64_t at = time_ns(seen->at);
	struct eid id = eid_read(seen->id);
	size_t head, values;
	uint32_t n;

	buf_add(out, &at, sizeof at);
	buf_add(out, &id, sizeof id);
	put32(out, seen->rules);
	put32(out, seen->mutes);
	head = out->n;
	put32(out, 0);
	for (size_t i = 0; i < seen->rules; i++)
		put32(out, seen->rule[i]->index);
	if (seen->mutes)
		buf_add(out, seen->mute, seen->mutes * sizeof *seen->mute);
	values = put_values(c, room, seen, out);
	n = (uint32_t)values;
	memcpy(out->p + head, &n, sizeof n);
	buf_slice_add(out, seen->line);
}

/* ---- in order ------------------------------------------------------------------------------------------------------- */

struct pick *
pick_make(int64_t at, const struct eid *id, struct slice values, struct slice mutes, struct slice line)
{
	size_t size = sizeof(struct pick) + values.n + mutes.n + line.n;
	struct pick *p = mem_alloc(size);
	char *bytes = (char *)(p + 1);

	*p = (struct pick){.refs = 1, .size = room_of(size), .at = at, .id = *id};
	p->values = bytes;
	p->values_n = values.n;
	p->mutes = bytes + values.n;
	p->mutes_n = mutes.n;
	p->line = slice_of(bytes + values.n + mutes.n, line.n);
	if (values.n)
		memcpy(bytes, values.p, values.n);
	if (mutes.n)
		memcpy(bytes + values.n, mutes.p, mutes.n);
	if (line.n)
		memcpy(bytes + values.n + mutes.n, line.p, line.n);
	return p;
}

struct pick *
pick_read(struct slice s, size_t *rules, const char **rule)
{
	int64_t at;
	struct eid id;
	uint32_t n[3];
	size_t fixed = sizeof at + sizeof id + sizeof n, mutes;

	memcpy(&at, s.p, sizeof at);
	memcpy(&id, s.p + sizeof at, sizeof id);
	memcpy(n, s.p + sizeof at + sizeof id, sizeof n);
	*rules = n[0];
	*rule = s.p + fixed;
	s = slice_from(s, fixed + n[0] * sizeof(uint32_t));
	mutes = n[1] * sizeof(struct correlate_mute);
	return pick_make(at, &id, slice_of(s.p + mutes, n[2]), slice_of(s.p, mutes),
	    slice_from(s, mutes + n[2]));
}

bool
pick_value(const struct pick *p, uint32_t slot, struct slice *out)
{
	for (size_t at = 0; at + 8 <= p->values_n;) {
		uint32_t head[2];

		memcpy(head, p->values + at, sizeof head);
		if (head[1] > p->values_n - at - sizeof head)
			return false;
		if (head[0] == slot) {
			*out = slice_of(p->values + at + sizeof head, head[1]);
			return true;
		}
		at += sizeof head + head[1];
	}
	return false;
}

bool
pick_muted(const struct pick *p, uint32_t correlation, uint32_t *by)
{
	struct correlate_mute m;

	*by = CORRELATE_NOBODY;
	for (size_t at = 0; at + sizeof m <= p->mutes_n; at += sizeof m) {
		memcpy(&m, p->mutes + at, sizeof m);
		if (m.correlation != correlation)
			continue;
		*by = m.by;
		return !(m.by & CORRELATE_OVER);
	}
	return false;
}

void
pick_hold(struct pick *p)
{
	p->refs++;
}

/* Bytes are counted as waiting from pick_read or pick_make on until the last one lets go. */
void
pick_drop(struct correlate *c, struct pick *p)
{
	if (p == NULL || --p->refs)
		return;
	c->waiting_bytes -= p->size;
	free(p);
}
