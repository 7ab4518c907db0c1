#include "lib/port/yaml.h"

#include <stdlib.h>

#include "lib/base/mem.h"

/* What is read is a tree of bounded depth whose places lie in the text; what is refused says why. */
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum { DEPTH = 64 };

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
sound(const struct yaml *y, unsigned depth)
{
	bool b;

	must(depth <= DEPTH && y->line > 0 && y->column > 0);
	(void)yaml_null(y);
	(void)!yaml_bool(y, &b);
	must(yaml_get(y, "no such key, surely") == NULL || y->type == YAML_MAP);
	if (y->type != YAML_MAP && y->type != YAML_LIST)
		return;
	for (size_t i = 0; i < y->n; i++) {
		if (y->type == YAML_MAP) {
			must(y->key[i].type != YAML_MAP && y->key[i].type != YAML_LIST);
			/* No key stands twice. */
			for (size_t k = 0; k < i && i < 64; k++)
				must(!slice_eq(y->key[i].text, y->key[k].text));
		}
		sound(&y->item[i], depth + 1);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena mem = {0};
	struct yaml *doc = NULL;
	struct fault f = {0};
	size_t docs = 0;

	if (yaml_read(slice_of((const char *)data, size), 8, &mem, &doc, &docs, &f)) {
		must(docs <= 8);
		for (size_t i = 0; i < docs; i++)
			sound(&doc[i], 0);
	} else {
		must(f.what != NULL);
	}
	arena_free(&mem);
	return 0;
}
