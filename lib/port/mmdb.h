/*
 * port/mmdb: MaxMind databases (hostile bytes): MMDB_get_value on fixed paths only; libmaxminddb 1.7.1's entry lists are
 * exponential on pointer fan-out (SECURITY.md section 1).
 */
#ifndef IRPIPE_PORT_MMDB_H
#define IRPIPE_PORT_MMDB_H

#include "lib/base/addr.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"

struct mmdb;
struct mmdb *mmdb_open(const char *path, struct fault *) must_use;
void mmdb_close(struct mmdb *);
struct slice mmdb_type(const struct mmdb *);		/* "GeoLite2-City" ... */
uint64_t mmdb_build(const struct mmdb *);		/* build epoch, seconds */

enum mmdb_found { MMDB_MISS, MMDB_HIT, MMDB_CORRUPT };
struct mmdb_place;	/* opaque result lives in the caller's struct: */
struct mmdb_hit { _Alignas(8) unsigned char room[64]; };
enum mmdb_found mmdb_find(const struct mmdb *, const struct addr *, struct mmdb_hit *, unsigned *prefix_bits);
/* Value at a fixed path such as {"country","iso_code",NULL}; strings live as long as the database. */
enum mmdb_found mmdb_text(const struct mmdb *, const struct mmdb_hit *, const char *const *path, struct slice *out);
enum mmdb_found mmdb_u64(const struct mmdb *, const struct mmdb_hit *, const char *const *path, uint64_t *out);
enum mmdb_found mmdb_f64(const struct mmdb *, const struct mmdb_hit *, const char *const *path, double *out);

#endif
