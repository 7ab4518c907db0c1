#include "lib/port/jq.h"

#include <jq.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/port/jqlex.h"
#include "lib/port/worker.h"

/*
 * Frames (SECURITY.md section 2), both sides are one machine and one build, so numbers are in its own order:
 *	request	u32 length, u32 expression, u64 sequence, bytes
 *	answer	u64 sequence, u8 verdict, u32 length, text
 * A worker first answers sequence 0: 1 compiled, 2 not (text: libjq's words).
 */
enum {
	WORKERS = 3,			/* the third death denies the expression, so that a fourth would never work */
	DEATHS = 3,
	CPU_MS = 100, WALL_MS = 5000, COMPILE_MS = 1000,
	ANSWER_HEAD = 8 + 1 + 4, REQUEST_HEAD = 4 + 4 + 8,
	TEXT_MAX = 200,			/* bytes of a message that leave a worker */
};
#define MEMORY ((uint64_t)256 << 20)

struct expression {
	char *text;
	struct worker worker[WORKERS];
	unsigned now;			/* worker in use */
	unsigned deaths;
	uint32_t id;
};

struct jq_pool {
	struct expression *expression;
	size_t n, cap;
	uint64_t sequence;
};

/* ---- in the worker ---- */

struct message {
	char text[TEXT_MAX];
	uint32_t n;
};

static void
answer(int fd, uint64_t sequence, enum jq_verdict verdict, const struct message *m)
{
	char frame[ANSWER_HEAD + TEXT_MAX];

	memcpy(frame, &sequence, 8);
	frame[8] = (char)verdict;
	memcpy(frame + 9, &m->n, 4);
	memcpy(frame + ANSWER_HEAD, m->text, m->n);
	worker_put(fd, frame, ANSWER_HEAD + m->n);
}

static _Noreturn void
no_memory(void *unused)
{
	(void)unused;
	_exit(WORKER_OUT_OF_MEMORY);
}

/* Takes v.  A string may hold NUL: its length counts, not strlen. */
static void
keep_message(struct message *m, jv v)
{
	if (jv_get_kind(v) != JV_KIND_STRING)
		v = jv_dump_string(v, 0);
	m->n = (uint32_t)jv_string_length_bytes(jv_copy(v));
	if (m->n > TEXT_MAX)
		m->n = TEXT_MAX;
	memcpy(m->text, jv_string_value(v), m->n);
	jv_free(v);
}

/* libjq's words at compiling: the first are the ones that help. */
static void
compile_error(void *at, jv v)
{
	struct message *m = at;

	if (m->n == 0)
		keep_message(m, v);
	else
		jv_free(v);
}

static enum jq_verdict
evaluate(jq_state *jq, struct slice record, struct message *m)
{
	jv v = jv_parse_sized(record.p, (int)record.n);
	enum jq_verdict verdict = JQ_NO;

	m->n = 0;
	/* libjq refuses what RFC 8259 allows, such as a lone surrogate: it has not looked at the record, so this is no NO. */
	if (!jv_is_valid(v)) {
		keep_message(m, jv_invalid_get_msg(v));
		return JQ_UNDECIDED;
	}
	jq_start(jq, v, 0);
	while (jv_is_valid(v = jq_next(jq)) && verdict == JQ_NO) {
		if (jv_get_kind(v) != JV_KIND_NULL && jv_get_kind(v) != JV_KIND_FALSE)
			verdict = JQ_YES;
		jv_free(v);
		if (verdict == JQ_YES)
			return verdict;
	}
	if (jv_invalid_has_msg(jv_copy(v)) || jq_halted(jq)) {
		verdict = JQ_ERROR;
		keep_message(m, jv_invalid_get_msg(v));
	} else {
		jv_free(v);
	}
	return verdict;
}

static void
serve(int fd, const void *state)
{
	const struct expression *e = state;
	struct message m = { .n = 0 };
	struct slice record;
	char head[REQUEST_HEAD], *room = mem_alloc(JQ_FRAME_MAX);
	uint32_t n;
	uint64_t sequence;
	jq_state *jq = jq_init();

	if (jq == NULL)
		_exit(WORKER_OUT_OF_MEMORY);
	jq_set_nomem_handler(jq, no_memory, NULL);
	jq_set_error_cb(jq, compile_error, &m);
	if (!jq_compile(jq, e->text)) {
		answer(fd, 0, JQ_ERROR, &m);
		_exit(0);
	}
	m.n = 0;
	environ[0] = NULL;	/* an empty array: libjq crashes after clearenv() */
	answer(fd, 0, JQ_YES, &m);
	for (;;) {
		worker_get(fd, head, sizeof head);
		memcpy(&n, head, 4);
		memcpy(&sequence, head + 8, 8);
		if (n > JQ_FRAME_MAX)
			_exit(WORKER_BAD_FRAME);
		worker_get(fd, room, n);
		record = slice_of(room, n);
		answer(fd, sequence, evaluate(jq, record, &m), &m);
	}
}

/* ---- in the program ---- */

struct jq_pool *
jq_pool_new(void)
{
	return mem_zero(1, sizeof(struct jq_pool));
}

bool
jq_pool_add(struct jq_pool *pool, struct slice text, uint32_t *id, struct fault *f)
{
	struct expression *e;

	if (!jqlex_allows(text, f))
		return false;
	pool->expression = mem_grow(pool->expression, &pool->cap, pool->n, sizeof *pool->expression);
	e = &pool->expression[pool->n];
	*e = (struct expression){ .text = mem_str(text), .id = (uint32_t)pool->n };
	*id = e->id;
	pool->n++;
	return true;
}

/* libjq's words made fit for people, cut at a whole character. */
static void
harmless(char *to, size_t room, struct slice words)
{
	struct buf b = { 0 };
	size_t n;

	buf_harmless(&b, slice_trim(words));
	n = b.n < room ? b.n : room - 1;
	while (n < b.n && n && ((unsigned char)b.p[n] & 0xc0) == 0x80)
		n--;
	if (n)
		memcpy(to, b.p, n);
	to[n] = '\0';
	buf_free(&b);
}

/* One answer with the sequence that was asked for; anything else is a broken worker. */
static enum worker_io
hear(struct worker *w, uint64_t sequence, const struct worker_until *u, struct jq_result *r)
{
	char head[ANSWER_HEAD], text[TEXT_MAX];
	uint64_t seq;
	uint32_t n;
	enum worker_io io = worker_read(w, head, sizeof head, u);

	if (io != WORKER_DONE)
		return io;
	memcpy(&seq, head, 8);
	memcpy(&n, head + 9, 4);
	if (seq != sequence || n > TEXT_MAX || (unsigned char)head[8] > JQ_UNDECIDED)
		return WORKER_GONE;
	io = worker_read(w, text, n, u);
	if (io != WORKER_DONE)
		return io;
	*r = (struct jq_result){ .verdict = (enum jq_verdict)head[8] };
	if (r->verdict == JQ_ERROR || r->verdict == JQ_UNDECIDED) {
		r->cause = r->verdict == JQ_ERROR ? "error" : "unreadable for libjq";
		harmless(r->text, sizeof r->text, slice_of(text, n));
	}
	return WORKER_DONE;
}

static bool
compiled(struct expression *e, struct fault *f)
{
	struct jq_result r;
	struct worker_until u;

	for (unsigned i = 0; i < WORKERS; i++) {
		u = worker_deadline(&e->worker[i], COMPILE_MS, WALL_MS);
		if (hear(&e->worker[i], 0, &u, &r) != WORKER_DONE)
			return fault_near(f, "the expression takes too much to compile", slice_str(e->text), 0);
		if (r.verdict != JQ_YES)
			return fault_near(f, "the expression does not compile", slice_str(r.text), 0);
	}
	return true;
}

bool
jq_pool_start(struct jq_pool *pool, struct fault *f)
{
	for (size_t i = 0; i < pool->n; i++)
		for (unsigned k = 0; k < WORKERS; k++)
			if (!worker_start(&pool->expression[i].worker[k], serve, &pool->expression[i], MEMORY, f))
				return false;
	for (size_t i = 0; i < pool->n; i++)
		if (!compiled(&pool->expression[i], f))
			return false;
	return true;
}

static struct jq_result
undecided(const char *cause)
{
	return (struct jq_result){ .verdict = JQ_UNDECIDED, .cause = cause };
}

static struct jq_result
died(struct expression *e, enum worker_io io)
{
	const char *cause = worker_end(&e->worker[e->now]);

	e->deaths++;
	e->now++;
	return undecided(io == WORKER_LATE ? "deadline" : strcmp(cause, "deadline") == 0 ? "frame" : cause);
}

struct jq_result
jq_ask(struct jq_pool *pool, uint32_t id, struct slice record)
{
	struct expression *e = &pool->expression[id];
	uint64_t sequence = ++pool->sequence;
	uint32_t n = (uint32_t)record.n;
	struct worker_until u;
	struct worker *w;
	struct jq_result r;
	enum worker_io io;
	char head[REQUEST_HEAD];

	if (jq_denied(pool, id))
		return undecided("denied");
	if (record.n > JQ_FRAME_MAX)
		return undecided("too-big");
	w = &e->worker[e->now];
	memcpy(head, &n, 4);
	memcpy(head + 4, &id, 4);
	memcpy(head + 8, &sequence, 8);
	u = worker_deadline(w, CPU_MS, WALL_MS);
	io = worker_write(w, slice_of(head, sizeof head), &u);
	if (io == WORKER_DONE)
		io = worker_write(w, record, &u);
	if (io == WORKER_DONE)
		io = hear(w, sequence, &u, &r);
	return io == WORKER_DONE ? r : died(e, io);
}

bool
jq_denied(const struct jq_pool *pool, uint32_t id)
{
	return pool->expression[id].deaths >= DEATHS || pool->expression[id].now >= WORKERS;
}

void
jq_pool_free(struct jq_pool *pool)
{
	if (pool == NULL)
		return;
	for (size_t i = 0; i < pool->n; i++) {
		for (unsigned k = 0; k < WORKERS; k++)
			worker_end(&pool->expression[i].worker[k]);
		free(pool->expression[i].text);
	}
	free(pool->expression);
	free(pool);
}
