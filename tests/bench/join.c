/*
 * join LIST EVENTS: the peer of indicators: a plain hash join in C.  The list goes into a hash table of its lines; of each
 * event the
 * texts of the members that hold addresses, names and hashes are looked up as they stand.  No case, no networks, no parents of
 * names,
 * no validity: what a quick program of an evening does.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct text {
	const char *p;
	size_t n;
};
static struct text *table;
static size_t places = 1;

static uint64_t
hash(const char *p, size_t n)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 0x100000001b3u;
	return h ^ h >> 29;
}

static struct text *
place(const char *p, size_t n)
{
	size_t at = hash(p, n) & (places - 1);

	while (table[at].p && (table[at].n != n || memcmp(table[at].p, p, n) != 0))
		at = (at + 1) & (places - 1);
	return &table[at];
}

static struct text
whole(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p;

	if (fd < 0 || fstat(fd, &st) != 0)
		exit(1);
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (p == MAP_FAILED)
		exit(1);
	return (struct text){p, (size_t)st.st_size};
}

static void
load(struct text list)
{
	size_t lines = 0;

	for (size_t i = 0; i < list.n; i++)
		lines += list.p[i] == '\n';
	while (places < lines * 2)
		places *= 2;
	table = calloc(places, sizeof *table);
	if (table == NULL)
		exit(1);
	for (const char *p = list.p, *end = list.p + list.n, *e; p < end; p = e + 1) {
		e = memchr(p, '\n', (size_t)(end - p));
		if (e == NULL)
			break;
		*place(p, (size_t)(e - p)) = (struct text){p, (size_t)(e - p)};
	}
}

static int
seen(const char *line, size_t n)
{
	static const char *const key[] = {"\"src_ip\":\"", "\"dest_ip\":\"", "\"rrname\":\"", "\"hostname\":\"", "\"sni\":\"",
	    "\"md5\":\"", "\"sha256\":\"", "\"SourceIp\":\"", "\"DestinationIp\":\"", "\"QueryName\":\""};
	int hits = 0;

	for (size_t k = 0; k < sizeof key / sizeof *key; k++) {
		size_t len = strlen(key[k]);
		const char *at = memmem(line, n, key[k], len), *quote;

		if (at == NULL)
			continue;
		at += len;
		quote = memchr(at, '"', n - (size_t)(at - line));
		hits += quote && place(at, (size_t)(quote - at))->p != NULL;
	}
	return hits;
}

int
main(int argc, char *argv[])
{
	struct text events;
	uint64_t hits = 0;

	if (argc < 3)
		return 2;
	load(whole(argv[1]));
	events = whole(argv[2]);
	for (const char *p = events.p, *end = events.p + events.n, *e; p < end; p = e + 1) {
		e = memchr(p, '\n', (size_t)(end - p));
		if (e == NULL)
			break;
		if (seen(p, (size_t)(e - p))) {
			hits++;
			fwrite(p, 1, (size_t)(e - p) + 1, stdout);
		}
	}
	fprintf(stderr, "%llu events\n", (unsigned long long)hits);
	return fflush(stdout) == 0 ? 0 : 1;
}
