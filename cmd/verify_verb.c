#include "cmd/verify_verb.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 30 };

void
ruling_begin(struct ruling *r, struct tool *t, const struct tool_about *about, const struct opt *options, int argc, char *argv[])
{
	*r = (struct ruling){.t = t, .verb = argv[1]};
	argv[1] = argv[0];
	tool_begin(t, about, options, argc - 1, argv + 1);
	r->json = slice_eq(t->common.to, SLICE("json"));
	if (!digest_start())
		tool_die(t, 0, "SHA-256 is not to be had");
}

void
ruling_cell(struct ruling *r, struct slice more)
{
	const char **read = mem_zero(r->t->args.n + 2, sizeof *read);
	struct cell_rights rights = {.read = read, .memory = (uint64_t)8 << 30};
	size_t n = 0;

	for (size_t i = 0; i < r->t->args.n; i++)
		read[n++] = mem_str(r->t->args.v[i]);
	if (more.n)
		read[n++] = mem_str(more);
	/* The words live as long as the program: the cell was told them. */
	tool_cell(r->t, &rights);
}

static void
put(struct ruling *r, struct slice file, uint64_t place, const char *kind, struct slice what, bool wrong)
{
	struct json_out o = json_out(&r->out);

	if (r->json) {
		jo_open(&o, '{');
		jo_ktext(&o, "file", file);
		if (place)
			jo_ku64(&o, "line", place);
		jo_kstr(&o, wrong ? "wrong" : "fact", kind);
		jo_ktext(&o, "what", what);
		jo_close(&o, '}');
	} else {
		buf_harmless(&r->out, file);
		if (place) {
			buf_byte(&r->out, ':');
			buf_u64(&r->out, place);
		}
		buf_lit(&r->out, ": ");
		buf_str(&r->out, kind);
		if (what.n)
			buf_lit(&r->out, ": ");
		buf_harmless(&r->out, slice_head(what, 200));
	}
	buf_byte(&r->out, '\n');
	if (!out_add(&r->t->out, buf_slice(&r->out)))
		tool_die(r->t, r->t->out.error, "cannot write the output");
	buf_reset(&r->out);
}

void
ruling_wrong(struct ruling *r, struct slice file, uint64_t place, const char *kind, struct slice what)
{
	if (r->wrong++ < RULINGS_MAX)
		put(r, file, place, kind, what, true);
}

void
ruling_fact(struct ruling *r, struct slice file, const char *name, struct slice value)
{
	put(r, file, 0, name, value, false);
}

void
ruling_untold(struct ruling *r, struct slice file, const char *why)
{
	r->untold++;
	put(r, file, 0, "cannot be told", slice_str(why), false);
}

int
ruling_end(struct ruling *r)
{
	if (r->wrong)
		tool_status(r->t, 1);
	else if (r->checked == 0 || r->untold)
		tool_status(r->t, 3);
	tool_say(r->t, "%s: %s; %llu checked, %llu wrong, %llu not to be told", r->verb, r->wrong ? "NOT proven" : r->checked &&
	    !r->untold ?
	    "proven" : "not enough to tell", (unsigned long long)r->checked, (unsigned long long)r->wrong,
	    (unsigned long long)r->untold);
	buf_free(&r->out);
	r->t->common.quiet++;
	return tool_end(r->t);
}

struct slice
verb_file(struct tool *t, struct slice name, struct arena *mem)
{
	struct fault f = {0};
	struct slice text = SLICE("");
	char *path = mem_str(name);

	if (!tool_file(path, FILE_MAX, mem, &text, &f)) {
		tool_fault(t, name, &f);
		exit(2);
	}
	free(path);
	return text;
}

bool
verb_line(struct slice *rest, struct slice *line)
{
	size_t n = slice_find(*rest, '\n');

	if (rest->n == 0)
		return false;
	*line = slice_head(*rest, n);
	*rest = n < rest->n ? slice_from(*rest, n + 1) : SLICE("");
	return true;
}

bool
hex_same(struct slice hex, const struct sha256 *sum)
{
	struct buf b = {0};
	bool same;

	buf_hex(&b, sum->b, sizeof sum->b);
	same = slice_eq_nocase(hex, buf_slice(&b));
	buf_free(&b);
	return same;
}

int
verb_open(int dir, struct slice path)
{
	char *name = mem_str(path);
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	free(name);
	/* A manifest may be an attacker's: no device, no pipe is waited for. */
	if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		(void)close(fd);
		errno = EINVAL;
		return -1;
	}
	return fd;
}

int
verb_folder(struct tool *t, struct slice path)
{
	char *name = mem_str(path.n ? path : SLICE("."));
	int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		tool_usage(t, "%s: %s", name, strerror(errno));
	free(name);
	return fd;
}

struct slice
verb_member(const struct json *j, const char *name, struct arena *mem)
{
	uint32_t v = json_path(j, 0, slice_str(name));
	struct buf b = {0};
	struct slice s;

	if (v == JSON_NONE || json_type(j, v) == JSON_NULL)
		return SLICE("");
	s = arena_slice(mem, json_text(j, v, &b));
	buf_free(&b);
	return s;
}
