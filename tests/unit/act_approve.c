/* Approvals: what they are bound to, and what does not count. */
#include "tests/unit/act.h"

#include <stdlib.h>

#include "lib/act/approve.h"
#include "tests/maker/approve_key.h"

static const struct act_approved about = {
	.playbook = SLICE_INIT("aa"), .step = SLICE_INIT("block"), .name = SLICE_INIT("net.block-ip"),
	.args = SLICE_INIT("{\"ip\":\"203.0.113.9\",\"ttl\":\"4h\"}"), .incident = SLICE_INIT("0001"),
};
static const struct slice valid = SLICE_INIT("2026-03-02T09:00:00.000000000Z");

static void
test_canonical(void)
{
	const struct play_arg arg[] = {{SLICE("ttl"), SLICE("4h"), TYPE_DURATION}, {SLICE("ip"), SLICE("203.0.113.9"), TYPE_IP},
	    {SLICE("b"), SLICE("\"\\"), TYPE_ID}};
	struct buf b = {0};

	act_canonical(arg, 3, &b);
	SAME(buf_slice(&b), SLICE("{\"b\":\"\\\"\\\\\",\"ip\":\"203.0.113.9\",\"ttl\":\"4h\"}"), "byte order, escaped");
	buf_reset(&b);
	act_canonical(NULL, 0, &b);
	SAME(buf_slice(&b), SLICE("{}"), "no values");
	buf_free(&b);
}

static void
keys(struct act_votes *v, struct arena *mem)
{
	static const char *const names[] = {"alice", "bob"};
	struct fault f;

	for (size_t i = 0; i < 2; i++) {
		struct buf pem = {0};

		OK(approve_key_pem(slice_str(names[i]), false, &pem) && act_key_add(v, slice_str(names[i]), buf_slice(&pem),
		    mem, &f),
		    "the key of %s", names[i]);
		buf_free(&pem);
	}
}

struct ask {
	const char *name;
	struct act_approved about;
	uint64_t need;
	const char *by;			/* the only one of the row; NULL: all */
	const char *now;
	const char *why;		/* NULL: approved */
};
#define ABOUT(p, s, n, a, i) {SLICE_INIT(p), SLICE_INIT(s), SLICE_INIT(n), SLICE_INIT(a), SLICE_INIT(i)}
#define ARGS "{\"ip\":\"203.0.113.9\",\"ttl\":\"4h\"}"
#define NOW "2026-03-02T08:30:00.000000000Z"
static const struct ask asks[] = {
	{"exactly that", ABOUT("aa", "block", "net.block-ip", ARGS, "0001"), 1, NULL, NOW, NULL},
	{"by two", ABOUT("aa", "block", "net.block-ip", ARGS, "0001"), 2, NULL, NOW, NULL},
	{"by three", ABOUT("aa", "block", "net.block-ip", ARGS, "0001"), 3, NULL, NOW, "too few people have approved"},
	{"none asked is one", ABOUT("aa", "block", "net.block-ip", ARGS, "0001"), 0, NULL, NOW, NULL},
	{"by one of the row", ABOUT("aa", "block", "net.block-ip", ARGS, "0001"), 1, "bob", NOW, NULL},
	{"by two of a row of one", ABOUT("aa", "block", "net.block-ip", ARGS, "0001"), 2, "bob", NOW,
	    "too few people have approved"},
	{"by nobody of the row", ABOUT("aa", "block", "net.block-ip", ARGS, "0001"), 1, "carol", NOW,
	    "too few people have approved"},
	{"to the very moment", ABOUT("aa", "block", "net.block-ip", ARGS, "0001"), 1, NULL, "2026-03-02T09:00:00.000000000Z",
	    NULL},
	{"a nanosecond late", ABOUT("aa", "block", "net.block-ip", ARGS, "0001"), 1, NULL, "2026-03-02T09:00:00.000000001Z",
	    "the approval has expired"},
	{"another playbook", ABOUT("ab", "block", "net.block-ip", ARGS, "0001"), 1, NULL, NOW, "no approval for exactly this"},
	{"another step", ABOUT("aa", "blocks", "net.block-ip", ARGS, "0001"), 1, NULL, NOW, "no approval for exactly this"},
	{"fields shifted", ABOUT("aab", "lock", "net.block-ip", ARGS, "0001"), 1, NULL, NOW, "no approval for exactly this"},
	{"another action", ABOUT("aa", "block", "net.block-net", ARGS, "0001"), 1, NULL, NOW, "no approval for exactly this"},
	{"another address", ABOUT("aa", "block", "net.block-ip", "{\"ip\":\"203.0.113.8\",\"ttl\":\"4h\"}", "0001"), 1, NULL, NOW,
	    "no approval for exactly this"},
	{"longer", ABOUT("aa", "block", "net.block-ip", "{\"ip\":\"203.0.113.9\",\"ttl\":\"8h\"}", "0001"), 1, NULL, NOW,
	    "no approval for exactly this"},
	{"another incident", ABOUT("aa", "block", "net.block-ip", ARGS, "0002"), 1, NULL, NOW, "no approval for exactly this"},
};

static void
test_asks(const struct act_votes *v)
{
	for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
		struct slice by = slice_str(asks[i].by);
		struct act_allow_row row = {.by = &by, .bys = asks[i].by ? 1 : 0};
		struct stamp now;
		const char *why = NULL;
		char hex[64];
		bool ok;

		OK(stamp_read(slice_str(asks[i].now), &now), "%s: a time", asks[i].name);
		ok = act_is_approved(v, &row, &asks[i].about, asks[i].need, now, hex, &why);
		SAME(slice_str(ok ? "approved" : why), slice_str(asks[i].why ? asks[i].why : "approved"), asks[i].name);
	}
}

/* Each byte of a signed line changed: it does not count, or it says the same. */
static void
test_edited(struct slice line)
{
	size_t counted = 0;

	for (size_t i = 0; i + 1 < line.n; i++) {
		struct arena mem = {0};
		struct act_votes v = {0};
		struct buf pem = {0};
		char *copy = mem_dup(line.p, line.n);
		struct fault f;

		copy[i] ^= 1;
		if (approve_key_pem(SLICE("alice"), false, &pem) && act_key_add(&v, SLICE("alice"), buf_slice(&pem), &mem, &f))
			act_votes_read(&v, slice_of(copy, line.n), &mem);
		counted += v.n;
		act_votes_free(&v);
		arena_free(&mem);
		buf_free(&pem);
		free(copy);
	}
	INT(counted, 0, "a line of which any one bit was changed never counts");
}

void
test_approve(void)
{
	struct arena mem = {0};
	struct act_votes v = {0};
	struct buf lines = {0};
	size_t first;

	test_canonical();
	keys(&v, &mem);
	OK(approve_sign(SLICE("alice"), &about, valid, &lines), "alice signs");
	first = lines.n;
	OK(approve_sign(SLICE("bob"), &about, valid, &lines) && approve_sign(SLICE("bob"), &about, valid, &lines),
	    "bob signs, twice");
	OK(approve_sign(SLICE("mallory"), &about, valid, &lines), "mallory signs, whose key nobody has");
	buf_lit(&lines, "not JSON\n{}\n[]\n{\"approval\":\"aa\",\"by\":\"alice\",\"valid\":\"never\",\"sig\":\"AA==\"}\n");
	act_votes_read(&v, buf_slice(&lines), &mem);
	INT(v.n, 3, "good lines");
	INT(v.bad, 5, "bad lines");
	test_asks(&v);
	test_edited(slice_head(buf_slice(&lines), first));
	buf_free(&lines);
	act_votes_free(&v);
	arena_free(&mem);
}
