/*
 * escalate_act (ir-escalate's own): what the verbs of people share: one state, one incident, one act.
 */
#ifndef IRPIPE_CMD_ESCALATE_ACT_H
#define IRPIPE_CMD_ESCALATE_ACT_H

#include "cmd/escalate.h"
#include "lib/incident/clock.h"
#include "lib/incident/desk.h"
#include "lib/incident/label.h"
#include "lib/incident/roster.h"

/* Options of acts; those that a verb does not take are misuse. */
struct act_options {
	struct slice by, reason, text, to, from, owner, due, next, tlp, ack_due, second, value, template;
	struct opt_list evidence, entities, done, open, gaps;
	struct slice key, valid, roster, role, policy;
	bool prove;
};
extern struct act_options act_opt;

struct verb_context {
	struct tool t;
	struct desk d;
	struct stamp now;
	struct slice who;
	bool makes;			/* the state, if it is not there */
};

/* Options, state, cell.  For reading or for an act (then --now or the clock is the moment). */
void act_begin(struct verb_context *, const struct tool_about *, int argc, char *argv[], enum store_use);
/* The two halves of it. */
void act_options(struct verb_context *, const struct tool_about *, int argc, char *argv[]);
void act_store(struct verb_context *, enum store_use);
/* The incident whose id begins so, loaded into d.incident: to read, or to change. */
void act_find(struct verb_context *, struct slice id);
void act_load(struct verb_context *, struct slice id);
/* Values: text or flag as JSON into the incident. */
void act_set(struct verb_context *, const char *name, struct slice text);
void act_set_json(struct verb_context *, struct slice name, struct slice json);
/* Writes the act (body: members set so far), saves, commits, prints the new record; the status of the program. */
int act_end(struct verb_context *, const char *what, struct slice body);
/* No act: closes, prints nothing more. */
int act_finish(struct verb_context *);
_Noreturn void act_refuse(struct verb_context *, const char *words, struct slice what);
void act_put(struct verb_context *, struct slice line);	/* a record: NDJSON, or text on a terminal */
void act_print(struct verb_context *, struct slice text);
/* {"by":..,"at":..} and further members that the caller adds before it closes */
struct json_out act_body(struct verb_context *, struct buf *);
/* The record of d.incident as it is now, with its next number. */
void act_record(struct verb_context *, struct buf *line);

/* The k-th word of the command line; misuse if it is not there. */
struct slice act_word(struct verb_context *, size_t k, const char *what);
extern const char *const act_kinds[];
#define ACT_ABOUT(words, use, one, two, three) { .name = "ir-escalate", .what = words, .usage = use, \
	.examples = {one, two, three}, .kinds = act_kinds, .takes = TAKES_STATE | TAKES_NOW, .own_input = true, \
	.terminal_ok = true }

/* A playbook by its id, or of a file. */
const struct play *play_named(struct tool *, struct plays *, const struct opt_list *folder, struct slice name);

/* What duty, clock and tick share. */
struct act_facts {
	const struct incident *i;
	struct json *json;
};
extern struct arena act_files;
void act_roster(struct tool *, struct roster *);
void act_put_stamp(struct json_out *, const char *name, struct stamp);
/* A fact's value is its moment; a value that is none counts at the moment of the act.  self: struct act_facts. */
bool act_fact(void *self, struct slice name, struct stamp *at);
bool act_started(const struct clock_law *, const struct incident *);

/* escalate_people.c, escalate_hand.c, escalate_time.c, escalate_sign.c */
int verb_ack(int, char *[]), verb_assign(int, char *[]), verb_set(int, char *[]), verb_note(int, char *[]), verb_close(int,
    char *[]);
int verb_verdict(int, char *[]), verb_fact(int, char *[]), verb_waive(int, char *[]), verb_task(int, char *[]);
int verb_handover(int, char *[]), verb_merge(int, char *[]), verb_split(int, char *[]), verb_new(int, char *[]);
int verb_log(int, char *[]), verb_head(int, char *[]), verb_fsck(int, char *[]), verb_position(int, char *[]);
int verb_duty(int, char *[]), verb_tick(int, char *[]), verb_clock(int, char *[]), verb_approve(int, char *[]);
int verb_suppress(int, char *[]), verb_drill(int, char *[]), verb_whatif(int, char *[]), verb_cacao(int, char *[]);
int verb_noise(int, char *[]), verb_notice(int, char *[]);

#endif
