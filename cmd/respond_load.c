#include "cmd/respond.h"

#include <stdlib.h>

#include "lib/tool/embed.h"

extern const struct embed builtin_actions[];

enum { ALLOW_MAX = 1024 * 1024, KEY_MAX = 64 * 1024, APPROVALS_MAX = 64 * 1024 * 1024, NEVER_MAX = 64 * 1024 * 1024, BUSY = 75 };

static _Noreturn void
refuse(struct respond *r, struct slice name, const struct fault *f)
{
	tool_fault(&r->t, name, f);
	tool_usage(&r->t, "%.*s: refused; nothing was done", (int)name.n, name.p);
}

/* In a dry run nothing is done, so that a file of anybody may be looked at. */
static struct slice
read_file(struct respond *r, struct slice path, size_t max)
{
	char *name = mem_str(path);
	struct slice bytes;
	struct fault f = {0};
	bool ok = r->execute ? act_trusted_file(name, max, &r->mem, &bytes, &f) : tool_file(name, max, &r->mem, &bytes, &f);

	if (!ok)
		refuse(r, path, &f);
	free(name);
	return bytes;
}

static struct opt_list
list_folder(struct respond *r, struct slice path, const char *ending)
{
	const char *const endings[] = {ending, NULL};
	struct opt_list files = {0};
	char *name = mem_str(path);
	struct fault f = {0};

	if ((r->execute && !act_trusted_folder(name, &f)) || !tool_files(path, endings, &r->mem, &files, &f))
		refuse(r, path, &f);
	free(name);
	return files;
}

static struct slice
base_name(struct slice path)
{
	size_t slash = slice_rfind(path, '/');

	return slash == path.n ? path : slice_from(path, slash + 1);
}

/* ---- actions --------------------------------------------------------------------------------------------------------------- */

static void
add_action(struct respond *r, struct slice name, struct slice bytes)
{
	struct action *a = arena_zero(&r->mem, sizeof *a);
	struct fault f = {0};

	if (!action_read(bytes, &r->mem, a, &f))
		refuse(r, name, &f);
	if (!action_add(&r->actions, a, &r->mem)) {
		fault_near(&f, "this action was read already", a->id, 0);
		refuse(r, name, &f);
	}
}

static void
load_actions(struct respond *r)
{
	struct buf b = {0};
	struct opt_list files;
	struct slice id;
	struct fault f = {0};

	if (r->actions_dir.n == 0) {
		for (const struct embed *e = builtin_actions; e->name; e++)
			add_action(r, slice_str(e->name), e->bytes);
	} else {
		buf_slice_add(&b, r->actions_dir);
		buf_lit(&b, "/actions");
		files = list_folder(r, buf_slice(&b), ".yaml");
		for (size_t i = 0; i < files.n; i++)
			add_action(r, files.v[i], read_file(r, files.v[i], ALLOW_MAX));
		free(files.v);
		buf_free(&b);
	}
	if (!act_actions_ok(&r->actions, &id, &f))
		refuse(r, id, &f);
}

/* ---- who may, what may not ------------------------------------------------------------------------------------------------- */

static void
load_allow(struct respond *r)
{
	struct fault f = {0};

	if (r->allow_file.n == 0)
		return;
	if (!act_allow_read(read_file(r, r->allow_file, ALLOW_MAX), &r->mem, &r->allow, &f))
		refuse(r, r->allow_file, &f);
	for (size_t i = 0; i < r->allow.n; i++)
		if (action_find(&r->actions, r->allow.row[i].action) == NULL) {
			fault_near(&f, "no such action", r->allow.row[i].action, 0);
			refuse(r, r->allow_file, &f);
		}
}

static void
load_votes(struct respond *r)
{
	struct opt_list files;
	struct fault f = {0};

	if (r->keys_dir.n == 0)
		return;
	files = list_folder(r, r->keys_dir, ".pem");
	for (size_t i = 0; i < files.n; i++) {
		struct slice name = base_name(files.v[i]);

		name.n -= 4;
		if (!act_key_add(&r->votes, name, read_file(r, files.v[i], KEY_MAX), &r->mem, &f))
			refuse(r, files.v[i], &f);
	}
	free(files.v);
	if (r->approvals_file.n)
		act_votes_read(&r->votes, read_file(r, r->approvals_file, APPROVALS_MAX), &r->mem);
	if (r->votes.bad) {
		tool_say(&r->t, "%.*s: %zu lines are no approvals with a good signature: they do not count",
		    (int)r->approvals_file.n,
		    r->approvals_file.p, r->votes.bad);
		tool_status(&r->t, 3);
	}
}

static void
load_guard(struct respond *r)
{
	struct prefix x;
	struct fault f = {0};

	act_guard_begin(&r->guard);
	for (size_t i = 0; i < r->allow.nevers; i++)
		if (prefix_read(r->allow.never[i], &x, NULL))
			act_guard_add(&r->guard, &x, "on the never-touch list");
	if (r->never_file.n && !act_guard_list(&r->guard, read_file(r, r->never_file, NEVER_MAX), &f))
		refuse(r, r->never_file, &f);
}

/* ---- the journal ----------------------------------------------------------------------------------------------------------- */

static void
load_journal(struct respond *r)
{
	char *path = mem_str(r->journal_file);
	struct fault f = {0};
	enum act_opened how;

	r->journal = (struct act_journal){.fd = -1, .lock = -1};
	if (r->journal_file.n == 0) {
		free(path);
		return;
	}
	how = act_journal_open(path, r->execute, &r->journal, &f);
	if (how != JOURNAL_OPEN)
		tool_fault(&r->t, r->journal_file, &f);
	if (how == JOURNAL_BUSY)
		exit(BUSY);
	if (how != JOURNAL_OPEN)
		tool_die(&r->t, 0, "%s: the journal cannot be used; nothing was done", path);
	if (r->journal.torn)
		tool_say(&r->t, "%s: an unfinished last line (%llu bytes) %s", path, (unsigned long long)r->journal.torn,
		    r->execute ? "was cut off" : "is not read");
	free(path);
}

void
respond_load(struct respond *r)
{
	if (!digest_start())
		tool_die(&r->t, 0, "the hash library cannot be started");
	load_actions(r);
	load_allow(r);
	load_votes(r);
	load_guard(r);
	load_journal(r);
	r->config = (struct act_config){.actions = &r->actions, .allow = r->allow_file.n ? &r->allow : NULL, .votes = &r->votes,
	    .guard = &r->guard, .journal = r->journal_file.n ? &r->journal : NULL, .execute = r->execute, .fixed =
	    r->t.common.now.given,
	    .now = r->t.common.now.at, .no_cell = r->t.common.no_sandbox};
}
