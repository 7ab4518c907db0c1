#include "lib/event/view.h"

#include <stdlib.h>

static const struct shape_row *const shape_rows[] = {
#define SHAPE(id) &shape_##id,
#include "lib/event/shapes.def"
#undef SHAPE
};
enum { SHAPES = sizeof shape_rows / sizeof *shape_rows };

static const struct slice view_paths[PATH_COUNT] = {
#define PATH(id, path) [P_##id] = SLICE_INIT(path),
#include "lib/event/paths.def"
#undef PATH
};

/* Where the three JSON forms of Windows events keep their named data. */
static const struct slice windows_prefix[FORM_COUNT] = {
	[FORM_FLAT] = SLICE_INIT(""), [FORM_EVTX] = SLICE_INIT("Event.EventData."),
	    [FORM_BEAT] = SLICE_INIT("winlog.event_data."),
};

static void
add_names(struct shape_set *set)
{
	struct buf path = {0};

	for (int form = 0; form < FORM_COUNT; form++)
		for (int n = 0; n < W_COUNT; n++) {
			buf_reset(&path);
			buf_slice_add(&path, windows_prefix[form]);
			buf_slice_add(&path, windows_name[n]);
			set->name[form][n] = json_paths_add(set->paths, buf_slice(&path));
		}
	buf_free(&path);
}

static void
add_map(struct shape_set *set, size_t shape)
{
	const struct shape_row *row = shape_rows[shape];

	set->map[shape] = mem_zero(row->maps + 1, sizeof **set->map);
	for (size_t i = 0; i < row->maps; i++)
		set->map[shape][i] = json_paths_add(set->paths, row->map[i].path);
}

static void
add_signs(struct shape_set *set)
{
	set->sign = mem_zero(sign_rows, sizeof *set->sign);
	for (size_t i = 0; i < sign_rows; i++)
		for (int m = 0; m < 3; m++)
			set->sign[i][m] = sign_row[i].member[m].n ? json_paths_add(set->paths,
			    sign_row[i].member[m]) : set->path[P_none];
}

struct shape_set *
shape_set_new(void)
{
	struct shape_set *set = mem_zero(1, sizeof *set);

	set->paths = json_paths_new();
	set->map = mem_zero(SHAPES, sizeof *set->map);
	for (int p = 0; p < PATH_COUNT; p++)
		set->path[p] = json_paths_add(set->paths, view_paths[p]);
	for (int f = 0; f < FIELD_COUNT; f++)
		set->field[f] = json_paths_add(set->paths, field_row[f].path);
	add_names(set);
	add_signs(set);
	for (size_t i = 0; i < SHAPES; i++)
		add_map(set, i);
	json_paths_done(set->paths);
	return set;
}

void
shape_set_free(struct shape_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < SHAPES; i++)
		free(set->map[i]);
	free(set->map);
	free(set->sign);
	json_paths_free(set->paths);
	free(set);
}

size_t
shape_slots(const struct shape_set *set)
{
	return json_kept_room(set->paths) / sizeof(uint32_t) + 1;
}

static size_t
told(const struct view *v)
{
	size_t i = 0;

	while (i + 1 < SHAPES && !shape_rows[i]->is(v))
		i++;
	return i;
}

/* Members that mean a time wherever they stand, the common ones first (INGEST.md, Recognisers). */
static const enum view_path any_time[] = {
	P_at_timestamp, P_timestamp, P_time, P_ts, P_eventTime, P_createdDateTime, P_published, P_date, P_EventTime,
	    P_created_at, P_createdAt,
	P_created, P_datetime, P_Datetime, P_Timestamp, P_TIMESTAMP, P_TimeGenerated, P_CreationTime, P_creationtime,
	    P_event_time, P_eventtime,
	P_event_timestamp, P_event_created, P_activityDateTime, P_date_create, P_unixTime, P_CreatedAt, P_messageTime,
	    P_clickTime, P_createdat, P_generatedDateTime,
	P_isotimestamp, P_effective_at, P_EVENT_TIMESTAMP, P_at_sign_timestamp, P_id_time, P_time_local, P_detectedDateTime,
	    P_receiveTimestamp,
	P_metadata_eventCreationTime, P_data_date, P_p_event_time, P_updatedAt, P_none,
};

/* Members that their makers define as UTC, zone or no zone (Sysmon, Windows event schema, Office 365 common schema). */
static bool
utc_by_rule(enum view_path p)
{
	return p == P_UtcTime || p == P_SystemTime || p == P_TimeCreatedS || p == P_CreationTime || p == P_creationtime;
}

static void
set_time(struct view *v, const struct shape_row *row)
{
	if (row->times)
		for (const enum view_path *p = row->times; *p != P_none; p++)
			if (view_time(v, *p, utc_by_rule(*p)))
				return;
	for (const enum view_path *p = any_time; *p != P_none; p++)
		if (view_time(v, *p, false))
			return;
	event_err(v->e, ERR_no_time);
}

static bool
start(struct view *v, uint32_t *slots, struct arena *mem)
{
	v->mem = mem;
	if (json_type(v->j, v->root) != JSON_OBJECT)
		return false;
	v->slot = json_pick_kept(v->j, v->set->paths, v->root, slots);
	return true;
}

static struct slice
fill(struct view *v)
{
	size_t shape = told(v);
	const struct shape_row *row = shape_rows[shape];
	struct event *e = v->e;

	v->name = row->name;
	row->sources(v);
	e->ls_n = v->ls_n;
	set_time(v, row);
	row->fields(v);
	view_map(v, v->set->map[shape], row->map, row->maps);
	if (!event_has(e, F_event_kind))
		event_set(e, F_event_kind, SLICE("event"));
	return v->name;
}

struct slice
shape_fill(const struct shape_set *set, const struct shape_options *o, const struct json *j, uint32_t at, uint32_t *slots,
    struct event *e)
{
	struct view v = {.set = set, .options = o, .j = j, .root = at, .e = e, .ls = e->ls, .ls_n = e->ls_n};

	e->raw_json = json_raw(j, at);
	if (!start(&v, slots, &e->mem)) {
		event_err(e, ERR_no_time);
		return SLICE("json");
	}
	return fill(&v);
}

unsigned
shape_sources(const struct shape_set *set, const struct shape_options *o, const struct json *j, uint32_t at, uint32_t *slots,
    struct logsource ls[EVENT_LS_MAX])
{
	struct arena mem = {0};
	struct view v = {.set = set, .options = o, .j = j, .root = at, .ls = ls};

	if (start(&v, slots, &mem))
		shape_rows[told(&v)]->sources(&v);
	arena_free(&mem);
	return v.ls_n;
}
