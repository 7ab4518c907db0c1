/*
 * The page: one file that needs nothing else.  The policy in its head allows the one style sheet by its hash and nothing besides,
 * so that what a record smuggled in could neither run nor ask for anything.
 */
#include "lib/report/report.h"
#include "lib/report/sections.h"

#include "lib/port/digest.h"
#include "lib/report/esc.h"
#include "lib/tool/embed.h"

enum { PAGE_MAX = 5 * 1000 * 1000, PAGE_ROOM = 500 * 1000 };		/* room: what each section may overrun, and the end */

extern const struct embed report_style[];

bool report_html(struct model *, const struct report_request *, struct buf *, uint64_t *, struct fault *);

static bool
policy(struct buf *b, struct slice css)
{
	struct sha256 hash;

	if (!digest_sha256(&css, 1, &hash))
		return false;
	buf_lit(b, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-");
	buf_base64(b, slice_of((const char *)hash.b, sizeof hash.b));
	buf_lit(b, "'; base-uri 'none'; form-action 'none'\">\n");
	return true;
}

static void
banner(const struct model *m, struct buf *b, const char *place)
{
	buf_lit(b, "<div class=\"tlp ");
	buf_str(b, place);
	buf_lit(b, "\"><div class=\"tlp");
	buf_u64(b, m->tlp);
	buf_lit(b, "\">");
	buf_str(b, tlp_words[m->tlp]);
	buf_lit(b, "</div></div>\n");
}

static bool
head(const struct model *m, const char *title, struct buf *b)
{
	struct slice css = report_style[0].bytes;

	buf_lit(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
	if (!policy(b, css))
		return false;
	buf_lit(b, "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<meta name=\"referrer\" "
	    "content=\"no-referrer\">\n<title>");
	buf_str(b, tlp_words[m->tlp]);
	buf_lit(b, " Incident report</title>\n<style>");
	buf_slice_add(b, css);
	buf_lit(b, "</style>\n</head>\n<body>\n");
	banner(m, b, "top");
	buf_lit(b, "<main>\n<h1>");
	esc_html(b, slice_str(title));
	buf_lit(b, "</h1>\n");
	if (m->cut)
		buf_lit(b, "<p><b class=\"s5\">PARTIAL</b></p>\n");
	return true;
}

static void
contents(struct buf *b)
{
	buf_lit(b, "<nav>");
	for (const struct section *s = sections; s->id; s++) {
		buf_lit(b, "<a href=\"#");
		esc_html(b, slice_str(s->id));
		buf_lit(b, "\">");
		esc_html(b, slice_str(s->title));
		buf_lit(b, "</a>");
	}
	buf_lit(b, "</nav>\n");
}

bool
report_html(struct model *m, const struct report_request *r, struct buf *out, uint64_t *left, struct fault *f)
{
	struct sheet s = {.ops = &sheet_html, .b = out, .m = m, .limit = PAGE_MAX - PAGE_ROOM, .annex = r->annex};

	if (!head(m, r->audience ? r->audience->title : "Incident report", out))
		return fault_set(f, "the style sheet's hash could not be made", 0);
	if (r->audience)
		audience_put(&s, r->audience, &r->kase);
	else
		contents(out);
	for (const struct section *p = sections; !r->audience && p->id; p++) {
		sheet_section(&s, p->id, p->title);
		p->write(&s);
		sheet_section_end(&s);
	}
	if (s.cut)
		buf_lit(out, "<p><b>This page is full: later sections are shortened.</b> The whole is in the JSON report and the "
		    "annex.</p>\n");
	buf_lit(out, "</main>\n");
	banner(m, out, "end");
	buf_lit(out, "</body>\n</html>\n");
	*left = s.rows_left + (s.cut ? 1 : 0);
	sheet_done(&s);
	return true;
}
