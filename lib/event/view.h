/*
 * view (private to the room): one foreign object while its shape is told and mapped.  The nodes that any shape asks for were
 * found in one pass (slot[]); tables say which node becomes which field by which conversion.
 *
 * Ownership: belongs to one call of shape_fill or shape_sources.  Texts live in the event's arena, or in
 * the view's when there is no event.
 */
#ifndef IRPIPE_EVENT_VIEW_H
#define IRPIPE_EVENT_VIEW_H

#include "lib/event/shape.h"
#include "lib/event/trace.h"

/* Nodes that code asks for by itself; what is only mapped stands in the tables. */
enum view_path {
#define PATH(id, path) P_##id,
#include "lib/event/paths.def"
#undef PATH
	PATH_COUNT
};

enum windows_name {
#define NAME(id) W_##id,
#include "lib/event/names.def"
#undef NAME
	W_COUNT
};

enum windows_form { FORM_FLAT, FORM_EVTX, FORM_BEAT, FORM_COUNT };

/* How a value becomes a field's. */
enum convert {
	TEXT,		/* as it is */
	TRIM,		/* without blanks at its ends */
	LOWER,		/* in lower case (ASCII) */
	EXE,		/* a program's path: executable and name */
	FILEPATH,	/* a file's path: path, name and extension */
	HEX,		/* "0x1f4" or decimal: a number */
	ADDRESS,	/* an address or a name (event_set_address) */
	HOSTPORT,	/* an address with a port behind it, perhaps in brackets */
	ACCOUNT,	/* DOMAIN\name or name: name and domain */
	HASHES,		/* Sysmon: SHA1=..,MD5=..,SHA256=..,IMPHASH=.. */
	WHEN,		/* any time that we know: RFC 3339 */
	SECONDS,	/* to nanoseconds */
	MILLIS,		/* to nanoseconds */
	PROTOCOL,	/* IANA number or name: tcp, udp, icmp ... */
	SEMICOLONS,	/* addresses between semicolons (Sysmon QueryResults) */
	COMMAS,		/* values between commas */
	WEB,		/* a URL or path: original, path, query, and full and domain if it is whole */
	VERSION,	/* "HTTP/1.1": 1.1 */
	REGISTRY,	/* path, key, value */
	OUTCOME,	/* anything that says success or failure */
	OBJECT,		/* the JSON itself */
};

struct mapping {
	struct slice path;
	enum field field;
	enum convert how;
};
#define MAP(path, field, how) {SLICE_INIT(path), F_##field, how}

struct shape_row;
struct shape_set {
	struct json_paths *paths;
	uint32_t path[PATH_COUNT];
	uint32_t name[FORM_COUNT][W_COUNT];
	uint32_t field[FIELD_COUNT];		/* ECS: a field under its own name */
	uint32_t **map;				/* [shape][row] */
	uint32_t (*sign)[3];			/* signs.def; the slot of P_none where a row names fewer */
};

struct view {
	const struct shape_set *set;
	const struct shape_options *options;
	const struct json *j;
	const uint32_t *slot;
	uint32_t root;
	struct event *e;			/* NULL: only log sources are asked for */
	struct arena *mem;
	struct logsource *ls;
	unsigned ls_n;
	struct slice name;			/* the shape's, for ir.src.fmt */
	struct {				/* Windows: worked out once */
		struct slice channel, service, code;
		uint64_t id;
		bool numbered, told;
	} windows;
};

static inline uint32_t
view_node(const struct view *v, enum view_path p)
{
	return v->slot[v->set->path[p]];
}

/* There and not null. */
static inline bool
view_has(const struct view *v, enum view_path p)
{
	uint32_t n = view_node(v, p);

	return n != JSON_NONE && json_type(v->j, n) != JSON_NULL;
}

/* There, perhaps as null. */
static inline bool
view_named(const struct view *v, enum view_path p)
{
	return view_node(v, p) != JSON_NONE;
}

bool view_object(const struct view *, enum view_path);
/* Decoded text of a scalar; an array's first; else empty. */
struct slice view_value(const struct view *, uint32_t node);
static inline struct slice
view_text(const struct view *v, enum view_path p)
{
	return view_value(v, view_node(v, p));
}
struct slice view_inner(const struct view *, enum view_path);		/* bytes in the line: lives as long as it */

/* A value and how it is written: nearly all of them stay as they stand in the record. */
struct view_text {
	struct slice s;
	enum event_form form;
};
struct view_text view_other(const struct view *, uint32_t node);	/* view_as for what is neither plain string nor number */
static inline struct view_text
view_as(const struct view *v, uint32_t node)
{
	const struct json_node *n;

	if (node == JSON_NONE)
		return (struct view_text){0};
	n = &v->j->node[node];
	if (__builtin_expect(v->e->trace != NULL, 0))
		return view_other(v, node);
	if (n->type == JSON_STRING && !n->escaped)
		return (struct view_text){slice_of(v->j->line.p + n->at + 1, n->end - n->at - 2), FORM_CLEAN};
	if (n->type == JSON_NUMBER)
		return (struct view_text){slice_of(v->j->line.p + n->at, n->end - n->at), FORM_CLEAN};
	return view_other(v, node);
}
bool view_any(const struct view *, uint32_t node);			/* has a text */
bool view_is(const struct view *, enum view_path, struct slice);	/* equal without case */
void view_ls(struct view *, struct slice product, struct slice service, struct slice category);

/* A scalar, or an array's first, into `field`: no value that is set otherwise may depend on its text (trace.h). */
void view_convert(struct view *, uint32_t node, enum field, enum convert);
/* The value at `node` into `field`; arrays item by item (a single field takes the first). */
void view_set(struct view *, uint32_t node, enum field, enum convert);
void view_map(struct view *, const uint32_t *slots, const struct mapping *, size_t n);
/* The text into the field. */
void convert_set(struct event *, enum field, enum convert, struct slice text);
void convert_as(struct event *, enum field, enum convert, struct view_text);
struct slice convert_text(struct event *, struct view_text);	/* decoded if it needs that */
struct slice convert_lower(struct event *, struct slice);
struct slice convert_join(struct event *, struct slice a, struct slice b);

/* Sets e->at from any form that logs use: ISO with and without zone, epoch numbers, .NET's /Date(ms)/. */
bool view_time_text(struct view *, struct slice text, bool utc) must_use;
bool view_time(struct view *, enum view_path, bool utc) must_use;
bool time_text(struct slice, struct stamp *, bool *zoned) must_use;

/* event.kind, category (c2 may be empty), type; empty ones are left. */
void event_class(struct event *, const char *kind, const char *category, const char *type);

/* signs.def */
struct sign_row {
	struct slice product, service, member[3];
};
extern const struct sign_row sign_row[];
extern const size_t sign_rows;

extern const struct slice windows_name[W_COUNT];
uint32_t windows_node(const struct view *, uint32_t node);		/* a data member with attributes has its text in #text */
struct view_text windows_value(const struct view *, uint32_t node);
void windows_recipe(struct view *, enum windows_form, struct slice channel, struct slice service, uint64_t event_id);
struct slice windows_service(struct slice channel);		/* Sigma's service; empty: none */
/* windows_sources for a service that is known already; appends to n sources and returns how many there are. */
unsigned windows_add(struct slice channel, struct slice service, uint64_t event_id, struct slice event_type, struct logsource *ls,
    unsigned n);
/* The channel that a provider writes to, if none is told. */
struct slice windows_channel(struct slice channel, struct slice provider);

/* Shapes: does the object have it; log sources; fields.  Order of trial is shapes.def's. */
struct shape_row {
	struct slice name;
	bool (*is)(const struct view *);
	void (*sources)(struct view *);
	void (*fields)(struct view *);
	const struct mapping *map;
	size_t maps;
	const enum view_path *times;		/* P_none ends it */
};
#define SHAPE(id) extern const struct shape_row shape_##id;
#include "lib/event/shapes.def"
#undef SHAPE

#endif
