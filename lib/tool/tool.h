/*
 * tool: what all programs share (STREAM.md "The command line, alike in all programs").  The only room that speaks:
 * messages, status, exit.
 *
 *	int main(int argc, char *argv[])
 *	{
 *		struct tool t;
 *
 *		tool_begin(&t, &about, options, argc, argv);
 *		rules = load_rules(&opt);			-- a wrong request: tool_usage(&t, fault...) ends with 2
 *		tool_cell(&t, &rights);
 *		tool_each(&t, &stage);
 *		return tool_end(&t);
 *	}
 *
 * One struct tool a program.  Messages may come from any thread; the rest is the main thread's.
 */
#ifndef IRPIPE_TOOL_TOOL_H
#define IRPIPE_TOOL_TOOL_H

#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/out.h"
#include "lib/base/stamp.h"
#include "lib/event/record.h"
#include "lib/port/cell.h"

struct sources;
struct tool;

/* ---- options -------------------------------------------------------------------------------------------------------- */
enum opt_type {
	OPT_FLAG,		/* bool *: set */
	OPT_COUNT,		/* unsigned *: one more each time */
	OPT_TEXT,		/* struct slice * */
	OPT_LIST,		/* struct opt_list *: in the order given */
	OPT_U64,		/* uint64_t * */
	OPT_SIZE,		/* uint64_t *: 64k 1M 2G */
	OPT_TIME,		/* struct opt_time *: RFC 3339, a date, or "clock" */
	OPT_DURATION,		/* int64_t *: seconds */
	OPT_CALL,		/* bool (*)(struct tool *, struct slice value): false after tool_usage's words */
};
struct opt_list {
	struct slice *v;
	size_t n, cap;
};
struct opt_time {
	struct stamp at;
	bool given, clock;	/* clock: read once, at the time the option is read */
};
/* A row makes parsing, --help and the completions.  letter 0: long only. */
struct opt {
	char letter;
	const char *name;
	const char *arg;	/* NULL: none */
	const char *help;	/* one line, no final point */
	enum opt_type type;
	void *to;
	const char *complete;	/* completion: "file", "dir", or words "a|b|c"; NULL: none */
};

struct tool_common {		/* options that every program has (letters alike everywhere) */
	struct slice output;	/* -o */
	struct slice to;	/* -t */
	uint64_t jobs;		/* -j; 0: the program's default */
	unsigned quiet, verbose;
	struct opt_time since, until, now;
	struct slice tz;
	struct slice fail_on;	/* --fail-on LEVEL */
	struct slice rejects;	/* --rejects FILE */
	struct slice state;	/* --state FILE */
	struct slice account;	/* --account FILE */
	bool force, no_sandbox, strict;
};
/* Which of the common options a program takes, besides -o -t -q -v -h -V --account --no-sandbox. */
enum {
	TAKES_JOBS = 1, TAKES_TIME = 2 /* since until */, TAKES_TZ = 4, TAKES_NOW = 8, TAKES_FAIL = 16, TAKES_REJECTS = 32,
	    TAKES_STATE = 64,
	TAKES_FORCE = 128, TAKES_STRICT = 256
};

struct tool_about {
	const char *name;		/* "ir-match" */
	const char *what;		/* one line: "events in, alerts out" */
	const char *usage;		/* "[-r RULES]... [-e JQ]... [FILE...]" */
	const char *examples[3];	/* shown first in --help */
	const char *const *kinds;	/* what -t takes, first is the default in a pipe; NULL-terminated */
	unsigned takes;
	bool all_cores;			/* -j default (DECISIONS.md 13) */
	bool own_input;			/* reads its sources itself (ir-ingest, ir-verify): tool_cell opens none */
	bool terminal_ok;		/* a terminal on stdin without arguments is no misuse (ir-verify --list ...) */
};

struct tool {
	const struct tool_about *about;
	const struct opt *options;
	struct tool_common common;
	struct opt_list args;
	int status;			/* only rises: tool_status */
	struct account account;
	struct slice *seen;		/* stages whose `end` came by */
	size_t seen_n, seen_cap;
	bool cut;			/* EOF without an `end` in a stream that had ir.kind records */
	bool live;			/* a mark said so */
	unsigned width;			/* of the terminal on stdout; 80 if unknown */
	bool colour, utf8;		/* stdout is a terminal that takes them */
	struct out out;			/* where records go */
	struct sources *in;		/* FILE... or stdin, opened by tool_cell */
	struct tool_priv *priv;
};

/*
 * First thing in main: descriptors, core limit, environment, options.  Misuse ends with status 2 here, -h and -V with 0.
 * Also: locale (only to know UTF-8), width, signal handlers, hash seed.
 */
void tool_begin(struct tool *, const struct tool_about *, const struct opt *options, int argc, char *argv[]);
/* Misuse, if there is nothing to read but a terminal: for who has terminal_ok and then no such option. */
void tool_wants_input(struct tool *);
/* Enters the cell (unless --no-sandbox); what a program does not name it loses.  Opens -o and --rejects before. */
void tool_cell(struct tool *, const struct cell_rights *);
/* Account line, --account, last write checked, -o renamed into place.  Returns the exit status. */
int tool_end(struct tool *) must_use;

/* ---- messages ------------------------------------------------------------------------------------------------------- */
/* "ir-match: words" on stderr, made harmless; nothing with -q unless status >= 2. */
void tool_say(struct tool *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Only with -v. */
void tool_detail(struct tool *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* "ir-match: NAME:LINE:COLUMN: what: near" */
void tool_fault(struct tool *, struct slice name, const struct fault *);
/* The request is wrong: words, "try 'NAME --help'", exit 2.  Before the first record only. */
_Noreturn void tool_usage(struct tool *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The world failed: words, strerror(error) if not 0, exit 4 (output up to the last whole line is written). */
_Noreturn void tool_die(struct tool *, int error, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void tool_status(struct tool *, int status);		/* raises it */
bool tool_stopped(void);				/* SIGINT or SIGTERM came */

/* ---- files of the request (rules, tables, playbooks): read whole, before the cell ------------------------------------- */
/* Bytes of a file into the arena; false: fault "cannot open" ... with errno's words in near. */
bool tool_file(const char *path, size_t max, struct arena *, struct slice *bytes, struct fault *) must_use;
/*
 * Files below a folder (recursive, byte order, links and names with a leading point left out) whose names end in one of `endings`
 * (NULL-terminated); a file gives itself.  Each path has a NUL behind it.
 */
bool tool_files(struct slice path, const char *const *endings, struct arena *, struct opt_list *files, struct fault *) must_use;
/*
 * Writes a file whole or not at all: temporary beside it, fsync, rename, fsync of the folder. --force semantics are the
 * caller's.
 */
bool tool_write_file(const char *path, struct slice bytes, struct fault *) must_use;

/* ---- the stream --------------------------------------------------------------------------------------------------- */
/*
 * What a stage does with each record.  Each record must end in exactly one of emit_pass/edits/line, unmatched, folded,
 * suppressed or rejected: the engine counts, and a record for which none was called is a bug that ends the program.
 */
struct emit;
struct stage {
	void *(*open)(struct tool *, void *shared);		/* context of one worker; NULL: shared is the context */
	/* event alert incident action result, unknown, foreign */
	void (*record)(void *context, const struct record *, struct emit *);
	void (*close)(void *context);
	/*
	 * Optional, in input order whatever -j, one at a time (any thread): what emit_later kept.  What it emits stands
	 * where emit_later was called. With it `mark` is called in order, too, and need not be serial.
	 */
	void (*settle)(struct tool *, void *shared, struct slice what, struct emit *);
	/*
	 * Optional, main thread, in order: a mark or a note went by (before it is passed on); the input has ended (made
	 * records go out before `end`).
	 */
	void (*mark)(struct tool *, void *shared, const struct record *, struct emit *);
	void (*drain)(struct tool *, void *shared, struct emit *);
	/* Optional, serial stages: all that has come was given, and the pipe would block. */
	void (*idle)(struct tool *, void *shared, struct emit *);
	/* Further members of `end` (JSON, comma-separated, no outer commas), after all contexts are closed. */
	void (*end)(struct tool *, void *shared, struct buf *members);
	void *shared;
	const struct wraps *wraps;	/* of a stage that wraps foreign records (wrap.h), else NULL */
	bool serial;		/* record() needs input order and runs in the main thread, whatever -j */
	bool quiet;		/* writes no stream (a sink such as ir-report): nothing is passed, no `end` */
};
/* Reads FILE... or stdin to the end, in order, through the stage; then drain, `end`. */
void tool_each(struct tool *, const struct stage *);

void emit_pass(struct emit *, const struct record *);				/* the line as it came */
void emit_edits(struct emit *, const struct record *, struct json_edits *);	/* spliced: counts as passed */
void emit_line(struct emit *, enum ir_kind kind, struct slice line);		/* passed in another form (wrapped,
    made an alert); line without \n */
void emit_made(struct emit *, enum ir_kind kind, struct slice line);		/* a further record */
void emit_unmatched(struct emit *, const struct record *);
void emit_folded(struct emit *, const struct record *);
void emit_suppressed(struct emit *, const struct record *);
void emit_reject(struct emit *, const struct record *, const char *reason);	/* constant words */
void emit_note(struct emit *, const char *what, struct slice src, struct slice message);
void emit_later(struct emit *, struct slice what);		/* to settle(): a copy is made */
/* The same, and the record is accounted for there, by what settle() calls (emit_unmatched and its like take NULL then). */
void emit_defer(struct emit *, struct slice what);
void emit_at(struct emit *, struct stamp newest);		/* in settle, mark and drain: the time of notes to come */
struct arena *emit_arena(struct emit *);		/* lives as long as this record */
struct buf *emit_scratch(struct emit *, unsigned which);	/* 0..3, empty at each record */
/*
 * --fail-on: tells the level of what was emitted; the engine raises the status. Levels: informational low medium high
 * critical.
 */
void emit_level(struct emit *, struct slice level);

/* 0 unknown, 1 informational .. 5 critical (OCSF order); by Sigma's and our words. */
int level_of(struct slice);
extern const struct slice level_name[6];

#endif
