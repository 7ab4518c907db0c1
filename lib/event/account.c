#include "lib/event/record.h"

#include <stdlib.h>

/* A reason is the word before the colon of a fault's `what`: the text behind it may differ within one reason. */
static struct account_reason *
reason_of(struct account *a, struct slice reason)
{
	for (size_t i = 0; i < a->rejections; i++)
		if (slice_eq(a->rejected[i].reason, reason))
			return &a->rejected[i];
	if (a->rejections == a->rejection_cap)
		a->rejected = mem_grow(a->rejected, &a->rejection_cap, a->rejections, sizeof *a->rejected);
	a->rejected[a->rejections] = (struct account_reason){reason, 0};
	return &a->rejected[a->rejections++];
}

void
account_reject(struct account *a, const char *reason, uint64_t n)
{
	struct slice rest = slice_str(reason);

	reason_of(a, slice_cut(&rest, ':'))->n += n;
}

void
account_merge(struct account *to, const struct account *from)
{
	for (int k = 0; k < KIND_COUNT; k++) {
		to->in[k] += from->in[k];
		to->out[k] += from->out[k];
	}
	to->passed += from->passed;
	to->made += from->made;
	to->unmatched += from->unmatched;
	to->folded += from->folded;
	to->suppressed += from->suppressed;
	for (size_t i = 0; i < from->rejections; i++)
		reason_of(to, from->rejected[i].reason)->n += from->rejected[i].n;
	if (from->dated && (!to->dated || stamp_cmp(from->newest, to->newest) > 0)) {
		to->newest = from->newest;
		to->dated = true;
	}
}

void
account_reset(struct account *a)
{
	struct account_reason *rejected = a->rejected;
	size_t cap = a->rejection_cap;

	*a = (struct account){.rejected = rejected, .rejection_cap = cap};
}

void
account_free(struct account *a)
{
	free(a->rejected);
	*a = (struct account){0};
}

uint64_t
account_rejected(const struct account *a)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < a->rejections; i++)
		sum += a->rejected[i].n;
	return sum;
}
