/* Jobs: the order of what comes out is that of what went in, for any number of workers. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/tool/jobs.h"
#include "tests/unit/unit.h"

enum { JOBS = 500 };

struct shared {
	pthread_mutex_t lock;
	unsigned opened, closed, inside, most;
	uint64_t next, wrong, bytes;
	bool passing;
};

static void *
open_worker(void *shared)
{
	struct shared *s = shared;

	pthread_mutex_lock(&s->lock);
	s->opened++;
	pthread_mutex_unlock(&s->lock);
	return s;
}

static void
close_worker(void *context)
{
	struct shared *s = context;

	pthread_mutex_lock(&s->lock);
	s->closed++;
	pthread_mutex_unlock(&s->lock);
}

/* Early jobs take longer, so that later ones overtake them. */
static void
work(void *context, struct job *job)
{
	struct shared *s = context;

	pthread_mutex_lock(&s->lock);
	s->inside++;
	if (s->inside > s->most)
		s->most = s->inside;
	pthread_mutex_unlock(&s->lock);
	if (job->first % 7 == 0)
		usleep(1000);
	buf_slice_add(&job->out, job->view);
	job->account.passed = 1;
	pthread_mutex_lock(&s->lock);
	s->inside--;
	pthread_mutex_unlock(&s->lock);
}

static void
done(void *shared, struct job *job)
{
	struct shared *s = shared;
	uint64_t n;

	/* One at a time, whichever thread it is: no lock is taken. */
	s->wrong += s->passing;
	s->passing = true;
	memcpy(&n, job->out.p, sizeof n);
	s->wrong += n != s->next || job->first != s->next || job->account.passed != 1 || job->out.n != sizeof n;
	s->next++;
	s->bytes += job->out.n;
	s->passing = false;
}

static void
in_order(unsigned workers)
{
	struct shared s = {.lock = PTHREAD_MUTEX_INITIALIZER};
	struct jobs_plan plan = {.workers = workers, .shared = &s, .open = open_worker, .work = work, .close = close_worker,
	    .done = done};
	struct jobs *jobs = jobs_start(&plan);

	for (uint64_t n = 0; n < JOBS; n++) {
		struct job *job = jobs_take(jobs);

		s.wrong += job->in.n || job->out.n || job->account.passed || job->made;
		buf_add(&job->in, &n, sizeof n);
		job->view = buf_slice(&job->in);
		job->first = n;
		jobs_give(jobs, job);
		if (n % 100 == 99) {
			jobs_wait(jobs);
			s.wrong += s.next != n + 1;
		}
	}
	jobs_end(jobs);
	OK(s.wrong == 0, "%u workers: in order, one at a time, emptied (%llu wrong)", workers, (unsigned long long)s.wrong);
	OK(s.next == JOBS && s.bytes == JOBS * sizeof(uint64_t), "%u workers: all of them", workers);
	OK(s.opened >= 1 && s.opened == s.closed && s.opened <= (workers ? workers : 1), "%u workers: each opened is closed",
	    workers);
	OK(s.most <= (workers ? workers : 1), "%u workers: no more at once", workers);
}

static void
nothing(void)
{
	struct shared s = {.lock = PTHREAD_MUTEX_INITIALIZER};
	struct jobs_plan plan = {.workers = 3, .shared = &s, .open = open_worker, .work = work, .close = close_worker,
	    .done = done};
	struct jobs *jobs = jobs_start(&plan);

	jobs_wait(jobs);
	jobs_end(jobs);
	OK(s.next == 0 && s.opened == s.closed, "no job is no harm");
	jobs_end(NULL);
}

int
main(void)
{
	static const unsigned workers[] = {0, 1, 2, 4, 16};

	for (size_t i = 0; i < sizeof workers / sizeof *workers; i++)
		in_order(workers[i]);
	nothing();
	return unit_done();
}
