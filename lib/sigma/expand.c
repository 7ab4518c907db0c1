/* Placeholders of |expand (case 29): %name% stands for each of its values; \% is a percent sign. */
#include "lib/sigma/priv.h"

enum { EXPANDED_MAX = 100000, TEXT_MAX = 4 * 1024 * 1024 };

static bool
name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/* The next %name% from *at on: its name; *at and *end its bytes.  A lone % is itself. */
static bool
next(struct slice s, size_t *at, size_t *end, struct slice *name)
{
	for (size_t i = *at; i < s.n; i++) {
		size_t k = i + 1;

		if (s.p[i] == '\\' && k < s.n && s.p[k] == '%') {
			i++;
			continue;
		}
		if (s.p[i] != '%')
			continue;
		while (k < s.n && name_char(s.p[k]))
			k++;
		if (k < s.n && s.p[k] == '%' && k > i + 1) {
			*at = i;
			*end = k + 1;
			*name = slice_of(s.p + i + 1, k - i - 1);
			return true;
		}
	}
	return false;
}

static void
unescape(struct buf *out, struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == '%')
			i++;
		buf_byte(out, s.p[i]);
	}
}

/* Each text so far with each value behind it: several placeholders give all combinations. */
static bool
times(struct reading *r, const struct yaml *at, struct sigma_list *texts, struct slice before, const struct sigma_list *values)
{
	struct sigma_list out = {0};
	struct buf b = {0};
	size_t bytes = 0;

	if (texts->n * values->n > EXPANDED_MAX)
		return yaml_fault(&r->fault, "expand: too many values", at);
	out.v = arena_zero(r->mem, (texts->n * values->n + 1) * sizeof *out.v);
	for (size_t i = 0; i < texts->n; i++)
		for (size_t k = 0; k < values->n; k++) {
			buf_reset(&b);
			buf_slice_add(&b, texts->v[i]);
			unescape(&b, before);
			buf_slice_add(&b, values->v[k]);
			bytes += b.n;
			if (bytes > TEXT_MAX) {
				buf_free(&b);
				return yaml_fault(&r->fault, "expand: too many values", at);
			}
			out.v[out.n++] = arena_slice(r->mem, buf_slice(&b));
		}
	buf_free(&b);
	*texts = out;
	return true;
}

static bool
no_values(struct reading *r, const struct yaml *v, struct slice name)
{
	r->trouble = SIGMA_UNSUPPORTED;
	(void)fault_near(&r->fault, "expand: no values for the placeholder", name, 0);
	r->fault.line = v->line;
	r->fault.column = v->column;
	return false;
}

bool
expand_value(struct reading *r, const struct yaml *v, struct sigma_list *texts)
{
	static const struct slice empty = {"", 0};
	const struct sigma_list one = {(struct slice *)(uintptr_t)&empty, 1};
	size_t at = 0, end = 0, from = 0;
	struct slice name;

	*texts = one;
	while (next(v->text, &at, &end, &name)) {
		struct map_row *row = map_get(&r->meta->values, name);
		const struct sigma_list *values = row ? row->v.p : NULL;

		if (values == NULL || values->n == 0)
			return no_values(r, v, name);
		if (!times(r, v, texts, slice_of(v->text.p + from, at - from), values))
			return false;
		from = at = end;
	}
	return times(r, v, texts, slice_from(v->text, from), &one);
}

static bool
one_name(struct sigma_set *s, const struct yaml *key, const struct yaml *y, struct fault *f)
{
	struct sigma_list *l = arena_zero(s->mem, sizeof *l);
	size_t n = y->type == YAML_LIST ? y->n : 1;

	if (y->type == YAML_MAP)
		return yaml_fault(f, "a value or a list of values is wanted", y);
	l->v = arena_zero(s->mem, (n + 1) * sizeof *l->v);
	for (size_t i = 0; i < n; i++) {
		const struct yaml *v = y->type == YAML_LIST ? &y->item[i] : y;

		if (v->type != YAML_SCALAR)
			return yaml_fault(f, "a value is wanted", v);
		l->v[l->n++] = arena_slice(s->mem, v->text);
	}
	map_put(&meta_of(s)->values, key->text, NULL)->v.p = l;
	return true;
}

bool
sigma_values(struct sigma_set *s, struct slice text, struct fault *f)
{
	struct yaml *doc = NULL;
	size_t n = 0;

	if (!yaml_read(text, 1, s->mem, &doc, &n, f))
		return false;
	if (n == 0 || doc->type != YAML_MAP)
		return fault_place(f, "a map of names and their values is wanted", SLICE(""), 1, 1);
	for (size_t i = 0; i < doc->n; i++)
		if (!one_name(s, &doc->key[i], &doc->item[i], f))
			return false;
	return true;
}
