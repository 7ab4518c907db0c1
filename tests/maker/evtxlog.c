/* evtxlog BYTES: a log of Windows events of about that size on stdout; the same bytes each time. */
#include "lib/format/evtx.h"
#include "tests/maker/evtx.h"

#include <stdio.h>
#include <stdlib.h>

enum { FULL = 60000 };

static void
utf16(struct buf *b, const char *s)
{
	for (; *s; s++) {
		buf_byte(b, *s);
		buf_byte(b, 0);
	}
}

static void
event(struct evtx_maker *m, struct buf *value, unsigned long i)
{
	static const char *const user[] = {"mara", "jon", "svc-backup", "ADMINISTRATOR"};
	static const char *const program[] = {"cmd.exe /c dir", "powershell.exe -NoProfile", "svchost.exe -k netsvcs",
	    "notepad.exe"};
	char number[24];

	buf_reset(value);
	utf16(value, "C:\\Users\\");
	utf16(value, user[i % 4]);
	utf16(value, "\\");
	utf16(value, program[i / 7 % 4]);
	(void)snprintf(number, sizeof number, " %lu", i * 2654435761u % 1000003);
	utf16(value, number);
	if (i % 16 == 3)
		evtx_make_record(m, 0x08, slice_of((const char *)&i, 4));
	else
		evtx_make_record(m, 0x01, buf_slice(value));
}

int
main(int argc, char **argv)
{
	unsigned long bytes = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000, written = 0, i = 0;
	size_t from = 0;
	struct evtx_maker m;
	struct buf value = {0};

	evtx_make_begin(&m);
	while (written < bytes) {
		for (; m.chunk == 0 || m.out.n - m.chunk < FULL; i++)
			event(&m, &value, i);
		evtx_make_chunk_end(&m);
		/* The header goes out once and stays, for a chunk never begins at 0. */
		if (fwrite(m.out.p + from, 1, m.out.n - from, stdout) != m.out.n - from)
			return 4;
		written += m.out.n - from;
		m.out.n = from = EVTX_HEAD;
	}
	buf_free(&value);
	buf_free(&m.out);
	return fflush(stdout) == 0 ? 0 : 4;
}
