#include "lib/event/plan_run.h"

/*
 * What a conversion comes to.  The common ones are done here by the byte; whatever is not plain goes through convert_as itself,
 * into an event of its own, so that both ways cannot differ in what they understand.
 */
uint8_t
plan_fast(enum field f, enum convert how)
{
	bool word = !field_row[f].list && (field_row[f].type == 'k' || field_row[f].type == 't');

	switch (how) {
	case TEXT:
		return word ? COPY : field_row[f].type == 'l' ? INTEGER : IN_FULL;
	case LOWER:
		return word ? LOWERED : IN_FULL;
	case EXE:
		return PROGRAM;
	case HEX:
		return HEXADECIMAL;
	case ADDRESS:
		return f == F_source_ip || f == F_destination_ip ? IPV4 : IN_FULL;
	case ACCOUNT:
		return ACCOUNT_NAME;
	case HASHES:
		return DIGESTS;
	case PROTOCOL:
		return word ? TRANSPORT : IN_FULL;
	case WHEN:
		return field_row[f].type == 'd' ? DATE : IN_FULL;
	default:
		return IN_FULL;
	}
}

/* ---- in full ------------------------------------------------------------------------------------------------------------ */

struct view_text
plan_text(struct run *r, uint32_t slot)
{
	struct slice s = json_slot(r->q, slot);
	struct slice t;

	if (r->q->layout->slot[slot].type != JSON_STRING || !json_slot_escaped(r->q, slot))
		return (struct view_text){s, FORM_CLEAN};
	if (r->q->plain || json_escapes_short(s))
		return (struct view_text){s, FORM_JSON};
	r->used = true;
	buf_reset(&r->x.scratch);
	json_decode(s, &r->x.scratch);
	t = event_keep(&r->x, buf_slice(&r->x.scratch));
	buf_reset(&r->x.scratch);
	return (struct view_text){t, FORM_TEXT};
}

/* As it will stand between quotes, with something to read behind it. */
static struct slice
written(struct run *r, const struct event_value *v)
{
	const char *line = r->q->line.p;
	struct buf b = {0};
	struct slice s = v->v;
	char *p;

	if (v->form != FORM_TEXT && s.p >= line && s.p + s.n <= line + r->q->line.n)
		return s;
	if (v->form == FORM_TEXT) {
		(void)json_put_text(&b, s);
		s = slice_of(b.p + 1, b.n - 2);
	}
	p = plan_room(r, s.n);
	memcpy(p, s.p, s.n);
	buf_free(&b);
	return slice_of(p, s.n);
}

static void
items(struct run *r, enum field f)
{
	const struct event *x = &r->x;
	struct val *list;
	uint32_t at = x->first[f];

	plan_add(r, (struct slice){NULL, 0});
	list = &r->val[r->vals - 1];
	list->first = (uint16_t)r->items;
	for (;;) {
		struct slice s = written(r, &x->value[at]);

		if (r->items == ITEMS_MAX) {
			r->lost = true;
			return;
		}
		r->item[r->items++] = (struct val){.p = s.p, .n = (uint32_t)s.n};
		list->items++;
		if (x->value[at].next == 0)
			return;
		at = x->value[at].next - 1;
	}
}

static __attribute__((noinline)) void
in_full(struct run *r, const struct plan_step *s)
{
	struct event *x = &r->x;

	r->used = true;
	memset(x->set, 0, sizeof x->set);
	x->values = 0;
	x->err = 0;
	convert_as(x, (enum field)s->field, (enum convert)s->how, plan_text(r, s->slot));
	r->got.err = x->err;
	for (size_t w = 0; w < FIELD_WORDS; w++)
		for (uint64_t left = x->set[w]; left && !r->lost; left &= left - 1) {
			enum field f = (enum field)(w * 64 + (size_t)__builtin_ctzll(left));

			plan_answer(r, f);
			if (field_row[f].list)
				items(r, f);
			else
				plan_add(r, written(r, &x->value[x->first[f]]));
		}
}

/*
 * ---- by the byte: false if it is not plain
 * ----------------------------------------------------------------------------------
 */

static __attribute__((noinline)) bool
hexadecimal(struct run *r, enum field f, struct slice s)
{
	uint64_t n;
	char *p, t[20];
	size_t at = sizeof t;

	if (s.n < 3 || s.n > 18 || s.p[0] != '0' || s.p[1] != 'x')
		return plan_integer(r, f, s);
	if (!num_hex(s, &n))
		return false;
	do
		t[--at] = (char)('0' + n % 10);
	while (n /= 10);
	p = plan_room(r, sizeof t - at);
	memcpy(p, t + at, sizeof t - at);
	return plan_value(r, f, slice_of(p, sizeof t - at));
}

/* ASCII in lower case, eight bytes at a time, the last ones once more if need be. */
static inline struct slice
low(struct run *r, struct slice s)
{
	const uint64_t ones = 0x0101010101010101;
	uint64_t upper = 0, v, w;
	char *p = s.n ? plan_room(r, s.n) : NULL;

	for (size_t i = 0; i < s.n; i += 8) {
		i = i + 8 > s.n && s.n >= 8 ? s.n - 8 : i;
		memcpy(&v, s.p + i, sizeof v);
		/* The high bit of each byte from A to Z, none of them beyond 0x7f. */
		w = v & 0x7f * ones;
		w = (w + (0x80 - 'A') * ones) & ~(w + (0x80 - 'Z' - 1) * ones) & ~v & 0x80 * ones;
		upper |= s.n >= 8 ? w : le64toh(w) & (((uint64_t)1 << 8 * s.n) - 1);
		v |= w >> 2;
		memcpy(p + i, &v, sizeof v);
	}
	return upper ? slice_of(p, s.n) : s;
}

#ifdef __SSE2__
/* Three points, and digits else; the points' places. */
static inline bool
points(struct slice s, unsigned *at)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)s.p), d = _mm_sub_epi8(v, _mm_set1_epi8('0'));
	unsigned all = (1u << s.n) - 1, point = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('.'))) & all;
	unsigned digit = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(d, _mm_set1_epi8(9)), d));

	*at = point;
	return ((point | digit) & all) == all && __builtin_popcount(point) == 3;
}
#else
static inline bool
points(struct slice s, unsigned *at)
{
	*at = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.')
			*at |= 1u << i;
		else if (!num_digit(s.p[i]))
			return false;
	}
	return __builtin_popcount(*at) == 3;
}
#endif

/* A strict dotted quad: what addr_read takes and leaves as it is. */
static inline bool
quad(struct slice s)
{
	unsigned at, from = 0;

	if (s.n < 7 || s.n > 15 || !points(s, &at))
		return false;
	at |= 1u << s.n;
	for (unsigned part = 0; part < 4; part++, at &= at - 1) {
		unsigned end = (unsigned)__builtin_ctz(at), n = end - from;
		const char *p = s.p + from;

		if (n - 1 > 2 || (n > 1 && p[0] == '0') ||
		    (n == 3 && (p[0] > '2' || (p[0] == '2' && (p[1] > '5' || (p[1] == '5' && p[2] > '5'))))))
			return false;
		from = end + 1;
	}
	return true;
}

static inline bool
ipv4(struct run *r, enum field f, struct slice s)
{
	enum field address = f == F_source_ip ? F_source_address : F_destination_address;

	if (!quad(s))
		return false;
	r->got.fields = (uint64_t)(f + 1) | (uint64_t)(address + 1) << 8;
	plan_add(r, s);
	plan_add(r, s);
	return true;
}

/* A path with backslashes alone, as JSON writes them: its last part is clean. */
static inline bool
program(struct run *r, enum field f, struct slice s)
{
	enum field name = f == F_process_parent_executable ? F_process_parent_name : F_process_name;
	size_t at = s.n;

	while (at > 0 && s.p[at - 1] != '\\' && s.p[at - 1] != '/')
		at--;
	if (at < 2 || s.p[at - 1] == '/' || s.p[at - 2] != '\\' || (at > 2 && s.p[at - 3] == '\\') || at == s.n)
		return false;
	if (plan_unset(slice_from(s, at)))
		return false;
	if (name < f) {
		r->got.fields = (uint64_t)(name + 1) | (uint64_t)(f + 1) << 8;
		plan_add(r, slice_from(s, at));
		plan_add(r, s);
		return true;
	}
	return false;
}
_Static_assert(F_process_name < F_process_executable && F_process_parent_name < F_process_parent_executable,
    "program counts on it");

/* DOMAIN\\name, and nothing else that is escaped. */
static inline bool
account(struct run *r, enum field f, struct slice s)
{
	enum field domain = f == F_user_target_name ? F_user_target_domain : F_user_domain;
	const char *bs = s.n ? memchr(s.p, '\\', s.n) : NULL;
	size_t at = bs ? (size_t)(bs - s.p) : s.n;
	struct slice d = slice_head(s, at), name = slice_from(s, at + 2);

	if (at == 0 || at + 3 > s.n || s.p[at + 1] != '\\' || memchr(name.p, '\\', name.n) || domain < f)
		return false;
	if (plan_unset(d) || plan_unset(name))
		return false;
	r->got.fields = (uint64_t)(f + 1) | (uint64_t)(domain + 1) << 8;
	plan_add(r, name);
	plan_add(r, d);
	return true;
}

static inline size_t
digest_kind(struct slice kind)
{
	if (kind.n == 3 && memcmp(kind.p, "MD5", 3) == 0)
		return 0;
	if (kind.n == 4 && memcmp(kind.p, "SHA1", 4) == 0)
		return 1;
	if (kind.n == 6 && memcmp(kind.p, "SHA256", 6) == 0)
		return 2;
	return kind.n == 7 && memcmp(kind.p, "IMPHASH", 7) == 0 ? 3 : 4;
}

/* MD5=..,SHA256=..,IMPHASH=.. as Sysmon writes them; the answer is in the order of the fields. */
static __attribute__((noinline)) bool
digests(struct run *r, enum field md5, struct slice s)
{
	static const char zeros[] = "00000000000000000000000000000000";
	struct slice hash[4] = {0};		/* md5, sha1, sha256, imphash */

	if (md5 != F_process_hash_md5 && md5 != F_file_hash_md5 && md5 != F_dll_hash_sha256)
		return false;
	while (s.p) {
		struct slice v = slice_cut(&s, ','), kind = slice_cut(&v, '=');
		size_t k = digest_kind(kind);

		if (k == 4 || hash[k].n || v.n < 32 || v.p[0] <= ' ' || v.p[v.n - 1] <= ' ')
			return false;
		hash[k] = v;
	}
	if (md5 == F_dll_hash_sha256)
		return plan_value(r, md5, low(r, hash[2]));
	if (md5 != F_process_hash_md5 || (hash[3].n == 32 && memcmp(hash[3].p, zeros, 32) == 0))
		hash[3].n = 0;
	for (unsigned k = 0; k < 4; k++)
		if (hash[k].n) {
			plan_answer(r, k == 3 ? F_process_pe_imphash : (enum field)(md5 + k));
			plan_add(r, low(r, hash[k]));
		}
	return true;
}
_Static_assert(F_process_pe_imphash > F_process_hash_sha256, "digests counts on it");

/*
 * ---- one step
 * -----------------------------------------------------------------------------------------------------------------
 */

/* Escapes of \\ and \" alone change nothing for what is copied or looked at by the byte: such a text is written as it is read. */
static inline bool
by_the_byte(struct run *r, const struct plan_step *s)
{
	struct slice v = plan_slot(r, s);
	enum field f = (enum field)s->field;

	if (__builtin_expect(!r->q->plain, 0) && s->string && json_slot_escaped(r->q, s->slot))
		return false;
	switch (s->fast) {
	case COPY:
		return plan_value(r, f, v);
	case INTEGER:
		return plan_integer(r, f, v);
	case HEXADECIMAL:
		return hexadecimal(r, f, v);
	case IPV4:
		return ipv4(r, f, v);
	case PROGRAM:
		return program(r, f, v);
	case ACCOUNT_NAME:
		return account(r, f, v);
	case LOWERED:
		return plan_value(r, f, low(r, v));
	case DIGESTS:
		return digests(r, f, v);
	case TRANSPORT:
		/* Numbers have names. */
		return v.n > 0 && !num_digit(v.p[0]) && plan_value(r, f, low(r, v));
	case DATE:
		return plan_date(r, f, v);
	default:
		return false;
	}
}

void
plan_ask(struct run *r, const struct plan_step *s)
{
	unsigned vals = r->vals, items_before = r->items;

	r->got = (struct answer){0};
	if (s->kind == STEP_TIME) {
		plan_time(r, s);
		return;
	}
	if (s->kind == STEP_ANY) {
		r->got.fields = plan_slot(r, s).n > 0;
		return;
	}
	if (s->fast && by_the_byte(r, s))
		return;
	r->got = (struct answer){0};
	r->vals = vals;
	r->items = items_before;
	in_full(r, s);
}
