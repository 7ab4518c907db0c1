/*
 * slice: a view of bytes that somebody else owns.  Nothing here allocates; a slice is valid as long as the bytes it
 * points to.  The empty slice may have p == NULL; no function here reads p when n is 0.
 */
#ifndef IRPIPE_BASE_SLICE_H
#define IRPIPE_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define must_use __attribute__((warn_unused_result))

struct slice {
	const char *p;
	size_t n;
};

/* A slice of a string literal, usable in initialisers (SLICE_INIT) and expressions (SLICE). */
#define SLICE_INIT(lit) { "" lit, sizeof(lit) - 1 }
#define SLICE(lit) ((struct slice)SLICE_INIT(lit))

static inline struct slice
slice_of(const char *p, size_t n)
{
	return (struct slice){p, n};
}

static inline struct slice
slice_str(const char *s)
{
	return (struct slice){s, s ? strlen(s) : 0};
}

static inline bool
slice_eq(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Bytes from `from` on; empty if that lies behind the end. */
static inline struct slice
slice_from(struct slice s, size_t from)
{
	return from >= s.n ? (struct slice){s.p + s.n, 0} : (struct slice){s.p + from, s.n - from};
}

/* The first `n` bytes, or all if there are fewer. */
static inline struct slice
slice_head(struct slice s, size_t n)
{
	return (struct slice){s.p, n < s.n ? n : s.n};
}

static inline bool
slice_starts(struct slice s, struct slice head)
{
	return s.n >= head.n && (head.n == 0 || memcmp(s.p, head.p, head.n) == 0);
}

static inline bool
slice_ends(struct slice s, struct slice tail)
{
	return s.n >= tail.n && (tail.n == 0 || memcmp(s.p + s.n - tail.n, tail.p, tail.n) == 0);
}

/* memcmp order, a shorter one first: the order of `LC_ALL=C sort`. */
int slice_cmp(struct slice a, struct slice b);

/* ASCII case only; bytes >= 0x80 must be equal. */
bool slice_eq_nocase(struct slice a, struct slice b);
bool slice_starts_nocase(struct slice s, struct slice head);
bool slice_ends_nocase(struct slice s, struct slice tail);

/* Place of the first `c` or `needle`; s.n if there is none. */
size_t slice_find(struct slice s, char c);
size_t slice_rfind(struct slice s, char c);
size_t slice_find_slice(struct slice s, struct slice needle);
static inline bool
slice_has(struct slice s, struct slice needle)
{
	return needle.n == 0 || slice_find_slice(s, needle) < s.n;
}

/* How many `c` there are. */
size_t slice_count(struct slice s, char c);
/* Lines that hold more than blanks; the last one needs no line end. */
size_t slice_lines(struct slice s);
/* The place behind the n-th such line; s.n if there are fewer. */
size_t slice_behind_lines(struct slice s, size_t n);

/* Without blanks (space, tab, CR, LF) at both ends. */
struct slice slice_trim(struct slice s);

/*
 * Cuts *rest at the first `c`: returns what stands before it and moves *rest behind it; without `c` returns all and
 * leaves *rest empty with p == NULL, which is how a loop knows that there is no further piece:
 *	while (rest.p) { piece = slice_cut(&rest, ','); ... }
 */
struct slice slice_cut(struct slice *rest, char c);

#endif
