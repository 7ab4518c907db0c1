#include "lib/port/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/port/gz.h"
#include "lib/port/worker.h"

/*
 * The program asks, the worker answers one frame: 'O' and a descriptor, then 'N' for each step, 'S' to leave a member, 'C' to
 * close. Answer: u8 step, u8 why, u32 length, u64 size, bytes (a name or data).
 */
enum {
	BLOCK = 64 * 1024, NAME_MAX_BYTES = 4096, HEAD = 1 + 1 + 4 + 8,
	CPU_MS = 2000, WALL_MS = 10000,		/* of a step */
	SKIP_STEP = 256, SKIP_STEPS = 4096,	/* blocks between two signs of life; more than 64 GiB are not skipped */
	RETRIES = 16,
};
#define MEMORY ((uint64_t)256 << 20)

enum why { WHY_NONE, WHY_LINK, WHY_DEVICE, WHY_ENCRYPTED, WHY_PATH, WHY_NAME, WHY_FORMAT, WHY_HEADER, WHY_DATA, WHYS };
static const char *const why_words[WHYS] = {
	NULL, "link", "device", "encrypted", "path", "name", "not an archive", "bad header", "bad data",
};

static char *const *password;
static size_t passwords;

void
archive_passwords(char *const *v, size_t n)
{
	password = v;
	passwords = n;
}

/* ---- in the worker ---- */

struct reader {
	int sock, fd;
	struct archive *a;
	bool member, over;		/* inside of a member; nothing more comes */
	bool locked;			/* the member is encrypted, and nothing of it was read yet */
	const char *block;		/* libarchive's: left bytes that belong at `offset` */
	size_t left;
	int64_t offset, at;
};

static void
tell(struct reader *r, enum archive_step step, enum why why, uint64_t size, struct slice s)
{
	char head[HEAD];
	uint32_t n = (uint32_t)s.n;

	head[0] = (char)step;
	head[1] = (char)why;
	memcpy(head + 2, &n, 4);
	memcpy(head + 6, &size, 8);
	worker_put(r->sock, head, sizeof head);
	worker_put(r->sock, s.p, s.n);
}

static void
damage(struct reader *r, enum why why)
{
	if (archive_errno(r->a) == ENOMEM)
		_exit(WORKER_OUT_OF_MEMORY);
	r->member = false;
	tell(r, ARCHIVE_DAMAGE, why, 0, SLICE(""));
}

static void
shut(struct reader *r)
{
	if (r->a)
		archive_read_free(r->a);
	if (r->fd >= 0)
		close(r->fd);
	*r = (struct reader){ .sock = r->sock, .fd = -1, .over = true };
}

static bool
set_up(struct archive *a)
{
	return archive_read_support_filter_gzip(a) == ARCHIVE_OK && archive_read_support_filter_bzip2(a) == ARCHIVE_OK &&
	    archive_read_support_filter_xz(a) == ARCHIVE_OK && archive_read_support_filter_lz4(a) == ARCHIVE_OK &&
	    archive_read_support_filter_zstd(a) == ARCHIVE_OK && archive_read_support_format_zip(a) == ARCHIVE_OK &&
	    archive_read_support_format_tar(a) == ARCHIVE_OK && archive_read_support_format_7zip(a) == ARCHIVE_OK &&
	    archive_read_support_format_raw(a) == ARCHIVE_OK;
}

static void
open_archive(struct reader *r)
{
	shut(r);
	r->fd = worker_take_fd(r->sock);
	if (r->fd < 0)
		_exit(WORKER_BAD_FRAME);
	lseek(r->fd, 0, SEEK_SET);	/* what cannot seek is read from where it stands */
	r->a = archive_read_new();
	if (r->a == NULL || !set_up(r->a))
		_exit(WORKER_OUT_OF_MEMORY);
	for (size_t i = 0; i < passwords; i++)
		if (archive_read_add_passphrase(r->a, password[i]) != ARCHIVE_OK)
			_exit(WORKER_OUT_OF_MEMORY);
	archive_read_open_fd(r->a, r->fd, BLOCK);	/* a failure shows again at the first header */
	r->over = false;
}

/* Leads out of the folder in which it would be unpacked? Windows' ways of saying so count too. */
static bool
leads_out(struct slice name)
{
	struct slice part;
	size_t at;

	if (name.n && (name.p[0] == '/' || name.p[0] == '\\' || (name.n > 1 && name.p[1] == ':')))
		return true;
	while (name.n) {
		for (at = 0; at < name.n && name.p[at] != '/' && name.p[at] != '\\'; at++)
			continue;
		part = slice_head(name, at);
		if (slice_eq(part, SLICE("..")))
			return true;
		name = slice_from(name, at + 1);
	}
	return false;
}

static enum why
unwanted(struct archive_entry *e, struct slice name)
{
	unsigned type = archive_entry_filetype(e);

	if (archive_entry_hardlink(e) || archive_entry_symlink(e) || type == AE_IFLNK)
		return WHY_LINK;
	if (type == AE_IFCHR || type == AE_IFBLK || type == AE_IFIFO || type == AE_IFSOCK)
		return WHY_DEVICE;
	if (archive_entry_is_encrypted(e) && passwords == 0)
		return WHY_ENCRYPTED;
	if (leads_out(name))
		return WHY_PATH;
	return name.n > NAME_MAX_BYTES ? WHY_NAME : WHY_NONE;
}

static void
tell_member(struct reader *r, struct archive_entry *e)
{
	const char *stored = archive_entry_pathname(e);
	struct slice name = slice_str(stored ? stored : archive_entry_pathname_utf8(e));
	bool bare = archive_format(r->a) == ARCHIVE_FORMAT_RAW;
	int64_t size = archive_entry_size_is_set(e) ? archive_entry_size(e) : 0;
	enum why why;

	if (bare)
		name = SLICE("");	/* libarchive makes up "data" */
	else if (name.n == 0)
		name = SLICE("?");
	why = unwanted(e, name);
	r->member = why == WHY_NONE;
	r->locked = archive_entry_is_encrypted(e);
	tell(r, why ? ARCHIVE_SKIPPED : ARCHIVE_MEMBER, why, size > 0 ? (uint64_t)size : 0, slice_head(name, NAME_MAX_BYTES));
}

static void
next_member(struct reader *r)
{
	struct archive_entry *e = NULL;
	int got, tries = 0;

	r->member = false;
	do {
		got = archive_read_next_header(r->a, &e);
	} while ((got == ARCHIVE_RETRY && ++tries < RETRIES) ||
	    ((got == ARCHIVE_OK || got == ARCHIVE_WARN) && archive_entry_filetype(e) == AE_IFDIR));
	r->over = got != ARCHIVE_OK && got != ARCHIVE_WARN;
	if (got == ARCHIVE_EOF) {
		tell(r, ARCHIVE_END, WHY_NONE, 0, SLICE(""));
	} else if (r->over) {
		/* libarchive 3.6.2 dies when it is asked for encryption before a format was found. */
		damage(r, archive_format(r->a) == 0 ? WHY_FORMAT :
		    archive_read_has_encrypted_entries(r->a) == 1 ? WHY_ENCRYPTED : WHY_HEADER);
	} else if (archive_format(r->a) == ARCHIVE_FORMAT_RAW && archive_filter_count(r->a) < 2) {
		r->over = true;
		damage(r, WHY_FORMAT);
	} else {
		r->block = NULL;
		r->left = 0;
		r->offset = r->at = 0;
		tell_member(r, e);
	}
}

enum data { DATA_SOME, DATA_ALL, DATA_BAD };
/* The next bytes of the member, 64 KiB at most; holes of sparse files are zeros. */
static enum data
next_data(struct reader *r, struct slice *s)
{
	static const char zeros[BLOCK];
	const void *p;
	int got;

	while (r->left == 0) {
		got = archive_read_data_block(r->a, &p, &r->left, &r->offset);
		r->block = p;
		if (got == ARCHIVE_EOF)
			return DATA_ALL;
		if (got < ARCHIVE_WARN)
			r->left = 0;
		if (got == ARCHIVE_FATAL)
			r->over = true;
		if (got < ARCHIVE_WARN)
			return DATA_BAD;
	}
	*s = slice_head(r->offset > r->at ? slice_of(zeros, (size_t)(r->offset - r->at)) : slice_of(r->block, r->left), BLOCK);
	if (r->offset <= r->at) {
		r->block += s->n;
		r->left -= s->n;
		r->offset += (int64_t)s->n;
	}
	r->at += (int64_t)s->n;
	return DATA_SOME;
}

static void
step(struct reader *r)
{
	struct slice s = { NULL, 0 };

	if (r->over) {
		tell(r, ARCHIVE_END, WHY_NONE, 0, SLICE(""));
		return;
	}
	if (r->member) {
		switch (next_data(r, &s)) {
		case DATA_SOME:
			r->locked = false;
			tell(r, ARCHIVE_DATA, WHY_NONE, 0, s);
			return;
		case DATA_BAD:
			/* None of the passwords opens it. */
			damage(r, r->locked ? WHY_ENCRYPTED : WHY_DATA);
			return;
		case DATA_ALL:
			break;
		}
	}
	next_member(r);
}

/* Reads over what is left of the member; an empty DATA says that there is more to do. */
static void
skip(struct reader *r)
{
	struct slice s;
	enum data got = DATA_SOME;

	for (int i = 0; r->member && got == DATA_SOME && i < SKIP_STEP; i++)
		got = next_data(r, &s);
	if (got == DATA_SOME && r->member) {
		tell(r, ARCHIVE_DATA, WHY_NONE, 0, SLICE(""));
		return;
	}
	r->member = false;
	if (got == DATA_BAD)
		damage(r, WHY_DATA);
	else
		step(r);
}

static void
serve(int sock, const void *unused)
{
	struct reader r = { .sock = sock, .fd = -1, .over = true };
	char command;

	(void)unused;
	setlocale(LC_CTYPE, "C.UTF-8");		/* built into glibc: names of zip and 7z leave as UTF-8 */
	for (;;) {
		worker_get(sock, &command, 1);
		if (command == 'O')
			open_archive(&r);
		else if (command == 'N')
			step(&r);
		else if (command == 'S')
			skip(&r);
		else if (command == 'C')
			shut(&r);
		else
			_exit(WORKER_BAD_FRAME);
	}
}

/* ---- in the program ---- */

struct archive_worker {
	struct worker *worker;
	unsigned n, now;
	bool open, skip;
	char room[BLOCK];
};

/* Magic numbers: zip (APPNOTE 4.3), 7z, zstd (RFC 8878), xz, bzip2, lz4 frame; tar has its own at 257 (POSIX ustar). */
static bool
looks_tar(struct slice head)
{
	return head.n >= 512 && memcmp(head.p + 257, "ustar", 5) == 0;
}

static bool
looks_tar_gz(struct slice head)
{
	struct gz *gz;
	char tar[512];
	const char *why;
	size_t have = 0, got = 1;

	if (!gz_looks(head))
		return false;
	gz = gz_new();
	while (have < sizeof tar && got && gz_read(gz, &head, false, tar + have, sizeof tar - have, &got, &why) == GZ_DATA)
		have += got;
	gz_free(gz);
	return looks_tar(slice_of(tar, have));
}

bool
archive_looks(struct slice head)
{
	static const struct slice magic[] = {
		SLICE_INIT("PK\3\4"), SLICE_INIT("PK\5\6"), SLICE_INIT("7z\xBC\xAF\x27\x1C"), SLICE_INIT("\x28\xB5\x2F\xFD"),
		SLICE_INIT("\xFD" "7zXZ\0"), SLICE_INIT("\x04\x22\x4D\x18"),
	};

	for (size_t i = 0; i < sizeof magic / sizeof *magic; i++)
		if (slice_starts(head, magic[i]))
			return true;
	if (head.n >= 10 && memcmp(head.p, "BZh", 3) == 0 && head.p[3] >= '1' && head.p[3] <= '9' &&
	    (memcmp(head.p + 4, "1AY&SY", 6) == 0 || memcmp(head.p + 4, "\x17rE8P\x90", 6) == 0))
		return true;
	return looks_tar(head) || looks_tar_gz(head);
}

struct archive_worker *
archive_start(unsigned spares, struct fault *f)
{
	struct archive_worker *w = mem_zero(1, sizeof *w);

	w->worker = mem_zero(spares + 1, sizeof *w->worker);
	for (; w->n <= spares; w->n++)
		if (!worker_start(&w->worker[w->n], serve, NULL, MEMORY, f)) {
			archive_stop(w);
			return NULL;
		}
	return w;
}

void
archive_stop(struct archive_worker *w)
{
	if (w == NULL)
		return;
	for (unsigned i = 0; i < w->n; i++)
		worker_end(&w->worker[i]);
	free(w->worker);
	free(w);
}

static enum worker_io
command(struct worker *w, char c)
{
	struct worker_until u = worker_deadline(w, CPU_MS, WALL_MS);

	return worker_write(w, slice_of(&c, 1), &u);
}

/* A worker that died between two archives has taken nothing with it: the next one serves. */
bool
archive_open(struct archive_worker *w, int fd, struct fault *f)
{
	if (w->open)
		archive_close(w);
	for (; w->now < w->n; w->now++) {
		struct worker *one = &w->worker[w->now];

		if (command(one, 'O') == WORKER_DONE && worker_pass_fd(one, fd)) {
			w->open = true;
			w->skip = false;
			return true;
		}
		worker_end(one);
	}
	return fault_set(f, "no worker for archives is left", 0);
}

static enum archive_step
lost(struct archive_worker *w, enum worker_io io, struct archive_event *e)
{
	const char *cause = worker_end(&w->worker[w->now++]);

	w->open = false;
	e->why = io == WORKER_LATE ? "deadline" : strcmp(cause, "deadline") == 0 ? "frame" : cause;
	return ARCHIVE_LOST;
}

/* One answer; the worker's numbers are checked before they are used. */
static enum worker_io
hear(struct archive_worker *w, enum archive_step *what, struct archive_event *e)
{
	struct worker *one = &w->worker[w->now];
	struct worker_until u = worker_deadline(one, CPU_MS, WALL_MS);
	unsigned char head[HEAD];
	uint32_t n;
	enum worker_io io = worker_read(one, head, sizeof head, &u);

	if (io != WORKER_DONE)
		return io;
	memcpy(&n, head + 2, 4);
	memcpy(&e->size, head + 6, 8);
	if (head[0] > ARCHIVE_DAMAGE || head[1] >= WHYS || n > BLOCK ||
	    ((head[0] == ARCHIVE_SKIPPED || head[0] == ARCHIVE_DAMAGE) && !head[1]))
		return WORKER_GONE;
	*what = (enum archive_step)head[0];
	e->why = why_words[head[1]];
	io = worker_read(one, w->room, n, &u);
	if (*what == ARCHIVE_DATA)
		e->data = slice_of(w->room, n);
	else
		e->name = slice_of(w->room, n);
	return io;
}

enum archive_step
archive_next(struct archive_worker *w, struct archive_event *e)
{
	enum archive_step what = ARCHIVE_END;
	enum worker_io io = WORKER_DONE;

	*e = (struct archive_event){ .size = 0 };
	if (!w->open)
		return ARCHIVE_END;
	for (unsigned i = 0; i < SKIP_STEPS; i++) {
		io = command(&w->worker[w->now], w->skip ? 'S' : 'N');
		if (io == WORKER_DONE)
			io = hear(w, &what, e);
		if (io != WORKER_DONE)
			return lost(w, io, e);
		if (what == ARCHIVE_END)
			archive_close(w);
		if (what != ARCHIVE_DATA || e->data.n) {
			w->skip = false;
			return what;
		}
	}
	return lost(w, WORKER_LATE, e);
}

void
archive_skip(struct archive_worker *w)
{
	w->skip = true;
}

void
archive_close(struct archive_worker *w)
{
	if (w->open && command(&w->worker[w->now], 'C') != WORKER_DONE)
		worker_end(&w->worker[w->now++]);
	w->open = false;
}
