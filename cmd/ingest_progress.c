/* Progress: on a terminal on stderr, after three seconds (STREAM.md, the command line). */
#include "cmd/ingest.h"

#include <time.h>
#include <unistd.h>

enum { PATIENCE = 3 };

void
ingest_progress(struct ingest *i)
{
	struct timespec now;
	uint64_t bytes, total;
	double s;
	struct buf b = {0};

	if (i->t->common.quiet || !isatty(2))
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (i->shown.tv_sec == 0)
		i->shown = now;
	s = (double)(now.tv_sec - i->shown.tv_sec) + (double)(now.tv_nsec - i->shown.tv_nsec) / 1e9;
	if (s < PATIENCE)
		return;
	sources_progress(i->in, &bytes, &total);
	if (bytes / (1024 * 1024) % 8)
		return;
	buf_byte(&b, '\r');
	buf_u64(&b, bytes >> 20);
	if (total) {
		buf_lit(&b, " of ");
		buf_u64(&b, total >> 20);
	}
	buf_lit(&b, " MiB, ");
	buf_u64(&b, (uint64_t)((double)bytes / s / 1e6));
	buf_lit(&b, " MB/s");
	if (total > bytes && bytes) {
		buf_lit(&b, ", ");
		buf_u64(&b, (uint64_t)(s * (double)(total - bytes) / (double)bytes));
		buf_lit(&b, " s left");
	}
	buf_lit(&b, "   \r");
	(void)!write(2, b.p, b.n);
	buf_free(&b);
}
