/* Sources: what is found, in which order, under which label, and what is told of the rest. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/tool/source.h"
#include "lib/tool/walk.h"
#include "tests/unit/pack.h"
#include "tests/unit/unit.h"

static char *dir;

static void
note(void *self, const char *what, struct slice uri, struct slice message)
{
	struct buf *b = self;

	OK(message.n > 0, "a note has words");
	buf_str(b, "! ");
	buf_str(b, what);
	buf_byte(b, ' ');
	buf_slice_add(b, uri);
	buf_byte(b, '\n');
}

static struct slice
path(const char *name)
{
	struct buf b = {0};

	buf_str(&b, dir);
	buf_byte(&b, '/');
	buf_str(&b, name);
	return slice_str(buf_cstr(&b));		/* lives until the test ends */
}

static void
put(const char *name, struct slice bytes)
{
	FILE *f = fopen(path(name).p, "w");

	if (!f || fwrite(bytes.p, 1, bytes.n, f) != bytes.n || fclose(f) != 0)
		OK(false, "cannot write %s", name);
}

/* Everything as text: a line "URI NAME SIZE" and the bytes of each source (long ones as their count), notes between them. */
static struct slice
all(struct slice *args, size_t n, uint64_t max)
{
	struct buf *b = mem_zero(1, sizeof *b);
	struct opt_list list = {.v = args, .n = n, .cap = n};
	struct source_options o = {.max_inflate = max, .note = note, .self = b, .compressed = true};
	struct sources *s = sources_new(NULL, &list, &o);
	struct source src;
	char room[1000];

	while (sources_next(s, &src)) {
		struct buf text = {0};
		size_t got;

		buf_slice_add(b, src.uri);
		buf_byte(b, ' ');
		buf_slice_add(b, src.name);
		buf_byte(b, ' ');
		while ((got = source_read(s, room, sizeof room)) > 0)
			buf_add(&text, room, got);
		if (text.n > 100)
			buf_u64(b, text.n);
		else
			buf_slice_add(b, buf_slice(&text));
		buf_byte(b, '\n');
		buf_free(&text);
	}
	sources_end(s);
	return buf_slice(b);
}

static struct slice
one(const char *arg)
{
	struct slice a = slice_str(arg);

	return all(&a, 1, 0);
}

static void
labels(void)
{
	put("plain", SLICE("text"));
	SAME(one("plain"), SLICE("plain plain text\n"), "a file");
	SAME(one("./plain"), SLICE("plain plain text\n"), "./ is dropped");
	SAME(one(".//./plain"), SLICE("plain plain text\n"), "// is dropped");
	SAME(one("nowhere"), SLICE("! unreadable nowhere\n"), "a file that is not there");
	put("odd\nname\x7f%\xff\xc3\xa4", SLICE("x"));
	SAME(one("odd\nname\x7f%\xff\xc3\xa4"), SLICE("odd%0Aname%7F%25%FF\xc3\xa4 odd\nname\x7f%\xff\xc3\xa4 x\n"),
	    "controls, percent and bad UTF-8");
	put("empty", SLICE(""));
	SAME(one("empty"), SLICE("empty empty \n"), "an empty file is a source");
}

static void
folders(void)
{
	(void)mkdir("tree", 0700);
	(void)mkdir("tree/a", 0700);
	(void)mkdir("tree/b", 0700);
	put("tree/a.txt", SLICE("2"));
	put("tree/a/z", SLICE("1"));
	put("tree/B", SLICE("0"));
	OK(symlink("/etc/passwd", "tree/b/link") == 0, "link");
	OK(symlink("../a", "tree/b/folder") == 0, "link to a folder");
	OK(mkfifo("tree/pipe", 0600) == 0, "fifo");
	SAME(one("tree"), SLICE("tree/B B 0\ntree/a/z z 1\ntree/a.txt a.txt 2\n! link tree/b/folder\n! link tree/b/link\n! "
	    "not-regular tree/pipe\n"),
	    "byte order of names, links and fifos told");
	SAME(one("./tree//"), one("tree"), "the label has no / at its end");
	OK(symlink("tree", "way") == 0, "link");
	SAME(slice_head(one("way"), 6), SLICE("way/B "), "an argument may be a link");
	OK(slice_starts(one("tree/."), SLICE("tree/B B 0")), "a part that is . alone is dropped");
	OK(chdir("tree/a") == 0, "into the folder");
	SAME(one("."), SLICE("z z 1\n"), "the folder itself has no label");
	OK(chdir(dir) == 0, "and back");
}

static void
limits(void)
{
	struct walk w;
	struct walk_item it;
	int root = open("tree", O_RDONLY | O_DIRECTORY);

	walk_begin(&w, root);
	w.depth_max = 1;
	INT(walk_next(&w, &it), WALK_FILE, "first file");
	INT(walk_next(&w, &it), WALK_NOTE, "a folder too deep");
	SAME(slice_str(it.what), SLICE("limit-depth"), "depth");
	SAME(it.path, SLICE("a"), "which");
	INT(walk_next(&w, &it), WALK_FILE, "and on");
	walk_end(&w);
	root = open("tree", O_RDONLY | O_DIRECTORY);
	walk_begin(&w, root);
	w.names_max = 2;
	INT(walk_next(&w, &it), WALK_NOTE, "too many names");
	SAME(slice_str(it.what), SLICE("limit-names"), "names");
	walk_end(&w);
}

static void
deep(void)
{
	struct buf b = {0};
	struct slice got;

	buf_str(&b, "deep");
	(void)mkdir("deep", 0700);
	for (int i = 0; i < 70; i++) {
		buf_str(&b, "/d");
		OK(mkdir(buf_cstr(&b), 0700) == 0, "folder %d", i);
	}
	got = one("deep");
	OK(slice_starts(got, SLICE("! limit-depth deep/d/d")), "64 levels");
	INT(got.n, strlen("! limit-depth deep\n") + 2 * 64, "the 65th is not entered");
	buf_free(&b);
}

static void
gz(void)
{
	struct buf b = {0}, outer = {0};
	size_t whole;

	pack_gz(&b, SLICE("one\n"));
	pack_gz(&b, SLICE("two\n"));
	whole = b.n;
	put("x.log.gz", buf_slice(&b));
	SAME(one("x.log.gz"), SLICE("x.log.gz x.log one\ntwo\n\n"), "two members");
	put("named-otherwise", buf_slice(&b));
	SAME(one("named-otherwise"), SLICE("named-otherwise named-otherwise one\ntwo\n\n"), "by content, not by name");
	pack_gz(&outer, buf_slice(&b));
	put("x.gz.gz", buf_slice(&outer));
	SAME(one("x.gz.gz"), SLICE("x.gz.gz x.gz one\ntwo\n\n"), "gz in gz");
	put("cut.gz", slice_head(buf_slice(&b), whole - 3));
	SAME(one("cut.gz"), SLICE("cut.gz cut ! damaged cut.gz\none\ntwo\n\n"),
	    "all bytes before the damage, told while it is read");
	b.p[whole - 8] ^= 1;
	put("crc.gz", buf_slice(&b));
	SAME(one("crc.gz"), SLICE("crc.gz crc ! damaged crc.gz\none\ntwo\n\n"), "a wrong CRC withholds nothing");
	b.p[whole - 8] ^= 1;
	buf_lit(&b, "trailing");
	put("trail.gz", buf_slice(&b));
	SAME(one("trail.gz"), SLICE("trail.gz trail ! damaged trail.gz\none\ntwo\n\n"), "bytes behind the last member");
	buf_free(&b);
	buf_free(&outer);
}

static void
gz_nested(void)
{
	struct buf b = {0};
	struct slice text = SLICE("deep\n"), got;

	for (int i = 1; i <= 6; i++) {
		buf_reset(&b);
		pack_gz(&b, text);
		text = slice_of(mem_dup(b.p, b.n), b.n);
		put("nest.gz", text);
		got = one("nest.gz");
		if (i <= 5)
			SAME(got, SLICE("nest.gz nest deep\n\n"), "five packings");
		else
			SAME(got, SLICE("! nesting nest.gz\n"), "not six");
	}
	buf_free(&b);
}

static void
bomb(void)
{
	struct buf b = {0};
	char *zero = mem_zero(1, 300000);
	struct slice args[2] = {SLICE_INIT("bomb.gz"), SLICE_INIT("plain")};

	pack_gz(&b, slice_of(zero, 300000));
	put("bomb.gz", buf_slice(&b));
	SAME(all(args, 2, 0), SLICE("bomb.gz bomb 300000\nplain plain text\n"), "no bomb");
	SAME(all(args, 2, 200000), SLICE("bomb.gz bomb ! inflate-limit bomb.gz\n200000\nplain plain text\n"),
	    "the limit ends it alone");
	free(zero);
	buf_free(&b);
}

static void
tar_text(struct buf *b)
{
	pack_tar(b, "./logs/auth.log", '0', SLICE("one\n"));
	pack_tar(b, "logs/passwd", '2', SLICE(""));
	pack_tar(b, "logs/b\n", '0', SLICE("two\n"));
	pack_tar_end(b);
}

/* The head of a member is looked at: the link behind a short one is told before its bytes. */
#define TAR_TEXT(label) "! link " label "!/logs/passwd\n" label "!/logs/auth.log auth.log one\n\n" label "!/logs/b%0A b\n two\n\n"

static void
archives(void)
{
	struct buf tar = {0}, gz = {0}, b = {0};
	struct pack_zip z = {0};

	tar_text(&tar);
	put("x.tar", buf_slice(&tar));
	SAME(one("x.tar"), SLICE(TAR_TEXT("x.tar")), "tar");
	pack_gz(&gz, buf_slice(&tar));
	put("x.tgz", buf_slice(&gz));
	SAME(one("x.tgz"), SLICE(TAR_TEXT("x.tgz")), "tar in gz");
	pack_zip_add(&z, "C/Windows/x.evtx", SLICE("evtx"));
	pack_zip_add(&z, "in.tar", buf_slice(&tar));
	pack_zip_add(&z, "in.tar.gz", buf_slice(&gz));
	pack_zip_add(&z, "last", SLICE("z"));
	pack_zip_end(&z, &b);
	put("kape.zip", buf_slice(&b));
	SAME(one("kape.zip"), SLICE("kape.zip!/C/Windows/x.evtx x.evtx "
	    "evtx\n" TAR_TEXT("kape.zip!/in.tar") TAR_TEXT("kape.zip!/in.tar.gz")
	    "kape.zip!/last last z\n"), "tar and tar.gz in a zip");
	put("cut.zip", slice_head(buf_slice(&b), 60));
	OK(slice_has(one("cut.zip"), SLICE("! damaged cut.zip")), "a cut zip is told");
	put("x.7z.gz", SLICE(""));
	buf_reset(&gz);
	pack_gz(&gz, SLICE("7z\xbc\xaf\x27\x1c" "0123456789012345678901234567890"));
	put("x.7z.gz", buf_slice(&gz));
	SAME(one("x.7z.gz"), SLICE("! not-read x.7z.gz\n"), "7z inside something");
	buf_free(&tar);
	buf_free(&gz);
	buf_free(&b);
}

static void
archives_nested(void)
{
	struct buf inner = {0}, b = {0};

	buf_lit(&inner, "deep");
	for (int i = 1; i <= 6; i++) {
		struct pack_zip z = {0};
		struct slice got;

		buf_reset(&b);
		pack_zip_add(&z, i == 1 ? "text" : "in.zip", buf_slice(&inner));
		pack_zip_add(&z, "z", SLICE("behind"));
		pack_zip_end(&z, &b);
		buf_reset(&inner);
		buf_slice_add(&inner, buf_slice(&b));
		put("nest.zip", buf_slice(&b));
		got = one("nest.zip");
		OK(slice_ends(got, SLICE("nest.zip!/z z behind\n")), "what is behind zip %d is read", i);
		if (i <= 5)
			OK(slice_has(got, SLICE("!/text text deep\n")), "zip in zip, %d deep", i);
		else
			OK(slice_has(got, SLICE("! nesting nest.zip!/in.zip")) && !slice_has(got, SLICE("deep")), "not six");
	}
	buf_free(&inner);
	buf_free(&b);
}

/* A reader that leaves early, in the middle of a pump. */
static void
early(void)
{
	struct slice arg = SLICE("big.zip");
	struct opt_list list = {.v = &arg, .n = 1};
	struct buf tar = {0}, b = {0}, notes = {0};
	struct source_options o = {.note = note, .self = &notes, .compressed = true};
	char *zero = mem_zero(1, 3000000), room[10];
	struct pack_zip z = {0};
	struct sources *s;
	struct source src;

	pack_tar(&tar, "a", '0', slice_of(zero, 3000000));
	pack_tar(&tar, "b", '0', SLICE("b"));
	pack_tar_end(&tar);
	pack_zip_add(&z, "big.tar", buf_slice(&tar));
	pack_zip_add(&z, "big2.tar", buf_slice(&tar));
	pack_zip_end(&z, &b);
	put("big.zip", buf_slice(&b));
	s = sources_new(NULL, &list, &o);
	OK(sources_next(s, &src) && source_read(s, room, sizeof room) == sizeof room, "some bytes");
	OK(sources_next(s, &src), "the next member");
	SAME(src.uri, SLICE("big.zip!/big.tar!/b"), "is the next one");
	OK(sources_next(s, &src), "the next tar");
	sources_end(s);
	INT(notes.n, 0, "nothing to tell");
	SAME(all(&arg, 1, 1000000), SLICE("big.zip!/big.tar!/a a ! damaged big.zip!/big.tar\n999488\n! inflate-limit "
	    "big.zip!/big.tar\n"), "limit");
	free(zero);
	buf_free(&tar);
	buf_free(&b);
	buf_free(&notes);
}

static void
pipes(void)
{
	int end[2], keep = dup(0);
	struct slice in = SLICE("-");
	struct buf b = {0};
	char name[40];

	pack_gz(&b, SLICE("packed\n"));
	OK(pipe(end) == 0 && write(end[1], b.p, b.n) == (ssize_t)b.n && close(end[1]) == 0, "pipe");
	(void)dup2(end[0], 0);
	SAME(all(&in, 1, 0), SLICE("-  packed\n\n"), "gz on stdin");
	OK(pipe(end) == 0 && write(end[1], "text", 4) == 4 && close(end[1]) == 0, "pipe");
	(void)dup2(end[0], 0);
	SAME(all(NULL, 0, 0), SLICE("-  text\n"), "no argument is stdin");
	OK(pipe(end) == 0 && write(end[1], "shell", 5) == 5 && close(end[1]) == 0, "pipe");
	(void)snprintf(name, sizeof name, "/dev/fd/%d", end[0]);
	OK(slice_ends(one(name), SLICE(" shell\n")), "what <(...) gives");
	(void)dup2(keep, 0);
	buf_free(&b);
}

static void
tail(void)
{
	struct opt_list list = {0};
	struct source_options o = {.note = note, .compressed = false};
	struct slice arg = SLICE("plain");
	struct sources *s;
	struct source src;
	uint64_t done, total;
	char room[3];

	list = (struct opt_list){.v = &arg, .n = 1};
	s = sources_new(NULL, &list, &o);
	SAME(slice_str(sources_paths(s)[0]), SLICE("plain"), "path for the cell");
	OK(sources_next(s, &src) && src.seekable && !src.pipe && src.size == 4, "a plain file");
	INT(source_tail(&src, room, 3), 3, "tail");
	SAME(slice_of(room, 3), SLICE("ext"), "its last bytes");
	OK(!source_idle(s), "a file never blocks");
	INT(source_read(s, room, 2), 2, "read");
	sources_progress(s, &done, &total);
	INT(done, 2, "read so far");
	INT(total, 4, "of");
	OK(!sources_next(s, &src), "one only");
	sources_end(s);
}

int
main(void)
{
	char temp[] = "/tmp/tool_source.XXXXXX";

	dir = mkdtemp(temp);
	if (!dir || chdir(dir) != 0)
		return 99;
	labels();
	folders();
	limits();
	deep();
	gz();
	gz_nested();
	bomb();
	archives();
	archives_nested();
	early();
	pipes();
	tail();
	if (chdir("/") == 0)
		pack_remove(dir);
	return unit_done();
}
