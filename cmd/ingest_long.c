/* A record that is too long: told by place, length and hash, in constant memory. */
#include "cmd/ingest_read.h"

struct long_record {
	struct digest *sum;
	struct buf head;
	uint64_t length;
	bool cr;			/* a CR came last: it counts if more follows */
};

static void
long_add(struct tool *t, struct long_record *l, struct slice s)
{
	struct slice part[2] = {{l->cr ? "\r" : NULL, l->cr}, s};

	if (s.n == 0)
		return;
	l->cr = s.p[s.n - 1] == '\r';
	part[1].n -= l->cr;
	for (int k = 0; k < 2; k++) {
		if (l->sum == NULL || !digest_add(l->sum, part[k]))
			tool_die(t, 0, "SHA-256 is not to be had");
		buf_slice_add(&l->head, slice_head(part[k], HEAD - l->head.n));
		l->length += part[k].n;
	}
}

void
ingest_refuse_long(struct reading *r)
{
	struct ingest *i = r->i;
	struct tool *t = i->t;
	struct event_src src = {.fmt = slice_str(r->piece->format->name), .uri = r->piece->uri, .off = r->at, .rec = r->rec};
	struct long_record l = {.sum = digest_new()};
	struct reject_of what = {.reason = SLICE("record-length"), .at = i->o.max_record};
	struct job *job;
	size_t nl;

	do {
		struct slice in = slice_from(buf_slice(&r->hold), r->from);

		nl = slice_find(in, '\n');
		long_add(t, &l, slice_head(in, nl));
		ingest_take(r, nl < in.n ? nl + 1 : in.n);
		r->skip = nl == in.n;
		if (nl < in.n)
			break;
	} while (ingest_more(r));
	r->skip = r->skip && !r->eof;
	if (!digest_end(l.sum, &what.sum))
		tool_die(t, 0, "SHA-256 is not to be had");
	job = jobs_take(i->jobs);
	job->view = (struct slice){NULL, 0};
	job->source = r->piece;
	job->number[1] = r->at;
	job->number[2] = r->rec++;
	account_reject(&job->account, "record-length", 1);
	job->account.in[KIND_FOREIGN]++;
	what.length = l.length;
	what.head = buf_slice(&l.head);
	if (t->common.rejects.n)
		reject_put(&job->rejects, slice_str(t->about->name), &src, &what);
	i->records++;
	jobs_give(i->jobs, job);
	buf_free(&l.head);
}
