/*
 * addr: IP addresses and prefixes (RFC 4291, RFC 5952).  IPv4 is kept as ::ffff:a.b.c.d, so that the mapped form and the plain
 * one are the same address (ENRICH.md section 1).
 */
#ifndef IRPIPE_BASE_ADDR_H
#define IRPIPE_BASE_ADDR_H

#include "lib/base/buf.h"
#include "lib/base/slice.h"

struct addr {
	unsigned char b[16];
};
struct prefix {
	struct addr a;
	uint8_t bits;		/* 0..128 over the mapped form: 10.0.0.0/8 has 104 */
};

/* Strict dotted quad (no leading zeros) or RFC 4291 text; a zone (%eth0) is dropped; no brackets, no port. */
bool addr_read(struct slice, struct addr *) must_use;
/* ADDR or ADDR/BITS; *host_bits (may be NULL) tells that bits behind the prefix were set: they are masked. */
bool prefix_read(struct slice, struct prefix *, bool *host_bits) must_use;
bool addr_is4(const struct addr *);
void addr_add(struct buf *, const struct addr *);		/* canonical text: IPv4 dotted, else RFC 5952 */
void prefix_add(struct buf *, const struct prefix *);
/* An IPv6 prefix shorter than /96 (::/0) holds no IPv4 address, though the mapped form lies in it. */
bool prefix_holds(const struct prefix *, const struct addr *);
/* Not globally routable: private, loopback, link-local, shared, documentation, multicast, reserved (IANA special registries). */
bool addr_private(const struct addr *);

#endif
