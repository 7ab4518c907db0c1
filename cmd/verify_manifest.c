/*
 * ir-verify manifest, seal: files are what they were.  A manifest is lines of sha256sum, or NDJSON with path, size and sha256 (as
 * ir-ingest --manifest and `seal` write it).  A seal also holds a short tag of each line, so that the first changed line can be
 * named.
 */
#include "cmd/verify_verb.h"

#include "lib/base/base64.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { TAG = 4, LINES_MAX = 4000000, BLOCK = 1 << 20 };

static struct slice folder;
static const struct opt manifest_options[] = {
	{0, "dir", "DIR", "folder that the paths are named from (default: the manifest's own)", OPT_TEXT, &folder, "dir"},
	{0},
};
static const struct opt seal_options[] = {{0}};
static const char *const kinds[] = {"text", "json", NULL};
static const char *const seal_kinds[] = {"ndjson", NULL};

/* ---- reading a file once: size, SHA-256, tags of its lines ------------------------------------------------------- */

struct read {
	uint64_t size, lines;
	struct sha256 sum;
	struct buf tags;		/* TAG bytes a line, while there are at most LINES_MAX */
};

static void
tag(struct read *d, struct slice line)
{
	unsigned char sum[16];

	if (d->lines++ >= LINES_MAX)
		return;
	digest_xxh3(&line, 1, sum);
	buf_add(&d->tags, sum, TAG);
}

/* False: errno. */
static bool
file_read(int fd, bool tags, struct read *d)
{
	struct digest *h = digest_new();
	struct buf line = {0};
	char *block = mem_alloc(BLOCK);
	ssize_t n;
	bool ok = h != NULL;

	while (ok && (n = read(fd, block, BLOCK)) != 0) {
		struct slice s = slice_of(block, n > 0 ? (size_t)n : 0);

		if (n < 0 || !digest_add(h, s)) {
			ok = false;
			break;
		}
		d->size += s.n;
		while (tags && s.n) {
			size_t end = slice_find(s, '\n');

			buf_slice_add(&line, slice_head(s, end));
			if (end == s.n)
				break;
			tag(d, buf_slice(&line));
			buf_reset(&line);
			s = slice_from(s, end + 1);
		}
	}
	if (tags && line.n)
		tag(d, buf_slice(&line));
	if (h && !ok)
		digest_drop(h);
	else if (h)
		ok = digest_end(h, &d->sum);
	free(block);
	buf_free(&line);
	return ok;
}

/* ---- manifest ---------------------------------------------------------------------------------------------------- */

struct row {
	struct slice path, sha256, tags, size;
	bool sized;
	uint64_t bytes, lines;
};

/* The first line whose tag differs, from 1; 0: none. */
static uint64_t
first_line(const struct row *w, const struct read *d)
{
	struct buf was = {0};
	uint64_t at = 0;
	size_t n;

	if (!base64_decode(w->tags, &was)) {
		buf_free(&was);
		return 0;
	}
	n = was.n < d->tags.n ? was.n : d->tags.n;
	for (size_t i = 0; i + TAG <= n && at == 0; i += TAG)
		if (memcmp(was.p + i, d->tags.p + i, TAG) != 0)
			at = i / TAG + 1;
	if (at == 0 && was.n != d->tags.n)
		at = n / TAG + 1;
	buf_free(&was);
	return at;
}

static void
check_row(struct ruling *r, int dir, const struct row *w)
{
	struct read d = {0};
	int fd = verb_open(dir, w->path);

	if (fd < 0 && errno != ENOENT && errno != ENOTDIR) {
		ruling_untold(r, w->path, strerror(errno));
		return;
	}
	r->checked++;
	if (fd < 0)
		ruling_wrong(r, w->path, 0, "missing", SLICE(""));
	else if (!file_read(fd, w->tags.n > 0, &d))
		ruling_untold(r, w->path, "it cannot be read");
	else if (!hex_same(w->sha256, &d.sum)) {
		uint64_t line = w->tags.n ? first_line(w, &d) : 0;

		ruling_wrong(r, w->path, line, w->sized && d.size != w->bytes ? "size" : "changed",
		    line ? SLICE("the first line that is not what it was") : SLICE("its SHA-256 is another"));
	} else if (w->sized && d.size != w->bytes)
		ruling_wrong(r, w->path, 0, "size", SLICE("the manifest gives another size"));
	if (fd >= 0)
		(void)close(fd);
	buf_free(&d.tags);
}

/* `HEX  NAME` and `HEX *NAME`; a backslash before the line tells that \\ and \n stand in the name. */
static bool
sum_row(struct slice line, struct row *w, struct arena *mem)
{
	struct buf name = {0};
	bool escaped = line.n && line.p[0] == '\\';

	if (escaped)
		line = slice_from(line, 1);
	if (line.n < 67 || line.p[64] != ' ' || (line.p[65] != ' ' && line.p[65] != '*'))
		return false;
	w->sha256 = slice_head(line, 64);
	w->path = slice_from(line, 66);
	for (size_t i = 0; escaped && i < w->path.n; i++) {
		char c = w->path.p[i];

		if (c == '\\' && i + 1 < w->path.n)
			c = w->path.p[++i] == 'n' ? '\n' : w->path.p[i];
		buf_byte(&name, c);
	}
	if (escaped)
		w->path = arena_slice(mem, buf_slice(&name));
	buf_free(&name);
	return true;
}

static bool
json_row(const struct json *j, struct row *w, struct arena *mem)
{
	uint32_t size = json_get(j, 0, SLICE("size"));

	w->path = verb_member(j, "path", mem);
	w->sha256 = verb_member(j, "sha256", mem);
	w->tags = verb_member(j, "lines.tags", mem);
	w->sized = size != JSON_NONE && json_u64(j, size, &w->bytes);
	return w->path.n && w->sha256.n == 64;
}

/* ARCHIVE!/MEMBER: the archive that holds it has a row of its own, and that is what is looked at. */
static bool
inside_archive(struct slice path)
{
	for (size_t i = 0; i + 1 < path.n; i++)
		if (path.p[i] == '!' && path.p[i + 1] == '/')
			return true;
	return false;
}

static void
manifest_read(struct ruling *r, struct slice name, struct slice text, int dir)
{
	struct json *j = json_new(&json_limits_stream);
	struct arena mem = {0};
	struct slice line;
	uint64_t number = 0;
	struct fault f;

	while (verb_line(&text, &line)) {
		struct row w = {0};
		bool object = line.n && line.p[0] == '{';

		number++;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (object ? !json_one(j, line, &f) : !sum_row(line, &w, &mem)) {
			ruling_wrong(r, name, number, "no-row", SLICE("neither a line of sha256sum nor a JSON object"));
			continue;
		}
		if (object && !json_row(j, &w, &mem))
			ruling_wrong(r, name, number, "no-row", SLICE("path and sha256 are wanted"));
		else if (!inside_archive(w.path))
			check_row(r, dir, &w);
		arena_reset(&mem);
	}
	arena_free(&mem);
	json_free(j);
}

int
verify_manifest(int argc, char *argv[])
{
	static const struct tool_about about = {
		.name = "ir-verify", .what = "manifest: every file is there and is what it was", .usage =
		    "manifest [--dir DIR] MANIFEST...",
		.examples = {"ir-verify manifest case.irpipe/MANIFEST", "ir-verify manifest --dir . evidence.manifest",
		    "ir-verify seal case.ndjson > case.seal; ir-verify manifest case.seal"},
		.kinds = kinds, .own_input = true, .terminal_ok = true,
	};
	struct ruling r;
	struct tool t;
	struct arena mem = {0};

	ruling_begin(&r, &t, &about, manifest_options, argc, argv);
	if (t.args.n == 0)
		tool_usage(&t, "manifest: which one?");
	/* Paths may lead anywhere, as those of the evidence do. */
	ruling_cell(&r, SLICE("/"));
	for (size_t i = 0; i < t.args.n; i++) {
		struct slice name = t.args.v[i], text = verb_file(&t, name, &mem);
		size_t slash = slice_rfind(name, '/');
		int dir = verb_folder(&t, folder.n ? folder : slash < name.n ? slice_head(name, slash ? slash : 1) : SLICE("."));

		manifest_read(&r, name, text, dir);
		(void)close(dir);
	}
	arena_free(&mem);
	return ruling_end(&r);
}

/* ---- seal -------------------------------------------------------------------------------------------------------- */

static void
seal_put(struct tool *t, struct slice path, const struct read *d)
{
	struct buf b = {0}, text = {0};
	struct json_out o = json_out(&b);

	jo_open(&o, '{');
	jo_ktext(&o, "path", path);
	jo_ku64(&o, "size", d->size);
	buf_hex(&text, d->sum.b, sizeof d->sum.b);
	jo_ktext(&o, "sha256", buf_slice(&text));
	jo_kopen(&o, "lines", '{');
	jo_ku64(&o, "n", d->lines);
	buf_reset(&text);
	buf_base64(&text, buf_slice(&d->tags));
	jo_ktext(&o, "tags", buf_slice(&text));
	jo_close(&o, '}');
	jo_close(&o, '}');
	buf_byte(&b, '\n');
	if (!out_add(&t->out, buf_slice(&b)))
		tool_die(t, t->out.error, "cannot write the output");
	buf_free(&b);
	buf_free(&text);
}

int
verify_seal(int argc, char *argv[])
{
	static const struct tool_about about = {
		.name = "ir-verify", .what = "seal: writes a manifest that can name the line", .usage = "seal FILE... > SEAL",
		.examples = {"ir-verify seal case.ndjson report.html > case.seal", "ir-verify manifest case.seal",
		    "ir-verify seal playbooks/*.yaml > playbooks.seal"},
		.kinds = seal_kinds, .own_input = true, .terminal_ok = true,
	};
	struct ruling r;
	struct tool t;
	int dir;

	ruling_begin(&r, &t, &about, seal_options, argc, argv);
	if (t.args.n == 0)
		tool_usage(&t, "seal: which files?");
	ruling_cell(&r, SLICE("/"));
	dir = verb_folder(&t, SLICE("."));
	for (size_t i = 0; i < t.args.n; i++) {
		struct read d = {0};
		int fd = verb_open(dir, t.args.v[i]);

		if (fd < 0 || !file_read(fd, true, &d))
			tool_die(&t, errno, "%.*s", (int)t.args.v[i].n, t.args.v[i].p);
		seal_put(&t, t.args.v[i], &d);
		(void)close(fd);
		buf_free(&d.tags);
	}
	(void)close(dir);
	buf_free(&r.out);
	t.common.quiet++;
	return tool_end(&t);
}
