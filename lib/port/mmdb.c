#include "lib/port/mmdb.h"

#include "lib/base/mem.h"

#include <fcntl.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct mmdb {
	MMDB_s m;
};

_Static_assert(sizeof(MMDB_entry_s) <= sizeof(struct mmdb_hit), "a hit holds libmaxminddb's entry");
_Static_assert(_Alignof(MMDB_entry_s) <= _Alignof(struct mmdb_hit), "and is aligned for it");

/*
 * MMDB_open expands `languages` and `description` of the metadata as lists, which pointers that share targets make exponential:
 * the metadata is walked before with a budget (MaxMind DB format 2.0, "Metadata" and "Data Field Format"). No pointer chain of an
 * honest file is long.
 */
enum { META_MAX = 128 * 1024, META_VALUES = 4096, META_DEPTH = 32 };
enum { POINTER = 1, MAP = 7, ARRAY = 11, BOOLEAN = 14 };
static const char MARK[] = "\xab\xcd\xefMaxMind.com";

struct control {
	unsigned type;
	uint32_t size;			/* items of a list or map, bytes of the others; a pointer's target */
	size_t next;
};

/* The control bytes at `at`; false: they do not fit. */
static bool
control(struct slice s, size_t at, struct control *c)
{
	const unsigned char *p = (const unsigned char *)s.p;
	static const uint32_t pointer_base[4] = {0, 2048, 526336, 0}, size_base[4] = {0, 29, 285, 65821};
	unsigned first, more;
	uint32_t v = 0;

	if (at >= s.n)
		return false;
	first = p[at++];
	c->type = first >> 5;
	if (c->type == 0 && at < s.n)
		c->type = 7u + p[at++];
	more = c->type == POINTER ? (first >> 3 & 3) + 1 : (first & 31) < 29 ? 0 : (first & 31) - 28;
	if (s.n - at < more)
		return false;
	for (unsigned i = 0; i < more; i++)
		v = v << 8 | p[at++];
	if (c->type == POINTER)
		c->size = more == 4 ? v : pointer_base[more - 1] + ((first & 7u) << 8 * more | v);
	else
		c->size = more ? size_base[more] + v : first & 31;
	c->next = at;
	return true;
}

/* Counts what an expansion of all pointers would visit; explicit stack. */
static bool
meta_bounded(struct slice s)
{
	struct {
		uint64_t left;
		size_t back;		/* place behind the pointer that led here; 0: none */
	} frame[META_DEPTH];
	size_t at = 0, depth = 1;
	unsigned values = 0;

	frame[0].left = 1;
	frame[0].back = 0;
	while (depth) {
		struct control c;
		size_t back = 0;

		if (frame[depth - 1].left == 0) {
			depth--;
			if (frame[depth].back)
				at = frame[depth].back;
			continue;
		}
		frame[depth - 1].left--;
		if (++values > META_VALUES || !control(s, at, &c))
			return false;
		if (c.type == POINTER) {
			back = c.next;
			/* A pointer to a pointer is not allowed by the format. */
			if (!control(s, c.size, &c) || c.type == POINTER)
				return false;
		}
		if (c.type == MAP || c.type == ARRAY) {
			if (depth == META_DEPTH)
				return false;
			frame[depth].left = c.type == MAP ? 2 * (uint64_t)c.size : c.size;
			frame[depth++].back = back;
			at = c.next;
			continue;
		}
		if (c.type != BOOLEAN && s.n - c.next < c.size)
			return false;
		at = back ? back : c.type == BOOLEAN ? c.next : c.next + c.size;
	}
	return true;
}

/* The metadata stands behind the last mark in the last 128 KiB. */
static struct slice
find_meta(struct slice file)
{
	struct slice mark = slice_of(MARK, sizeof MARK - 1), tail = file, found = {NULL, 0};

	if (file.n > META_MAX)
		tail = slice_from(file, file.n - META_MAX);
	while (tail.n >= mark.n) {
		size_t at = slice_find_slice(tail, mark);

		if (at == tail.n)
			break;
		tail = found = slice_from(tail, at + mark.n);
	}
	return found;
}

static bool
meta_good(const char *path, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	void *p;
	bool ok;

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		if (fd >= 0)
			close(fd);
		return fault_near(f, "mmdb: cannot be opened", slice_str(path), 0);
	}
	p = st.st_size > 0 ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	close(fd);
	if (p == MAP_FAILED)
		return fault_near(f, "mmdb: damaged", SLICE("empty"), 0);
	ok = meta_bounded(find_meta(slice_of(p, (size_t)st.st_size)));
	munmap(p, (size_t)st.st_size);
	return ok || fault_near(f, "mmdb: damaged", SLICE("metadata"), 0);
}

struct mmdb *
mmdb_open(const char *path, struct fault *f)
{
	struct mmdb *m;
	int r;

	if (!meta_good(path, f))
		return NULL;
	m = mem_zero(1, sizeof *m);
	r = MMDB_open(path, MMDB_MODE_MMAP, &m->m);
	if (r != MMDB_SUCCESS) {
		free(m);
		fault_near(f, r == MMDB_FILE_OPEN_ERROR || r == MMDB_IO_ERROR ? "mmdb: cannot be opened" : "mmdb: damaged",
		    slice_str(MMDB_strerror(r)), 0);
		return NULL;
	}
	return m;
}

void
mmdb_close(struct mmdb *m)
{
	if (m == NULL)
		return;
	MMDB_close(&m->m);
	free(m);
}

struct slice
mmdb_type(const struct mmdb *m)
{
	return slice_str(m->m.metadata.database_type);
}

uint64_t
mmdb_build(const struct mmdb *m)
{
	return m->m.metadata.build_epoch;
}

/* IPv4 is asked for as IPv4: libmaxminddb knows where it begins in a tree of IPv6 (::/96), the mapped range may be absent. */
enum mmdb_found
mmdb_find(const struct mmdb *m, const struct addr *a, struct mmdb_hit *hit, unsigned *prefix_bits)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	bool is4 = addr_is4(a);
	MMDB_lookup_result_s r;
	int error = MMDB_SUCCESS;

	if (!is4 && m->m.metadata.ip_version == 4)
		return MMDB_MISS;
	memcpy(&v4.sin_addr, a->b + 12, 4);
	memcpy(&v6.sin6_addr, a->b, 16);
	r = MMDB_lookup_sockaddr(&m->m, is4 ? (const struct sockaddr *)&v4 : (const struct sockaddr *)&v6, &error);
	if (error != MMDB_SUCCESS)
		return MMDB_CORRUPT;
	/*
	 * The netmask counts from the tree's start, struct prefix over the mapped form: an IPv4 tree starts at bit 96 (and may
	 * end there).
	 */
	if (prefix_bits)
		*prefix_bits = is4 && m->m.metadata.ip_version == 4 ? 96u + r.netmask : is4 && r.netmask < 96 ? 96 : r.netmask;
	if (!r.found_entry)
		return MMDB_MISS;
	memcpy(hit->room, &r.entry, sizeof r.entry);
	return MMDB_HIT;
}

static enum mmdb_found
value(const struct mmdb_hit *hit, const char *const *path, MMDB_entry_data_s *out)
{
	MMDB_entry_s entry;
	int r;

	memcpy(&entry, hit->room, sizeof entry);
	r = MMDB_aget_value(&entry, out, path);
	if (r == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR)
		return MMDB_MISS;
	if (r != MMDB_SUCCESS)
		return MMDB_CORRUPT;
	return out->has_data ? MMDB_HIT : MMDB_MISS;
}

/* A string's bytes are inside of the file: libmaxminddb checks that. */
enum mmdb_found
mmdb_text(const struct mmdb *m, const struct mmdb_hit *hit, const char *const *path, struct slice *out)
{
	MMDB_entry_data_s v;
	enum mmdb_found found = value(hit, path, &v);

	(void)m;
	if (found != MMDB_HIT)
		return found;
	if (v.type != MMDB_DATA_TYPE_UTF8_STRING)
		return MMDB_MISS;
	*out = slice_of(v.utf8_string, v.data_size);
	return MMDB_HIT;
}

enum mmdb_found
mmdb_u64(const struct mmdb *m, const struct mmdb_hit *hit, const char *const *path, uint64_t *out)
{
	MMDB_entry_data_s v;
	enum mmdb_found found = value(hit, path, &v);

	(void)m;
	if (found != MMDB_HIT)
		return found;
	switch (v.type) {
	case MMDB_DATA_TYPE_UINT16:
		*out = v.uint16;
		return MMDB_HIT;
	case MMDB_DATA_TYPE_UINT32:
		*out = v.uint32;
		return MMDB_HIT;
	case MMDB_DATA_TYPE_UINT64:
		*out = v.uint64;
		return MMDB_HIT;
	case MMDB_DATA_TYPE_BOOLEAN:
		*out = v.boolean;
		return MMDB_HIT;
	case MMDB_DATA_TYPE_INT32:
		if (v.int32 < 0)
			return MMDB_MISS;
		*out = (uint64_t)v.int32;
		return MMDB_HIT;
	default:
		return MMDB_MISS;
	}
}

enum mmdb_found
mmdb_f64(const struct mmdb *m, const struct mmdb_hit *hit, const char *const *path, double *out)
{
	MMDB_entry_data_s v;
	enum mmdb_found found = value(hit, path, &v);

	(void)m;
	if (found != MMDB_HIT)
		return found;
	if (v.type != MMDB_DATA_TYPE_DOUBLE && v.type != MMDB_DATA_TYPE_FLOAT)
		return MMDB_MISS;
	*out = v.type == MMDB_DATA_TYPE_DOUBLE ? v.double_value : (double)v.float_value;
	return MMDB_HIT;
}
