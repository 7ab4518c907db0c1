/* cacao: a playbook as CACAO 2.0, or back. */
#include "cmd/escalate_act.h"

#include "lib/play/cacao.h"
#include "lib/port/digest.h"

#include <stdlib.h>

enum { CACAO_LIMIT = 16 * 1024 * 1024 };
static struct opt_list from;
static const struct opt options[] = {
	{'p', "playbooks", "DIR", "playbooks and actions of this folder instead of those compiled in", OPT_LIST, &from, "dir"},
	{0},
};

static void
in(struct tool *t, struct plays *plays, struct slice name, struct buf *out)
{
	struct fault f = {0};
	struct slice bytes;
	char *path = mem_str(name);
	bool ours;

	plays_load(t, plays, &from, true);
	if (!tool_file(path, CACAO_LIMIT, &plays->mem, &bytes, &f) || !cacao_read(bytes, &plays->actions, out, &ours, &f)) {
		tool_fault(t, name, &f);
		exit(2);
	}
	if (!ours)
		tool_say(t, "%s: made by others: every command became a step for a person", path);
	free(path);
}

static void
make(struct tool *t, struct plays *plays, struct slice name, struct buf *out)
{
	const struct play *p = play_named(t, plays, &from, name);
	struct fault f = {0};

	if (!cacao_write(p, out, &f)) {
		tool_fault(t, name, &f);
		exit(4);
	}
}

int
verb_cacao(int argc, char *argv[])
{
	static const struct tool_about about = {
		.name = "ir-escalate", .what = "cacao: a playbook as CACAO 2.0, or back", .usage = "cacao PLAYBOOK|FILE.json",
		.examples = {"ir-escalate cacao phishing > phishing.json", "ir-escalate cacao my.yaml > my.json",
		    "ir-escalate cacao their.json > their.yaml"},
		.kinds = act_kinds, .own_input = true, .terminal_ok = true,
	};
	struct plays plays = {0};
	struct buf out = {0};
	struct tool t;

	tool_begin(&t, &about, options, argc, argv);
	if (t.args.n != 1)
		tool_usage(&t, "cacao: one playbook is wanted");
	if (!digest_start())
		tool_die(&t, 0, "SHA-256 is not to be had");
	if (slice_ends(t.args.v[0], SLICE(".json")))
		in(&t, &plays, t.args.v[0], &out);
	else
		make(&t, &plays, t.args.v[0], &out);
	t.args.n = 0;
	tool_cell(&t, &(struct cell_rights){0});
	if (!out_add(&t.out, buf_slice(&out)))
		tool_die(&t, t.out.error, "cannot write the output");
	buf_free(&out);
	arena_free(&plays.mem);
	t.common.quiet++;
	return tool_end(&t);
}
