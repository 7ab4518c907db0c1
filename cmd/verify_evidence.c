/*
 * ir-verify evidence: the records of a stream stand in the evidence: their source, offset and bytes give their id (INGEST.md
 * section 7), and what JSON sources gave is there byte for byte.  Made from the standard alone, not from the code that makes
 * ids.
 */
#include "cmd/verify_verb.h"

#include "lib/base/map.h"
#include "lib/base/num.h"

#include <unistd.h>

enum { RECORD_MAX = 16 << 20 };

static struct slice folder;
static const struct opt evidence_options[] = {
	{0, "evidence", "DIR", "folder that sources are named from", OPT_TEXT, &folder, "dir"},
	{0},
};
static const char *const kinds[] = {"text", "json", NULL};

struct proof_of {
	struct ruling *r;
	int dir, fd;
	bool tried;
	struct buf open;		/* path behind fd */
	struct buf bytes;
	struct arena mem;
};

static void
id_of(struct slice label, uint64_t off, struct slice bytes, char hex[32])
{
	static const char digit[] = "0123456789abcdef";
	char place[9] = {0};
	unsigned char sum[16];

	for (int i = 0; i < 8; i++)
		place[1 + i] = (char)(unsigned char)(off >> 8 * i);
	digest_xxh3((struct slice[]){label, slice_of(place, sizeof place), bytes}, 3, sum);
	for (int i = 0; i < 16; i++) {
		hex[2 * i] = digit[sum[i] >> 4];
		hex[2 * i + 1] = digit[sum[i] & 15];
	}
}

/* What is packed gives offsets in what it holds, not in itself. */
static bool
packed(int fd)
{
	static const struct { size_t at; struct slice bytes; } mark[] = {{0, SLICE_INIT("\x1f\x8b")}, {0, SLICE_INIT("PK\3\4")},
	    {0, SLICE_INIT("\xfd" "7zXZ")}, {0, SLICE_INIT("7z\xbc\xaf")}, {0, SLICE_INIT("BZh")}, {0,
	    SLICE_INIT("\x28\xb5\x2f\xfd")},
	    {257, SLICE_INIT("ustar")}};
	char head[262] = {0};
	ssize_t n = pread(fd, head, sizeof head, 0);

	for (size_t i = 0; i < sizeof mark / sizeof *mark; i++)
		if (n >= (ssize_t)(mark[i].at + mark[i].bytes.n) && memcmp(head + mark[i].at, mark[i].bytes.p,
		    mark[i].bytes.n) == 0)
			return true;
	return false;
}

/* A Windows event log's record tells its length behind its mark; all else is a line. */
static struct slice
extent(struct slice s)
{
	uint32_t size;

	if (s.n >= 8 && memcmp(s.p, "**\0\0", 4) == 0) {
		memcpy(&size, s.p + 4, sizeof size);
		return slice_head(s, size <= s.n ? size : 0);
	}
	s = slice_head(s, slice_find(s, '\n'));
	return s.n && s.p[s.n - 1] == '\r' ? slice_head(s, s.n - 1) : s;
}

/* The record at the offset, a line without its end; enough is read for it. */
static bool
line_at(struct proof_of *p, uint64_t off, struct slice *line)
{
	ssize_t n = 1;
	size_t want = 65536;		/* a record of an event log has less */

	buf_reset(&p->bytes);
	while (p->bytes.n < RECORD_MAX) {
		buf_room(&p->bytes, want);
		n = pread(p->fd, p->bytes.p + p->bytes.n, want, (off_t)(off + p->bytes.n));
		if (n <= 0)
			break;
		p->bytes.n += (size_t)n;
		if (slice_find(buf_slice(&p->bytes), '\n') < p->bytes.n)
			break;
		want = p->bytes.n;
	}
	*line = extent(buf_slice(&p->bytes));
	return n >= 0 && p->bytes.n > 0;
}

/* %XX of a source's name (DECISIONS: only controls, % and bad UTF-8 are written so). */
static void
percent_decode(struct slice uri, struct buf *path)
{
	for (size_t i = 0; i < uri.n; i++) {
		uint64_t c;

		if (uri.p[i] == '%' && i + 2 < uri.n && num_hex(slice_of(uri.p + i + 1, 2), &c)) {
			buf_byte(path, (char)c);
			i += 2;
		} else
			buf_byte(path, uri.p[i]);
	}
}

static bool
source_open(struct proof_of *p, struct slice uri)
{
	struct buf path = {0};

	if (p->tried && slice_eq(buf_slice(&p->open), uri))
		return p->fd >= 0;
	p->tried = true;
	if (p->fd >= 0)
		(void)close(p->fd);
	percent_decode(uri, &path);
	p->fd = verb_open(p->dir, buf_slice(&path));
	buf_free(&path);
	if (p->fd >= 0 && packed(p->fd)) {
		(void)close(p->fd);
		p->fd = -1;
	}
	buf_reset(&p->open);
	buf_slice_add(&p->open, uri);
	return p->fd >= 0;
}

/* Is `raw` what stands there? JSON sources give their exact bytes (a line break between tokens became a blank). */
static bool
raw_there(struct proof_of *p, struct slice raw)
{
	if (raw.n > p->bytes.n)
		return false;
	for (size_t i = 0; i < raw.n; i++) {
		char c = p->bytes.p[i];

		if (c != raw.p[i] && !(raw.p[i] == ' ' && (c == '\n' || c == '\r')))
			return false;
	}
	return true;
}

static bool
json_source(struct slice fmt)
{
	return slice_starts(fmt, SLICE("json")) || slice_ends(fmt, SLICE("json"));
}

/* Events and alerts whose source is a plain file of lines or JSON; the rest is counted as not to be told, once a source. */
static void
record_check(struct proof_of *p, const struct json *j, uint64_t number, struct slice stream, struct map *untold)
{
	struct slice kind = verb_member(j, "ir.kind", &p->mem), uri = verb_member(j, "ir.src.uri", &p->mem), id = verb_member(j,
	    "ir.id", &p->mem);
	struct slice fmt = verb_member(j, "ir.src.fmt", &p->mem), line;
	uint32_t off_node = json_path(j, 0, SLICE("ir.src.off")), raw = json_get(j, 0, SLICE("raw"));
	uint64_t off = 0;
	char hex[32];
	bool made;

	if ((!slice_eq(kind, SLICE("event")) && !slice_eq(kind, SLICE("alert"))) || off_node == JSON_NONE || !json_u64(j,
	    off_node, &off))
		return;
	if (!source_open(p, uri) || !line_at(p, off, &line)) {
		(void)map_put(untold, uri, &made);
		if (made)
			ruling_untold(p->r, uri, "its bytes are not at hand (packed, moved, or from a pipe)");
		return;
	}
	p->r->checked++;
	if (json_source(fmt) && raw != JSON_NONE) {
		/* The object's own length: elements of an array share a line. */
		line = slice_of(p->bytes.p, json_raw(j, raw).n < p->bytes.n ? json_raw(j, raw).n : p->bytes.n);
		if (!raw_there(p, json_raw(j, raw)))
			ruling_wrong(p->r, stream, number, "raw", SLICE("the original differs from the evidence"));
	}
	id_of(uri, off, line, hex);
	if (!slice_eq(slice_of(hex, sizeof hex), id)) {
		(void)line_at(p, off, &line);
		id_of(uri, off, line, hex);
	}
	if (!slice_eq(slice_of(hex, sizeof hex), id))
		ruling_wrong(p->r, stream, number, "id", SLICE("source, offset and bytes do not give this id"));
}

static void
stream_check(struct proof_of *p, struct slice name, struct slice text)
{
	struct json *j = json_new(&json_limits_stream);
	struct map untold = {0};
	struct slice line;
	uint64_t number = 0;
	struct fault f;

	while (verb_line(&text, &line)) {
		number++;
		if (line.n == 0)
			continue;
		if (json_one(j, line, &f) && json_type(j, 0) == JSON_OBJECT)
			record_check(p, j, number, name, &untold);
		else
			ruling_wrong(p->r, name, number, "no-record", SLICE("not a JSON object"));
		arena_reset(&p->mem);
	}
	map_free(&untold);
	json_free(j);
}

int
verify_evidence(int argc, char *argv[])
{
	static const struct tool_about about = {
		.name = "ir-verify", .what = "evidence: the records of a stream stand in the evidence, byte for byte",
		.usage = "evidence [--evidence DIR] STREAM...",
		.examples = {"ir-verify evidence case.irpipe/case.ndjson", "ir-verify evidence --evidence /mnt/case case.ndjson",
		    "ir-verify evidence -t json case.ndjson"},
		.kinds = kinds, .own_input = true, .terminal_ok = true,
	};
	struct ruling r;
	struct tool t;
	struct arena mem = {0};
	struct proof_of p = {.r = &r, .fd = -1};

	ruling_begin(&r, &t, &about, evidence_options, argc, argv);
	if (t.args.n == 0)
		tool_usage(&t, "evidence: which stream?");
	ruling_cell(&r, SLICE("/"));
	p.dir = verb_folder(&t, folder);
	for (size_t i = 0; i < t.args.n; i++) {
		stream_check(&p, t.args.v[i], verb_file(&t, t.args.v[i], &mem));
		arena_reset(&mem);
	}
	if (p.fd >= 0)
		(void)close(p.fd);
	(void)close(p.dir);
	buf_free(&p.open);
	buf_free(&p.bytes);
	arena_free(&p.mem);
	arena_free(&mem);
	return ruling_end(&r);
}
