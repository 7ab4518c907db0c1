#include "lib/incident/cue.h"

#include "lib/incident/label.h"
#include "lib/port/digest.h"

/*
 * One alert while it waits for its story: a head of CUE_HEAD bytes whose memcmp order is (key, time, id), then lengths (LEB128)
 * and texts.
 * The order of keys is that of a hash: it only brings equal ones together, and the key itself is compared when stories are told.
 */
static void
number(struct buf *b, uint64_t v)
{
	while (v > 127) {
		buf_byte(b, (char)(unsigned char)(v | 128));
		v >>= 7;
	}
	buf_byte(b, (char)v);
}

static void
text(struct buf *b, struct slice s)
{
	number(b, s.n);
	buf_slice_add(b, s);
}

static void
big_endian(char *p, uint64_t v, int bytes)
{
	for (int k = bytes; k-- > 0; v >>= 8)
		p[k] = (char)(unsigned char)v;
}

static void
put_head(const struct cue *a, struct buf *out)
{
	struct slice zero = SLICE("\0");
	unsigned char sum[16], id[16] = {0};
	char head[CUE_HEAD];

	digest_xxh3((struct slice[]){key_type_name[a->key], zero, a->value}, 3, sum);
	cue_id_pack(a->id, id);
	memcpy(head, sum, 8);
	big_endian(head + 8, (uint64_t)a->at.s ^ (uint64_t)1 << 63, 8);
	big_endian(head + 16, a->at.ns, 4);
	memcpy(head + 20, id, sizeof id);
	buf_add(out, head, sizeof head);
}

static void
list(struct buf *out, const struct slice *v, size_t n)
{
	number(out, n);
	for (size_t k = 0; k < n; k++)
		text(out, v[k]);
}

void
cue_write(const struct cue *a, struct buf *out)
{
	buf_room(out, 512);
	put_head(a, out);
	text(out, a->id);
	number(out, (uint64_t)a->level);
	number(out, (uint64_t)a->key);
	number(out, (uint64_t)a->tlp);
	number(out, (uint64_t)a->pap);
	number(out, (uint64_t)a->blocked | (uint64_t)a->vulnerability << 1 | (uint64_t)a->known_good << 2);
	number(out, a->left_out);
	number(out, a->off);
	text(out, a->uri);
	text(out, a->rule);
	text(out, a->rule_name);
	text(out, a->value);
	list(out, a->technique, a->techniques);
	list(out, a->tactic, a->tactics);
	number(out, a->entities);
	for (size_t k = 0; k < a->entities; k++) {
		number(out, (uint64_t)a->entity[k].type);
		text(out, a->entity[k].value);
	}
	number(out, a->assets);
	for (size_t k = 0; k < a->assets; k++)
		list(out, (struct slice[]){a->asset[k].of, a->asset[k].name, a->asset[k].owner, a->asset[k].criticality}, 4);
}

/* ---- back ---------------------------------------------------------------------------------------------------------------- */

struct back {
	const unsigned char *p, *end;
	bool bad;
};

static uint64_t
get(struct back *b, uint64_t below)
{
	uint64_t v = 0;

	for (unsigned shift = 0; b->p < b->end && shift < 64; shift += 7) {
		unsigned char c = *b->p++;

		v |= (uint64_t)(c & 127) << shift;
		if (c < 128) {
			b->bad |= v >= below;
			return v < below ? v : 0;
		}
	}
	b->bad = true;
	return 0;
}

static struct slice
get_text(struct back *b)
{
	uint64_t n = get(b, UINT64_MAX);
	struct slice s;

	if (n > (uint64_t)(b->end - b->p)) {
		b->bad = true;
		return (struct slice){0};
	}
	s = slice_of((const char *)b->p, (size_t)n);
	b->p += n;
	return s;
}

static size_t
get_list(struct back *b, struct slice *v, size_t max)
{
	size_t n = (size_t)get(b, max + 1);

	for (size_t k = 0; k < n; k++)
		v[k] = get_text(b);
	return n;
}

static uint64_t
from_big_endian(const unsigned char *p, int bytes)
{
	uint64_t v = 0;

	for (int k = 0; k < bytes; k++)
		v = v << 8 | p[k];
	return v;
}

struct stamp
cue_at(struct slice line)
{
	const unsigned char *p = (const unsigned char *)line.p;

	return (struct stamp){(int64_t)(from_big_endian(p + 8, 8) ^ (uint64_t)1 << 63), (uint32_t)from_big_endian(p + 16, 4)};
}

bool
cue_read(struct slice line, struct cue *a, struct fault *f)
{
	struct back b = {(const unsigned char *)line.p + CUE_HEAD, (const unsigned char *)line.p + line.n, false};
	uint64_t flags;

	if (line.n < CUE_HEAD)
		return fault_set(f, "state: damaged: an alert's line", 0);
	memset(a, 0, offsetof(struct cue, entity));
	a->at = cue_at(line);
	a->id = get_text(&b);
	a->level = (int)get(&b, SEVERITY_COUNT);
	a->key = (enum key_type)get(&b, KEY_COUNT);
	a->tlp = (int)get(&b, TLP_COUNT);
	a->pap = (int)get(&b, PAP_COUNT);
	flags = get(&b, 8);
	a->blocked = flags & 1;
	a->vulnerability = flags & 2;
	a->known_good = flags & 4;
	a->left_out = get(&b, UINT64_MAX);
	a->off = get(&b, UINT64_MAX);
	a->uri = get_text(&b);
	a->rule = get_text(&b);
	a->rule_name = get_text(&b);
	a->value = get_text(&b);
	a->techniques = get_list(&b, a->technique, CUE_WORDS);
	a->tactics = get_list(&b, a->tactic, CUE_WORDS);
	a->entities = (size_t)get(&b, CUE_VALUES + 1);
	for (size_t k = 0; k < a->entities; k++) {
		a->entity[k].type = (enum entity_type)get(&b, ENTITY_COUNT);
		a->entity[k].value = get_text(&b);
	}
	a->assets = (size_t)get(&b, CUE_WORDS + 1);
	for (size_t k = 0; k < a->assets; k++) {
		struct slice part[4] = {{0}};

		(void)get_list(&b, part, 4);
		a->asset[k] = (struct cue_asset){part[0], part[1], part[2], part[3]};
	}
	return !b.bad || fault_set(f, "state: damaged: an alert's line", 0);
}

static int
hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
cue_id_pack(struct slice id, unsigned char out[16])
{
	for (size_t k = 0; id.n == 32 && k < 16; k++) {
		int hi = hex(id.p[2 * k]), lo = hex(id.p[2 * k + 1]);

		if (hi < 0 || lo < 0)
			break;
		out[k] = (unsigned char)(hi << 4 | lo);
		if (k == 15)
			return true;
	}
	memset(out, 0, 16);
	memcpy(out, id.p, id.n < 16 ? id.n : 16);
	return false;
}
