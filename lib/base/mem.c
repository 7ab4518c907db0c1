#include "lib/base/mem.h"

#include <stdlib.h>
#include <unistd.h>

enum { FIRST_BLOCK = 64 * 1024, KEEP_MAX = 1024 * 1024, ALIGN = 16 };

struct arena_block {
	struct arena_block *next;
	size_t size;
	_Alignas(ALIGN) char bytes[];
};

/* No stdio: it may want memory itself.  The result of write() cannot change what happens next. */
_Noreturn void
mem_none(void)
{
	static const char words[] = "irpipe: out of memory\n";
	ssize_t ignored = write(2, words, sizeof words - 1);

	(void)ignored;
	_exit(4);
}

void *
mem_alloc(size_t n)
{
	void *p = malloc(n ? n : 1);

	if (p == NULL)
		mem_none();
	return p;
}

void *
mem_zero(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (p == NULL)
		mem_none();
	return p;
}

void *
mem_resize(void *p, size_t count, size_t size)
{
	size_t n;

	if (__builtin_mul_overflow(count, size, &n))
		mem_none();
	p = realloc(p, n ? n : 1);
	if (p == NULL)
		mem_none();
	return p;
}

void *
mem_dup(const void *p, size_t n)
{
	void *q = mem_alloc(n);

	if (n)
		memcpy(q, p, n);
	return q;
}

char *
mem_str(struct slice s)
{
	char *q = mem_alloc(s.n + 1);

	if (s.n)
		memcpy(q, s.p, s.n);
	q[s.n] = '\0';
	return q;
}

void *
mem_grow(void *p, size_t *cap, size_t n, size_t size)
{
	if (n < *cap)
		return p;
	*cap = *cap ? *cap * 2 : 8;
	return mem_resize(p, *cap, size);
}

static struct arena_block *
block_new(size_t size)
{
	struct arena_block *b = mem_alloc(sizeof *b + size);

	b->next = NULL;
	b->size = size;
	return b;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	size_t need = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	struct arena_block *b;
	void *p;

	if (need < n)
		mem_none();
	if (a->now == NULL || a->now->size - a->used < need) {
		size_t size = a->now ? a->now->size * 2 : FIRST_BLOCK;

		if (size > KEEP_MAX)
			size = KEEP_MAX;
		b = block_new(size > need ? size : need);
		if (a->now)
			a->now->next = b;
		else
			a->first = b;
		a->now = b;
		a->used = 0;
	}
	p = a->now->bytes + a->used;
	a->used += need;
	return p;
}

void *
arena_zero(struct arena *a, size_t n)
{
	return memset(arena_alloc(a, n), 0, n);
}

char *
arena_dup(struct arena *a, const void *p, size_t n)
{
	char *q = arena_alloc(a, n + 1);

	if (n)
		memcpy(q, p, n);
	q[n] = '\0';
	return q;
}

struct slice
arena_slice(struct arena *a, struct slice s)
{
	return slice_of(arena_dup(a, s.p, s.n), s.n);
}

static void
blocks_free(struct arena_block *b)
{
	while (b) {
		struct arena_block *next = b->next;

		free(b);
		b = next;
	}
}

void
arena_reset(struct arena *a)
{
	if (a->first == NULL)
		return;
	if (a->first->size > KEEP_MAX) {
		arena_free(a);
		return;
	}
	blocks_free(a->first->next);
	a->first->next = NULL;
	a->now = a->first;
	a->used = 0;
}

void
arena_free(struct arena *a)
{
	blocks_free(a->first);
	*a = (struct arena){0};
}
