#include "lib/json/json.h"

#include <stdlib.h>

/* Each engine against the plain reader: over lines, over one document, and over what the writers make of what was read. */
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const char *const engine[] = {"avx512", "avx2", "sse2", "c"};

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* Text decoded, written and read again is the same text. */
static void
written(const struct json *j, struct json *again)
{
	struct buf text = {0}, json = {0}, back = {0};
	struct fault f;

	for (uint32_t v = 0; v < j->nodes; v++) {
		if (json_type(j, v) != JSON_STRING)
			continue;
		buf_reset(&text);
		buf_reset(&json);
		buf_reset(&back);
		json_text_add(j, v, &text);
		must(json_put_text(&json, buf_slice(&text)));
		must(json_one(again, buf_slice(&json), &f));
		json_text_add(again, 0, &back);
		must(slice_eq(buf_slice(&text), buf_slice(&back)));
	}
	buf_free(&text);
	buf_free(&json);
	buf_free(&back);
}

/* The tape covers its line: each node inside the one around it, each `next` ahead. */
static void
sound(const struct json *j)
{
	int64_t i;
	double d;

	must(j->nodes > 0 && j->node[0].at == 0 && j->node[0].end == j->line.n && j->node[0].next == j->nodes);
	for (uint32_t v = 0; v < j->nodes; v++) {
		must(j->node[v].at < j->node[v].end && j->node[v].end <= j->line.n);
		must(j->node[v].next > v && j->node[v].next <= j->nodes);
		(void)!json_i64(j, v, &i);
		(void)!json_f64(j, v, &d);
	}
}

static void
lines(struct json *j, struct json *again, struct slice block)
{
	struct fault f, want;

	json_block(j, block);
	while (json_line(j, &f)) {
		must(json_check(j->line, &json_limits_source, &want) == j->ok);
		must(j->ok || f.what == want.what);
		if (!j->ok)
			continue;
		sound(j);
		written(j, again);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice all = slice_of((const char *)p, n);
	struct fault f;

	for (size_t i = 0; i < sizeof engine / sizeof engine[0]; i++) {
		struct json *j, *again;

		if (!json_force(engine[i]))
			continue;
		j = json_new(&json_limits_source);
		again = json_new(&json_limits_source);
		lines(j, again, all);
		if (json_one(j, all, &f))
			sound(j);
		must(j->ok == json_check(slice_trim(all), &json_limits_source, &f));
		json_free(j);
		json_free(again);
	}
	return 0;
}
