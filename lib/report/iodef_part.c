#include "lib/base/addr.h"
#include "lib/report/iodef.h"
#include "lib/report/model_priv.h"

const char *
iodef_restriction(const struct model *m)
{
	static const char *const word[6] = {"amber", "white", "green", "amber", "ext-value", "red"};

	return word[m->tlp];
}

const char *
iodef_severity(int level)
{
	return level >= 4 ? "high" : level == 3 ? "medium" : "low";
}

const char *
iodef_algorithm(struct slice hash)
{
	switch (hash.n) {
	case 32:
		return "http://www.w3.org/2001/04/xmldsig-more#md5";
	case 40:
		return "http://www.w3.org/2000/09/xmldsig#sha1";
	case 64:
		return "http://www.w3.org/2001/04/xmlenc#sha256";
	default:
		return "http://www.w3.org/2001/04/xmlenc#sha512";
	}
}

static unsigned char
digit(char c)
{
	return (unsigned char)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

void
iodef_digest_add(struct buf *b, struct slice hash)
{
	struct buf bytes = {0};

	for (size_t i = 0; i + 1 < hash.n; i += 2)
		buf_byte(&bytes, (char)(digit(hash.p[i]) << 4 | digit(hash.p[i + 1])));
	buf_base64(b, buf_slice(&bytes));
	buf_free(&bytes);
}

uint32_t
iodef_id(struct model *m, const struct story *y)
{
	if (y->incident && y->id)
		return y->id;
	buf_reset(&m->made);
	buf_slice_add(&m->made, text_of(m, y->host));
	buf_byte(&m->made, '-');
	stamp_add(&m->made, y->first);
	return keep_text(m, buf_slice(&m->made));
}

uint32_t
iodef_category(struct model *m, const struct story *y)
{
	if (!y->incident || !doc_open(m, y->incident->json))
		return 0;
	return keep_text(m, doc_text(m, doc_node(m, "class.rsit")));
}

struct slice
iodef_contact(struct model *m)
{
	(void)m;
	return SLICE("irpipe");
}

struct list
iodef_techniques(struct model *m, const struct story *y)
{
	struct list l = {0};

	for (uint32_t i = 0; i < y->n; i++) {
		const struct rule *r = &m->rule[m->alert[m->order[y->from + i]].rule];

		for (uint32_t k = 0; k < r->techniques.n; k++) {
			uint32_t t = item_of(m, r->techniques, k);

			if (technique_is(text_of(m, t)) && !list_has(m, l, t))
				item_add(m, &l, t);
		}
	}
	return l;
}

bool
iodef_entity(const struct model *m, const struct entity *e, char id[IODEF_ID_LEN])
{
	struct slice v = text_of(m, e->value);
	struct addr a;

	if (e->type == ENTITY_HASH ? hash_name(v) == NULL : e->type == ENTITY_IP ? !addr_read(v, &a) : e->type != ENTITY_DOMAIN)
		return false;
	memcpy(id, "i-", 2);
	return uuid_put(id + 2, uuid_irpipe, slice_str(entity_word[e->type]), v);
}

bool
iodef_step(struct model *m, const struct doc *d, const struct story *y, struct iodef_step *step)
{
	struct buf b = {0};
	bool ok;

	if (!y->incident || d->of != y->id || !doc_open(m, d->json))
		return false;
	buf_slice_add(&b, doc_text(m, doc_node(m, "name")));
	buf_lit(&b, ": ");
	buf_slice_add(&b, doc_text(m, doc_node(m, "state")));
	ok = slice_ends(buf_slice(&b), SLICE(": done")) || slice_ends(buf_slice(&b), SLICE(": undone"));
	if (ok)
		step->words = keep_text(m, buf_slice(&b));
	buf_free(&b);
	return ok;
}
