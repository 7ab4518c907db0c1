/* The declaration of sources (ENRICH.md section 2): YAML whose rows become what -s takes. */
#include "lib/enrich/enrich.h"

#include "lib/base/mem.h"
#include "lib/port/yaml.h"

#include <stdlib.h>

static bool
scalar(const struct yaml *row, const char *key, struct slice *to, struct fault *f)
{
	const struct yaml *v = yaml_get(row, key);

	*to = slice_of(NULL, 0);
	if (v == NULL)
		return true;
	*to = v->text;
	return (v->type == YAML_SCALAR && v->text.n) || yaml_fault(f, "a text is wanted", v);
}

static bool
known_keys(const struct yaml *row, struct fault *f)
{
	static const char *const keys[] = {"name", "kind", "file", "max_age", "date", "verdict", "reach"};

	for (size_t i = 0; i < row->n; i++) {
		bool ok = false;

		for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
			ok |= slice_eq(row->key[i].text, slice_str(keys[k]));
		if (!ok)
			return yaml_fault(f, "unknown key of a source", &row->key[i]);
	}
	return true;
}

/* A file's name counts from the folder of the declaration. */
static void
path(struct buf *b, struct slice base, struct slice file)
{
	size_t end = slice_rfind(base, '/');

	if (file.p[0] != '/' && end < base.n)
		buf_slice_add(b, slice_head(base, end + 1));
	buf_slice_add(b, file);
}

static bool
one(struct enrich *e, const struct yaml *row, struct slice base, struct slice *file, struct fault *f)
{
	static const char *const options[] = {"name", "max_age", "date", "verdict"};
	struct slice kind, name, reach, value;
	struct buf b = {0};
	bool ok;

	if (row->type != YAML_MAP || !known_keys(row, f))
		return f->what != NULL ? false : yaml_fault(f, "a map of name, kind and file is wanted", row);
	if (!scalar(row, "kind", &kind, f) || !scalar(row, "file", &name, f) || !scalar(row, "reach", &reach, f))
		return false;
	if (kind.n == 0 || name.n == 0)
		return yaml_fault(f, "kind and file are wanted", row);
	if (reach.n && !slice_eq(reach, SLICE("offline")))
		return yaml_fault(f, "a source that is a file is offline", row);
	buf_slice_add(&b, kind);
	buf_byte(&b, '=');
	path(&b, base, name);
	ok = true;
	for (size_t i = 0; i < sizeof options / sizeof *options && ok; i++) {
		ok = scalar(row, options[i], &value, f);
		if (!ok || value.n == 0)
			continue;
		buf_byte(&b, ',');
		buf_str(&b, options[i]);
		buf_byte(&b, '=');
		buf_slice_add(&b, value);
	}
	ok = ok && enrich_add(e, buf_slice(&b), file, f);
	if (!ok && f->line == 0)
		(void)yaml_fault(f, f->what, row);
	buf_free(&b);
	return ok;
}

bool
enrich_sheet(struct enrich *e, struct slice text, struct slice base, struct slice *file, struct fault *f)
{
	struct arena mem = {0};
	struct yaml *doc;
	const struct yaml *list;
	size_t docs;
	bool ok;

	*f = (struct fault){0};
	*file = slice_of(NULL, 0);
	ok = yaml_read(text, 1, &mem, &doc, &docs, f);
	list = ok && docs ? yaml_get(doc, "sources") : NULL;
	if (ok && (list == NULL || list->type != YAML_LIST || doc->n != 1))
		ok = fault_place(f, "a list of sources is wanted, and nothing else", slice_of(NULL, 0), 1, 1);
	for (size_t i = 0; ok && i < list->n; i++)
		ok = one(e, &list->item[i], base, file, f);
	arena_free(&mem);
	return ok;
}
