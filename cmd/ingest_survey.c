/* Which format each source has, and which year those have that do not say. */
#include "cmd/ingest_read.h"

#include <stdlib.h>

enum { DISORDER = 3600, DAY = 86400, SAMPLE = 40, WHOLE = 16 * 1024 * 1024 };

/*
 * GLOB of --format: * and ? alone, over the whole label; a loop with one place to come back to, so no pattern takes long.
 */
static bool
glob(struct slice pattern, struct slice text)
{
	size_t p = 0, s = 0, star = SIZE_MAX, from = 0;

	while (s < text.n) {
		if (p < pattern.n && (pattern.p[p] == '?' || pattern.p[p] == text.p[s]) && pattern.p[p] != '*') {
			p++;
			s++;
		} else if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			from = s;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			s = ++from;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

struct format_guess
ingest_guess(const struct ingest *i, struct slice uri, struct slice name, struct slice head)
{
	if (i->o.carve)
		return (struct format_guess){format_by_name(SLICE("evtx")), 100};
	for (size_t k = 0; k < i->o.format.n; k++) {
		struct slice v = i->o.format.v[k];
		size_t eq = slice_rfind(v, '=');

		if (eq == v.n)
			return (struct format_guess){format_by_name(v), 100};
		if (glob(slice_head(v, eq), uri) || glob(slice_head(v, eq), name))
			return (struct format_guess){format_by_name(slice_from(v, eq + 1)), 100};
	}
	return format_guess(head, name);
}

void
ingest_context(const struct ingest *i, struct slice uri, struct slice name, struct format_context *c)
{
	const struct map_row *row = map_get(&i->dated, uri);
	struct stamp day;

	*c = (struct format_context){.zone = i->zone, .zone_name = i->zone ? i->t->common.tz : SLICE("utc"),
	    .zone_given = i->zone != NULL, .reference = i->reference, .year_err = i->year_err, .shapes = i->shapes,
	    .shape = &i->shape, .name = name, .max_record = i->o.max_record, .carve = i->o.carve,
	    .unwrap = i->o.unwrap};
	if (i->o.year)
		return;
	/* A dated line of the file, a date in its name; then what all inputs say. */
	if (row)
		c->reference = (struct stamp){row->v.i, 0};
	else if (ingest_date_of_name(name, &day))
		c->reference = day;
	else
		return;
	c->year_err = ERR_year_inferred;
}

int64_t
ingest_newest(const struct ingest *i, struct slice uri, const struct format *f)
{
	const struct map_row *row = map_get(&i->sorted, uri);

	/* What grows has no newest record; a chunk of numbered records may lie anywhere. */
	if (f->next || i->o.follow)
		return INT64_MAX;
	if (row)
		return row->v.i + DAY;
	return i->t->common.now.given ? i->t->common.now.at.s + DAY : INT64_MAX;
}

struct survey {
	struct ingest *i;
	struct format_room room;
	struct format_context context;
	struct event event;
	struct stamp newest;
	bool dated, here, sorted;	/* here, sorted: of the source at hand */
	int64_t newest_here;
	uint64_t times;			/* taken from the source at hand */
};

static void
take_time(struct survey *s)
{
	if (!s->event.timed || s->event.err & (1u << ERR_year_inferred | 1u << ERR_year_assumed | 1u << ERR_time_implausible))
		return;
	if (!s->dated || stamp_cmp(s->event.at, s->newest) > 0)
		s->newest = s->event.at;
	/* A log in no order of time says nothing of what lies between its samples. */
	if (s->here && s->event.at.s < s->newest_here - DISORDER)
		s->sorted = false;
	if (!s->here || s->event.at.s > s->newest_here)
		s->newest_here = s->event.at.s;
	s->dated = s->here = true;
	s->times++;
}

static void
look(struct survey *s, const struct format *f, struct slice record)
{
	struct fault fault;
	bool skip = false;

	event_reset(&s->event);
	if (f->learn)
		f->learn(record, s->room.state);
	if (f->parse(record, &s->room, &s->event, &skip, &fault) && !skip)
		take_time(s);
}

/* A frame of many records is not read for its time alone. */
static void
look_within(struct survey *s, const struct format *f, struct slice frame)
{
	event_reset(&s->event);
	s->event.timed = f->newest && f->newest(frame, &s->event.at);
	take_time(s);
}

/* Records of a text whose start is known: the first few and, going on to its end, the last few cost the same to find. */
static void
sample(struct survey *s, const struct format *f, struct slice text, bool whole)
{
	uint64_t n = 0;

	free(s->room.state);
	s->room.state = f->state ? mem_zero(1, f->state) : NULL;
	if (f->begin)
		f->begin(s->room.state, &s->context);
	while (text.n) {
		struct slice record = {0};
		size_t len = format_frame(f, text, whole || f->next, s->room.state, &record);

		if (len == 0)
			break;
		if (record.n && f->next)
			look_within(s, f, record);
		else if (record.n && (n++ < SAMPLE || text.n < HEAD / 4))
			look(s, f, record);
		text = slice_from(text, len);
	}
	if (s->room.own)
		f->release(s->room.own);
	s->room.own = NULL;
}

/* NDJSON: json_line needs its block. */
static void
sample_lines(struct survey *s, const struct format *f, struct slice text)
{
	struct fault fault;
	uint64_t n = 0;

	json_block(s->room.json, text);
	while (json_line(s->room.json, &fault))
		if (s->room.json->ok && s->room.json->node[0].type == JSON_OBJECT &&
		    (n++ < SAMPLE || s->room.json->at + HEAD / 4 > text.n))
			look(s, f, (struct slice){NULL, 0});
}

static void
one(struct survey *s, const struct source *src, struct slice head, struct slice tail, bool whole)
{
	struct format_guess g = ingest_guess(s->i, src->uri, src->name, head);
	size_t nl = slice_find(tail, '\n');
	uint64_t before;

	if (g.format == NULL)
		return;
	ingest_context(s->i, src->uri, src->name, &s->context);
	if (g.format->by_block && s->i->o.unwrap.n == 0 && g.format->by_block(head)) {
		sample_lines(s, g.format, head);
		before = s->times;
		sample_lines(s, g.format, slice_from(tail, nl + 1));
	} else {
		sample(s, g.format, head, whole);
		before = s->times;
		/* Chunks tell themselves where they begin. */
		s->context.carve = g.format->next != NULL;
		if (g.format->next)
			sample(s, g.format, tail, true);
		else if (!g.format->state)
			sample(s, g.format, slice_from(tail, nl + 1), true);
	}
	/* Where no record of the end could be read, the newest is not known. */
	s->sorted = s->sorted && (whole || s->times > before);
}

bool
ingest_survey(struct ingest *i, struct stamp *newest)
{
	struct survey s = {.i = i};
	struct json_limits limits = json_limits_source;
	struct buf head = {0}, tail = {0};
	struct source src;

	s.room = (struct format_room){.c = &s.context, .json = json_new(&limits)};
	s.room.slots = mem_zero(shape_slots(i->shapes), sizeof *s.room.slots);
	while (!tool_stopped() && sources_next(i->survey, &src)) {
		size_t want = src.seekable ? HEAD : WHOLE, got = 1;

		/* A pipe gives its bytes once. */
		if (src.pipe)
			continue;
		buf_reset(&head);
		while (head.n < want && got && !tool_stopped()) {
			buf_room(&head, HEAD);
			got = source_read(i->survey, head.p + head.n, HEAD);
			head.n += got;
		}
		buf_reset(&tail);
		if (src.seekable && got) {
			buf_room(&tail, HEAD);
			tail.n = source_tail(&src, tail.p, HEAD);
		}
		s.here = false;
		s.times = 0;
		s.sorted = src.seekable;
		one(&s, &src, buf_slice(&head), buf_slice(&tail), got == 0);
		if (s.here)
			map_put(&i->dated, src.uri, NULL)->v.i = s.newest_here;
		if (s.here && s.sorted)
			map_put(&i->sorted, src.uri, NULL)->v.i = s.newest_here;
	}
	*newest = s.newest;
	json_free(s.room.json);
	free(s.room.slots);
	free(s.room.state);
	event_free(&s.event);
	buf_free(&head);
	buf_free(&tail);
	return s.dated;
}
