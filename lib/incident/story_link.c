#include "lib/incident/story.h"

#include "lib/incident/store_priv.h"

#include <stdlib.h>

/* Stories that share a hash, an outside address or an account, within 24 h of each other (RESPONSE.md section 1). */

struct span {
	char id[32];
	int64_t first, last;
};
struct sharing {
	enum entity_type type;
	struct slice value;
};

static bool
tells(const struct sharing *x)
{
	if (x->type == ENTITY_IP)
		return entity_external(x->value);
	return x->type != ENTITY_USER || !entity_common_user(x->value);
}

/* The weightiest first: it becomes the reason. */
static int
by_weight(const void *a, const void *b)
{
	static const int weight[ENTITY_COUNT] = {[ENTITY_HASH] = 0, [ENTITY_IP] = 1, [ENTITY_USER] = 2};
	const struct sharing *x = a, *y = b;

	if (x->type != y->type)
		return weight[x->type] - weight[y->type];
	return slice_cmp(x->value, y->value);
}

static bool
shared(struct store *s, const char id[32], struct arena *mem, struct sharing **v, size_t *n, struct fault *f)
{
	struct db_query *q = store_query(s, Q_entity_linking, f);
	enum store_get got = GET_FAILED;
	size_t cap = 0;

	if (q)
		db_bind_text(q, 1, store_id(id));
	while (q && (got = store_row(q, f)) == GOT) {
		struct sharing x = {(enum entity_type)db_i64(q, 0), arena_slice(mem, db_text(q, 1))};

		if (!tells(&x))
			continue;
		*v = mem_grow(*v, &cap, *n, sizeof **v);
		(*v)[(*n)++] = x;
	}
	if (*n)
		qsort(*v, *n, sizeof **v, by_weight);
	return q && got == NOT_THERE;
}

static bool
link(struct store *s, const char from[32], const char to[32], struct slice reason, struct fault *f)
{
	struct db_query *q = store_query(s, Q_link_put, f);

	if (q == NULL)
		return false;
	db_bind_text(q, 1, store_id(from));
	db_bind_text(q, 2, store_id(to));
	db_bind_text(q, 3, reason);
	if (!store_do(q, f))
		return false;
	if (db_changes(s->db) == 0)
		return true;
	if ((q = store_query(s, Q_incident_touch, f)) == NULL)
		return false;
	db_bind_text(q, 1, store_id(from));
	db_bind_i64(q, 2, SEEN);
	return store_do(q, f);
}

static void
reason(const struct sharing *x, struct buf *out)
{
	static const char *const word[ENTITY_COUNT] = {[ENTITY_HASH] = "same hash ", [ENTITY_IP] = "same address ",
	    [ENTITY_USER] = "same account "};

	buf_reset(out);
	buf_str(out, word[x->type]);
	buf_slice_add(out, x->value);
}

static bool
link_by(struct store *s, const struct span *me, const struct sharing *x, const struct story_limits *limits,
    struct span *other, struct fault *f)
{
	struct db_query *q = store_query(s, Q_entity_sharing, f);
	enum store_get got = GET_FAILED;
	struct buf why = {0};
	size_t n = 0;
	bool ok;

	if (q == NULL)
		return false;
	db_bind_i64(q, 1, x->type);
	db_bind_text(q, 2, x->value);
	db_bind_i64(q, 3, (int64_t)limits->hub + 1);
	for (; n <= limits->hub && (got = store_row(q, f)) == GOT; n++) {
		memcpy(other[n].id, db_text(q, 0).p, 32);
		other[n].first = db_i64(q, 1);
		other[n].last = db_i64(q, 2);
	}
	db_reset(q);
	ok = got != GET_FAILED;
	reason(x, &why);
	for (size_t k = 0; ok && n <= limits->hub && k < n; k++)
		if (memcmp(other[k].id, me->id, 32) != 0 && other[k].first <= me->last + limits->near
		    && me->first <= other[k].last + limits->near)
			ok = link(s, me->id, other[k].id, buf_slice(&why), f) && link(s, other[k].id, me->id, buf_slice(&why), f);
	buf_free(&why);
	return ok;
}

static bool
link_one(struct store *s, const struct span *me, const struct story_limits *limits, struct span *other, struct fault *f)
{
	struct arena mem = {0};
	struct sharing *v = NULL;
	struct db_query *q;
	size_t n = 0;
	bool ok = shared(s, me->id, &mem, &v, &n, f);

	for (size_t k = 0; ok && k < n; k++)
		ok = link_by(s, me, &v[k], limits, other, f);
	if (ok && (ok = (q = store_query(s, Q_incident_linked, f)) != NULL)) {
		db_bind_text(q, 1, store_id(me->id));
		ok = store_do(q, f);
	}
	free(v);
	arena_free(&mem);
	return ok;
}

bool
story_link(struct store *s, const struct story_limits *limits, struct fault *f)
{
	enum { BATCH = 256 };
	struct span *me = mem_zero(BATCH, sizeof *me), *other = mem_zero(limits->hub + 1, sizeof *other);
	enum store_get got = GOT;
	size_t n;
	bool ok = true;

	do {
		struct db_query *q = store_query(s, Q_incident_unlinked, f);

		for (n = 0; q && n < BATCH && (got = store_row(q, f)) == GOT; n++) {
			memcpy(me[n].id, db_text(q, 0).p, 32);
			me[n].first = db_i64(q, 1);
			me[n].last = db_i64(q, 2);
		}
		ok = q && got != GET_FAILED;
		if (q)
			db_reset(q);
		for (size_t k = 0; ok && k < n; k++)
			ok = link_one(s, &me[k], limits, other, f);
	} while (ok && n == BATCH);
	free(me);
	free(other);
	return ok;
}
