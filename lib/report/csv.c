/*
 * CSV (RFC 4180): one row an alert, in order of time; columns never change their order.  Safe to open in a spreadsheet: esc_csv.
 */
#include "lib/report/esc.h"
#include "lib/report/report.h"
#include "lib/report/share.h"

bool report_csv(struct model *, const struct report_request *, struct buf *, uint64_t *, struct fault *);

static void
list_put(struct model *m, struct list l, struct buf *text, struct buf *out)
{
	buf_reset(text);
	for (uint32_t i = 0; i < l.n; i++) {
		if (i)
			buf_byte(text, ' ');
		buf_slice_add(text, text_of(m, item_of(m, l, i)));
	}
	esc_csv(out, buf_slice(text));
	buf_byte(out, ',');
}

static void
row_put(struct model *m, const struct alert *a, struct buf *text, struct buf *out)
{
	const struct rule *r = &m->rule[a->rule];
	const uint32_t cell[] = {r->name, r->id, a->host, a->user, a->source, a->destination, a->summary};
	const struct story *y = &m->story[a->story];

	stamp_add(out, a->at);
	buf_byte(out, ',');
	buf_str(out, level_words[a->level]);
	buf_byte(out, ',');
	for (size_t i = 0; i < sizeof cell / sizeof *cell; i++) {
		esc_csv(out, text_of(m, cell[i]));
		buf_byte(out, ',');
	}
	list_put(m, r->techniques, text, out);
	list_put(m, r->tactics, text, out);
	buf_byte(out, 'S');
	buf_u64(out, a->story + 1);
	buf_byte(out, ',');
	esc_csv(out, y->incident ? text_of(m, y->id) : SLICE(""));
	buf_byte(out, ',');
	esc_csv(out, text_of(m, a->uri));
	buf_byte(out, ',');
	buf_u64(out, a->off);
	buf_byte(out, ',');
	buf_u64(out, a->rec);
	buf_byte(out, ',');
	esc_csv(out, text_of(m, a->event));
	buf_byte(out, ',');
	esc_csv(out, text_of(m, a->id));
	buf_lit(out, "\r\n");
}

bool
report_csv(struct model *m, const struct report_request *r, struct buf *out, uint64_t *left, struct fault *f)
{
	struct buf text = {0};

	(void)f;
	*left = 0;
	if (r->bom)
		buf_lit(out, "\xef\xbb\xbf");
	buf_lit(out,
	    "time,level,rule,rule_id,host,user,source_ip,destination_ip,what,techniques,tactics,"
	    "story,incident,file,offset,record,"
	    "event,alert\r\n");
	for (size_t i = 0; i < m->alerts; i++)
		row_put(m, &m->alert[m->by_time[i]], &text, out);
	buf_free(&text);
	return true;
}
