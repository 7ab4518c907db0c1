/* Packs: rules that were compiled before, built in or named by -r; --compile writes one. */
#include "cmd/match.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/sigma/meta.h"

/* The bytes of a pack, mapped as long as the program lives; empty: it is none. */
static struct slice
map_pack(struct slice path)
{
	char *name = mem_str(path), magic[8];
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct slice bytes = {NULL, 0};
	struct stat st;
	void *p;

	free(name);
	if (fd < 0)
		return bytes;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && read(fd, magic, sizeof magic) == sizeof magic &&
	    match_pack_magic(magic)) {
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (p != MAP_FAILED)
			bytes = slice_of(p, (size_t)st.st_size);
	}
	close(fd);
	return bytes;
}

bool
pack_load(struct matching *m, struct slice path)
{
	struct slice bytes = map_pack(path);
	struct fault f = {0};

	if (bytes.n == 0)
		return false;
	if (m->set)
		tool_usage(m->t, "-r: one pack is all, and it stands first");
	m->set = match_unpack(bytes, &m->sigma, &f);
	if (m->set == NULL) {
		tool_fault(m->t, path, &f);
		exit(2);
	}
	return true;
}

bool
pack_builtin(struct matching *m, struct slice bytes)
{
	struct fault f = {0};

	m->set = match_unpack(bytes, &m->sigma, &f);
	if (m->set == NULL)
		tool_die(m->t, 0, "the built-in rules: %s", f.what);
	return true;
}

/* Correlations and filters say something about other rules: they are read beside a pack, which holds rules alone. */
static void
only_rules(struct matching *m)
{
	if (m->sigma.meta && m->sigma.meta->correlations)
		tool_usage(m->t, "--compile: %.*s has a correlation; give it with another -r beside the pack",
		    (int)m->sigma.meta->correlation[0]->about->file.n, m->sigma.meta->correlation[0]->about->file.p);
	if (m->sigma.rules == 0)
		tool_usage(m->t, "--compile: no usable rule");
}

_Noreturn void
pack_write(struct matching *m)
{
	struct buf out = {0};
	struct fault f = {0};
	char *name = mem_str(m->o.compile);

	only_rules(m);
	match_pack(m->set, &m->sigma, &out);
	if (!tool_write_file(name, buf_slice(&out), &f)) {
		tool_fault(m->t, m->o.compile, &f);
		exit(4);
	}
	tool_say(m->t, "%zu rules, %zu bytes", m->sigma.rules, out.n);
	buf_free(&out);
	free(name);
	exit(m->t->status);
}
