#include "lib/incident/roster.h"

#include "lib/base/num.h"
#include "lib/incident/desk.h"
#include "lib/port/yaml.h"

enum { DAY = 86400, LIST_MAX = 1000 };

static const char *const day_name[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL};

static bool
keys(const struct yaml *y, const char *const *words, struct fault *f)
{
	if (y->type != YAML_MAP)
		return yaml_fault(f, "a map is wanted", y);
	for (size_t k = 0; k < y->n; k++)
		if (!desk_word(words, y->key[k].text))
			return yaml_fault(f, "unknown key", &y->key[k]);
	return true;
}

static bool
list(const struct yaml *y, struct arena *mem, struct slice **v, size_t *n, struct fault *f)
{
	if (y->type != YAML_LIST || y->n == 0 || y->n > LIST_MAX)
		return yaml_fault(f, "a list of 1 to 1,000 words is wanted", y);
	*v = arena_zero(mem, y->n * sizeof **v);
	for (*n = 0; *n < y->n; (*n)++) {
		if (y->item[*n].type != YAML_SCALAR)
			return yaml_fault(f, "a word is wanted", &y->item[*n]);
		(*v)[*n] = y->item[*n].text;
	}
	return true;
}

static const struct yaml *
must(const struct yaml *y, const char *key, struct fault *f)
{
	const struct yaml *v = yaml_get(y, key);

	if (v == NULL)
		fault_place(f, "a member is missing", slice_str(key), y->line, y->column);
	return v;
}

static bool
people(const struct yaml *y, struct arena *mem, struct roster *r, struct fault *f)
{
	static const char *const words[] = {"name", "mail", "phone", "roles", NULL};

	if (y->type != YAML_MAP || y->n > LIST_MAX)
		return yaml_fault(f, "a map of at most 1,000 people is wanted", y);
	r->person = arena_zero(mem, (y->n + 1) * sizeof *r->person);
	for (r->persons = 0; r->persons < y->n; r->persons++) {
		struct roster_person *p = &r->person[r->persons];
		const struct yaml *v = &y->item[r->persons], *mail, *phone, *roles;

		if (!keys(v, words, f))
			return false;
		mail = yaml_get(v, "mail");
		phone = yaml_get(v, "phone");
		roles = yaml_get(v, "roles");
		*p = (struct roster_person){.id = y->key[r->persons].text, .mail = mail ? mail->text : (struct slice){0},
		    .phone = phone ? phone->text : (struct slice){0}};
		if (roles && !list(roles, mem, &p->role, &p->roles, f))
			return false;
		for (size_t k = 0; k < p->roles; k++)
			if (!desk_word(desk_tiers, p->role[k]))
				return yaml_fault(f, "no such role", &roles->item[k]);
	}
	return true;
}

/* role and who, as shifts and overrides have them. */
static bool
duty(const struct yaml *y, struct arena *mem, const struct roster *r, struct slice *role, struct slice **who, size_t *n,
    struct fault *f)
{
	const struct yaml *v = must(y, "role", f), *w = must(y, "who", f);

	if (v == NULL || w == NULL)
		return false;
	if (!desk_word(desk_tiers, v->text))
		return yaml_fault(f, "no such role", v);
	*role = v->text;
	if (!list(w, mem, who, n, f))
		return false;
	for (size_t k = 0; k < *n; k++)
		if (roster_person(r, (*who)[k]) == NULL)
			return yaml_fault(f, "nobody of this name", &w->item[k]);
	return true;
}

static bool
clock_time(const struct yaml *y, int *minutes, struct fault *f)
{
	uint64_t h, m;

	if (y->type == YAML_SCALAR && y->text.n == 5 && y->text.p[2] == ':' && num_u64(slice_head(y->text, 2), &h)
	    && num_u64(slice_from(y->text, 3), &m) && h <= 24 && m < 60 && h * 60 + m <= 1440) {
		*minutes = (int)(h * 60 + m);
		return true;
	}
	return yaml_fault(f, "a time of day is wanted (\"06:30\")", y);
}

static bool
days(const struct yaml *y, unsigned *out, struct fault *f)
{
	*out = 127;
	if (y == NULL)
		return true;
	if (y->type != YAML_LIST)
		return yaml_fault(f, "a list of days is wanted (mon .. sun)", y);
	*out = 0;
	for (size_t k = 0; k < y->n; k++) {
		int d = 0;

		while (day_name[d] && !slice_eq(slice_str(day_name[d]), y->item[k].text))
			d++;
		if (day_name[d] == NULL)
			return yaml_fault(f, "no such day", &y->item[k]);
		*out |= 1u << d;
	}
	return true;
}

static bool
zone(const struct yaml *y, struct zone **out, struct fault *f)
{
	*out = NULL;
	if (y == NULL)
		return true;
	*out = zone_open(y->text);
	return *out || yaml_fault(f, "no such time zone", y);
}

static bool
one_shift(const struct yaml *y, struct arena *mem, struct roster *r, struct fault *f)
{
	static const char *const words[] = {"role", "who", "days", "from", "to", "zone", "holidays", NULL};
	static const char *const how[] = {"all", "off", "only", NULL};
	struct roster_shift *s = &r->shift[r->shifts];
	const struct yaml *from, *to, *h;

	if (!keys(y, words, f) || !duty(y, mem, r, &s->role, &s->who, &s->whos, f) || !days(yaml_get(y, "days"), &s->days, f)
	    || (from = must(y, "from", f)) == NULL || (to = must(y, "to", f)) == NULL || !clock_time(from, &s->from, f)
	    || !clock_time(to, &s->to, f) || !zone(yaml_get(y, "zone"), &s->zone, f))
		return false;
	r->shifts++;
	h = yaml_get(y, "holidays");
	for (int k = 0; h && how[k]; k++)
		if (slice_eq(h->text, slice_str(how[k]))) {
			s->holidays = (enum roster_holidays)k;
			return true;
		}
	return h == NULL || yaml_fault(f, "all, off or only is wanted", h);
}

static bool
one_override(const struct yaml *y, struct arena *mem, struct roster *r, struct fault *f)
{
	static const char *const words[] = {"role", "who", "from", "to", NULL};
	struct roster_override *o = &r->override[r->overrides];
	const struct yaml *from, *to;

	if (!keys(y, words, f) || !duty(y, mem, r, &o->role, &o->who, &o->whos, f) || (from = must(y, "from", f)) == NULL
	    || (to = must(y, "to", f)) == NULL)
		return false;
	if (!stamp_rfc3339(from->text, &o->from))
		return yaml_fault(f, "a moment is wanted (2026-03-05T08:00:00Z)", from);
	if (!stamp_rfc3339(to->text, &o->to) || stamp_cmp(o->to, o->from) <= 0)
		return yaml_fault(f, "a moment behind `from` is wanted", to);
	r->overrides++;
	return true;
}

static bool
rows(const struct yaml *y, bool (*one)(const struct yaml *, struct arena *, struct roster *, struct fault *), struct arena *mem,
    struct roster *r, struct fault *f)
{
	if (y->type != YAML_LIST || y->n > LIST_MAX)
		return yaml_fault(f, "a list of at most 1,000 rows is wanted", y);
	for (size_t k = 0; k < y->n; k++)
		if (!one(&y->item[k], mem, r, f))
			return false;
	return true;
}

static bool
read_holidays(const struct yaml *y, struct arena *mem, struct roster *r, struct fault *f)
{
	if (y->type != YAML_LIST || y->n > LIST_MAX)
		return yaml_fault(f, "a list of dates is wanted", y);
	r->holiday = arena_zero(mem, (y->n + 1) * sizeof *r->holiday);
	for (size_t k = 0; k < y->n; k++) {
		struct slice s = y->item[k].text;
		uint64_t v[3];

		if (s.n != 10 || !num_u64(slice_head(s, 4), &v[0]) || !num_u64(slice_of(s.p + 5, 2), &v[1])
		    || !num_u64(slice_of(s.p + 8, 2), &v[2]) || v[1] < 1 || v[1] > 12 || v[2] < 1 || v[2] > 31)
			return yaml_fault(f, "a date is wanted (2026-12-25)", &y->item[k]);
		r->holiday[r->holidays++] = stamp_days((int)v[0], (int)v[1], (int)v[2]);
	}
	return true;
}

bool
roster_read(struct slice text, struct arena *mem, struct roster *r, struct fault *f)
{
	static const char *const words[] = {"irroster", "zone", "holidays", "people", "shifts", "overrides", NULL};
	struct yaml *y;
	const struct yaml *v;
	size_t docs;

	*r = (struct roster){.persons = 0};
	if (!yaml_read(text, 1, mem, &y, &docs, f))
		return false;
	if (docs != 1 || !keys(y, words, f))
		return docs == 1 ? false : fault_set(f, "no document", 0);
	if ((v = must(y, "irroster", f)) == NULL || !slice_eq(v->text, SLICE("1")))
		return v ? yaml_fault(f, "irroster: 1 is wanted", v) : false;
	r->shift = arena_zero(mem, (LIST_MAX + 1) * sizeof *r->shift);
	r->override = arena_zero(mem, (LIST_MAX + 1) * sizeof *r->override);
	if (!zone(yaml_get(y, "zone"), &r->zone, f) || ((v = yaml_get(y, "holidays")) && !read_holidays(v, mem, r, f)))
		return false;
	if ((v = must(y, "people", f)) == NULL || !people(v, mem, r, f))
		return false;
	return ((v = yaml_get(y, "shifts")) == NULL || rows(v, one_shift, mem, r, f))
	    && ((v = yaml_get(y, "overrides")) == NULL || rows(v, one_override, mem, r, f));
}

void
roster_free(struct roster *r)
{
	for (size_t k = 0; k < r->shifts; k++)
		zone_free(r->shift[k].zone);
	zone_free(r->zone);
	*r = (struct roster){.persons = 0};
}

const struct roster_person *
roster_person(const struct roster *r, struct slice id)
{
	for (size_t k = 0; k < r->persons; k++)
		if (slice_eq(r->person[k].id, id))
			return &r->person[k];
	return NULL;
}

static bool
holiday(const struct roster *r, int64_t day)
{
	for (size_t k = 0; k < r->holidays; k++)
		if (r->holiday[k] == day)
			return true;
	return false;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static bool
runs_on(const struct roster *r, const struct roster_shift *s, int64_t day)
{
	bool free_day = holiday(r, day);

	if ((s->days >> ((day % 7 + 10) % 7) & 1) == 0)	/* 1970-01-01 was a Thursday, bit 3 */
		return false;
	return s->holidays == HOLIDAYS_ALL || (s->holidays == HOLIDAYS_OFF) != free_day;
}

static bool
covers(const struct roster *r, const struct roster_shift *s, struct stamp at)
{
	int64_t local = zone_local(s->zone ? s->zone : r->zone, at.s), day = floor_div(local, DAY);
	int minute = (int)((local - day * DAY) / 60);

	if (s->to > s->from)
		return minute >= s->from && minute < s->to && runs_on(r, s, day);
	return (minute >= s->from && runs_on(r, s, day)) || (minute < s->to && runs_on(r, s, day - 1));
}

size_t
roster_duty(const struct roster *r, struct slice role, struct stamp at, const struct slice **who)
{
	for (size_t k = r->overrides; k-- > 0;) {
		const struct roster_override *o = &r->override[k];

		if (slice_eq(o->role, role) && stamp_cmp(at, o->from) >= 0 && stamp_cmp(at, o->to) < 0) {
			*who = o->who;
			return o->whos;
		}
	}
	for (size_t k = 0; k < r->shifts; k++)
		if (slice_eq(r->shift[k].role, role) && covers(r, &r->shift[k], at)) {
			*who = r->shift[k].who;
			return r->shift[k].whos;
		}
	*who = NULL;
	return 0;
}

uint64_t
roster_prove(const struct roster *r, struct slice role, struct stamp from, struct stamp to,
    void (*hole)(void *, struct stamp, struct stamp), void *self)
{
	const struct slice *who;
	struct stamp since = {0};
	bool open = false;
	uint64_t n = 0;

	for (struct stamp at = from; stamp_cmp(at, to) < 0; at.s += 60, n++) {
		bool covered = roster_duty(r, role, at, &who) > 0;

		if (!covered && !open)
			since = at;
		if (covered && open)
			hole(self, since, at);
		open = !covered;
	}
	if (open)
		hole(self, since, to);
	return n;
}
