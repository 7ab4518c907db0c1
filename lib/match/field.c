/* Which member of an event a rule's field name means. */
#include "lib/match/priv.h"

#include "lib/sigma/meta.h"

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
	/* The member itself where a twin stands over it. */
	{"\001ProcessId", "ProcessId"},
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

/* What stands before each dot: an array there is entered element by element. */
static void
steps(struct match_set *s, struct match_field *f)
{
	for (size_t i = 0; i < f->name.n && f->steps < VARIANTS; i++)
		if (f->name.p[i] == '.')
			f->step[f->steps++] = json_paths_add(s->paths, slice_head(f->name, i));
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
	steps(s, f);
	twin_intern(s, f);
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
	s->field[s->fields++] = (struct match_field){.name = row->key};
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
