/* lib/act: frames, guards, the allow file, programs; the other parts lie in act_*.c. */
#include "tests/unit/act.h"

#include <stdlib.h>
#include <string.h>

#include "lib/act/actor.h"
#include "lib/act/run.h"

/* ---- frames ---------------------------------------------------------------------------------------------------------------- */

static void
test_wire(void)
{
	struct act_request q = {.verb = ACT_DO, .need = 2, .args = 2}, back;
	struct buf b = {0};
	size_t bad = 0;

	q.field[F_ID] = SLICE("11111111111111111111111111111111");
	q.field[F_NAME] = SLICE("net.block-ip");
	q.arg[0] = (struct play_arg){.name = SLICE("ip"), .value = SLICE("203.0.113.9")};
	q.arg[1] = (struct play_arg){.name = SLICE("ttl"), .value = SLICE("a\0b")};
	OK(act_request_write(&q, &b), "a request is written");
	OK(act_request_read(slice_from(buf_slice(&b), 4), &back), "and read");
	OK(back.need == 2 && back.args == 2 && back.verb == ACT_DO, "its numbers are the same");
	SAME(back.field[F_NAME], q.field[F_NAME], "a field");
	SAME(back.arg[1].value, q.arg[1].value, "a value with a NUL");
	for (size_t n = 4; n < b.n; n++)
		bad += act_request_read(slice_of(b.p + 4, n - 4), &back);
	INT(bad, 0, "no request that was cut is read");
	buf_byte(&b, 'x');
	OK(!act_request_read(slice_from(buf_slice(&b), 4), &back), "a byte too many");
	/* Any byte changed: read as something or refused, never beyond the frame (sanitizers watch). */
	for (size_t i = 4; i + 1 < b.n; i++)
		for (int v = 0; v < 256; v += 51) {
			char *copy = mem_dup(b.p + 4, b.n - 5);

			copy[i - 4] = (char)v;
			bad += act_request_read(slice_of(copy, b.n - 5), &back) && back.args > ACT_ARGS;
			free(copy);
		}
	INT(bad, 0, "a changed byte never gives more values than there may be");
	buf_free(&b);
}

static void
test_wire_size(void)
{
	struct act_request q = {.verb = ACT_DO, .args = 1};
	char *large = mem_zero(ACT_REQUEST_MAX, 1);
	struct buf b = {0};

	q.arg[0] = (struct play_arg){.name = SLICE("ip"), .value = slice_of(large, ACT_REQUEST_MAX)};
	OK(!act_request_write(&q, &b) && b.n == 0, "more than 64 KiB is no request");
	free(large);
}

/* ---- guards ---------------------------------------------------------------------------------------------------------------- */

static const char block[] = "irpact: 1\nid: net.block-ip\nclass: containment\nlanguage: true\nguard: {never: ip}\n"
	"params: {ip: {type: ip, scope: external, required: true}}\nneeds: {program: /bin/true}\ndo: [/bin/true, \"${ip}\"]\n";
static const char block_net[] = "irpact: 1\nid: net.block-net\nclass: containment\nguard: {never: net}\n"
	"params: {net: {type: cidr, scope: external, required: true}}\n"
	"needs: {program: /bin/true}\ndo: [/bin/true, \"${net}\"]\n";

static const struct {
	const char *value, *why;		/* NULL: allowed */
} addresses[] = {
	{"203.0.113.9", NULL}, {"8.8.8.8", NULL}, {"2001:db8::5", NULL}, {"2a00:1450::1", NULL},
	{"127.0.0.1", "loopback"}, {"127.9.9.9", "loopback"}, {"::1", "loopback"}, {"::ffff:127.0.0.1", "loopback"},
	{"0.0.0.0", "unspecified"}, {"::", "unspecified"}, {"169.254.1.1", "link-local"}, {"fe80::1", "link-local"},
	{"224.0.0.1", "multicast"}, {"239.255.255.250", "multicast"}, {"ff02::1", "multicast"}, {"255.255.255.255", "broadcast"},
	{"10.0.0.1", "not an external address"}, {"172.16.0.1", "not an external address"}, {"192.168.1.1",
	    "not an external address"},
	{"100.64.0.1", "not an external address"}, {"fd12:3456::1", "not an external address"}, {"::ffff:10.0.0.1",
	    "not an external address"},
	{"::ffff:a00:1", "not an external address"}, {"240.0.0.1", "not an external address"},
	{"198.51.100.7", "on the never-touch list"}, {"::ffff:198.51.100.7", "on the never-touch list"},
	{"198.51.101.200", "on the never-touch list"}, {"198.51.102.1", NULL}, {"2001:db8:1::9", "on the never-touch list"},
	{"198.18.0.1", "a gateway of this machine"}, {"2001:db8:2::1", "a gateway of this machine"},
};
static const struct {
	const char *value, *why;
} networks[] = {
	{"203.0.113.0/24", NULL}, {"203.0.113.9/32", NULL}, {"2001:db8:9::/64", NULL}, {"203.0.112.0/23",
	    "a network wider than /24 (IPv6: /64)"},
	{"0.0.0.0/0", "a network wider than /24 (IPv6: /64)"}, {"::/0", "a network wider than /24 (IPv6: /64)"},
	{"2001:db8::/63", "a network wider than /24 (IPv6: /64)"}, {"::ffff:0:0/96", "a network wider than /24 (IPv6: /64)"},
	{"198.51.100.0/24", "on the never-touch list"}, {"198.51.100.0/29", "on the never-touch list"}, {"198.51.100.128/25",
	    NULL},
	{"198.18.0.0/24", "a gateway of this machine"}, {"10.1.2.0/24", "not an external address"}, {"127.0.0.0/24", "loopback"},
};

static const char *
guarded(const struct act_guard *g, const char *yaml, const char *name, const char *value)
{
	struct arena mem = {0};
	struct action a;
	struct fault f;
	struct buf b = {0};
	const char *why;
	struct play_arg arg;

	if (!action_read(slice_str(yaml), &mem, &a, &f))
		return "the action cannot be read";
	arg = (struct play_arg){.name = slice_str(name), .type = a.param[0].type};
	if (!play_type_write(arg.type, slice_str(value), &b, &why))
		return why;
	arg.value = buf_slice(&b);
	why = act_guard_check(g, &a, &arg, 1);
	buf_free(&b);
	arena_free(&mem);
	return why;
}

static void
same_words(const char *got, const char *want, const char *name)
{
	SAME(slice_str(got ? got : "allowed"), slice_str(want ? want : "allowed"), name);
}

static void
test_guard(void)
{
	struct act_guard g = {0};
	struct fault f;

	act_guard_begin(&g);
	OK(act_guard_list(&g, SLICE("# ours\n198.51.100.7\n198.51.101.0/24   # office\n\n2001:db8:1::/48\n"), &f),
	    "a never file");
	act_guard_routes(&g,
	    SLICE("Iface\tDestination\tGateway \tFlags\neth0\t00000000\t010012C6\t0003\neth0\t000012C6\t00000000\t0001\n"),
	    SLICE("00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
	    "20010db8000200000000000000000001 00000400 eth0\n"));
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
		same_words(guarded(&g, block, "ip", addresses[i].value), addresses[i].why, addresses[i].value);
	for (size_t i = 0; i < sizeof networks / sizeof *networks; i++)
		same_words(guarded(&g, block_net, "net", networks[i].value), networks[i].why, networks[i].value);
	OK(!act_guard_list(&g, SLICE("198.51.100.7\nnonsense\n"), &f) && f.line == 2, "a faulty never file, by line");
	act_guard_free(&g);
}

/* ---- the allow file -------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name, *text, *what;		/* what NULL: good */
} allows[] = {
	{"small", "irallow: 1\n", NULL},
	{"whole",
	    "irallow: 1\nnever: [198.51.100.0/24]\n"
	    "actions:\n  - {action: net.block-ip, need: 2, by: [alice, bob], max_active: 5}\n"
	    "  - {action: file.quarantine, approve: none, roots: [/srv/www], store: /var/lib/q}\n", NULL},
	{"no version", "actions: []\n", "a member is missing"},
	{"version 2", "irallow: 2\n", "too large"},
	{"unknown key", "irallow: 1\nallow: all\n", "unknown key"},
	{"unknown key of a row", "irallow: 1\nactions:\n  - {action: x, shell: true}\n", "unknown key"},
	{"no action", "irallow: 1\nactions:\n  - {approve: none}\n", "a member is missing"},
	{"approve", "irallow: 1\nactions:\n  - {action: x, approve: yes}\n", "not one of the words allowed here"},
	{"twice", "irallow: 1\nactions:\n  - {action: x}\n  - {action: x}\n", "this action has a row already"},
	{"root with ..", "irallow: 1\nactions:\n  - {action: x, roots: [/srv/../etc]}\n",
	    "a root is an absolute path without . and .."},
	{"relative store", "irallow: 1\nactions:\n  - {action: x, store: q}\n", "the store is an absolute path without . and .."},
	{"never", "irallow: 1\nnever: [everything]\n", "not an address or network"},
};

static void
test_allow(void)
{
	for (size_t i = 0; i < sizeof allows / sizeof *allows; i++) {
		struct arena mem = {0};
		struct act_allow a;
		struct fault f = {0};
		bool ok = act_allow_read(slice_str(allows[i].text), &mem, &a, &f);

		if (allows[i].what == NULL)
			OK(ok, "allow file: %s", allows[i].name);
		else
			SAME(slice_str(ok ? "read" : f.what), slice_str(allows[i].what), allows[i].name);
		arena_free(&mem);
	}
}

/* ---- programs -------------------------------------------------------------------------------------------------------------- */

struct program {
	const char *name;
	const char *argv[4];
	int64_t timeout_ms;
	bool ended;
	int status;
	bool late;
	const char *said;
};
static const struct program programs[] = {
	{"true", {"/bin/true"}, 5000, true, 0, false, ""},
	{"false", {"/bin/false"}, 5000, true, 1, false, ""},
	{"words are no language", {"/bin/echo", "$(id);`id`", "a b"}, 5000, true, 0, false, "$(id);`id` a b\n"},
	{"cwd is /", {"/bin/pwd"}, 5000, true, 0, false, "/\n"},
	{"a fixed environment", {"/usr/bin/env"}, 5000, true, 0, false,
	    "PATH=/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C\nHOME=/nonexistent\nTZ=UTC\n"},
	{"nothing to read", {"/bin/cat"}, 5000, true, 0, false, ""},
	{"no capabilities", {"/bin/sh", "-c", "grep CapEff /proc/self/status"}, 5000, true, 0, false,
	    "CapEff:\t0000000000000000\n"},
	{"no new privileges", {"/bin/sh", "-c", "grep NoNewPrivs /proc/self/status"}, 5000, true, 0, false, "NoNewPrivs:\t1\n"},
	{"no descriptors but its own", {"/bin/sh", "-c", "echo /proc/self/fd/[4-9]*"}, 5000, true, 0, false,
	    "/proc/self/fd/[4-9]*\n"},
	{"too late", {"/bin/sleep", "60"}, 200, false, 0, true, ""},
	{"TERM is not heard", {"/bin/sh", "-c", "trap '' TERM; while :; do sleep 1; done"}, 200, false, 0, true, ""},
	{"a child left behind", {"/bin/sh", "-c", "sleep 60 & echo gone"}, 5000, true, 0, false, "gone\n"},
};

static void
test_run(void)
{
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
		const struct program *p = &programs[i];
		struct slice word[4];
		struct act_command c = {.word = word, .timeout_ms = p->timeout_ms};
		struct act_exit x;
		struct fault f = {0};

		while (c.n < 4 && p->argv[c.n]) {
			word[c.n] = slice_str(p->argv[c.n]);
			c.n++;
		}
		OK(act_run(&c, &x, &f), "%s: started", p->name);
		INT(x.ended, p->ended, p->name);
		INT(x.status, p->status, p->name);
		INT(x.late, p->late, p->name);
		SAME(buf_slice(&x.said), slice_str(p->said), p->name);
		buf_free(&x.said);
	}
}

static void
test_run_bounds(void)
{
	struct slice yes[] = {SLICE("/usr/bin/yes")}, none[] = {SLICE("/nonexistent/program")};
	struct act_command c = {.word = yes, .n = 1, .timeout_ms = 300};
	struct act_exit x;
	struct fault f = {0};

	OK(act_run(&c, &x, &f) && x.late && x.said.n == 64 * 1024, "64 KiB of what it says are kept");
	buf_free(&x.said);
	c = (struct act_command){.word = none, .n = 1, .timeout_ms = 300};
	OK(!act_run(&c, &x, &f), "a program that is not there cannot be run");
	SAME(slice_str(f.near), SLICE("/nonexistent/program"), "and is named");
	buf_free(&x.said);
}

int
main(void)
{
	test_wire();
	test_wire_size();
	test_guard();
	test_allow();
	test_values();
	test_approve();
	test_journal();
	test_run();
	test_run_bounds();
	return unit_done();
}
