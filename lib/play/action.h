/*
 * action: what can be done, read from the files of playbooks/actions (RESPONSE.md section 7). ir-escalate plans with them,
 * ir-respond runs them.
 *
 * Ownership: everything points into the arena given to action_read; read-only afterwards.
 *
 *	irpact: 1
 *	id: net.block-ip
 *	title: Block an address		-- for people, optional
 *	class: containment		-- evidence, containment, eradication, recovery, notify
 *	params: {ip: {type: ip, scope: external, required: true}, ttl: {type: duration, max: 24h}}
 *	idempotent: true
 *	disruptive: false		-- evidence must come before it (G1)
 *	pap: green			-- what an attacker may notice
 *	needs: {program: /usr/sbin/nft, cap: [net_admin]}
 *	language: true			-- the program parses its arguments: only values written again from parsed form
 *	timeout: 10s
 *	guard: {never: ip, max_per_10m: 20, max_active: 500}
 *	setup: [[...argv...], ...]	-- run before `do`, must be repeatable
 *	check: [...]			-- 0 present, 1 absent
 *	do: [...]
 *	undo: [...]
 * The word `native` in place of an argv: ir-respond does it itself.
 */
#ifndef IRPIPE_PLAY_ACTION_H
#define IRPIPE_PLAY_ACTION_H

#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/play/type.h"

enum action_class { CLASS_EVIDENCE, CLASS_CONTAINMENT, CLASS_ERADICATION, CLASS_RECOVERY, CLASS_NOTIFY, CLASS_COUNT };
extern const struct slice action_class_name[CLASS_COUNT];

struct action_param {
	struct slice name;
	enum play_type type;
	bool external;			/* scope: external: an address of one's own is refused */
	bool required;
	int64_t max;			/* int: largest value; duration: seconds; 0: none */
};
struct action_argv {
	struct slice *v;
	size_t n;			/* 0: absent, unless native */
	bool native;
};
struct action {
	struct slice id, title;
	enum action_class class;
	struct action_param *param;
	size_t params;
	bool idempotent, disruptive, language;
	int pap;			/* 1 clear, 2 green, 3 amber, 4 red (lib/incident/label.h) */
	struct slice program;		/* absolute; empty for native */
	struct slice *cap;		/* "net_admin" */
	size_t caps;
	int64_t timeout;		/* seconds */
	struct slice guard_never;	/* the parameter held against the never-touch list; empty: none */
	uint64_t max_per_10m, max_active;	/* 0: no cap */
	struct action_argv *setup;
	size_t setups;
	struct action_argv check, run, undo;
};
struct action_set {
	const struct action **v;	/* sorted by id */
	size_t n;
};

/*
 * One file. False: a fault with line and column (unknown key, wrong type, text into argv, relative program, ${name} that is no
 * parameter).
 */
bool action_read(struct slice text, struct arena *, struct action *, struct fault *) must_use;
/* Adds; false if the id is there already. */
bool action_add(struct action_set *, const struct action *, struct arena *) must_use;
const struct action *action_find(const struct action_set *, struct slice id);	/* NULL: none */
const struct action_param *action_param_find(const struct action *, struct slice name);

/*
 * Values for the parameters, by name, in their order in the file: canonical, within `max`, required ones there, no other names.
 * False: *bad is the name concerned, *why constant words.  `out` has room for action->params; values live in the arena.
 */
bool action_args(const struct action *, const struct play_arg *given, size_t n, struct arena *, struct play_arg *out,
    size_t *outs,
    struct slice *bad, const char **why) must_use;
/*
 * The exact argv: each element expanded once. Refused: a value at the start of an element that begins with `-` and has neither
 * a literal
 * prefix nor `--` before it; a NUL.  v has room for argv->n; each is NUL-terminated in the arena.
 */
bool action_expand(const struct action_argv *, const struct play_arg *, size_t n, struct arena *, struct slice *v,
    const char **why) must_use;

#endif
