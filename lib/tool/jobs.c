#include "lib/tool/jobs.h"

#include <pthread.h>
#include <stdlib.h>

/*
 * A ring of jobs. `given` jobs were handed out, of these `begun` were started, `ended` are through `done`, in this order of
 * numbers: ended <= begun <= given <= ended + ring. Whoever finishes the job that is next in order also passes on those behind it
 * that are ready, so no thread exists only to write.
 */
struct jobs {
	struct jobs_plan plan;
	struct job *ring;
	bool *ready;
	size_t size;
	uint64_t given, begun, ended;
	bool passing;			/* some thread is in plan.done */
	bool over;
	pthread_mutex_t lock;
	pthread_cond_t work, room;
	pthread_t *thread;
	void *context;			/* of the only worker, if there is one */
};

static void
pass_on(struct jobs *j)
{
	if (j->passing)
		return;
	j->passing = true;
	while (j->ended < j->given && j->ready[j->ended % j->size]) {
		struct job *job = &j->ring[j->ended % j->size];

		pthread_mutex_unlock(&j->lock);
		j->plan.done(j->plan.shared, job);
		pthread_mutex_lock(&j->lock);
		j->ready[j->ended % j->size] = false;
		j->ended++;
		pthread_cond_broadcast(&j->room);
	}
	j->passing = false;
	pthread_cond_broadcast(&j->room);
}

static void *
worker(void *arg)
{
	struct jobs *j = arg;
	void *context = j->plan.open ? j->plan.open(j->plan.shared) : j->plan.shared;

	pthread_mutex_lock(&j->lock);
	for (;;) {
		uint64_t n;

		while (j->begun == j->given && !j->over)
			pthread_cond_wait(&j->work, &j->lock);
		if (j->begun == j->given)
			break;
		n = j->begun++;
		pthread_mutex_unlock(&j->lock);
		j->plan.work(context, &j->ring[n % j->size]);
		pthread_mutex_lock(&j->lock);
		j->ready[n % j->size] = true;
		pass_on(j);
	}
	pthread_mutex_unlock(&j->lock);
	if (j->plan.close)
		j->plan.close(context);
	return NULL;
}

struct jobs *
jobs_start(const struct jobs_plan *plan)
{
	struct jobs *j = mem_zero(1, sizeof *j);

	j->plan = *plan;
	if (j->plan.workers < 1)
		j->plan.workers = 1;
	j->size = j->plan.workers == 1 ? 1 : j->plan.workers * 2 + 1;
	j->ring = mem_zero(j->size, sizeof *j->ring);
	j->ready = mem_zero(j->size, sizeof *j->ready);
	pthread_mutex_init(&j->lock, NULL);
	pthread_cond_init(&j->work, NULL);
	pthread_cond_init(&j->room, NULL);
	if (j->plan.workers == 1) {
		j->context = plan->open ? plan->open(plan->shared) : plan->shared;
		return j;
	}
	j->thread = mem_zero(j->plan.workers, sizeof *j->thread);
	for (unsigned i = 0; i < j->plan.workers; i++) {
		/* Fewer threads than asked for are still right, only slower; without any the caller's thread does it. */
		if (pthread_create(&j->thread[i], NULL, worker, j) != 0) {
			j->plan.workers = i;
			break;
		}
	}
	if (j->plan.workers == 0)
		j->context = plan->open ? plan->open(plan->shared) : plan->shared;
	return j;
}

static void
empty(struct job *job)
{
	struct job kept = *job;

	*job = (struct job){.in = kept.in, .extra = kept.extra, .out = kept.out, .rejects = kept.rejects, .notes = kept.notes,
	    .later = kept.later, .account = kept.account};
	buf_reset(&job->in);
	buf_reset(&job->extra);
	buf_reset(&job->out);
	buf_reset(&job->rejects);
	buf_reset(&job->notes);
	buf_reset(&job->later);
	account_reset(&job->account);
}

struct job *
jobs_take(struct jobs *j)
{
	struct job *job;

	pthread_mutex_lock(&j->lock);
	while (j->given - j->ended >= j->size)
		pthread_cond_wait(&j->room, &j->lock);
	job = &j->ring[j->given % j->size];
	pthread_mutex_unlock(&j->lock);
	empty(job);
	return job;
}

void
jobs_give(struct jobs *j, struct job *job)
{
	if (j->thread == NULL || j->plan.workers == 0) {
		j->plan.work(j->context, job);
		j->plan.done(j->plan.shared, job);
		j->given++;
		j->begun++;
		j->ended++;
		return;
	}
	pthread_mutex_lock(&j->lock);
	j->given++;
	pthread_cond_signal(&j->work);
	pthread_mutex_unlock(&j->lock);
}

void
jobs_wait(struct jobs *j)
{
	pthread_mutex_lock(&j->lock);
	while (j->ended < j->given || j->passing)
		pthread_cond_wait(&j->room, &j->lock);
	pthread_mutex_unlock(&j->lock);
}

void
jobs_end(struct jobs *j)
{
	if (j == NULL)
		return;
	jobs_wait(j);
	pthread_mutex_lock(&j->lock);
	j->over = true;
	pthread_cond_broadcast(&j->work);
	pthread_mutex_unlock(&j->lock);
	for (unsigned i = 0; j->thread && i < j->plan.workers; i++)
		pthread_join(j->thread[i], NULL);
	if (j->context && j->plan.close)
		j->plan.close(j->context);
	for (size_t i = 0; i < j->size; i++) {
		buf_free(&j->ring[i].in);
		buf_free(&j->ring[i].extra);
		buf_free(&j->ring[i].out);
		buf_free(&j->ring[i].rejects);
		buf_free(&j->ring[i].notes);
		buf_free(&j->ring[i].later);
		account_free(&j->ring[i].account);
	}
	pthread_mutex_destroy(&j->lock);
	pthread_cond_destroy(&j->work);
	pthread_cond_destroy(&j->room);
	free(j->ring);
	free(j->ready);
	free(j->thread);
	free(j);
}
