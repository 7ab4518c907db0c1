/*
 * priv: what the files of lib/tool share among themselves; no other room includes it.
 */
#ifndef IRPIPE_TOOL_PRIV_H
#define IRPIPE_TOOL_PRIV_H

#include "lib/tool/jobs.h"
#include "lib/tool/text.h"
#include "lib/tool/tool.h"

#include <pthread.h>
#include <time.h>

struct tool_priv {
	struct arena mem;
	struct opt *all;		/* program's options, then the common ones; name == NULL ends */
	pthread_mutex_t speak;		/* one message at a time */
	struct buf cell;		/* JSON list of what holds */
	struct timespec begun;
	char *output_tmp;		/* -o: the file that is written, renamed at the end */
	int rejects_fd;			/* -1: none */
	struct out rejects;
	bool text;			/* people read stdout */
	struct text_style style;
	int fail_on;			/* level; 0: not asked */
	int worst;			/* highest level emitted */
	char **names;			/* C strings for the cell */
	uint64_t input_bytes;
};

extern const struct opt common_rows[];		/* `to` holds the offset in struct tool_common + 1 */
struct opt *opt_table(struct tool *);
void opt_parse(struct tool *, int argc, char *argv[]);
void opt_help(struct tool *);
void opt_completion(struct tool *, struct slice shell);
void output_open(struct tool *);
void output_done(struct tool *);
void rejects_open(struct tool *);
void signals_set(void);
/* The file that a signal which ends the program at once removes; NULL: none. */
void signals_unfinished(const char *path);
void account_line(struct tool *);
void account_file(struct tool *);

#endif
