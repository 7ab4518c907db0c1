#include "lib/intel/probe.h"

#include "lib/base/num.h"

/* ---- each value once ----------------------------------------------------------------------------------------------------- */
static inline size_t
mix(const char *p, size_t n, unsigned kind)
{
	uint64_t head = 0, tail = 0;
	size_t few = n < 8 ? n : 8;

	memcpy(&head, p, few);
	memcpy(&tail, p + n - few, few);
	return ((head * 0x9e3779b97f4a7c15u) ^ (tail * 0xc2b2ae3d27d4eb4fu) ^ (n << 8 | kind) * 0x165667b19e3779f9u) >> 56;
}

/* The bytes from `at` to the end of seek.text; taken back if they are there already.  True: it is a new one. */
static bool
put(struct intel_seek *s, enum intel_kind kind, size_t at, struct place where, size_t len, bool parent)
{
	size_t n = s->text.n - at, slot = mix(s->text.p + at, n, kind);
	struct probe *p;

	for (size_t i = 0; i < 8; i++, slot = (slot + 1) % TWINS) {
		if (s->twin[slot] == 0)
			break;
		p = &s->probe[s->twin[slot] - 1];
		if (p->n == n && p->kind == kind && memcmp(s->text.p + p->at, s->text.p + at, n) == 0) {
			s->text.n = at;
			return false;
		}
	}
	if (s->n == INTEL_PROBES) {
		s->cut = true;
		s->text.n = at;
		return false;
	}
	p = &s->probe[s->n++];
	*p = (struct probe){.at = (uint32_t)at, .n = (uint32_t)n, .node = where.node, .off = where.off, .len = (uint32_t)len,
	    .field = where.field, .kind = (uint8_t)kind, .parent = parent};
	s->twin[slot] = (uint16_t)s->n;
	return true;
}

static inline bool
wants(const struct intel_seek *s, enum intel_kind kind)
{
	return s->set->kinds >> kind & 1;
}

/* ---- kinds --------------------------------------------------------------------------------------------------------------- */
static bool
is_ip(struct intel_seek *s, struct slice text, struct place where)
{
	struct addr a;
	size_t at = s->text.n;

	if (text.n < 2 || text.n > 64 || !addr_read(text, &a))
		return false;
	if (wants(s, INTEL_IP)) {
		buf_add(&s->text, a.b, 16);
		(void)put(s, INTEL_IP, at, where, text.n, false);
	}
	return true;
}

bool
probe_ip(struct intel_seek *s, struct slice text, struct place where)
{
	size_t colon;

	if (is_ip(s, text, where))
		return true;
	/* 192.0.2.1:443, [2001:db8::1]:443 */
	if (text.n && text.p[0] == '[') {
		where.off++;
		return is_ip(s, slice_of(text.p + 1, slice_find(slice_from(text, 1), ']')), where);
	}
	colon = slice_find(text, ':');
	return colon < text.n && colon >= 7 && slice_rfind(text, ':') == colon && is_ip(s, slice_head(text, colon), where);
}

/* The name that stands at `at` of seek.text, then those above it, of two labels at least. */
static void
names(struct intel_seek *s, size_t at, struct place where, size_t len)
{
	size_t n = s->text.n - at, dot, labels = 0;

	if (!put(s, INTEL_DOMAIN, at, where, len, false))
		return;
	for (size_t from = 0; labels < INTEL_LABELS; labels++) {
		struct slice rest;

		rest = slice_of(s->text.p + at + from, n - from);
		dot = slice_find(rest, '.');
		if (dot >= rest.n)
			return;
		from += dot + 1;
		rest = slice_from(rest, dot + 1);
		if (slice_find(rest, '.') == rest.n)
			return;
		buf_room(&s->text, rest.n);
		buf_slice_add(&s->text, slice_of(s->text.p + at + from, n - from));
		if (!put(s, INTEL_DOMAIN, s->text.n - (n - from), where, len, true))
			return;
	}
}

bool
probe_name(struct intel_seek *s, struct slice text, struct place where)
{
	size_t at = s->text.n, colon;
	uint64_t port;

	if (text.n < 2 || text.n > 4 * INTEL_NAME)
		return false;
	if ((num_digit(text.p[0]) || text.p[0] == '[' || text.p[0] == ':' || slice_find(text, ':') < text.n) && probe_ip(s, text,
	    where))
		return true;
	colon = slice_rfind(text, ':');
	if (colon < text.n && num_u64(slice_from(text, colon + 1), &port))
		text = slice_head(text, colon);
	if (!wants(s, INTEL_DOMAIN))
		return false;
	if (!value_name(text, true, &s->text))
		return false;
	names(s, at, where, text.n);
	return true;
}

/* The host of the URL or mail address that stands in seek.text. */
static void
host_of(struct intel_seek *s, const struct intel_span *host, struct place where, size_t len)
{
	size_t from = s->text.n;
	struct slice name;
	struct addr a;

	buf_room(&s->text, host->n + 16);
	name = slice_of(s->text.p + host->at, host->n);
	if (addr_read(name, &a)) {
		if (wants(s, INTEL_IP)) {
			buf_add(&s->text, a.b, 16);
			(void)put(s, INTEL_IP, from, where, len, false);
		}
	} else if (wants(s, INTEL_DOMAIN)) {
		buf_slice_add(&s->text, name);
		names(s, from, where, len);
	}
}

bool
probe_url(struct intel_seek *s, struct slice text, struct place where)
{
	size_t at = s->text.n;
	struct intel_span host;

	if (text.n < 4 || text.p[0] == '/' || !value_url(text, &s->text, &host))
		return false;
	if (!wants(s, INTEL_URL) || put(s, INTEL_URL, at, where, text.n, false))
		host_of(s, &host, where, text.n);
	return true;
}

bool
probe_mail(struct intel_seek *s, struct slice text, struct place where)
{
	size_t at = s->text.n;
	struct intel_span host;

	if (text.n < 3 || text.n > 1024 || !value_email(text, &s->text, &host))
		return false;
	if (!wants(s, INTEL_EMAIL) || put(s, INTEL_EMAIL, at, where, text.n, false))
		host_of(s, &host, where, text.n);
	return true;
}

bool
probe_hash(struct intel_seek *s, struct slice text, struct place where)
{
	size_t at = s->text.n;

	if (text.n < 32 || text.n > 128 || !wants(s, INTEL_HASH) || !value_hash(text, &s->text))
		return false;
	(void)put(s, INTEL_HASH, at, where, text.n, false);
	return true;
}

void
probe_web(struct intel_seek *s, struct slice host, struct slice path, struct place where)
{
	if (!wants(s, INTEL_URL) || host.n == 0 || host.n > 512 || path.n == 0 || path.p[0] != '/' || path.n > INTEL_URL_MAX)
		return;
	buf_reset(&s->word);
	buf_slice_add(&s->word, host);
	buf_slice_add(&s->word, path);
	(void)probe_url(s, buf_slice(&s->word), where);
}
