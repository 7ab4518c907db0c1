/* The report as Markdown: the sections of the page, one after the other. */
#include "lib/report/esc.h"
#include "lib/report/report.h"
#include "lib/report/sections.h"

bool report_md(struct model *, const struct report_request *, struct buf *, uint64_t *, struct fault *);

static void
mark(const struct model *m, struct buf *out)
{
	buf_lit(out, "**");
	esc_md(out, slice_str(tlp_words[m->tlp]));
	buf_lit(out, "**\n");
}

bool
report_md(struct model *m, const struct report_request *r, struct buf *out, uint64_t *left, struct fault *f)
{
	struct sheet s = {.ops = &sheet_md, .b = out, .m = m};

	(void)f;
	mark(m, out);
	buf_lit(out, "\n# ");
	buf_str(out, r->audience ? r->audience->title : "Incident report");
	buf_byte(out, '\n');
	if (m->cut)
		buf_lit(out, "\n**PARTIAL**\n");
	if (r->audience)
		audience_put(&s, r->audience, &r->kase);
	for (const struct section *p = sections; !r->audience && p->id; p++) {
		sheet_section(&s, p->id, p->title);
		p->write(&s);
		sheet_section_end(&s);
	}
	buf_byte(out, '\n');
	mark(m, out);
	*left = 0;
	sheet_done(&s);
	return true;
}
