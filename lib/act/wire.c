#include "lib/act/wire.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/stamp.h"

static void
put32(struct buf *b, uint32_t v)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_byte(b, (char)(v >> shift & 255));
}

static uint32_t
get32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

static void
put_text(struct buf *b, struct slice s)
{
	put32(b, (uint32_t)s.n);
	buf_slice_add(b, s);
}

static bool
take_text(struct slice *rest, struct slice *s)
{
	uint32_t n;

	if (rest->n < 4 || (n = get32(rest->p)) > rest->n - 4)
		return false;
	*s = slice_of(rest->p + 4, n);
	*rest = slice_from(*rest, 4 + (size_t)n);
	return true;
}

/* The length goes before what was appended from `start` + 4 on. */
static void
set_length(struct buf *b, size_t start)
{
	uint32_t n = (uint32_t)(b->n - start - 4);

	for (int i = 0; i < 4; i++)
		b->p[start + (size_t)i] = (char)(n >> (24 - 8 * i) & 255);
}

static size_t
request_size(const struct act_request *r)
{
	size_t n = 16;

	for (int i = 0; i < ACT_FIELDS; i++)
		n += 4 + r->field[i].n;
	for (size_t i = 0; i < r->args; i++)
		n += 8 + r->arg[i].name.n + r->arg[i].value.n;
	return n;
}

bool
act_request_write(const struct act_request *r, struct buf *out)
{
	size_t start = out->n;

	if (r->args > ACT_ARGS || request_size(r) > ACT_REQUEST_MAX)
		return false;
	put32(out, 0);
	buf_byte(out, (char)r->verb);
	put32(out, r->need);
	for (int i = 0; i < ACT_FIELDS; i++)
		put_text(out, r->field[i]);
	buf_byte(out, (char)r->args);
	for (size_t i = 0; i < r->args; i++) {
		put_text(out, r->arg[i].name);
		put_text(out, r->arg[i].value);
	}
	set_length(out, start);
	return true;
}

bool
act_request_read(struct slice body, struct act_request *r)
{
	struct slice rest = body;

	*r = (struct act_request){0};
	if (rest.n < 5 || rest.p[0] < ACT_DO || rest.p[0] > ACT_SETTLE)
		return false;
	r->verb = (enum act_verb)rest.p[0];
	r->need = get32(rest.p + 1);
	rest = slice_from(rest, 5);
	for (int i = 0; i < ACT_FIELDS; i++)
		if (!take_text(&rest, &r->field[i]))
			return false;
	if (rest.n < 1 || (unsigned char)rest.p[0] > ACT_ARGS)
		return false;
	r->args = (unsigned char)rest.p[0];
	rest = slice_from(rest, 1);
	for (size_t i = 0; i < r->args; i++)
		if (!take_text(&rest, &r->arg[i].name) || !take_text(&rest, &r->arg[i].value))
			return false;
	return rest.n == 0;
}

void
act_answer_write(enum act_answer kind, enum act_state state, struct slice at, struct slice text, struct buf *out)
{
	size_t start = out->n;

	put32(out, 0);
	buf_byte(out, (char)kind);
	buf_byte(out, (char)state);
	put_text(out, at);
	put_text(out, slice_head(text, ACT_ANSWER_MAX - 128));
	set_length(out, start);
}

bool
act_answer_read(struct slice body, enum act_answer *kind, enum act_state *state, struct slice *at, struct slice *text)
{
	struct slice rest = slice_from(body, 2);

	if (body.n < 2 || body.p[0] < ANSWER_RESULT || body.p[0] > ANSWER_BROKEN || body.p[1] < 0 || body.p[1] >= ACT_STATES)
		return false;
	*kind = (enum act_answer)body.p[0];
	*state = (enum act_state)body.p[1];
	return take_text(&rest, at) && take_text(&rest, text) && rest.n == 0;
}

bool
act_send(int fd, struct slice rest)
{
	while (rest.n) {
		ssize_t n = send(fd, rest.p, rest.n, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		rest = slice_from(rest, (size_t)n);
	}
	return true;
}

static bool
get(int fd, char *p, size_t n)
{
	while (n) {
		ssize_t got = read(fd, p, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

bool
act_receive(int fd, size_t max, struct buf *body)
{
	char head[4];
	uint32_t n;

	buf_reset(body);
	if (!get(fd, head, sizeof head) || (n = get32(head)) > max)
		return false;
	buf_room(body, (size_t)n + 1);
	if (!get(fd, body->p, n))
		return false;
	body->n = n;
	return true;
}
