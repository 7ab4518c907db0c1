/*
 * port/pcre: PCRE2 with JIT and bounds (SECURITY.md section 1): 8 MiB JIT stack, match limit 3,500, heap 16 MiB, subject cut at
 * 64 KiB, pattern <= 4 KiB, NEVER_BACKSLASH_C, no (*VERB) at the start. A limit or a cut subject without a match is *undecided*.
 */
#ifndef IRPIPE_PORT_PCRE_H
#define IRPIPE_PORT_PCRE_H

#include "lib/base/fault.h"
#include "lib/base/slice.h"

enum { PCRE_CASELESS = 1, PCRE_MULTILINE = 2, PCRE_DOTALL = 4 };
enum pcre_verdict { PCRE_NO, PCRE_YES, PCRE_UNDECIDED };

struct pcre;		/* compiled; shared by all threads, read-only */
struct pcre_room;	/* match data and JIT stack; one a thread */

/* fault.offset is the place in the pattern. */
struct pcre *pcre_new(struct slice pattern, unsigned flags, struct fault *) must_use;
void pcre_free(struct pcre *);
struct pcre_room *pcre_room_new(void) must_use;
void pcre_room_free(struct pcre_room *);
/* *from, *to (may be NULL): bytes of the match. */
enum pcre_verdict pcre_match(const struct pcre *, struct pcre_room *, struct slice subject, size_t *from, size_t *to);

#endif
