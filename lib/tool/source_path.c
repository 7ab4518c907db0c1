/* What a path names, before it is opened for good. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/port/archive.h"
#include "lib/tool/source_priv.h"

/* Is it a regular file whose first bytes show no packing? Then it needs no worker. */
bool
path_plain(const char *path)
{
	char head[HEAD_MAX];
	struct stat st;
	ssize_t n;
	int fd;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return true;
	n = pread(fd, head, sizeof head, 0);
	(void)close(fd);
	return n <= 0 || (!gz_looks(slice_of(head, (size_t)n)) && !archive_looks(slice_of(head, (size_t)n)));
}

/* Itself if it is one: what is replaced needs the right on its folder (SECURITY.md section 3). */
char *
path_folder(const char *path)
{
	struct slice p = slice_str(path);
	size_t slash = slice_rfind(p, '/');
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return mem_str(p);
	return slash < p.n ? mem_str(slice_head(p, slash ? slash : 1)) : mem_str(SLICE("."));
}

bool
path_pipe(const char *arg)
{
	struct stat st;

	return stat(arg, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || S_ISCHR(st.st_mode));
}
