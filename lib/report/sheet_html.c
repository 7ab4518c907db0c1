/* The sheet as HTML: elements and classes only; every byte of a record goes through esc_html. */
#include "lib/report/chart.h"
#include "lib/report/esc.h"
#include "lib/report/sheet.h"

static void
section(struct sheet *s, const char *id, const char *title)
{
	buf_lit(s->b, "<section id=\"");
	esc_html(s->b, slice_str(id));
	buf_lit(s->b, "\">\n<h2>");
	esc_html(s->b, slice_str(title));
	buf_lit(s->b, "</h2>\n");
}

static void
section_end(struct sheet *s)
{
	buf_lit(s->b, "</section>\n");
}

static void
heading(struct sheet *s, struct slice anchor, struct slice title)
{
	buf_lit(s->b, "<h3");
	if (anchor.n) {
		buf_lit(s->b, " id=\"");
		esc_html(s->b, anchor);
		buf_lit(s->b, "\"");
	}
	buf_lit(s->b, ">");
	esc_html(s->b, title);
	buf_lit(s->b, "</h3>\n");
}

static void
para(struct sheet *s, bool begin)
{
	buf_str(s->b, begin ? "<p>" : "</p>\n");
}

static void
run(struct sheet *s, int kind, struct slice text)
{
	static const char *const open[] = {"", "<b>", "<code>", "<span class=\"q\">", "<mark>", "<span class=\"tac\">",
	    "<i class=\"q\">",
	    "<span class=\"s0\">", "<span class=\"s1\">", "<span class=\"s2\">", "<span class=\"s3\">", "<span class=\"s4\">",
	    "<span class=\"s5\">"};
	static const char *const shut[] = {"", "</b>", "</code>", "</span>", "</mark>", "</span>", "</i>", "</span>", "</span>",
	    "</span>",
	    "</span>", "</span>", "</span>"};

	buf_str(s->b, open[kind]);
	esc_html(s->b, text);
	buf_str(s->b, shut[kind]);
}

static void
line_break(struct sheet *s)
{
	buf_lit(s->b, "<br>");
}

static void
table(struct sheet *s)
{
	buf_str(s->b, strchr(s->align, 't') ? "<div class=\"t\"><table class=\"wide\"><thead><tr>" :
	    "<div class=\"t\"><table><thead><tr>");
	for (size_t c = 0; c < s->columns; c++) {
		buf_str(s->b, s->align[c] == 'r' ? "<th class=\"n\">" : "<th>");
		esc_html(s->b, slice_str(s->heads[c]));
		buf_lit(s->b, "</th>");
	}
	buf_lit(s->b, "</tr></thead><tbody>\n");
}

static void
cell(struct sheet *s, bool begin)
{
	if (begin) {
		buf_str(s->b, s->column == 0 ? "<tr>" : "");
		buf_str(s->b, s->align[s->column] == 'r' ? "<td class=\"n\">" : s->align[s->column] == 't' ? "<td class=\"w\">" :
		    s->align[s->column] == 'd' ? "<td class=\"d\">" : "<td>");
		return;
	}
	buf_lit(s->b, "</td>");
	buf_str(s->b, s->column + 1 == s->columns ? "</tr>\n" : "");
}

static void
table_end(struct sheet *s)
{
	buf_lit(s->b, "</tbody></table></div>\n");
}

static void
list(struct sheet *s, bool begin)
{
	buf_str(s->b, begin ? "<ul>\n" : "</ul>\n");
}

static void
item(struct sheet *s, bool begin)
{
	buf_str(s->b, begin ? "<li>" : "</li>\n");
}

static void
fold(struct sheet *s, bool begin, struct slice summary)
{
	if (!begin) {
		buf_lit(s->b, "</details>\n");
		return;
	}
	buf_lit(s->b, "<details><summary>");
	esc_html(s->b, summary);
	buf_lit(s->b, "</summary>\n");
}

static void
chart(struct sheet *s)
{
	chart_svg(s->m, s->b);
	buf_lit(s->b, "<p class=\"key\">");
	for (int l = LEVELS - 1; l > 0; l--) {
		buf_lit(s->b, "<span><i class=\"b");
		buf_byte(s->b, (char)('0' + l));
		buf_lit(s->b, "\"></i>");
		buf_str(s->b, level_words[l]);
		buf_lit(s->b, "</span>");
	}
	buf_lit(s->b, "</p>\n");
}

static void
download(struct sheet *s, const char *name, const char *media, struct slice bytes)
{
	buf_lit(s->b, "<p><a download=\"");
	esc_html(s->b, slice_str(name));
	buf_lit(s->b, "\" href=\"data:");
	esc_html(s->b, slice_str(media));
	buf_lit(s->b, ";base64,");
	buf_base64(s->b, bytes);
	buf_lit(s->b, "\">Save as ");
	esc_html(s->b, slice_str(name));
	buf_lit(s->b, "</a></p>\n");
}

const struct sheet_ops sheet_html = {section, section_end, heading, para, run, line_break, table, cell, table_end, list, item,
    fold, chart,
    download};
