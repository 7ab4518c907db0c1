/*
 * archive FORMAT FILTER KIND FILE: writes an archive for the tests.  FORMAT zip ustar pax 7zip raw; FILTER none gzip zstd xz
 * bzip2 lz4; KIND plain: a.txt, a folder, b/big of 300,000 bytes; hostile: links, a device, names that lead out; secret: an
 * encrypted member; bomb: 256 MiB of zeros; sparse: a hole of 1 MiB and a byte.
 */
#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct archive *out;

static void
must(int got)
{
	if (got == ARCHIVE_OK)
		return;
	fprintf(stderr, "archive: %s\n", archive_error_string(out));
	exit(1);
}

static struct archive_entry *
entry(const char *name, mode_t mode, long long size)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, name);
	archive_entry_set_mode(e, mode);
	archive_entry_set_size(e, size);
	archive_entry_set_mtime(e, 1000000000, 0);
	return e;
}

static void
head(struct archive_entry *e)
{
	must(archive_write_header(out, e));
	archive_entry_free(e);
}

static void
file(const char *name, const char *text)
{
	head(entry(name, S_IFREG | 0600, (long long)strlen(text)));
	if (archive_write_data(out, text, strlen(text)) < 0)
		must(ARCHIVE_FATAL);
}

static void
big(const char *name, long long size, bool zeros)
{
	static char block[65536];
	long long n;

	head(entry(name, S_IFREG | 0600, size));
	for (size_t i = 0; !zeros && i < sizeof block; i++)
		block[i] = (char)('a' + i % 23);
	for (; size > 0; size -= n) {
		n = size < (long long)sizeof block ? size : (long long)sizeof block;
		if (archive_write_data(out, block, (size_t)n) < 0)
			must(ARCHIVE_FATAL);
	}
}

static void
hostile(bool tar)
{
	struct archive_entry *e = entry("soft", S_IFLNK | 0777, 0);

	file("a.txt", "hello\n");
	archive_entry_set_symlink(e, "/etc/passwd");
	head(e);
	if (tar) {
		e = entry("hard", S_IFREG | 0600, 0);
		archive_entry_set_hardlink(e, "/etc/passwd");
		head(e);
		head(entry("null", S_IFCHR | 0600, 0));
		head(entry("fifo", S_IFIFO | 0600, 0));
	}
	file("/abs", "x");
	file("../up", "x");
	file("in/../../up", "x");
	file("C:\\x", "x");
	file("..\\up", "x");
	file("z..txt", "last\n");
}

static void
sparse(void)
{
	struct archive_entry *e = entry("sparse", S_IFREG | 0600, 1048577);

	archive_entry_sparse_add_entry(e, 1048576, 1);
	head(e);
	for (int i = 0; i < 1048576; i += 4096)
		if (archive_write_data(out, (const char[4096]){ 0 }, 4096) < 0)
			must(ARCHIVE_FATAL);
	if (archive_write_data(out, "x", 1) < 0)
		must(ARCHIVE_FATAL);
}

int
main(int argc, char **argv)
{
	if (argc != 5)
		return 2;
	out = archive_write_new();
	must(archive_write_set_format_by_name(out, argv[1]));
	if (strcmp(argv[2], "none") != 0)
		must(archive_write_add_filter_by_name(out, argv[2]));
	if (strcmp(argv[3], "secret") == 0) {
		must(archive_write_set_options(out, "zip:encryption=zipcrypt"));
		must(archive_write_set_passphrase(out, "secret"));
	}
	must(archive_write_open_filename(out, argv[4]));
	if (strcmp(argv[3], "hostile") == 0) {
		hostile(strcmp(argv[1], "zip") != 0);
	} else if (strcmp(argv[3], "bomb") == 0) {
		big("bomb", 256LL << 20, true);
		file("after", "x");
	} else if (strcmp(argv[3], "sparse") == 0) {
		sparse();
	} else {
		file("a.txt", "hello\n");
		if (strcmp(argv[1], "raw") != 0) {
			head(entry("b/", S_IFDIR | 0700, 0));
			big("b/big", 300000, false);
		}
	}
	must(archive_write_close(out));
	archive_write_free(out);
	return 0;
}
