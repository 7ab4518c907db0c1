/* Writing a pack. */
#include "lib/match/pack.h"

#include "lib/port/digest.h"

const size_t pack_item[PACK_PARTS] = {
	[PACK_TEXT] = 1, [PACK_ATOMS] = sizeof(struct match_atom), [PACK_NODES] = sizeof(struct match_node),
	[PACK_PIECES] = sizeof(struct match_piece), [PACK_PREFIXES] = sizeof(struct prefix), [PACK_ROOTS] = sizeof(uint32_t),
	[PACK_WITNESS_AT] = sizeof(uint32_t), [PACK_WITNESS] = sizeof(uint32_t), [PACK_FIELDS] = sizeof(struct match_text_ref),
	[PACK_RULES] = sizeof(struct pack_rule), [PACK_LISTS] = sizeof(struct match_text_ref), [PACK_PROBLEMS] = sizeof(struct pack_problem),
};

struct slice *
pack_rule_text(struct sigma_rule *r, int which)
{
	struct slice *const text[PACK_RULE_TEXTS] = {&r->id, &r->title, &r->status, &r->level, &r->description, &r->author, &r->license,
		&r->date, &r->name, &r->product, &r->category, &r->service, &r->file, &r->folder};

	return text[which];
}

struct sigma_list *
pack_rule_list(struct sigma_rule *r, int which)
{
	struct sigma_list *const list[PACK_RULE_LISTS] = {&r->tags, &r->falsepositives, &r->references, &r->fields};

	return list[which];
}

struct packing {
	struct buf text, fields, rules, lists, problems;
};

static struct match_text_ref
keep(struct packing *p, struct slice s)
{
	struct match_text_ref t = {(uint32_t)p->text.n, (uint32_t)s.n};

	buf_slice_add(&p->text, s);
	return t;
}

static void
put_rules(struct packing *p, const struct match_set *s)
{
	for (size_t i = 0; i < s->rules; i++) {
		struct sigma_rule *rule = s->rule[i];
		struct pack_rule out = {.line = rule->line};

		for (int k = 0; k < PACK_RULE_TEXTS; k++)
			out.text[k] = keep(p, *pack_rule_text(rule, k));
		for (int k = 0; k < PACK_RULE_LISTS; k++) {
			const struct sigma_list *l = pack_rule_list(rule, k);

			out.list[k] = (struct match_text_ref){(uint32_t)(p->lists.n / sizeof(struct match_text_ref)), (uint32_t)l->n};
			for (size_t n = 0; n < l->n; n++) {
				struct match_text_ref t = keep(p, l->v[n]);

				buf_add(&p->lists, &t, sizeof t);
			}
		}
		buf_add(&p->rules, &out, sizeof out);
	}
}

static void
put_problems(struct packing *p, const struct sigma_set *set)
{
	for (size_t i = 0; i < set->problems; i++) {
		const struct sigma_problem *x = &set->problem[i];
		struct pack_problem out = {.file = keep(p, x->file), .title = keep(p, x->title), .what = keep(p, slice_str(x->fault.what)),
		    .trouble = (uint32_t)x->trouble, .line = (uint32_t)x->fault.line, .column = (uint32_t)x->fault.column};

		buf_byte(&p->text, '\0');
		out.near = keep(p, slice_str(x->fault.near));
		buf_add(&p->problems, &out, sizeof out);
	}
}

static void
put_part(struct buf *out, struct pack_head *h, enum pack_part part, const void *v, size_t n)
{
	while (out->n % 8)
		buf_byte(out, '\0');
	h->part[part] = (struct pack_span){out->n, n};
	buf_add(out, v, n * pack_item[part]);
}

void
match_pack(const struct match_set *s, const struct sigma_set *set, struct buf *out)
{
	struct packing p = {0};
	struct pack_head h = {.magic = PACK_MAGIC, .order = PACK_ORDER, .version = PACK_VERSION, .groups = (uint32_t)s->groups,
	    .regexes = (uint32_t)s->res};
	struct slice body;

	buf_slice_add(&p.text, buf_slice(&s->text));
	for (size_t i = 0; i < s->fields; i++) {
		struct match_text_ref t = keep(&p, s->field[i].name);

		buf_add(&p.fields, &t, sizeof t);
	}
	put_rules(&p, s);
	put_problems(&p, set);
	buf_add(out, &h, sizeof h);
	put_part(out, &h, PACK_TEXT, p.text.p, p.text.n);
	put_part(out, &h, PACK_ATOMS, s->atom, s->atoms);
	put_part(out, &h, PACK_NODES, s->node, s->nodes);
	put_part(out, &h, PACK_PIECES, s->piece, s->pieces);
	put_part(out, &h, PACK_PREFIXES, s->prefix, s->prefixes);
	put_part(out, &h, PACK_ROOTS, s->root, s->rules);
	put_part(out, &h, PACK_WITNESS_AT, s->witness_at, s->rules + 1);
	put_part(out, &h, PACK_WITNESS, s->witness, s->witnesses);
	put_part(out, &h, PACK_FIELDS, p.fields.p, s->fields);
	put_part(out, &h, PACK_RULES, p.rules.p, s->rules);
	put_part(out, &h, PACK_LISTS, p.lists.p, p.lists.n / sizeof(struct match_text_ref));
	put_part(out, &h, PACK_PROBLEMS, p.problems.p, set->problems);
	h.size = out->n;
	body = slice_from(buf_slice(out), sizeof h);
	digest_xxh3(&body, 1, h.sum);
	memcpy(out->p, &h, sizeof h);
	buf_free(&p.text);
	buf_free(&p.fields);
	buf_free(&p.rules);
	buf_free(&p.lists);
	buf_free(&p.problems);
}
