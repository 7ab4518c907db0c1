/*
 * read (private to the room): members of a YAML map with their types. Each returns false with a fault at the place concerned.
 * An absent
 * member leaves *out as it was and is true, unless `need` says that it must be there.
 */
#ifndef IRPIPE_PLAY_READ_H
#define IRPIPE_PLAY_READ_H

#include "lib/base/mem.h"
#include "lib/play/type.h"
#include "lib/port/yaml.h"

enum read_need { MAY, MUST };

/* y is a map and has no key but those of `known` (NULL-terminated). */
bool read_keys(const struct yaml *y, const char *const *known, const char *what, struct fault *) must_use;
bool read_text(const struct yaml *map, const char *key, enum read_need, struct slice *out, struct fault *) must_use;
bool read_bool(const struct yaml *map, const char *key, enum read_need, bool *out, struct fault *) must_use;
bool read_u64(const struct yaml *map, const char *key, enum read_need, uint64_t max, uint64_t *out, struct fault *) must_use;
bool read_duration(const struct yaml *map, const char *key, enum read_need, int64_t *seconds, struct fault *) must_use;
/* A scalar or a list of scalars. */
bool read_words(const struct yaml *map, const char *key, enum read_need, struct arena *, struct slice **v, size_t *n,
    struct fault *) must_use;
/* One of `words` (NULL-terminated): its number. */
bool read_choice(const struct yaml *map, const char *key, enum read_need, const char *const *words, int *out,
    struct fault *) must_use;
/* [a-z0-9][a-z0-9._-]*, at most 64 bytes. */
bool read_id(const struct yaml *map, const char *key, enum read_need, struct slice *out, struct fault *) must_use;
/* A member that must be there: a fault at the map otherwise. */
bool read_missing(const struct yaml *map, const char *key, struct fault *) must_use;

#endif
