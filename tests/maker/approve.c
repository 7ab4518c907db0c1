/*
 * approve: approvals for tests.
 *	approve key NAME		the public key of NAME, PEM
 *	approve sign NAME VALID < ACTIONS	one signed approval for each action record on stdin
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/in.h"
#include "lib/json/json.h"
#include "lib/tool/embed.h"
#include "tests/maker/approve_key.h"

extern const struct embed builtin_actions[];

static struct arena mem;

static struct slice
text(const struct json *j, uint32_t node)
{
	struct buf b = {0};
	struct slice s = {NULL, 0};

	if (node != JSON_NONE)
		s = arena_slice(&mem, json_text(j, node, &b));
	buf_free(&b);
	return s;
}

/* The values as ir-respond will see them, by the action of that name. */
static struct slice
canonical(const struct json *j, uint32_t args, struct slice name)
{
	struct play_arg given[32], out[32];
	size_t n = 0, outs;
	struct slice bad;
	const char *why;
	struct action a;
	struct fault f;
	struct buf b = {0};

	for (uint32_t k = json_first(j, args); k != JSON_NONE && n < 32; k = json_following(j, args, k))
		given[n++] = (struct play_arg){.name = text(j, k), .value = text(j, json_value(j, k))};
	for (const struct embed *e = builtin_actions; e->name; e++)
		if (action_read(e->bytes, &mem, &a, &f) && slice_eq(a.id, name) && action_args(&a, given, n, &mem, out, &outs,
		    &bad, &why)) {
			act_canonical(out, outs, &b);
			return buf_slice(&b);
		}
	return SLICE("{}");
}

static bool
sign(const struct json *j, struct slice by, struct slice valid, struct buf *out)
{
	uint32_t a = json_path(j, 0, SLICE("ir.action"));
	struct act_approved about;

	if (a == JSON_NONE)
		return true;
	about = (struct act_approved){.playbook = text(j, json_path(j, a, SLICE("playbook.sha256"))), .step = text(j,
	    json_get(j, a, SLICE("step"))),
	    .name = text(j, json_get(j, a, SLICE("name"))), .incident = text(j, json_get(j, a, SLICE("incident")))};
	about.args = canonical(j, json_get(j, a, SLICE("args")), about.name);
	return approve_sign(by, &about, valid, out);
}

int
main(int argc, char *argv[])
{
	struct json *j = json_new(&json_limits_stream);
	struct in in = in_open(0);
	struct buf out = {0};
	struct fault f;
	bool ok = true;

	if (argc == 3 && strcmp(argv[1], "key") == 0) {
		ok = approve_key_pem(slice_str(argv[2]), false, &out);
	} else if (argc == 4 && strcmp(argv[1], "sign") == 0) {
		while (in_more(&in))
			;
		json_block(j, in_view(&in));
		while (ok && json_line(j, &f))
			ok = j->ok && sign(j, slice_str(argv[2]), slice_str(argv[3]), &out);
	} else {
		ok = false;
	}
	if (!ok)
		fprintf(stderr, "usage: approve key NAME | approve sign NAME VALID < ACTIONS\n");
	return ok && fwrite(out.p, 1, out.n, stdout) == out.n && fflush(stdout) == 0 ? 0 : 1;
}
