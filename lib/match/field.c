/* Which member of an event a rule's field name means. */
#include "lib/match/priv.h"

#include "lib/port/fold.h"

/*
 * Names that a shape has for a field of the rules; the path counts from the original object (DETECTION.md, "Input shapes"): winlogbeat's own names, EVE
 * as proxy and dns.
 */
static const struct {
	const char *field, *path;
} synonym[] = {
	{"Provider_Name", "winlog.provider_name"}, {"Computer", "winlog.computer_name"}, {"EventID", "winlog.event_id"}, {"EventID", "event.code"},
	{"Channel", "winlog.channel"}, {"Provider_Name", "SourceName"}, {"Provider_Name", "ProviderName"}, {"Computer", "Hostname"},
	{"cs-host", "http.hostname"}, {"c-uri", "http.url"}, {"cs-uri", "http.url"}, {"cs-method", "http.http_method"},
	{"c-useragent", "http.http_user_agent"}, {"cs-user-agent", "http.http_user_agent"}, {"cs-referer", "http.http_refer"},
	{"cs-referrer", "http.http_refer"}, {"sc-status", "http.status"}, {"query", "dns.rrname"}, {"record_type", "dns.rrtype"},
	{"c-ip", "src_ip"}, {"dst_ip", "dest_ip"}, {"dst_port", "dest_port"},
};

/* The 4688 event of Security as process_creation (DETECTION.md, "The 4688 twin"). */
enum twin_how { TWIN_SAME, TWIN_USER, TWIN_LABEL };
static const struct {
	const char *field, *of;
	enum twin_how how;
} twin[] = {
	{"Image", "NewProcessName", TWIN_SAME}, {"ParentImage", "ParentProcessName", TWIN_SAME}, {"LogonId", "SubjectLogonId", TWIN_SAME},
	{"User", "SubjectUserName", TWIN_USER}, {"IntegrityLevel", "MandatoryLabel", TWIN_LABEL},
};

static void
variant(struct match_set *s, struct match_field *f, struct slice path)
{
	uint32_t slot = json_paths_add(s->paths, path);

	for (unsigned i = 0; i < f->slots; i++)
		if (f->slot[i] == slot)
			return;
	if (f->slots < VARIANTS)
		f->slot[f->slots++] = slot;
}

static void
normal(struct match_set *s, struct match_field *f, struct slice path)
{
	if (f->norms < VARIANTS)
		f->norm[f->norms++] = json_paths_add(s->norm, path);
}

/* "Provider_Name" is an attribute in the evtx_dump shape. */
static void
attribute(struct match_set *s, struct match_field *f)
{
	size_t at = slice_find(f->name, '_');
	struct buf b = {0};

	if (at == 0 || at + 1 >= f->name.n)
		return;
	buf_slice_add(&b, slice_head(f->name, at));
	buf_lit(&b, ".#attributes.");
	buf_slice_add(&b, slice_from(f->name, at + 1));
	variant(s, f, buf_slice(&b));
	buf_free(&b);
}

/* "ThreatName" is "Threat Name" in the log. */
static void
spaced(struct match_set *s, struct match_field *f)
{
	struct buf b = {0};
	bool some = false;

	for (size_t i = 0; i < f->name.n; i++) {
		char c = f->name.p[i];
		bool head = i && c >= 'A' && c <= 'Z' && f->name.p[i - 1] >= 'a' && f->name.p[i - 1] <= 'z';

		if (head)
			buf_byte(&b, ' ');
		some |= head;
		buf_byte(&b, c);
	}
	if (some)
		variant(s, f, buf_slice(&b));
	buf_free(&b);
}

static void
other_case(struct match_set *s, struct match_field *f)
{
	struct buf b = {0};

	for (size_t i = 0; i < f->name.n; i++) {
		char c = f->name.p[i];

		buf_byte(&b, c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c);
	}
	variant(s, f, buf_slice(&b));
	buf_free(&b);
}

static void
variants(struct match_set *s, struct match_field *f)
{
	struct buf value = {0};

	variant(s, f, f->name);
	/* <EventID Qualifiers="..">1</EventID>: the text beside its attributes. */
	buf_slice_add(&value, f->name);
	buf_lit(&value, ".#text");
	variant(s, f, buf_slice(&value));
	buf_free(&value);
	attribute(s, f);
	for (size_t i = 0; i < sizeof synonym / sizeof *synonym; i++)
		if (slice_eq(f->name, slice_str(synonym[i].field)))
			variant(s, f, slice_str(synonym[i].path));
	for (size_t i = 0; i < s->sigma->synonyms; i++)
		if (slice_eq(f->name, s->sigma->synonym[i].field))
			variant(s, f, s->sigma->synonym[i].path);
	spaced(s, f);
	other_case(s, f);
	normal(s, f, f->name);
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (field_row[i].alias.n && slice_eq(field_row[i].alias, f->name))
			normal(s, f, field_row[i].path);
	for (size_t i = 0; i < sizeof twin / sizeof *twin; i++)
		if (slice_eq(f->name, slice_str(twin[i].field))) {
			f->twin = (int)i + 1;
			(void)field_intern(s, slice_str(twin[i].of));
			(void)field_intern(s, SLICE("SubjectDomainName"));
		}
}

uint32_t
field_intern(struct match_set *s, struct slice name)
{
	bool made;
	struct map_row *row = map_put(&s->field_index, name, &made);
	uint32_t id;

	if (!made)
		return (uint32_t)row->v.u;
	id = (uint32_t)s->fields;
	row->v.u = id;
	s->field = mem_grow(s->field, &s->field_cap, s->fields, sizeof *s->field);
	s->field[s->fields++] = (struct match_field){.name = row->key, .dotted = slice_find(name, '.') < name.n};
	return id;
}

void
fields_done(struct match_set *s)
{
	s->new_process = field_intern(s, SLICE("NewProcessName"));
	/* Twins add fields while this runs. */
	for (size_t i = 0; i < s->fields; i++) {
		struct match_field f = s->field[i];

		variants(s, &f);
		s->field[i] = f;
	}
	s->at_system = json_paths_add(s->paths, SLICE("Event.System"));
	s->at_data = json_paths_add(s->paths, SLICE("Event.EventData"));
	s->at_user_data = json_paths_add(s->paths, SLICE("Event.UserData"));
	s->at_winlog = json_paths_add(s->paths, SLICE("winlog"));
	s->at_winlog_data = json_paths_add(s->paths, SLICE("winlog.event_data"));
	s->at_winlog_user = json_paths_add(s->paths, SLICE("winlog.user_data"));
	s->at_original = json_paths_add(s->norm, SLICE("event.original"));
	json_paths_done(s->paths);
	json_paths_done(s->norm);
}

/* ---- one event ------------------------------------------------------------------------------------------------------------------- */

static void
base(struct match_room *r, uint32_t node)
{
	if (node == JSON_NONE || r->e->j->node[node].type != JSON_OBJECT || r->bases == BASES)
		return;
	r->base[r->bases] = node;
	r->slot[r->bases] = json_pick_kept(r->e->j, r->set->paths, node, r->kept[r->bases]);
	r->bases++;
}

/* UserData holds one element with a name of its own: its members are the fields. */
static uint32_t
only_child(const struct json *j, uint32_t v)
{
	uint32_t k;

	if (v == JSON_NONE || j->node[v].type != JSON_OBJECT)
		return JSON_NONE;
	for (k = json_first(j, v); k != JSON_NONE; k = json_following(j, v, k))
		if (j->node[json_value(j, k)].type == JSON_OBJECT && !slice_eq(json_inner(j, k), SLICE("#attributes")))
			return json_value(j, k);
	return v;
}

void
fields_look(struct match_room *r)
{
	const struct match_set *s = r->set;
	const struct json *j = r->e->j;
	uint32_t system, data, user, winlog;

	r->bases = 0;
	r->normed = false;
	base(r, r->e->raw);
	if (r->bases == 0)
		return;
	system = r->slot[0][s->at_system];
	winlog = r->slot[0][s->at_winlog];
	if (system != JSON_NONE && j->node[system].type == JSON_OBJECT) {
		data = r->slot[0][s->at_data];
		user = only_child(j, r->slot[0][s->at_user_data]);
		r->bases = 0;
		base(r, data);
		base(r, user);
		base(r, system);
	} else if (winlog != JSON_NONE) {
		data = r->slot[0][s->at_winlog_data];
		user = only_child(j, r->slot[0][s->at_winlog_user]);
		r->bases = 0;
		base(r, data);
		base(r, user);
		base(r, r->e->raw);
	}
}

/* Steps of a path through arrays of objects: any element counts. */
static void
through(struct match_room *r, uint32_t v, struct slice path, struct match_value *out)
{
	const struct json *j = r->e->j;
	uint32_t stack[64];
	struct slice left[64];
	unsigned n = 0;

	stack[n] = v;
	left[n++] = path;
	while (n && out->nodes < sizeof out->node / sizeof *out->node) {
		struct slice rest = left[--n], step;
		uint32_t at = stack[n], k;

		if (j->node[at].type == JSON_ARRAY) {
			for (k = json_first(j, at); k != JSON_NONE && n < 64; k = json_following(j, at, k)) {
				stack[n] = k;
				left[n++] = rest;
			}
			continue;
		}
		if (rest.p == NULL) {
			out->node[out->nodes++] = at;
			continue;
		}
		if (j->node[at].type != JSON_OBJECT)
			continue;
		step = slice_cut(&rest, '.');
		if ((k = json_get(j, at, step)) != JSON_NONE && n < 64) {
			stack[n] = k;
			left[n++] = rest;
		}
	}
	out->found = out->nodes > 0;
}

static void
set_node(struct match_room *r, struct match_value *v, uint32_t node)
{
	const struct json *j = r->e->j;

	v->found = true;
	if (j->node[node].type != JSON_ARRAY) {
		v->node[v->nodes++] = node;
		return;
	}
	for (uint32_t k = json_first(j, node); k != JSON_NONE && v->nodes < sizeof v->node / sizeof *v->node; k = json_following(j, node, k))
		v->node[v->nodes++] = k;
}

static bool
look(struct match_room *r, const struct match_field *f, struct match_value *v)
{
	const struct json *j = r->e->j;

	for (unsigned b = 0; b < r->bases; b++)
		for (unsigned i = 0; i < f->slots; i++) {
			uint32_t node = r->slot[b][f->slot[i]];

			/* An element with attributes is an object: its text is the variant behind. */
			if (node == JSON_NONE || (j->node[node].type == JSON_OBJECT && i + 1 < f->slots && r->slot[b][f->slot[i + 1]] != JSON_NONE))
				continue;
			set_node(r, v, node);
			return true;
		}
	if (r->e->root != r->e->raw) {
		if (!r->normed)
			json_pick(j, r->set->norm, r->e->root, r->norm);
		r->normed = true;
		for (unsigned i = 0; i < f->norms; i++)
			if (r->norm[f->norm[i]] != JSON_NONE) {
				set_node(r, v, r->norm[f->norm[i]]);
				return true;
			}
	}
	if (f->dotted)
		for (unsigned b = 0; b < r->bases && !v->found; b++)
			through(r, r->base[b], f->name, v);
	return v->found;
}

static struct slice
text_of(struct match_room *r, const char *name)
{
	struct map_row *row = map_get(&r->set->field_index, slice_str(name));
	struct slice text = {NULL, 0};
	struct match_value *v = row ? field_value(r, (uint32_t)row->v.u) : NULL;

	if (v && v->found && v->nodes && value_text(r, v, 0, true, &text))
		return text;
	return (struct slice){NULL, 0};
}

/* S-1-16-N, or the %%N that some exports keep. */
static struct slice
integrity(struct slice label)
{
	static const struct {
		const char *end, *name;
	} row[] = {{"-4096", "Low"}, {"-8192", "Medium"}, {"-8448", "Medium"}, {"-12288", "High"}, {"-16384", "System"}};

	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		if (slice_starts(label, SLICE("S-1-16-")) && slice_ends(label, slice_str(row[i].end)))
			return slice_str(row[i].name);
	return (struct slice){NULL, 0};
}

static void
look_twin(struct match_room *r, int which, struct match_value *v)
{
	struct slice of, domain;
	struct buf b = {0};

	if (!field_value(r, r->set->new_process)->found)
		return;
	of = text_of(r, twin[which].of);
	if (of.n == 0)
		return;
	if (twin[which].how == TWIN_LABEL) {
		of = integrity(of);
	} else if (twin[which].how == TWIN_USER) {
		domain = text_of(r, "SubjectDomainName");
		buf_slice_add(&b, domain);
		buf_lit(&b, "\\");
		buf_slice_add(&b, of);
		of = arena_slice(&r->arena, domain.n ? buf_slice(&b) : of);
		buf_free(&b);
	}
	v->text = of;
	v->made = v->found = of.n > 0;
	v->nodes = v->made;
}

struct match_value *
field_value(struct match_room *r, uint32_t field)
{
	struct match_value *v = &r->value[field];
	const struct match_field *f = &r->set->field[field];

	if (v->epoch == r->epoch)
		return v;
	v->epoch = r->epoch;
	v->found = v->made = false;
	v->nodes = 0;
	if (!look(r, f, v) && f->twin)
		look_twin(r, f->twin - 1, v);
	return v;
}

static struct slice
node_text(struct match_room *r, const struct match_value *v, unsigned k)
{
	const struct json *j = r->e->j;
	uint32_t node = v->node[k];
	struct slice text;
	struct buf b = {0};

	if (v->made)
		return v->text;
	if (json_type(j, node) != JSON_STRING)
		return json_raw(j, node);
	if (!j->node[node].escaped)
		return json_inner(j, node);
	json_text_add(j, node, &b);
	text = arena_slice(&r->arena, buf_slice(&b));
	buf_free(&b);
	return text;
}

static struct slice
folded(struct match_room *r, struct slice text)
{
	buf_reset(&r->fold);
	fold_add(&r->fold, text);
	return arena_slice(&r->arena, buf_slice(&r->fold));
}

/* The first value is kept in both forms; the others of an array are made when they are asked for. */
bool
value_text(struct match_room *r, const struct match_value *v, unsigned k, bool cased, struct slice *text)
{
	struct match_text *t = &r->text[v - r->value];

	if (!v->made && json_type(r->e->j, v->node[k]) == JSON_NULL)
		return false;
	if (k) {
		*text = node_text(r, v, k);
		if (!cased)
			*text = folded(r, *text);
		return true;
	}
	if (t->epoch != r->epoch) {
		t->epoch = r->epoch;
		t->has_folded = t->has_pairs = false;
		t->raw = node_text(r, v, 0);
	}
	if (!cased && !t->has_folded) {
		t->folded = folded(r, t->raw);
		t->has_folded = true;
	}
	*text = cased ? t->raw : t->folded;
	return true;
}
