#include "lib/tool/stream.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/tool/priv.h"
#include "lib/tool/source.h"

enum { REJECT_BYTES = 64 * 1024 };

struct stage_id
stream_id(const struct tool *t)
{
	return (struct stage_id){.by = slice_str(t->about->name), .newest = t->account.newest, .dated = t->account.dated};
}

void
reject_add(struct buf *out, struct slice by, const struct event_src *src, struct slice reason, uint64_t at, struct slice bytes)
{
	struct reject_of r = {.reason = reason, .head = bytes, .at = at, .length = bytes.n};

	/* An all-zero sum says that there is none. */
	if (!digest_sha256(&bytes, 1, &r.sum))
		r.sum = (struct sha256){0};
	reject_put(out, by, src, &r);
}

void
reject_put(struct buf *out, struct slice by, const struct event_src *src, const struct reject_of *r)
{
	static const struct sha256 none;
	struct json_out j = json_out(out);
	struct buf t = {0};

	jo_open(&j, '{');
	jo_kopen(&j, "ir", '{');
	jo_ku64(&j, "v", 1);
	jo_kstr(&j, "kind", "reject");
	jo_ktext(&j, "by", by);
	jo_kopen(&j, "src", '{');
	if (src->fmt.n)
		jo_ktext(&j, "fmt", src->fmt);
	jo_ktext(&j, "uri", src->uri);
	jo_ku64(&j, "off", src->off);
	jo_ku64(&j, "rec", src->rec);
	jo_close(&j, '}');
	jo_ktext(&j, "reason", r->reason);
	jo_ku64(&j, "at", r->at);
	jo_close(&j, '}');
	jo_ku64(&j, "len", r->length);
	if (memcmp(&r->sum, &none, sizeof none) != 0) {
		buf_hex(&t, r->sum.b, sizeof r->sum.b);
		jo_ktext(&j, "sha256", buf_slice(&t));
	}
	buf_reset(&t);
	buf_base64(&t, slice_head(r->head, REJECT_BYTES));
	jo_ktext(&j, "bytes", buf_slice(&t));
	jo_close(&j, '}');
	buf_byte(out, '\n');
	buf_free(&t);
}

/* ---- waiting --------------------------------------------------------------------------------------------------------- */

long
stream_clock(struct timespec *since)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (since->tv_sec == 0)
		*since = now;
	return (now.tv_sec - since->tv_sec) * 1000 + (now.tv_nsec - since->tv_nsec) / 1000000;
}

bool
stream_wait(struct sources *in, const struct source *src, long patience)
{
	/* All sources of a run share what is left after the signal. */
	static struct timespec since;

	for (;;) {
		struct pollfd p = {.fd = src->fd, .events = POLLIN};

		if (tool_stopped() && (!src->pipe || stream_clock(&since) >= patience))
			return false;
		if (!src->pipe || !source_idle(in))
			return true;
		/* The bound is for a signal that comes between the look and the wait. */
		if (poll(&p, 1, tool_stopped() ? 50 : 500) > 0)
			return true;
	}
}

/* ---- for people ------------------------------------------------------------------------------------------------------ */

struct stream_text {
	struct json *json;
	struct record_paths *paths;
	struct text_style style;
	struct buf scratch;
};

struct stream_text *
stream_text_new(struct tool *t)
{
	struct stream_text *s;

	if (!t->priv->text)
		return NULL;
	s = mem_zero(1, sizeof *s);
	s->json = json_new(&json_limits_stream);
	s->paths = record_paths_new();
	s->style = t->priv->style;
	return s;
}

void
stream_text_free(struct stream_text *s)
{
	if (s == NULL)
		return;
	json_free(s->json);
	record_paths_free(s->paths);
	buf_free(&s->scratch);
	free(s);
}

void
stream_text_add(struct stream_text *s, struct slice lines, struct buf *out)
{
	struct fault f;
	struct record r;
	const char *reason;

	json_block(s->json, lines);
	while (json_line(s->json, &f))
		if (s->json->ok && record_read(s->paths, s->json, &r, &reason)) {
			buf_reset(&s->scratch);
			text_record(&r, &s->style, &s->scratch, out);
		}
}

/* ---- between blocks -------------------------------------------------------------------------------------------------- */

void
stream_take(struct tool *t, struct job *job)
{
	if (!out_add(&t->out, buf_slice(&job->out)))
		tool_die(t, t->out.error, "cannot write the output");
	if (job->rejects.n && t->priv->rejects_fd >= 0 && !out_add(&t->priv->rejects, buf_slice(&job->rejects)))
		tool_die(t, t->priv->rejects.error, "cannot write the rejects");
	account_merge(&t->account, &job->account);
	if (job->level > t->priv->worst)
		t->priv->worst = job->level;
}

/* EINVAL: a pipe or a terminal, which keeps nothing. */
static void
keep(struct tool *t, struct out *o, const char *what)
{
	struct stat st;

	if (!out_flush(o))
		tool_die(t, o->error, "cannot write the %s", what);
	if (fstat(o->fd, &st) == 0 && S_ISREG(st.st_mode) && fsync(o->fd) != 0 && errno != EINVAL)
		tool_die(t, errno, "cannot write the %s", what);
}

void
stream_keep(struct tool *t)
{
	keep(t, &t->out, "output");
	if (t->priv->rejects_fd >= 0)
		keep(t, &t->priv->rejects, "rejects");
}

static void
put(struct tool *t, struct slice line)
{
	struct stream_text *text = stream_text_new(t);
	struct buf b = {0};

	if (text) {
		stream_text_add(text, line, &b);
		line = buf_slice(&b);
	}
	if (!out_add(&t->out, line))
		tool_die(t, t->out.error, "cannot write the output");
	buf_free(&b);
	stream_text_free(text);
}

void
stream_note(struct tool *t, const char *what, struct slice src, struct slice message)
{
	struct stage_id id = stream_id(t);
	struct buf b = {0};

	record_note(&b, &id, what, src, message);
	t->account.out[KIND_NOTE]++;
	put(t, buf_slice(&b));
	buf_free(&b);
}

void
stream_end(struct tool *t, struct slice extra)
{
	struct stage_id id = stream_id(t);
	struct buf b = {0};

	/* --fail-on: the `end` says the status that the program will end with. */
	if (t->priv->fail_on && t->priv->worst >= t->priv->fail_on)
		tool_status(t, 1);
	t->account.out[KIND_END]++;
	record_end(&b, &id, &t->account, t->seen, t->seen_n, t->cut, t->status, extra);
	put(t, buf_slice(&b));
	if (!out_flush(&t->out))
		tool_die(t, t->out.error, "cannot write the output");
	buf_free(&b);
}
