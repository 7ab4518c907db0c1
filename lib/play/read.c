#include "lib/play/read.h"

#include "lib/base/num.h"
#include "lib/base/stamp.h"

static bool
known_key(struct slice key, const char *const *known)
{
	for (; *known; known++)
		if (slice_eq(key, slice_str(*known)))
			return true;
	return false;
}

bool
read_keys(const struct yaml *y, const char *const *known, const char *what, struct fault *f)
{
	if (y->type != YAML_MAP)
		return yaml_fault(f, what, y);
	for (size_t i = 0; i < y->n; i++)
		if (!known_key(y->key[i].text, known))
			return yaml_fault(f, "unknown key", &y->key[i]);
	return true;
}

bool
read_missing(const struct yaml *map, const char *key, struct fault *f)
{
	return fault_place(f, "a member is missing", slice_str(key), map->line, map->column);
}

/* The member; NULL with *ok telling whether its absence is allowed. */
static const struct yaml *
member(const struct yaml *map, const char *key, enum read_need need, bool *ok, struct fault *f)
{
	const struct yaml *y = yaml_get(map, key);

	*ok = y || need == MAY || read_missing(map, key, f);
	return y;
}

bool
read_text(const struct yaml *map, const char *key, enum read_need need, struct slice *out, struct fault *f)
{
	bool ok;
	const struct yaml *y = member(map, key, need, &ok, f);

	if (y == NULL)
		return ok;
	if (y->type != YAML_SCALAR)
		return yaml_fault(f, "a text is wanted", y);
	if (y->text.n == 0)
		return yaml_fault(f, "empty", y);
	*out = y->text;
	return true;
}

bool
read_bool(const struct yaml *map, const char *key, enum read_need need, bool *out, struct fault *f)
{
	bool ok;
	const struct yaml *y = member(map, key, need, &ok, f);

	if (y == NULL)
		return ok;
	return yaml_bool(y, out) || yaml_fault(f, "true or false is wanted", y);
}

bool
read_u64(const struct yaml *map, const char *key, enum read_need need, uint64_t max, uint64_t *out, struct fault *f)
{
	bool ok;
	const struct yaml *y = member(map, key, need, &ok, f);

	if (y == NULL)
		return ok;
	if (y->type != YAML_SCALAR || !y->plain || !num_u64(y->text, out))
		return yaml_fault(f, "a whole number is wanted", y);
	return *out <= max || yaml_fault(f, "too large", y);
}

bool
read_duration(const struct yaml *map, const char *key, enum read_need need, int64_t *seconds, struct fault *f)
{
	bool ok;
	const struct yaml *y = member(map, key, need, &ok, f);

	if (y == NULL)
		return ok;
	if (y->type != YAML_SCALAR || !stamp_duration(y->text, seconds) || *seconds < 0)
		return yaml_fault(f, "a duration is wanted (90s, 5m, 12h, 7d)", y);
	return true;
}

bool
read_words(const struct yaml *map, const char *key, enum read_need need, struct arena *mem, struct slice **v, size_t *n,
    struct fault *f)
{
	bool ok;
	const struct yaml *y = member(map, key, need, &ok, f);
	size_t items;

	if (y == NULL)
		return ok;
	if (y->type == YAML_MAP)
		return yaml_fault(f, "a word or a list of words is wanted", y);
	items = y->type == YAML_LIST ? y->n : 1;
	*v = arena_zero(mem, (items + 1) * sizeof **v);
	*n = 0;
	for (size_t i = 0; i < items; i++) {
		const struct yaml *item = y->type == YAML_LIST ? &y->item[i] : y;

		if (item->type != YAML_SCALAR)
			return yaml_fault(f, "a word is wanted", item);
		(*v)[(*n)++] = item->text;
	}
	return true;
}

bool
read_choice(const struct yaml *map, const char *key, enum read_need need, const char *const *words, int *out, struct fault *f)
{
	bool ok;
	const struct yaml *y = member(map, key, need, &ok, f);

	if (y == NULL)
		return ok;
	for (int i = 0; y->type == YAML_SCALAR && words[i]; i++)
		if (slice_eq(y->text, slice_str(words[i]))) {
			*out = i;
			return true;
		}
	return yaml_fault(f, "not one of the words allowed here", y);
}

bool
read_id(const struct yaml *map, const char *key, enum read_need need, struct slice *out, struct fault *f)
{
	const struct yaml *y = yaml_get(map, key);
	struct slice s = {0};

	if (!read_text(map, key, need, &s, f))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool word = (c >= 'a' && c <= 'z') || num_digit(c);

		if (!word && (i == 0 || (c != '.' && c != '_' && c != '-')))
			return yaml_fault(f, "an id is of a-z 0-9 . _ -", y);
	}
	if (s.n > 64)
		return yaml_fault(f, "an id is at most 64 bytes", y);
	if (s.n)
		*out = s;
	return true;
}
