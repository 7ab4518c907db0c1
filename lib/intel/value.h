/*
 * value: one spelling for each address, name, URL, hash and mail address, so that what a feed says and what a log says can be
 * compared byte for byte (DETECTION.md "Indicators").
 *
 * Ownership: canonical text is appended to the caller's buf; slices of it move when that grows.
 */
#ifndef IRPIPE_INTEL_VALUE_H
#define IRPIPE_INTEL_VALUE_H

#include "lib/base/addr.h"
#include "lib/base/buf.h"

enum intel_kind { INTEL_IP, INTEL_DOMAIN, INTEL_URL, INTEL_EMAIL, INTEL_HASH, INTEL_KINDS };

enum intel_type {
#define TYPE(id, name, kind, ecs) INTEL_##id,
#include "lib/intel/types.def"
#undef TYPE
	INTEL_TYPES
};
struct intel_type_row {
	struct slice name, ecs;
	enum intel_kind kind;
};
extern const struct intel_type_row intel_type_row[INTEL_TYPES];

/* Which names a domain hits. */
enum intel_scope { INTEL_BELOW, INTEL_ONLY_BELOW, INTEL_ITSELF };

enum { INTEL_NAME = 253, INTEL_LABELS = 32, INTEL_URL_MAX = 8192, INTEL_DIGEST = 64 };

struct intel_value {
	enum intel_type type;
	enum intel_scope scope;
	struct prefix net;		/* of an address; 128 bits: one address */
	size_t at, n;			/* the canonical bytes in the buf, of all others */
};

/*
 * Canonical forms, appended; false: it is no such thing, and nothing is appended.
 *   name   lower case, IDNA, no final point; a single label only with `bare`
 *   url    [scheme:]host[:port]/path?query without user, fragment, http, https and the port that is theirs; *host is its place
 * in out
 *   email  local part and domain in lower case
 *   hash   bytes of the hex digits (32 40 56 64 96 128 of them)
 */
bool value_name(struct slice, bool bare, struct buf *out) must_use;
struct intel_span {
	size_t at, n;
};
bool value_url(struct slice, struct buf *out, struct intel_span *host) must_use;
bool value_email(struct slice, struct buf *out, struct intel_span *host) must_use;
bool value_hash(struct slice, struct buf *out) must_use;
enum intel_type value_hash_type(size_t bytes);

/* Undoes what people do to links so that nobody follows them: hxxp, [.], (.), {.}, [dot], [:], [at], [@] ... */
void value_refang(struct slice, struct buf *out);

/* What a text of a feed is; `type` is what the feed calls it, or INTEL_TYPES: it shows by itself. */
bool value_read(struct slice, enum intel_type type, struct intel_value *, struct buf *out) must_use;

#endif
