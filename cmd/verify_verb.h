/*
 * verify_verb: what the verbs of ir-verify beside balance share: rulings.  A ruling says of each thing that is wrong which file,
 * which place (a line or a row, from 1; 0: the whole) and what; at the end it gives the verdict.
 */
#ifndef IRPIPE_VERIFY_VERB_H
#define IRPIPE_VERIFY_VERB_H

#include "lib/json/json.h"
#include "lib/port/digest.h"
#include "lib/tool/tool.h"

struct ruling {
	struct tool *t;
	const char *verb;
	bool json;
	uint64_t checked, wrong, untold;	/* things looked at; what is not proven; what could not be told */
	struct buf out;
};
enum { RULINGS_MAX = 10000 };		/* findings that are printed; the rest is counted */

/* Parses the options of a verb and starts the ruling; argv[1] is the verb. */
void ruling_begin(struct ruling *, struct tool *, const struct tool_about *, const struct opt *, int argc, char *argv[]);
/* Enters the cell: files may be read beneath the arguments and `more` (may be empty), none may be written. */
void ruling_cell(struct ruling *, struct slice more);
/* kind: constant words with dashes. */
void ruling_wrong(struct ruling *, struct slice file, uint64_t place, const char *kind, struct slice what);
void ruling_untold(struct ruling *, struct slice file, const char *why);
void ruling_fact(struct ruling *, struct slice file, const char *name, struct slice value);	/* a line that is no finding */
/* The verdict; 0 proven, 1 not, 3 not enough to tell. */
int ruling_end(struct ruling *) must_use;

/* A file of the request, whole, before the cell; misuse ends with 2. */
struct slice verb_file(struct tool *, struct slice name, struct arena *);
/* Each line of text; line numbers from 1; the last may lack its \n. */
bool verb_line(struct slice *rest, struct slice *line);
/* A regular file beneath a folder; -1 and errno. */
int verb_open(int dir, struct slice path);
int verb_folder(struct tool *, struct slice path);		/* misuse ends with 2 */
/* A member by dotted path, in the arena; empty: none. */
struct slice verb_member(const struct json *, const char *path, struct arena *);
bool hex_same(struct slice hex, const struct sha256 *);

int verify_chain(int argc, char *argv[]);
int verify_manifest(int argc, char *argv[]);
int verify_seal(int argc, char *argv[]);
int verify_evidence(int argc, char *argv[]);
int verify_playbook(int argc, char *argv[]);
int verify_undone(int argc, char *argv[]);
int verify_labels(int argc, char *argv[]);

#endif
