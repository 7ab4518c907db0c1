/*
 * Mail that people report: one message (RFC 5322, as a file or in a Maildir), or many in an mbox (RFC 4155).  Where a
 * message carries another one, that is the evidence: the fields are its, the report's own head stays in raw.  Complaints by
 * ARF (RFC 5965) and X-ARF name the source.
 */
#include "lib/format/mail.h"
#include "lib/format/when.h"

#include "lib/base/addr.h"
#include "lib/base/num.h"
#include "lib/port/digest.h"

#include <stdlib.h>

enum { LARGEST = 25 * 1024 * 1024, HEADERS_LOOKED = 60 };

struct state {
	bool mbox, eating;		/* eating: the rest of a message that was too large passes by */
	uint64_t seen;
};

struct mail {
	struct arena mem;
	struct mail_part part[MAIL_PARTS];
	size_t n;
	struct buf urls;		/* the inside of a JSON array */
	size_t url_n;
};

/* ---- what it is ------------------------------------------------------------------------------------ */

static int
sniff(struct slice head)
{
	static const char *const known[] = {"From", "To", "Subject", "Date", "Received", "Message-ID", "MIME-Version",
	    "Return-Path", "Delivered-To",
	    "Content-Type", "Reply-To", "Cc", "DKIM-Signature", "Authentication-Results", "User-Agent", "List-Id"};
	struct slice rest = head, name, raw;
	int fields = 0, good = 0;

	if (slice_starts(rest, SLICE("From ")))
		(void)slice_cut(&rest, '\n');
	while (rest.p && fields < HEADERS_LOOKED && mail_field(&rest, &name, &raw)) {
		fields++;
		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			good += slice_eq_nocase(name, slice_str(known[i]));
	}
	return good >= 3 && good * 4 >= fields ? 96 : 0;
}

static void
begin(void *state, const struct format_context *c)
{
	((struct state *)state)->mbox = slice_starts(c->head, SLICE("From "));
}

/* The next line `From ` behind a blank one (RFC 4155 appendix A); in.n: none. */
static size_t
next_message(struct slice in)
{
	size_t at = 0;

	for (;;) {
		at += slice_find_slice(slice_from(in, at), SLICE("\nFrom "));
		if (at >= in.n)
			return in.n;
		if (at > 0 && (in.p[at - 1] == '\n' || (at > 1 && in.p[at - 1] == '\r' && in.p[at - 2] == '\n')))
			return at + 1;
		at++;
	}
}

static size_t
frame(struct slice in, bool last, void *state, struct slice *record)
{
	struct state *s = state;
	size_t n = s->mbox ? next_message(in) : in.n;

	if (s->eating) {
		s->eating = n == in.n;
		/* The mark of the next message may be cut. */
		return n < in.n || last || in.n < 8 ? n : in.n - 8;
	}
	if (n == in.n && in.n <= LARGEST && !last)
		return 0;
	if (n > LARGEST) {
		n = LARGEST + 1;
		s->eating = n < in.n || !last;
	}
	s->seen++;
	*record = slice_head(in, n);
	return n;
}

static uint64_t
count(struct slice record)
{
	return record.n > 0;
}

/* ---- fields ---------------------------------------------------------------------------------------- */

/* Addresses of a list: what stands in <>, else the word with an @; names and comments are passed over. */
static void
addresses(struct event *e, enum field f, struct slice v)
{
	size_t at = 0;

	while (at < v.n) {
		size_t mark = at + slice_find(slice_from(v, at), '@'), from = mark, to = mark;

		if (mark >= v.n)
			return;
		while (from > at && v.p[from - 1] > ' ' && !strchr("<>,;:\"()[]", v.p[from - 1]))
			from--;
		while (to < v.n && v.p[to] > ' ' && !strchr("<>,;\"()[]", v.p[to]))
			to++;
		if (from < mark && to > mark + 1)
			event_set(e, f, event_keep(e, slice_of(v.p + from, to - from)));
		at = to > mark ? to : mark + 1;
	}
}

static void
set_date(struct event *e, const struct format_context *c, struct slice v)
{
	static const struct slice forms[] = {SLICE_INIT("EEE, d MMM yyyy HH:mm:ss z"), SLICE_INIT("d MMM yyyy HH:mm:ss z"),
	    SLICE_INIT("EEE, d MMM yyyy HH:mm z"), SLICE_INIT("EEE, d MMM yyyy HH:mm:ss")};
	struct when w;

	for (size_t i = 0; i < sizeof forms / sizeof *forms && !e->timed; i++)
		if (when_read(v, forms[i], &w))
			when_set(c, e, &w);
}

/* Received: from NAME (rdns [ADDR]) by ...: the address that the last own server saw. */
static void
received(struct event *e, struct slice v)
{
	size_t open = slice_find(v, '['), close = slice_find(v, ']');
	struct slice addr = slice_of(v.p + open + 1, close > open ? close - open - 1 : 0);
	struct addr a;

	if (open >= close || close == v.n)
		return;
	if (slice_starts_nocase(addr, SLICE("IPv6:")))
		addr = slice_from(addr, 5);
	if (addr_read(addr, &a))
		event_set_address(e, F_source_ip, event_keep(e, addr));
}

static void
set_head(struct event *e, struct mail *m, const struct format_context *c, struct slice message)
{
	struct slice id = mail_get(message, SLICE("Message-ID"));

	addresses(e, F_email_from_address, mail_header_text(&m->mem, mail_get(message, SLICE("From"))));
	addresses(e, F_email_to_address, mail_header_text(&m->mem, mail_get(message, SLICE("To"))));
	addresses(e, F_email_reply_to_address, mail_header_text(&m->mem, mail_get(message, SLICE("Reply-To"))));
	event_set(e, F_email_subject, event_keep(e, mail_header_text(&m->mem, mail_get(message, SLICE("Subject")))));
	if (id.n > 2 && id.p[0] == '<')
		id = slice_of(id.p + 1, slice_find(id, '>') - 1);
	event_set(e, F_email_message_id, event_keep(e, mail_header_text(&m->mem, id)));
	received(e, mail_get(message, SLICE("Received")));
	set_date(e, c, mail_get(message, SLICE("Date")));
}

/* Each field under its own name; one that comes again has its number behind it: Received_2. */
static void
raw_head(struct event *e, struct mail *m, struct slice message, struct slice prefix)
{
	struct slice rest = message, raw, *name = arena_alloc(&m->mem, MAIL_HEADERS * sizeof *name);
	size_t n = 0;

	for (; n < MAIL_HEADERS && mail_field(&rest, &name[n], &raw); n++) {
		struct buf key = {0};
		size_t same = 1;

		for (size_t i = 0; i < n; i++)
			same += slice_eq_nocase(name[i], name[n]);
		buf_slice_add(&key, prefix);
		buf_slice_add(&key, name[n]);
		if (same > 1) {
			buf_byte(&key, '_');
			buf_u64(&key, same);
		}
		event_raw(e, event_keep(e, buf_slice(&key)), event_keep(e, mail_header_text(&m->mem, raw)));
		buf_free(&key);
	}
}

/* ---- parts ----------------------------------------------------------------------------------------- */

static void
add_url(struct event *e, struct mail *m, struct slice url)
{
	if (m->url_n == MAIL_URLS)
		return;
	if (m->url_n++)
		buf_byte(&m->urls, ',');
	else
		event_set(e, F_url_original, event_keep(e, url));
	json_put_text(&m->urls, url);
}

/* http:// and https:// up to a blank, a quote or a bracket; punctuation at the end is the sentence's. */
static void
find_urls(struct event *e, struct mail *m, struct slice text)
{
	size_t at = 0;

	while (at < text.n) {
		size_t end, n = slice_find_slice(slice_from(text, at), SLICE("http"));

		at += n;
		if (at >= text.n)
			return;
		if (!slice_starts(slice_from(text, at), SLICE("http://")) && !slice_starts(slice_from(text, at),
		    SLICE("https://"))) {
			at += 4;
			continue;
		}
		for (end = at; end < text.n && (unsigned char)text.p[end] > ' ' && !strchr("\"'<>)]}\\^`{|", text.p[end]); end++)
			;
		while (end > at && strchr(".,;:!?", text.p[end - 1]))
			end--;
		if (end - at > 8 && end - at <= 4096)
			add_url(e, m, slice_of(text.p + at, end - at));
		at = end > at ? end : at + 1;
	}
}

static void
attachment(struct event *e, struct mail *m, const struct mail_part *p, struct slice name, struct slice bytes)
{
	struct sha256 sum;
	struct buf b = {0}, hex = {0};
	struct json_out o = json_out(&b);

	if (!digest_sha256(&bytes, 1, &sum))
		return;
	buf_hex(&hex, sum.b, sizeof sum.b);
	jo_open(&o, '{');
	jo_kopen(&o, "file", '{');
	if (name.n)
		jo_ktext(&o, "name", mail_header_text(&m->mem, name));
	if (p->type.n)
		jo_ktext(&o, "mime_type", mail_header_text(&m->mem, p->type));
	jo_ku64(&o, "size", bytes.n);
	jo_kopen(&o, "hash", '{');
	jo_ktext(&o, "sha256", buf_slice(&hex));
	jo_close(&o, '}');
	jo_close(&o, '}');
	jo_close(&o, '}');
	event_set_json(e, F_email_attachments, event_keep(e, buf_slice(&b)));
	event_set(e, F_related_hash, event_keep(e, buf_slice(&hex)));
	buf_free(&b);
	buf_free(&hex);
}

/* message/feedback-report (RFC 5965 section 3.1). */
static void
feedback(struct event *e, struct mail *m, struct slice body)
{
	struct slice rest = body, name, raw;
	size_t n = 0;

	event_lit(e, F_event_dataset, "mail.arf");
	while (n++ < MAIL_HEADERS && mail_field(&rest, &name, &raw)) {
		struct slice text = event_keep(e, mail_header_text(&m->mem, raw));

		event_raw(e, event_keep(e, name), text);
		if (slice_eq_nocase(name, SLICE("Source-IP")))
			event_set_address(e, F_source_ip, text);
		else if (slice_eq_nocase(name, SLICE("Feedback-Type")))
			event_set(e, F_event_action, text);
		else if (slice_eq_nocase(name, SLICE("Reported-URI")))
			add_url(e, m, text);
	}
}

/* X-ARF: `Source: ADDR`, `Report-Type:`, `Category:` as plain lines, or JSON with Source or Report.SourceIp. */
static void
xarf(struct event *e, struct mail *m, struct format_room *room, struct slice body)
{
	struct slice rest = body, name, raw;
	struct json *j = room->json;
	struct fault f;
	size_t n = 0;

	event_lit(e, F_event_dataset, "mail.xarf");
	if (slice_starts(slice_trim(body), SLICE("{"))) {
		uint32_t v, r;

		if (!json_one(j, slice_trim(body), &f))
			return;
		r = json_get(j, 0, SLICE("Report"));
		v = r != JSON_NONE && json_type(j, r) == JSON_OBJECT ? json_get(j, r, SLICE("SourceIp")) : json_get(j, 0,
		    SLICE("Source"));
		buf_reset(&room->scratch);
		if (v != JSON_NONE && json_type(j, v) == JSON_STRING)
			event_set_address(e, F_source_ip, event_keep(e, json_text(j, v, &room->scratch)));
		return;
	}
	while (n++ < MAIL_HEADERS && mail_field(&rest, &name, &raw)) {
		struct slice text = event_keep(e, mail_header_text(&m->mem, raw));

		event_raw(e, event_keep(e, name), text);
		if (slice_eq_nocase(name, SLICE("Source")))
			event_set_address(e, F_source_ip, text);
		else if (slice_eq_nocase(name, SLICE("Report-Type")))
			event_set(e, F_event_action, text);
	}
}

static void
one_part(struct event *e, struct mail *m, struct format_room *room, const struct mail_part *p, bool arf, bool evidence)
{
	struct slice type = mail_get(p->head_and_body, SLICE("Content-Type")), place = mail_get(p->head_and_body,
	    SLICE("Content-Disposition"));
	struct slice name = mail_parameter(place, SLICE("filename")), body;

	if (slice_eq_nocase(p->type, SLICE("message/rfc822")) || slice_eq_nocase(p->type, SLICE("text/rfc822-headers")))
		return;
	body = mail_decode(&m->mem, mail_get(p->head_and_body, SLICE("Content-Transfer-Encoding")), mail_body(p->head_and_body));
	if (name.n == 0)
		name = mail_parameter(type, SLICE("name"));
	if (slice_eq_nocase(p->type, SLICE("message/feedback-report"))) {
		feedback(e, m, body);
		return;
	}
	if (arf && (slice_ends_nocase(name, SLICE("report.txt")) || slice_ends_nocase(name, SLICE("xarf.json")))) {
		xarf(e, m, room, body);
		return;
	}
	/* Where a message was forwarded, what surrounds it is the reporter's. */
	if (evidence && !p->forwarded)
		return;
	if (name.n || slice_starts_nocase(place, SLICE("attachment")) ||
	    (p->type.n && !slice_starts_nocase(p->type, SLICE("text/")) && !slice_starts_nocase(p->type, SLICE("multipart/"))))
		attachment(e, m, p, name, body);
	else
		find_urls(e, m, mail_utf8(&m->mem, mail_parameter(type, SLICE("charset")), body));
}

/* ---- one message ----------------------------------------------------------------------------------- */

static void
message(struct event *e, struct mail *m, struct format_room *room, struct slice all)
{
	bool arf = mail_get(all, SLICE("X-XARF")).n || mail_get(all, SLICE("X-ARF")).n;
	struct slice evidence = {NULL, 0};

	arena_reset(&m->mem);
	buf_reset(&m->urls);
	m->url_n = 0;
	if (!mail_parts(all, m->part, &m->n))
		event_err(e, ERR_truncated);
	for (size_t i = 0; i < m->n && evidence.p == NULL; i++)
		if (slice_eq_nocase(m->part[i].type, SLICE("message/rfc822")) || slice_eq_nocase(m->part[i].type,
		    SLICE("text/rfc822-headers")))
			evidence = mail_body(m->part[i].head_and_body);
	event_lit(e, F_event_kind, "event");
	event_lit(e, F_event_category, "email");
	event_lit(e, F_event_type, "info");
	event_lit(e, F_event_dataset, "mail.message");
	event_ls(e, SLICE("mail"), SLICE("message"), (struct slice){NULL, 0});
	raw_head(e, m, all, SLICE(""));
	if (evidence.p) {
		raw_head(e, m, evidence, SLICE("forwarded."));
		set_head(e, m, room->c, evidence);
	} else {
		set_head(e, m, room->c, all);
	}
	for (size_t i = 0; i < m->n; i++)
		one_part(e, m, room, &m->part[i], arf, evidence.p != NULL);
	set_date(e, room->c, mail_get(all, SLICE("Date")));
	if (m->url_n) {
		struct buf b = {0};

		buf_byte(&b, '[');
		buf_slice_add(&b, buf_slice(&m->urls));
		buf_byte(&b, ']');
		event_raw_json(e, SLICE("urls"), event_keep(e, buf_slice(&b)));
		buf_free(&b);
	}
}

static bool
next(struct slice record, struct format_room *room, struct event *e, struct format_part *part, struct fault *f)
{
	const struct state *s = room->state;
	struct slice all = record;

	if (part->begun)
		return false;
	part->begun = true;
	part->bytes = record;
	part->rec = part->number = s->seen;
	part->ok = false;
	if (record.n > LARGEST) {
		(void)fault_set(f, "mail-size: more than 25 MiB", LARGEST);
		return true;
	}
	if (room->own == NULL)
		room->own = mem_zero(1, sizeof(struct mail));
	if (s->mbox && slice_starts(all, SLICE("From ")))
		all = slice_from(all, slice_find(all, '\n') + 1);
	if (mail_body(all).n == all.n) {
		(void)fault_near(f, "mail-head: no header field", slice_head(all, 80), 0);
		return true;
	}
	message(e, room->own, room, all);
	part->ok = true;
	return true;
}

static void
release(void *own)
{
	struct mail *m = own;

	if (m == NULL)
		return;
	arena_free(&m->mem);
	buf_free(&m->urls);
	free(m);
}

const struct format format_mail = {
	.name = "mail",
	.title = "mail: messages, mbox, Maildir; reports by ARF and X-ARF",
	.standard = "RFC 5322, RFC 2045 to 2047, RFC 4155, RFC 5965",
	.sniff = sniff,
	.frame = frame,
	.state = sizeof(struct state),
	.begin = begin,
	.next = next,
	.count = count,
	.frame_max = LARGEST,
	.release = release,
};
