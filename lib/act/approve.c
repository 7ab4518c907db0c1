#include "lib/act/approve.h"

#include <stdlib.h>

#include "lib/base/base64.h"
#include "lib/json/json.h"

enum { VOTES_MAX = 100000 };

static const struct slice magic = SLICE_INIT("irpipe-approval-1");

/* At most 32 arguments: the smallest name that is larger than the last one, again and again. */
void
act_canonical(const struct play_arg *arg, size_t n, struct buf *out)
{
	struct json_out j = json_out(out);
	const struct play_arg *last = NULL, *next;

	jo_open(&j, '{');
	for (size_t done = 0; done < n; done++) {
		next = NULL;
		for (size_t i = 0; i < n; i++)
			if ((last == NULL || slice_cmp(arg[i].name, last->name) > 0) && (next == NULL ||
			    slice_cmp(arg[i].name, next->name) < 0))
				next = &arg[i];
		if (next == NULL)
			break;
		jo_key(&j, next->name);
		jo_text(&j, next->value);
		last = next;
	}
	jo_close(&j, '}');
}

static void
add(struct buf *b, struct slice s)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_byte(b, (char)(s.n >> shift & 255));
	buf_slice_add(b, s);
}

bool
act_approval(const struct act_approved *a, struct slice valid, char hex[64])
{
	struct buf b = {0}, text = {0};
	struct sha256 sum;
	struct slice part;
	bool ok;

	add(&b, magic);
	add(&b, a->playbook);
	add(&b, a->step);
	add(&b, a->name);
	add(&b, a->args);
	add(&b, a->incident);
	add(&b, valid);
	part = buf_slice(&b);
	ok = digest_sha256(&part, 1, &sum);
	buf_hex(&text, sum.b, sizeof sum.b);
	memcpy(hex, text.p, 64);
	buf_free(&b);
	buf_free(&text);
	return ok;
}

void
act_approval_text(struct slice hex, struct slice by, struct slice valid, struct buf *out)
{
	buf_slice_add(out, magic);
	buf_byte(out, ' ');
	buf_slice_add(out, hex);
	buf_byte(out, ' ');
	buf_slice_add(out, by);
	buf_byte(out, ' ');
	buf_slice_add(out, valid);
}

/* ---- keys and votes -------------------------------------------------------------------------------------------------------- */

bool
act_key_add(struct act_votes *v, struct slice name, struct slice pem, struct arena *mem, struct fault *f)
{
	struct digest_key *key = digest_key_read(pem, false, f);

	if (key == NULL)
		return false;
	v->key = mem_grow(v->key, &v->key_cap, v->keys, sizeof *v->key);
	v->key[v->keys++] = (struct act_key){arena_slice(mem, name), key};
	return true;
}

static const struct digest_key *
key_of(const struct act_votes *v, struct slice name)
{
	for (size_t i = 0; i < v->keys; i++)
		if (slice_eq(v->key[i].name, name))
			return v->key[i].key;
	return NULL;
}

static struct slice
member(const struct json *j, const char *name, struct buf *scratch, struct arena *mem)
{
	uint32_t node = json_get(j, 0, slice_str(name));

	buf_reset(scratch);
	if (node == JSON_NONE || json_type(j, node) != JSON_STRING)
		return (struct slice){NULL, 0};
	return arena_slice(mem, json_text(j, node, scratch));
}

static bool
read_vote(const struct act_votes *v, const struct json *j, struct arena *mem, struct act_vote *vote)
{
	struct buf scratch = {0}, sig = {0}, text = {0};
	const struct digest_key *key;
	bool ok;

	*vote = (struct act_vote){.hex = member(j, "approval", &scratch, mem), .by = member(j, "by", &scratch, mem),
	    .valid = member(j, "valid", &scratch, mem)};
	key = key_of(v, vote->by);
	act_approval_text(vote->hex, vote->by, vote->valid, &text);
	ok = key && vote->hex.n == 64 && stamp_read(vote->valid, &vote->until) && base64_decode(member(j, "sig", &scratch,
	    mem), &sig) &&
	    sig.n == 64 && digest_verify(key, buf_slice(&text), (const unsigned char *)sig.p);
	buf_free(&scratch);
	buf_free(&sig);
	buf_free(&text);
	return ok;
}

void
act_votes_read(struct act_votes *v, struct slice lines, struct arena *mem)
{
	struct json *j = json_new(&json_limits_source);
	struct act_vote vote;
	struct fault f;

	json_block(j, lines);
	while (json_line(j, &f)) {
		if (v->n >= VOTES_MAX || !j->ok || json_type(j, 0) != JSON_OBJECT || !read_vote(v, j, mem, &vote)) {
			v->bad++;
			continue;
		}
		v->vote = mem_grow(v->vote, &v->cap, v->n, sizeof *v->vote);
		v->vote[v->n++] = vote;
	}
	json_free(j);
}

void
act_votes_free(struct act_votes *v)
{
	for (size_t i = 0; i < v->keys; i++)
		digest_key_free(v->key[i].key);
	free(v->key);
	free(v->vote);
	*v = (struct act_votes){0};
}

/* ---- is it approved? ------------------------------------------------------------------------------------------------------- */

static bool
counts(const struct act_allow_row *row, struct slice by)
{
	for (size_t i = 0; i < row->bys; i++)
		if (slice_eq(row->by[i], by))
			return true;
	return row->bys == 0;
}

/* How many different people signed this very approval. */
static uint64_t
people(const struct act_votes *v, const struct act_allow_row *row, struct slice hex)
{
	uint64_t n = 0;

	for (size_t i = 0; i < v->n; i++) {
		bool again = false;

		if (!slice_eq(v->vote[i].hex, hex) || !counts(row, v->vote[i].by))
			continue;
		for (size_t k = 0; k < i && !again; k++)
			again = slice_eq(v->vote[k].hex, hex) && slice_eq(v->vote[k].by, v->vote[i].by);
		n += !again;
	}
	return n;
}

bool
act_is_approved(const struct act_votes *v, const struct act_allow_row *row, const struct act_approved *about, uint64_t need,
    struct stamp now, char hex[64], const char **why)
{
	*why = v->n ? "no approval for exactly this" : "not approved";
	if (need < 1)
		need = 1;
	for (size_t i = 0; i < v->n; i++) {
		if (!act_approval(about, v->vote[i].valid, hex)) {
			*why = "the hash failed";
			return false;
		}
		if (!slice_eq(slice_of(hex, 64), v->vote[i].hex))
			continue;
		if (stamp_cmp(v->vote[i].until, now) < 0)
			*why = "the approval has expired";
		else if (people(v, row, v->vote[i].hex) < need)
			*why = "too few people have approved";
		else
			return true;
	}
	return false;
}
