#include "lib/play/cond.h"

#include "lib/base/addr.h"
#include "lib/base/num.h"
#include "lib/incident/label.h"

enum { ROWS_MAX = 100, TERMS_MAX = 32, VALUES_MAX = 1000, DEPTH_MAX = 8 };

enum kind { WORD, LEVEL, PRIORITY, NUMBER, TECHNIQUE };

enum path_id {
	C_SEVERITY, C_PRIORITY, C_STATUS, C_TLP, C_PAP, C_CLASS, C_TACTICS, C_TECHNIQUES, C_KEY_TYPE, C_KEY_VALUE, C_HOSTS,
	    C_USERS, C_ALERTS,
	C_CRITICALITY, C_HOST, C_USER, C_IP, C_DOMAIN, C_HASH, C_FILE, C_PROCESS, C_ALERT_TECHNIQUE, C_ALERT_TACTIC,
	    C_ALERT_RULE, C_ALERT_LEVEL,
	C_COUNT
};
static const struct {
	struct slice name;
	enum kind kind;
} path[C_COUNT] = {
	[C_SEVERITY] = {SLICE_INIT("incident.severity"), LEVEL}, [C_PRIORITY] = {SLICE_INIT("incident.priority"), PRIORITY},
	[C_STATUS] = {SLICE_INIT("incident.status"), WORD}, [C_TLP] = {SLICE_INIT("incident.tlp"), WORD},
	[C_PAP] = {SLICE_INIT("incident.pap"), WORD}, [C_CLASS] = {SLICE_INIT("incident.class"), WORD},
	[C_TACTICS] = {SLICE_INIT("incident.tactics"), WORD}, [C_TECHNIQUES] = {SLICE_INIT("incident.techniques"), TECHNIQUE},
	[C_KEY_TYPE] = {SLICE_INIT("incident.story.type"), WORD}, [C_KEY_VALUE] = {SLICE_INIT("incident.story.value"), WORD},
	[C_HOSTS] = {SLICE_INIT("incident.hosts"), NUMBER}, [C_USERS] = {SLICE_INIT("incident.users"), NUMBER},
	[C_ALERTS] = {SLICE_INIT("incident.alerts"), NUMBER}, [C_CRITICALITY] = {SLICE_INIT("incident.asset.criticality"), WORD},
	[C_HOST] = {SLICE_INIT("incident.entities.host"), WORD}, [C_USER] = {SLICE_INIT("incident.entities.user"), WORD},
	[C_IP] = {SLICE_INIT("incident.entities.ip"), WORD}, [C_DOMAIN] = {SLICE_INIT("incident.entities.domain"), WORD},
	[C_HASH] = {SLICE_INIT("incident.entities.hash"), WORD}, [C_FILE] = {SLICE_INIT("incident.entities.file"), WORD},
	[C_PROCESS] = {SLICE_INIT("incident.entities.process"), WORD}, [C_ALERT_TECHNIQUE] = {SLICE_INIT("alert.technique"),
	    TECHNIQUE},
	[C_ALERT_TACTIC] = {SLICE_INIT("alert.tactic"), WORD}, [C_ALERT_RULE] = {SLICE_INIT("alert.rule"), WORD},
	[C_ALERT_LEVEL] = {SLICE_INIT("alert.level"), LEVEL},
};

/* ---- reading ------------------------------------------------------------------------------------------------------------- */

static bool
test_by_name(struct slice word, struct cond_term *t)
{
	static const struct {
		struct slice word;
		enum cond_test test;
	} row[] = {
		{SLICE_INIT("gt"), TEST_GT}, {SLICE_INIT("gte"), TEST_GTE}, {SLICE_INIT("lt"), TEST_LT}, {SLICE_INIT("lte"),
		    TEST_LTE},
		{SLICE_INIT("contains"), TEST_CONTAINS}, {SLICE_INIT("startswith"), TEST_STARTS}, {SLICE_INIT("endswith"),
		    TEST_ENDS},
		{SLICE_INIT("cidr"), TEST_CIDR}, {SLICE_INIT("exists"), TEST_EXISTS},
	};

	if (slice_eq(word, SLICE("not"))) {
		t->negate = true;
		return true;
	}
	for (size_t k = 0; k < sizeof row / sizeof *row; k++)
		if (slice_eq(word, row[k].word)) {
			t->test = row[k].test;
			return true;
		}
	return false;
}

static bool
read_key(const struct yaml *key, struct cond_term *t, struct fault *f)
{
	struct slice rest = key->text, name = slice_cut(&rest, '|');

	for (t->path = 0; t->path < C_COUNT && !slice_eq(path[t->path].name, name); t->path++)
		continue;
	if (t->path == C_COUNT)
		return yaml_fault(f, "no such field of an incident", key);
	while (rest.p) {
		struct slice word = slice_cut(&rest, '|');

		if (!test_by_name(word, t))
			return yaml_fault(f, "no such comparison", key);
	}
	return true;
}

/* The rank of a value on its scale; false: it has none. */
static bool
rank(enum kind kind, struct slice v, int64_t *out)
{
	*out = 0;
	if (kind == LEVEL)
		*out = severity_by_name(v);
	else if (kind == PRIORITY && v.n == 2 && v.p[0] == 'P' && v.p[1] >= '1' && v.p[1] <= '4')
		*out = v.p[1] - '0';
	else if (kind == NUMBER)
		return num_i64(v, out) && *out >= 0;
	return *out > 0;
}

static bool
check_value(const struct cond_term *t, const struct yaml *y, struct fault *f)
{
	enum kind kind = path[t->path].kind;
	struct prefix p;
	int64_t n;
	bool b;

	if (y->type != YAML_SCALAR)
		return yaml_fault(f, "a value is wanted", y);
	if (t->test == TEST_EXISTS)
		return yaml_bool(y, &b) || yaml_fault(f, "true or false is wanted", y);
	if (t->test == TEST_CIDR)
		return prefix_read(y->text, &p, NULL) || yaml_fault(f, "a network is wanted", y);
	if (t->test >= TEST_GT && t->test <= TEST_LTE && (kind == WORD || kind == TECHNIQUE))
		return yaml_fault(f, "this field has no order", y);
	if (kind != WORD && kind != TECHNIQUE && !rank(kind, y->text, &n))
		return yaml_fault(f, kind == LEVEL ? "informational, low, medium, high or critical is wanted"
		    : kind == PRIORITY ? "P1, P2, P3 or P4 is wanted" : "a whole number is wanted", y);
	return true;
}

static bool
read_term(const struct yaml *key, const struct yaml *y, struct arena *mem, struct cond_term *t, struct fault *f)
{
	size_t n = y->type == YAML_LIST ? y->n : 1;

	*t = (struct cond_term){.test = TEST_EQUAL};
	if (!read_key(key, t, f))
		return false;
	if (y->type == YAML_MAP || n == 0 || n > VALUES_MAX)
		return yaml_fault(f, "a value or a list of 1 to 1,000 values is wanted", y);
	t->value = arena_zero(mem, n * sizeof *t->value);
	for (t->values = 0; t->values < n; t->values++) {
		const struct yaml *v = y->type == YAML_LIST ? &y->item[t->values] : y;

		if (!check_value(t, v, f))
			return false;
		t->value[t->values] = v->text;
	}
	return true;
}

static bool read_row(const struct yaml *y, struct arena *mem, struct cond_row *r, unsigned depth, struct fault *f);

static bool
is_group(struct slice name, struct cond_term *t)
{
	if (slice_eq(name, SLICE("all")))
		t->test = TEST_ALL;
	else if (slice_eq(name, SLICE("any")))
		t->test = TEST_ANY;
	else if (slice_eq(name, SLICE("not")))
		t->test = TEST_NONE;
	else
		return false;
	return true;
}

/* Eight deep at most: that bounds the calls. */
static bool
read_group(const struct yaml *y, struct arena *mem, struct cond_term *t, unsigned depth, struct fault *f)
{
	size_t n = y->type == YAML_LIST ? y->n : 1;

	if (depth == DEPTH_MAX)
		return yaml_fault(f, "conditions are nested too deeply", y);
	if (y->type == YAML_SCALAR || n == 0 || n > ROWS_MAX || (t->test != TEST_NONE && y->type != YAML_LIST))
		return yaml_fault(f, "a list of 1 to 100 rows of conditions is wanted", y);
	t->sub = arena_zero(mem, n * sizeof *t->sub);
	for (; t->subs < n; t->subs++)
		if (!read_row(y->type == YAML_LIST ? &y->item[t->subs] : y, mem, &t->sub[t->subs], depth + 1, f))
			return false;
	return true;
}

static bool
read_row(const struct yaml *y, struct arena *mem, struct cond_row *r, unsigned depth, struct fault *f)
{
	if (y->type != YAML_MAP || y->n == 0 || y->n > TERMS_MAX)
		return yaml_fault(f, "a map of 1 to 32 conditions is wanted", y);
	r->term = arena_zero(mem, y->n * sizeof *r->term);
	for (r->terms = 0; r->terms < y->n; r->terms++)
		if (is_group(y->key[r->terms].text, &r->term[r->terms])) {
			if (!read_group(&y->item[r->terms], mem, &r->term[r->terms], depth, f))
				return false;
		} else if (!read_term(&y->key[r->terms], &y->item[r->terms], mem, &r->term[r->terms], f))
			return false;
	return true;
}

bool
cond_read(const struct yaml *y, struct arena *mem, struct cond *c, struct fault *f)
{
	size_t n = y->type == YAML_LIST ? y->n : 1;

	*c = (struct cond){.rows = 0};
	if (y->type == YAML_SCALAR || n == 0 || n > ROWS_MAX)
		return yaml_fault(f, "a list of 1 to 100 rows of conditions is wanted", y);
	c->row = arena_zero(mem, n * sizeof *c->row);
	for (; c->rows < n; c->rows++)
		if (!read_row(y->type == YAML_LIST ? &y->item[c->rows] : y, mem, &c->row[c->rows], 0, f))
			return false;
	return true;
}

/* ---- judging ------------------------------------------------------------------------------------------------------------- */

struct number {
	char digit[24];
};

static struct slice
number(struct number *n, uint64_t v)
{
	size_t at = sizeof n->digit;

	do
		n->digit[--at] = (char)('0' + v % 10);
	while (v /= 10);
	return slice_of(n->digit + at, sizeof n->digit - at);
}

static bool
key_at(const struct map *m, size_t k, struct slice *out)
{
	if (k < m->n)
		*out = m->row[k].key;
	return k < m->n;
}

static bool
list_at(const struct incident *i, unsigned p, size_t k, struct slice *out)
{
	switch (p) {
	case C_TACTICS:
	case C_ALERT_TACTIC:
		return key_at(&i->tactics, k, out);
	case C_TECHNIQUES:
	case C_ALERT_TECHNIQUE:
		return key_at(&i->techniques, k, out);
	case C_CRITICALITY:
		if (k < i->assets)
			*out = i->asset[k].criticality;
		return k < i->assets;
	case C_ALERT_RULE:
		if (k < i->findings)
			*out = i->finding[k].rule;
		return k < i->findings;
	case C_ALERT_LEVEL:
		if (k < i->findings)
			*out = severity_name[i->finding[k].level];
		return k < i->findings;
	default:
		return key_at(&i->entity[p - C_HOST], k, out);
	}
}

static struct slice
single(const struct incident *i, unsigned p, struct number *room)
{
	static const struct slice priority[5] = {SLICE_INIT(""), SLICE_INIT("P1"), SLICE_INIT("P2"), SLICE_INIT("P3"),
	    SLICE_INIT("P4")};

	switch (p) {
	case C_SEVERITY:
		return severity_name[i->severity];
	case C_PRIORITY:
		return priority[i->priority];
	case C_STATUS:
		return status_name[i->status];
	case C_TLP:
		return tlp_name[i->tlp];
	case C_PAP:
		return pap_name[i->pap];
	case C_CLASS:
		return i->rsit;
	case C_KEY_TYPE:
		return key_type_name[i->key];
	case C_KEY_VALUE:
		return i->value;
	case C_HOSTS:
		return number(room, i->entity[ENTITY_HOST].n + i->more[ENTITY_HOST]);
	case C_USERS:
		return number(room, i->entity[ENTITY_USER].n + i->more[ENTITY_USER]);
	default:
		return number(room, i->total);
	}
}

/* The k-th value at a path; false behind the last. */
static bool
value_at(const struct incident *i, unsigned p, size_t k, struct number *room, struct slice *out)
{
	if (p == C_TACTICS || p == C_TECHNIQUES || p >= C_CRITICALITY)
		return list_at(i, p, k, out);
	if (k)
		return false;
	*out = single(i, p, room);
	return out->n > 0;
}

/* A technique is met by its sub-techniques as well: T1110 by T1110.001. */
static bool
technique(struct slice have, struct slice want)
{
	return slice_eq_nocase(have, want) || (have.n > want.n && have.p[want.n] == '.' && slice_eq_nocase(slice_head(have,
	    want.n), want));
}

static bool
in_net(struct slice have, struct slice net)
{
	struct prefix p;
	struct addr a;

	return addr_read(have, &a) && prefix_read(net, &p, NULL) && prefix_holds(&p, &a);
}

/* P1 stands above P4: |gte P2 is P1 and P2. */
static bool
ordered(enum kind kind, enum cond_test test, struct slice have, struct slice want)
{
	int64_t a, b, by;

	if (!rank(kind, have, &a) || !rank(kind, want, &b))
		return false;
	by = kind == PRIORITY ? b - a : a - b;
	return test == TEST_GT ? by > 0 : test == TEST_GTE ? by >= 0 : test == TEST_LT ? by < 0 : by <= 0;
}

static bool
meets(const struct cond_term *t, struct slice have, struct slice want)
{
	switch (t->test) {
	case TEST_EQUAL:
		return path[t->path].kind == TECHNIQUE ? technique(have, want) : slice_eq_nocase(have, want);
	case TEST_CONTAINS:
		return slice_has(have, want);
	case TEST_STARTS:
		return slice_starts_nocase(have, want);
	case TEST_ENDS:
		return slice_ends_nocase(have, want);
	case TEST_CIDR:
		return in_net(have, want);
	default:
		return ordered(path[t->path].kind, t->test, have, want);
	}
}

static bool row_holds(const struct cond_row *r, const struct incident *i);

static bool
group_holds(const struct cond_term *t, const struct incident *i)
{
	size_t n = 0;

	for (size_t k = 0; k < t->subs; k++)
		n += row_holds(&t->sub[k], i);
	return t->test == TEST_ALL ? n == t->subs : t->test == TEST_ANY ? n > 0 : n == 0;
}

static bool
term_holds(const struct cond_term *t, const struct incident *i)
{
	struct number room;
	struct slice have;
	bool any = false;

	if (t->test >= TEST_ALL)
		return group_holds(t, i);
	if (t->test == TEST_EXISTS)
		return (value_at(i, t->path, 0, &room, &have) == slice_eq_nocase(t->value[0], SLICE("true"))) != t->negate;
	for (size_t k = 0; !any && value_at(i, t->path, k, &room, &have); k++)
		for (size_t n = 0; !any && n < t->values; n++)
			any = meets(t, have, t->value[n]);
	return any != t->negate;
}

static bool
row_holds(const struct cond_row *r, const struct incident *i)
{
	size_t k = 0;

	while (k < r->terms && term_holds(&r->term[k], i))
		k++;
	return k == r->terms;
}

unsigned
cond_holds(const struct cond *c, const struct incident *i)
{
	unsigned best = 0;

	for (size_t r = 0; r < c->rows; r++) {
		if (c->row[r].terms > best && row_holds(&c->row[r], i))
			best = (unsigned)c->row[r].terms;
	}
	return best;
}
