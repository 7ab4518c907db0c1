/* ATT&CK Navigator: a layer (format 4.5) with the techniques of rules that hit; the score is the number of hits. */
#include "lib/report/report.h"
#include "lib/report/share.h"

#include <stdlib.h>

bool report_navigator(struct model *, const struct report_request *, struct buf *, uint64_t *, struct fault *);

/* From low to critical: white is no hit. */
static const char *const colour[LEVELS] = {"#e0e0e0", "#dbe9f6", "#c6dbef", "#fdd49e", "#fc8d59", "#d7301f"};

static void
technique_put(struct json_out *o, struct model *m, const struct technique *t)
{
	struct buf b = {0};

	jo_open(o, '{');
	jo_ktext(o, "techniqueID", text_of(m, t->id));
	if (t->tactic) {
		tactic_short_add(&b, text_of(m, t->tactic));
		jo_ktext(o, "tactic", buf_slice(&b));
	}
	jo_ku64(o, "score", t->hits);
	jo_kstr(o, "color", colour[t->level]);
	buf_reset(&b);
	buf_u64(&b, t->hits);
	buf_lit(&b, " hits, worst ");
	buf_str(&b, level_words[t->level]);
	jo_ktext(o, "comment", buf_slice(&b));
	jo_kbool(o, "enabled", true);
	jo_kbool(o, "showSubtechniques", text_of(m, t->id).n > 5);
	jo_close(o, '}');
	buf_free(&b);
}

static void
legend_put(struct json_out *o)
{
	jo_kopen(o, "legendItems", '[');
	for (int l = 1; l < LEVELS; l++) {
		jo_open(o, '{');
		jo_kstr(o, "label", level_words[l]);
		jo_kstr(o, "color", colour[l]);
		jo_close(o, '}');
	}
	jo_close(o, ']');
}

bool
report_navigator(struct model *m, const struct report_request *r, struct buf *out, uint64_t *left, struct fault *f)
{
	struct json_out o = json_out(out);
	size_t n = 0;
	struct technique *t = techniques_make(m, &n);

	(void)r;
	(void)f;
	*left = 0;
	jo_open(&o, '{');
	jo_kstr(&o, "name", "irpipe: techniques of rules that hit");
	jo_kopen(&o, "versions", '{');
	jo_kstr(&o, "attack", ATTACK_VERSION);
	jo_kstr(&o, "navigator", "5.1.0");
	jo_kstr(&o, "layer", "4.5");
	jo_close(&o, '}');
	jo_kstr(&o, "domain", "enterprise-attack");
	jo_kstr(&o, "description", tlp_words[m->tlp]);
	jo_kopen(&o, "techniques", '[');
	for (size_t i = 0; i < n; i++)
		technique_put(&o, m, &t[i]);
	jo_close(&o, ']');
	legend_put(&o);
	jo_close(&o, '}');
	buf_byte(out, '\n');
	free(t);
	return true;
}
