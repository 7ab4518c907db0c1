#include "tests/unit/pack.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void
le(struct buf *b, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		buf_byte(b, (char)(v >> (8 * i)));
}

uint32_t
pack_crc(struct slice s)
{
	uint32_t c = 0xffffffff;

	for (size_t i = 0; i < s.n; i++) {
		c ^= (unsigned char)s.p[i];
		for (int k = 0; k < 8; k++)
			c = c & 1 ? c >> 1 ^ 0xedb88320 : c >> 1;
	}
	return ~c;
}

void
pack_gz(struct buf *out, struct slice text)
{
	struct slice rest = text;

	buf_lit(out, "\x1f\x8b\x08\0\0\0\0\0\0\xff");
	do {
		struct slice part = slice_head(rest, 65535);

		rest = slice_from(rest, part.n);
		buf_byte(out, rest.n ? 0 : 1);
		le(out, part.n, 2);
		le(out, ~part.n & 0xffff, 2);
		buf_slice_add(out, part);
	} while (rest.n);
	le(out, pack_crc(text), 4);
	le(out, text.n, 4);
}

static void
octal(char *to, size_t digits, uint64_t v)
{
	while (digits--) {
		to[digits] = (char)('0' + (v & 7));
		v >>= 3;
	}
}

void
pack_tar(struct buf *out, const char *name, char type, struct slice text)
{
	char h[512] = {0};
	uint64_t sum = 0;

	memcpy(h, name, strlen(name) < 100 ? strlen(name) : 100);
	octal(h + 100, 7, 0644);
	octal(h + 108, 7, 0);
	octal(h + 116, 7, 0);
	octal(h + 124, 11, text.n);
	octal(h + 136, 11, 0);
	memset(h + 148, ' ', 8);
	h[156] = type;
	if (type == '2')
		memcpy(h + 157, "/etc/passwd", 11);
	memcpy(h + 257, "ustar\0" "00", 8);
	for (size_t i = 0; i < sizeof h; i++)
		sum += (unsigned char)h[i];
	octal(h + 148, 6, sum);
	h[154] = 0;
	buf_add(out, h, sizeof h);
	buf_slice_add(out, text);
	while (out->n % 512)
		buf_byte(out, 0);
}

void
pack_tar_end(struct buf *out)
{
	for (int i = 0; i < 1024; i++)
		buf_byte(out, 0);
}

void
pack_zip_add(struct pack_zip *z, const char *name, struct slice text)
{
	struct buf common = {0};
	uint64_t at = z->body.n;

	le(&common, 20, 2);		/* version needed, flags, method 0, time, date */
	le(&common, 0, 2);
	le(&common, 0, 2);
	le(&common, 0, 2);
	le(&common, 0x21, 2);
	le(&common, pack_crc(text), 4);
	le(&common, text.n, 4);
	le(&common, text.n, 4);
	le(&common, strlen(name), 2);
	le(&common, 0, 2);
	buf_lit(&z->body, "PK\3\4");
	buf_slice_add(&z->body, buf_slice(&common));
	buf_str(&z->body, name);
	buf_slice_add(&z->body, text);
	buf_lit(&z->central, "PK\1\2");
	le(&z->central, 20, 2);
	buf_slice_add(&z->central, buf_slice(&common));
	le(&z->central, 0, 2);		/* comment, disk, attributes */
	le(&z->central, 0, 2);
	le(&z->central, 0, 2);
	le(&z->central, 0, 4);
	le(&z->central, at, 4);
	buf_str(&z->central, name);
	buf_free(&common);
	z->n++;
}

void
pack_zip_end(struct pack_zip *z, struct buf *out)
{
	buf_slice_add(out, buf_slice(&z->body));
	buf_slice_add(out, buf_slice(&z->central));
	buf_lit(out, "PK\5\6");
	le(out, 0, 4);
	le(out, z->n, 2);
	le(out, z->n, 2);
	le(out, z->central.n, 4);
	le(out, z->body.n, 4);
	le(out, 0, 2);
	buf_free(&z->body);
	buf_free(&z->central);
	*z = (struct pack_zip){0};
}

static int
gone(const char *path, const struct stat *st, int kind, struct FTW *place)
{
	(void)st;
	(void)kind;
	(void)place;
	return remove(path);
}

void
pack_remove(const char *folder)
{
	if (nftw(folder, gone, 16, FTW_DEPTH | FTW_PHYS) != 0)
		perror(folder);
}
