/*
 * Hostile values through the slots of every type: what comes out is byte-exact or made again from parsed form; the rest is
 * refused.
 */
#include "tests/unit/act.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/act/approve.h"
#include "lib/act/task.h"

static const char *const payloads[] = {
	"$(touch /tmp/x)", "`id`", ";id", "|id", "&id", "&&id", "\nid", "\r\nid", "-o", "--help", "-", "../../etc/passwd",
	    "%0aid", "'", "\"",
	"' or 1=1 --", "} ; add table inet x", "{ 1.2.3.4 }", "timeout 1d", "*", "?", "[a]", "~root", "$HOME", "${IFS}",
	    "${ip}", "$${ip}", "\\", "#",
	"<script>", "=cmd|' /C calc'!A0", "\xe2\x80\xae", "\xc2\x85", "\xff\xfe", "\x1b[2J", "\t", " ", "%s%n", "%1$n",
	    "0x7f000001", "017700000001",
	"2130706433", "1e3", "NaN", "\xef\xbc\x8d", "\xe2\x80\x8b", "%eth0", "%} ; flush ruleset", "/24", ",", "@file",
	    "file:///etc/passwd", "javascript:x",
};
static const char *const seeds[] = {
	"203.0.113.11", "2001:db8::5", "203.0.113.0/24", "web01", "evil.example.com", "http://a.example/x", "a@b.example",
	    "root", "/srv/www/a", "4711",
	"443", "d41d8cd98f00b204e9800998ecf8427e", "12", "4h", "case-1", "",
};
enum { PAYLOADS = sizeof payloads / sizeof *payloads, SEEDS = sizeof seeds / sizeof *seeds };

/* Types that may stand in the argv of a language: nothing in their canonical text is a word or a sign of a language. */
static bool
only_bytes(struct slice s, const char *allowed)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == 0 || strchr(allowed, s.p[i]) == NULL)
			return false;
	return true;
}

static bool
safe(enum play_type type, struct slice in, struct slice out)
{
	if (out.n == 0 || memchr(out.p, 0, out.n))
		return false;
	switch (type) {
	case TYPE_IP:
	case TYPE_CIDR:
		return only_bytes(out, "0123456789abcdef:./");
	case TYPE_PID:
	case TYPE_PORT:
	case TYPE_INT:
		return only_bytes(out, "-0123456789");
	case TYPE_DURATION:
		return only_bytes(out, "0123456789dhms");
	case TYPE_HASH:
		return only_bytes(out, "0123456789abcdef");
	case TYPE_HOST:
	case TYPE_DOMAIN:
	case TYPE_EMAIL:
		return slice_eq_nocase(in, out) || (in.n == out.n + 1 && slice_starts_nocase(in, out));
	default:
		return slice_eq(in, out);
	}
}

/* One value of one type as an action gives it: through values, canonical form and argv.  Returns what went wrong. */
static const char *
one(const struct action *a, struct slice value)
{
	struct act_config c = {0};
	struct act_now n = {.c = &c};
	struct act_task t = {.a = a};
	struct play_arg arg = {.name = SLICE("v"), .value = value};
	const char *wrong = NULL, *why;
	struct buf again = {0};

	if (task_values(&n, &t, &arg, 1)) {
		struct slice out = t.arg[0].value;

		if (value.p[0] == '-')
			wrong = "a value starting with - was taken";
		else if (!safe(a->param[0].type, value, out))
			wrong = "neither byte-exact nor canonical";
		else if (!play_type_write(a->param[0].type, out, &again, &why) || !slice_eq(buf_slice(&again), out))
			wrong = "canonical text is not its own canonical text";
		else if (t.r.argc != 2 || !slice_eq(t.r.argv[1], out))
			wrong = "the argv holds something else";
	} else if (t.r.state != ACT_REFUSED || t.r.reason.n == 0) {
		wrong = "refused without a reason";
	}
	buf_free(&again);
	arena_free(&n.mem);
	return wrong;
}

static size_t
all_values(const struct action *a, size_t *wrong)
{
	struct buf b = {0};
	size_t n = 0;

	for (size_t s = 0; s < SEEDS; s++)
		for (size_t p = 0; p < PAYLOADS; p++)
			for (int where = 0; where < 4; where++) {
				size_t half = strlen(seeds[s]) / 2;
				const char *why;

				buf_reset(&b);
				if (where == 3)
					buf_byte(&b, '\0');
				buf_str(&b, where == 0 ? payloads[p] : "");
				buf_add(&b, seeds[s], half);
				buf_str(&b, where == 1 ? payloads[p] : "");
				buf_str(&b, seeds[s] + half);
				buf_str(&b, where >= 2 ? payloads[p] : "");
				why = one(a, buf_slice(&b));
				n++;
				if (why) {
					OK(false, "%s: %s: %.*s", (const char *)play_type_name[a->param[0].type].p, why,
					    (int)b.n, b.p);
					(*wrong)++;
				}
			}
	buf_free(&b);
	return n;
}

void
test_values(void)
{
	for (int type = 0; type < TYPE_TEXT; type++) {
		struct slice word[2] = {SLICE("/bin/true"), SLICE("${v}")};
		struct action_param param = {.name = SLICE("v"), .type = (enum play_type)type, .required = true};
		struct action a = {.id = SLICE("x"), .param = &param, .params = 1, .run = {.v = word, .n = 2}};
		size_t wrong = 0, n = all_values(&a, &wrong);

		OK(n >= 1000 && wrong == 0, "%.*s: %zu hostile values, 0 escapes", (int)play_type_name[type].n,
		    play_type_name[type].p, n);
	}
}
