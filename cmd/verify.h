/*
 * verify: ir-verify's own reading and counting.  It trusts no code that makes records: lines are counted here, accounts are
 * read here, and the sums are made here (lib/LAYERS keeps it so).
 *
 * Ownership: everything of one stream lives in its arena until proof_free.
 */
#ifndef IRPIPE_VERIFY_H
#define IRPIPE_VERIFY_H

#include "lib/base/map.h"
#include "lib/json/json.h"
#include "lib/tool/source.h"
#include "lib/tool/tool.h"

/* What a line can be (STREAM.md, records); OTHER is a kind of a later version, PLAIN has no ir.kind. */
enum line_kind {
	LINE_EVENT, LINE_ALERT, LINE_INCIDENT, LINE_ACTION, LINE_RESULT, LINE_REJECT, LINE_OTHER, LINE_PLAIN,
	LINE_NOTE, LINE_MARK, LINE_END,		/* from here on: control lines, outside the sums */
	LINE_KINDS
};
extern const struct slice line_name[LINE_KINDS];
extern const struct slice line_maker[LINE_KINDS];	/* the program that makes it; empty: any */

/* One `end`: a stage's account. */
struct held {
	struct slice name;
	uint64_t in[LINE_KINDS], out[LINE_KINDS];
	uint64_t passed, made, unmatched, folded, suppressed, rejected, status;
	bool cut, whole;		/* whole: every number of the account was there */
	bool joined;			/* the ends that it saw are the ends before it */
	struct slice *saw;
	size_t saws;
	uint64_t line;			/* where it stands, from 1 */
	uint64_t lines[LINE_KINDS];	/* lines by kind up to it, itself included */
	size_t first;			/* the first of the ends whose records came through it */
	bool last;			/* nothing behind it saw it */
};

struct finding {
	struct slice stage;		/* "ir-match", or "ir-match > ir-enrich" */
	const char *what;		/* constant word with dashes */
	struct slice kind;		/* kind of line, may be empty */
	uint64_t said, found;
	struct slice words;
};

struct proof {
	struct arena mem;
	struct slice name;		/* of the stream */
	struct held *held;
	size_t helds, held_cap;
	struct finding *finding;
	size_t findings, finding_cap;
	uint64_t untold;		/* findings beyond the first FINDINGS_MAX */
	uint64_t line;			/* lines read */
	uint64_t lines[LINE_KINDS];
	uint64_t ours, enriched;	/* lines with ir.kind; lines with the work of ir-enrich */
	uint64_t mark;			/* number of the last mark */
	bool marked, ended;		/* a mark came since the last end; the last line was an end */
	struct map own[2];		/* notes and marks by the stage that signed them */
	struct buf text;
};
enum { FINDINGS_MAX = 100, HELD_MAX = 10000 };

/* Reads one stream, the source at hand, to its end. */
void proof_read(struct proof *, struct sources *);
/*
 * The sums, the chain, the lines.  `wanted`: names of stages with commas between them.  Without it the lost `end` of a last stage
 * that changed nothing is not seen: what is left is what the stage before it wrote.
 */
void proof_judge(struct proof *, struct slice wanted);
void proof_free(struct proof *);
/* The account in the `end` that j stands on. */
void held_read(struct proof *, const struct json *, uint32_t ir);
void found(struct proof *, struct slice stage, const char *what, struct slice kind, uint64_t said, uint64_t is, const char *fmt,
    ...)
    __attribute__((format(printf, 7, 8)));
/* A copy that a terminal may see, cut at 128 bytes. */
struct slice proof_name(struct proof *, struct slice);

void verify_show(struct tool *, const struct proof *);

#endif
