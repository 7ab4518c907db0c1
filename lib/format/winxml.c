/*
 * Windows events as XML, as wevtutil, the Event Viewer and forwarders write them: raw has the shape of EVTX, text stays
 * text.  What the viewer rendered (RenderingInfo) stays in raw; its Message becomes message.
 */
#include "lib/format/winxml.h"

#include "lib/format/evtx_json.h"
#include "lib/port/xml.h"

#include <stdlib.h>

enum { SIGN = 4096 };

struct reader {
	struct xml *xml;
	struct evtx_writer w;
	struct buf text, escaped, mended;
	bool child[XML_DEPTH + 2];	/* the open element at this depth has one */
	size_t depth;
	bool long_one;
};

static int
sniff(struct slice head)
{
	struct slice body = slice_from(head, winxml_body(head));

	if (body.n == 0 || body.p[0] != '<')
		return 0;
	if (slice_has(slice_head(body, SIGN), SLICE("schemas.microsoft.com/win/2004/08/events/event")))
		return 95;
	return winxml_is_event(body) && slice_has(slice_head(body, SIGN), SLICE("<System")) ? 80 : 0;
}

static struct slice
inner(struct reader *r, struct slice text)
{
	buf_reset(&r->escaped);
	(void)json_put_text(&r->escaped, text);
	return slice_of(r->escaped.p + 1, r->escaped.n - 2);
}

/* Blanks between tags are layout; a value may be blank, but has no line break then. */
static void
take_text(struct reader *r, bool leaf)
{
	struct slice t = buf_slice(&r->text);

	if (slice_trim(t).n > 0 || (leaf && t.n > 0 && slice_find(t, '\n') == t.n))
		evtx_literal(&r->w, inner(r, t));
	buf_reset(&r->text);
}

static void
opens(void *self, struct slice name, const struct xml_attr *attr, size_t attrs)
{
	struct reader *r = self;

	r->long_one |= r->w.out.n > EVTX_JSON;
	if (r->long_one)
		return;
	take_text(r, false);
	r->child[r->depth++] = true;
	r->child[r->depth] = false;
	(void)evtx_open(&r->w, arena_slice(&r->w.mem, name));
	for (size_t i = 0; i < attrs; i++) {
		evtx_attr(&r->w, arena_slice(&r->w.mem, attr[i].name));
		evtx_literal(&r->w, inner(r, attr[i].value));
	}
	evtx_start(&r->w);
}

static void
text(void *self, struct slice s)
{
	struct reader *r = self;

	buf_slice_add(&r->text, s);
}

static void
closes(void *self, struct slice name)
{
	struct reader *r = self;

	(void)name;
	if (r->long_one)
		return;
	take_text(r, !r->child[r->depth]);
	evtx_close(&r->w);
	r->depth--;
}

static const struct xml_calls calls = {opens, text, closes};

static void
release(void *own)
{
	struct reader *r = own;

	xml_free(r->xml);
	evtx_write_free(&r->w);
	buf_free(&r->text);
	buf_free(&r->escaped);
	buf_free(&r->mended);
	free(r);
}

/* Controls have no place in XML 1.0 (2.2), and Windows writes them nevertheless. */
static bool
without_controls(struct reader *r, struct slice in)
{
	bool found = false;

	buf_reset(&r->mended);
	for (size_t i = 0; i < in.n; i++) {
		unsigned char c = (unsigned char)in.p[i];

		if (c >= 0x20 || c == '\t' || c == '\n' || c == '\r') {
			buf_byte(&r->mended, in.p[i]);
			continue;
		}
		buf_lit(&r->mended, "\xef\xbf\xbd");
		found = true;
	}
	return found;
}

static bool
read_once(struct reader *r, struct slice in, struct fault *f)
{
	evtx_write_begin(&r->w);
	buf_reset(&r->text);
	r->depth = 0;
	r->child[0] = r->long_one = false;
	if (!xml_read(r->xml, in, f))
		return false;
	return !r->long_one || fault_set(f, "record-length: more than 1 MiB of JSON", 0);
}

/* EVTX has GUIDs in capitals and without braces: the same process has the same id from both. */
static void
plain_guid(struct event *e, enum field f)
{
	struct slice v = event_get(e, f);
	char t[36];

	if (v.n != 38 || v.p[0] != '{' || v.p[37] != '}')
		return;
	for (size_t i = 0; i < sizeof t; i++) {
		char c = v.p[i + 1];

		t[i] = c >= 'a' && c <= 'f' ? (char)(c - 32) : c;
	}
	event_set(e, f, event_keep(e, slice_of(t, sizeof t)));
}

static void
message(struct format_room *room, struct event *e)
{
	struct json *j = room->json;
	uint32_t v = json_path(j, 0, SLICE("Event.RenderingInfo.Message"));

	if (v == JSON_NONE || json_type(j, v) != JSON_STRING)
		return;
	buf_reset(&room->scratch);
	event_set(e, F_message, event_keep(e, json_text(j, v, &room->scratch)));
}

static bool
parse(struct slice record, struct format_room *room, struct event *e, bool *skip, struct fault *f)
{
	struct reader *r = room->own;
	struct slice in;

	(void)skip;
	if (r == NULL) {
		room->own = r = mem_zero(1, sizeof *r);
		r->xml = xml_new(&calls, r);
	}
	if (!winxml_is_event(record))
		return fault_set(f, "xml-event: not a Windows event", 0);
	in = format_text(e, record);
	if (!read_once(r, in, f)) {
		if (!without_controls(r, in) || !read_once(r, buf_slice(&r->mended), f))
			return false;
		e->bytes = record;
		event_err(e, ERR_bad_utf8);
	}
	if (!json_one(room->json, evtx_write_end(&r->w), f))
		return false;
	(void)shape_fill(room->c->shapes, room->c->shape, room->json, 0, room->slots, e);
	e->raw_flat = true;
	message(room, e);
	plain_guid(e, F_process_entity_id);
	plain_guid(e, F_process_parent_entity_id);
	return true;
}

const struct format format_winxml = {
	.name = "winxml",
	.title = "Windows events as XML",
	.standard = "MS-EVEN6, XML 1.0",
	.sniff = sniff,
	.frame = winxml_frame,
	.closed = true,
	.parse = parse,
	.release = release,
};
