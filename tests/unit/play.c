/* lib/play: types, actions, conditions, faults of playbooks with their places, plans. */
#include "lib/play/plan.h"
#include "lib/tool/embed.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

extern const struct embed builtin_actions[], builtin_playbooks[];

static void
types(void)
{
	static const struct {
		enum play_type type;
		const char *in, *out;	/* NULL: refused */
	} row[] = {
		{TYPE_IP, "203.0.113.9", "203.0.113.9"}, {TYPE_IP, "::ffff:203.0.113.9", "203.0.113.9"}, {TYPE_IP,
		    "2001:DB8:0::1", "2001:db8::1"},
		{TYPE_IP, "203.0.113.9 ; add table x", NULL}, {TYPE_IP, "203.0.113.09", NULL}, {TYPE_IP, "", NULL},
		{TYPE_CIDR, "203.0.113.9/24", "203.0.113.0/24"}, {TYPE_CIDR, "x/24", NULL},
		{TYPE_HOST, "Web01", "web01"}, {TYPE_HOST, "-web", NULL}, {TYPE_HOST, "a b", NULL}, {TYPE_HOST, "a$(id)", NULL},
		{TYPE_DOMAIN, "Evil.Example.", "evil.example"}, {TYPE_DOMAIN, "localhost", NULL}, {TYPE_DOMAIN, "a..b", NULL},
		{TYPE_URL, "https://a.example/x?y=1", "https://a.example/x?y=1"}, {TYPE_URL, "javascript:alert(1)", NULL},
		{TYPE_EMAIL, "a.b@Example.ORG", "a.b@example.org"}, {TYPE_EMAIL, "a@b@c.d", NULL}, {TYPE_EMAIL, "-oQ@c.d", NULL},
		{TYPE_USER, "alice", "alice"}, {TYPE_USER, "-alice", NULL}, {TYPE_USER, "a:b", NULL}, {TYPE_USER,
		    "a\xe2\x80\xae" "b", NULL},
		{TYPE_PATH, "/srv/x y", "/srv/x y"}, {TYPE_PATH, "srv", NULL}, {TYPE_PATH, "/a/../b", NULL}, {TYPE_PATH,
		    "/a//b", NULL},
		{TYPE_PATH, "/a\nb", NULL}, {TYPE_PID, "1", "1"}, {TYPE_PID, "0", NULL}, {TYPE_PID, "-1", NULL}, {TYPE_PORT,
		    "65535", "65535"},
		{TYPE_PORT, "65536", NULL}, {TYPE_HASH, "D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e"},
		{TYPE_HASH, "d41d8cd9", NULL}, {TYPE_INT, "-5", "-5"}, {TYPE_INT, "5x", NULL}, {TYPE_DURATION, "7200", "2h"},
		{TYPE_DURATION, "90m", "90m"}, {TYPE_DURATION, "2w", "14d"}, {TYPE_DURATION, "0", "0s"}, {TYPE_DURATION,
		    "-1h", NULL},
		{TYPE_ID, "CVE-2021-44228", "CVE-2021-44228"}, {TYPE_ID, "a b", NULL}, {TYPE_TEXT, "any; $(text)",
		    "any; $(text)"},
		{TYPE_TEXT, "\xff", NULL},
	};

	for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
		struct buf b = {0};
		const char *why;
		bool ok = play_type_write(row[k].type, slice_str(row[k].in), &b, &why);

		OK(ok == (row[k].out != NULL) && ok == (why == NULL), "type %s: %s", play_type_name[row[k].type].p, row[k].in);
		SAME(buf_slice(&b), slice_str(row[k].out ? row[k].out : ""), row[k].in);
		buf_free(&b);
	}
}

static void
expansion(void)
{
	static const struct play_arg arg[] = {{SLICE_INIT("ip"), SLICE_INIT("2001:db8::1"), TYPE_IP}, {SLICE_INIT("x"),
	    SLICE_INIT("${ip}"), TYPE_TEXT}};
	static const struct {
		const char *in, *out;
	} row[] = {
		{"a ${ip} b", "a 2001:db8::1 b"}, {"block${ip.family}", "block6"}, {"${x}", "${ip}"}, {"$${ip}", "${ip}"},
		    {"${no}", NULL},
		{"${ip", NULL}, {"${x.family}", NULL}, {"$5 {}", "$5 {}"},
	};

	for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
		struct buf b = {0};
		const char *why;
		bool ok = play_expand(slice_str(row[k].in), arg, 2, &b, &why);

		OK(ok == (row[k].out != NULL), "expansion of %s", row[k].in);
		SAME(buf_slice(&b), slice_str(row[k].out ? row[k].out : ""), row[k].in);
		buf_free(&b);
	}
}

/*
 * ---- actions
 * ------------------------------------------------------------------------------------------------------------------
 */

static struct action_set set;
static struct arena mem;

static void
load_actions(void)
{
	struct fault f = {0};

	for (const struct embed *e = builtin_actions; e->name; e++) {
		struct action *a = arena_zero(&mem, sizeof *a);

		OK(action_read(e->bytes, &mem, a, &f) && action_add(&set, a, &mem), "action %s: %s", e->name,
		    f.what ? f.what : "");
		OK(!action_add(&set, a, &mem), "action %s only once", e->name);
	}
}

static void
argv(void)
{
	const struct action *a = action_find(&set, SLICE("net.block-ip"));
	struct play_arg given[2] = {{SLICE("ip"), SLICE("::ffff:203.0.113.9"), TYPE_COUNT}, {SLICE("ttl"), SLICE("7200s"),
	    TYPE_COUNT}}, out[8];
	struct action_argv odd = {.v = (struct slice[]){SLICE("/x"), SLICE("${u}")}, .n = 2};
	struct play_arg dash = {SLICE("u"), SLICE("-rf"), TYPE_ID};
	struct slice v[64], bad = {0};
	const char *why;
	size_t n = 0;

	OK(a != NULL, "net.block-ip is there");
	OK(action_args(a, given, 2, &mem, out, &n, &bad, &why) && n == 2, "arguments of net.block-ip");
	OK(action_expand(&a->run, out, n, &mem, v, &why), "argv of net.block-ip");
	SAME(v[a->run.n - 1], SLICE("{ 203.0.113.9 timeout 2h }"), "the element is written from the parsed form");
	given[1].value = SLICE("25h");
	OK(!action_args(a, given, 2, &mem, out, &n, &bad, &why), "ttl above max");
	SAME(bad, SLICE("ttl"), "the parameter is named");
	OK(!action_args(a, given, 1, &mem, out, &n, &bad, &why), "a parameter is missing");
	OK(!action_expand(&odd, &dash, 1, &mem, v, &why), "a value that begins with - is refused");
}

static void
bad_actions(void)
{
	static const struct {
		const char *text, *what;
		unsigned line, column;
	} row[] = {
		{"irpact: 1\nid: x\nclass: evidence\ndo: native\nwhat: 1\n", "unknown key", 5, 1},
		{"irpact: 2\nid: x\nclass: evidence\ndo: native\n", "too large", 1, 9},
		{"irpact: 1\nid: x\nclass: boom\ndo: native\n", "not one of the words allowed here", 3, 8},
		{"irpact: 1\nid: x\nclass: evidence\nneeds: {program: nft}\ndo: [nft]\n",
		    "a program is named by its absolute path", 4, 18},
		{"irpact: 1\nid: x\nclass: evidence\nparams: {t: {type: text}}\nneeds: {program: /x}\ndo: [/x, \"${t}\"]\n",
		    "text never reaches argv", 6, 10},
		{"irpact: 1\nid: x\nclass: evidence\nneeds: {program: /x}\ndo: [/x, \"${t}\"]\n", "no such parameter", 5, 10},
		{"irpact: 1\nid: x\nclass: evidence\nlanguage: true\nparams: {t: {type: path}}\nneeds: {program: /x}\ndo: [/x, \"${t}\"]\n",
		    "a program with a language takes no such type", 7, 10},
		{"irpact: 1\nid: x\nclass: evidence\nneeds: {program: /x}\ndo: [/y]\n",
		    "the program is not the one that needs.program names", 5, 6},
		{"irpact: 1\nid: x\nclass: evidence\n", "a member is missing", 1, 1},
	};

	for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
		struct action a;
		struct fault f = {0};

		OK(!action_read(slice_str(row[k].text), &mem, &a, &f), "refused: %s", row[k].what);
		SAME(slice_str(f.what), slice_str(row[k].what), "its words");
		INT(f.line, row[k].line, row[k].what);
		INT(f.column, row[k].column, row[k].what);
	}
}

/*
 * ---- playbooks
 * ----------------------------------------------------------------------------------------------------------------
 */

static const char good[] =
    "irpb: 1\nid: t\nversion: 1\nowner: role:csirt\ntrigger:\n  - {incident.severity|gte: low}\n"					/* 1-6 */
    "vars:\n  out: {from: incident.entities.ip, type: ip, scope: external, list: true}\n  ttl: {value: 4h, type: duration}\n"	/* 7-9 */
    "steps:\n"														/* 10 */
    "  - {id: p, stage: preparation, manual: {do: Prepare, due: 30m}}\n"								/* 11 */
    "  - {id: i, stage: identification, manual: {do: Look}}\n"									/* 12 */
    "  - {id: ok, stage: containment, approve: {by: [role:csirt], valid: 1h}}\n"							/* 13 */
    "  - id: c\n    stage: containment\n    foreach: {var: ip, in: out, max: 2}\n    do:\n"						/* 14-17 */
    "      - {id: b, after: [ok], run: {action: net.block-ip, args: {ip: \"${ip}\", ttl: \"${ttl}\"}}, "
    "key: \"block/${ip}\", undo: auto, on_failure: f}\n" /* 18 */
    "  - {id: e, stage: eradication, if: {incident.priority|gte: P2}, then: [{id: e1, set: {ttl: 8h}}], else: [{id: e2, manual: {do: Else}}]}\n" /* 19 */
    "  - {id: r, stage: recovery, run: {undo: b}}\n"										/* 20 */
    "  - {id: l, stage: lessons, manual: {do: Review}, final: true}\n"								/* 21 */
    "  - {id: f, stage: lessons, notify: {to: csirt, template: t}, final: true}\n";							/* 22 */

/* The good playbook with one text in place of another. */
static struct slice
changed(const char *from, const char *to)
{
	struct slice g = slice_str(good);
	size_t at = slice_find_slice(g, slice_str(from));
	struct buf b = {0};
	struct slice s;

	OK(at < g.n, "the text to be changed is there: %s", from);
	buf_slice_add(&b, slice_head(g, at));
	buf_str(&b, to);
	buf_slice_add(&b, slice_from(g, at + strlen(from)));
	s = arena_slice(&mem, buf_slice(&b));
	buf_free(&b);
	return s;
}

static const struct {
	const char *from, *to, *what;
	unsigned line;
} fault_row[] = {
	{"owner:", "ownr:", "unknown key", 4},
	{"incident.severity|gte: low", "incident.colour: red", "no such field of an incident", 6},
	{"|gte: low", "|near: low", "no such comparison", 6},
	{"|gte: low", "|gte: loud", "informational, low, medium, high or critical is wanted", 6},
	{"type: ip,", "type: ipp,", "no such type", 8},
	{"entities.ip", "entities.ips", "a variable comes from incident.entities.TYPE", 8},
	{"value: 4h", "value: four", "not a duration", 9},
	{"id: i,", "id: p,", "the id is taken by another step", 12},
	{"stage: identification, ", "", "a member is missing", 12},
	{"stage: identification", "stage: looking", "not one of the words allowed here", 12},
	{"manual: {do: Look}", "manual: {what: Look}", "unknown key", 12},
	{"manual: {do: Look}", "manual: {do: Look}, wait: {for: 1h}",
	    "a step has exactly one of run notify approve manual wait set if foreach parallel call", 12},
	{"manual: {do: Look}", "wait: {until: {fact.x: 0}}", "a wait without end: within is missing", 12},
	{"notify: {to: csirt, template: t}", "notify: {to: nobody, template: t}", "no such role or audience", 22},
	{"notify: {to: csirt, template: t}", "notify: {to: public, template: t}",
	    "the playbook's label is above what this audience may see", 22},
	{"undo: auto, on_failure: f", "undo: auto, on_failure: nowhere", "no such step", 18},
	{"undo: auto, on_failure: f", "undo: auto, on_failure: i", "a jump goes forward only", 18},
	{"undo: auto, on_failure: f", "undo: auto", "no path leads to this step", 22},
	{"run: {undo: b}", "manual: {do: Wait}", "a block that no step takes back (run: {undo: STEP})", 18},
	{"notify: {to: csirt, template: t}, final: true", "notify: {to: csirt, template: t}",
	    "the last step is not final: a path without end", 22},
	{"do: Look}", "do: \"Use password=hunter2\"}", "a secret stands in the text", 12},
	{"do: Look}", "do: \"Use ${nothing}\"}", "no such variable", 12},
	{"do: Look}", "do: Look, by: role:nobody}", "no such role (role:TIER, user:NAME)", 12},
	{"manual: {do: Look}}", "react: RA12, manual: {do: Look}}", "a RE&CT id is RA and four digits", 12},
	{"undo: auto, on", "undo: auto, retry: {max: 2, codes: [999]}, on", "an exit code is 0 to 255", 18},
	{"undo: auto, on", "undo: auto, retry: {max: 2, dely: 3s}, on", "unknown key", 18},
	{"undo: auto, on", "undo: auto, out: {nope: x}, on", "no such variable", 18},
	{"ttl: {value: 4h, type: duration}", "ttl: {value: 4h, type: duration}\n  no: {value: 1, type: int}",
	    "a variable that nothing uses", 10},
	{"if: {incident.priority|gte: P2}", "if: {any: {incident.priority: P2}}",
	    "a list of 1 to 100 rows of conditions is wanted", 19},
	{"if: {incident.priority|gte: P2}", "if: {not: {incident.nothing: P2}}", "no such field of an incident", 19},
	{"manual: {do: Look}", "call: {playbok: x}", "unknown key", 12},
	{"owner: role:csirt", "owner: role:nobody", "no such role (role:TIER, user:NAME)", 4},
	{"by: [role:csirt]", "by: []", "nobody may approve", 13},
	{"in: out", "in: outt", "no such variable", 16},
	{"in: out", "in: ttl", "no list", 16},
	{", max: 2", "", "a member is missing", 16},
	{"max: 2", "max: 2000", "too large", 16},
	{"net.block-ip", "net.block", "no such action", 18},
	{"args: {ip:", "args: {address:", "the action has no such argument", 18},
	{", ttl: \"${ttl}\"", "", "an argument is missing", 18},
	{"ttl: \"${ttl}\"", "ttl: \"${tll}\"", "no such variable", 18},
	{"ttl: \"${ttl}\"", "ttl: \"${ip}\"", "a variable of another type is wanted", 18},
	{"ttl: \"${ttl}\"", "ttl: \"${out}\"", "a list stands where one value is wanted", 18},
	{"ttl: \"${ttl}\"", "ttl: soon", "not a duration", 18},
	{"scope: external, ", "", "a variable of scope external is wanted", 18},
	{"after: [ok], ", "", "containment without approval", 18},
	{"after: [ok]", "after: [okay]", "no such step", 18},
	{"after: [ok]", "after: [l]", "after names a step that does not come before", 18},
	{", undo: auto", "", "containment without undo", 18},
	{", key: \"block/${ip}\"", "", "containment without key", 18},
	{"block/${ip}", "block", "the key is the same in each turn of the loop", 18},
	{", undo: auto, on_failure: f}", ", undo: auto, on_failure: p}", "a jump goes forward only", 18},
	{", undo: auto, on_failure: f}", ", undo: auto, on_failure: q}", "no such step", 18},
	{"set: {ttl: 8h}", "set: {tll: 8h}", "no such variable", 19},
	{"set: {ttl: 8h}", "set: {ttl: long}", "not a duration", 19},
	{"then: ", "than: ", "unknown key", 19},
	{"run: {undo: b}", "run: {undo: x}", "no such step", 20},
	{"run: {undo: b}", "run: {undo: i}", "undo names a step before it that runs an action", 20},
	{"stage: recovery", "stage: lessons", "a stage has no step", 1},
};

static void
faults(void)
{
	struct play p;
	struct fault f = {0};

	OK(play_read(slice_str(good), &set, &mem, &p, &f), "the good playbook: %s %s", f.what ? f.what : "", f.near);
	for (size_t k = 0; k < sizeof fault_row / sizeof *fault_row; k++) {
		f = (struct fault){0};
		OK(!play_read(changed(fault_row[k].from, fault_row[k].to), &set, &mem, &p, &f), "refused: %s", fault_row[k].to);
		SAME(slice_str(f.what), slice_str(fault_row[k].what), fault_row[k].to);
		INT(f.line, fault_row[k].line, fault_row[k].to);
		OK(f.column > 0, "a column: %s", fault_row[k].to);
	}
	for (const struct embed *e = builtin_playbooks; e->name; e++)
		OK(play_read(e->bytes, &set, &mem, &p, &f), "%s is without fault", e->name);
}

/*
 * ---- conditions and plans
 * ------------------------------------------------------------------------------------------------------
 */

static bool
never(void *self, enum entity_type type, struct slice value)
{
	(void)self;
	(void)type;
	(void)value;
	return false;
}

static void
make_incident(struct incident *i)
{
	static struct cue c;

	c = (struct cue){.id = SLICE("a1"), .level = SEVERITY_HIGH, .rule = SLICE("r1"), .rule_name = SLICE("R"),
	    .key = KEY_HOST, .value = SLICE("web01"),
	    .at = {1000, 0}, .technique = {SLICE("T1110.001")}, .techniques = 1, .tactic = {SLICE("Credential Access")},
	        .tactics = 1, .tlp = 3, .pap = 2};
	c.entity[0] = (struct cue_entity){ENTITY_HOST, SLICE("web01")};
	c.entity[1] = (struct cue_entity){ENTITY_IP, SLICE("203.0.113.9")};
	c.entity[2] = (struct cue_entity){ENTITY_IP, SLICE("10.0.0.1")};
	c.entity[3] = (struct cue_entity){ENTITY_IP, SLICE("198.51.100.1")};
	c.entity[4] = (struct cue_entity){ENTITY_IP, SLICE("192.0.2.1")};
	c.entity[5] = (struct cue_entity){ENTITY_IP, SLICE("not an address")};
	c.entities = 6;
	incident_open(i, &c);
	OK(incident_add(i, &c, never, NULL), "the first alert is seen");
	incident_judge(i);
}

static void
conditions(const struct incident *i)
{
	static const struct {
		const char *text;
		unsigned keys;
	} row[] = {
		{"{alert.technique: T1110}", 1}, {"{alert.technique: T111}", 0}, {"{alert.technique: T1110.001}", 1},
		    {"{alert.technique: T1110.002}", 0},
		{"{alert.technique: [T1, T1110], incident.severity|gte: high}", 2}, {"{incident.severity|gt: high}", 0},
		    {"{incident.severity|lte: high}", 1},
		{"{incident.severity|lt: high}", 0}, {"[{incident.severity: low}, {incident.hosts: 1}]", 1},
		    {"{incident.hosts|gt: 1}", 0},
		{"{incident.priority|gte: P2}", 1}, {"{incident.priority|gte: P1}", 0}, {"{incident.priority|lt: P1}", 1},
		{"{incident.entities.ip|cidr: 203.0.113.0/24}", 1}, {"{incident.entities.ip|cidr: 203.0.112.0/24}", 0},
		{"{incident.entities.hash|exists: true}", 0}, {"{incident.entities.hash|exists: false}", 1},
		    {"{incident.story.value|startswith: web}", 1},
		{"{incident.story.value|endswith: 02}", 0}, {"{incident.story.value|contains: eb0}", 1},
		    {"{incident.story.type|not: host}", 0},
		{"{incident.tactics: credential-access}", 1}, {"{incident.class: intrusion-attempts}", 1},
		    {"{alert.level: high}", 1},
		{"{alert.rule: r1, alert.tactic|not: impact, incident.alerts: 1}", 3}, {"{incident.tlp: amber}", 1},
		    {"{incident.users: 0}", 1},
	};

	for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
		struct yaml *y;
		struct cond c;
		struct fault f = {0};
		size_t docs;

		if (OK(yaml_read(slice_str(row[k].text), 1, &mem, &y, &docs, &f) && cond_read(y, &mem, &c, &f),
		    "condition %s: %s", row[k].text,
		    f.what ? f.what : ""))
			INT(cond_holds(&c, i), row[k].keys, row[k].text);
	}
}

static void
plans(const struct incident *i)
{
	static const char *const want[] = {"p", "i", "b/1", "b/2", "r", "l"};
	struct play p;
	struct fault f = {0};
	struct plan plan, again;
	struct slice per;

	if (!OK(play_read(slice_str(good), &set, &mem, &p, &f), "a playbook") || !OK(plan_per(&p, i, 0, &per),
	    "once for the incident"))
		return;
	OK(!plan_per(&p, i, 1, &per), "not twice");
	plan_make(&p, i, per, (struct stamp){0, 0}, &mem, &plan);
	INT(plan.steps, 6, "steps: two turns of the loop, neither branch's set, nothing behind the final step");
	for (size_t k = 0; k < plan.steps; k++)
		SAME(plan.step[k].id, slice_str(want[k]), "order of steps");
	SAME(plan.step[0].due, SLICE("1970-01-01T00:30:00.000000000Z"), "due");
	SAME(plan.step[2].arg[0].value, SLICE("192.0.2.1"), "sorted, external only");
	SAME(plan.step[3].arg[0].value, SLICE("198.51.100.1"), "the second turn");
	SAME(plan.step[2].key, SLICE("block/192.0.2.1"), "key");
	OK(plan.step[2].approve != NULL && plan.step[0].approve == NULL, "what needs approval");
	INT(plan.left_out, 2, "one value beyond max, one of a wrong form");
	plan_make(&p, i, per, (struct stamp){0, 0}, &mem, &again);
	SAME(slice_of(again.step[2].action, 32), slice_of(plan.step[2].action, 32), "the same id again");
	OK(memcmp(plan.step[2].action, plan.step[3].action, 32) != 0, "another key, another id");
}

int
main(void)
{
	struct incident i = {.seq = 0};

	types();
	expansion();
	load_actions();
	argv();
	bad_actions();
	faults();
	make_incident(&i);
	conditions(&i);
	plans(&i);
	incident_free(&i);
	arena_free(&mem);
	return unit_done();
}
