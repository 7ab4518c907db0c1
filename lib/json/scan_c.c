#include "lib/json/priv.h"

/* The structure pass in plain C: a class per byte. */

struct masks {
	uint64_t quote, slash, newline, op, blank, control, high;
};

enum { QUOTE = 1, SLASH = 2, NEWLINE = 4, OP = 8, BLANK = 16, CONTROL = 32, HIGH = 64 };

static const unsigned char class[256] = {
	[0 ... 8] = CONTROL, [0x0b ... 0x0c] = CONTROL, [0x0e ... 0x1f] = CONTROL,
	['\t'] = CONTROL | BLANK, ['\r'] = CONTROL | BLANK, ['\n'] = CONTROL | BLANK | NEWLINE,
	[' '] = BLANK, ['"'] = QUOTE, ['\\'] = SLASH,
	['{'] = OP, ['}'] = OP, ['['] = OP, [']'] = OP, [':'] = OP, [','] = OP,
	[0x80 ... 0xff] = HIGH,
};

static inline void
classify(const char *p, struct masks *m)
{
	*m = (struct masks){0};
	for (unsigned i = 0; i < JSON_STEP; i++) {
		uint64_t k = class[(unsigned char)p[i]];

		m->quote |= (k & 1) << i;
		m->slash |= (k >> 1 & 1) << i;
		m->newline |= (k >> 2 & 1) << i;
		m->op |= (k >> 3 & 1) << i;
		m->blank |= (k >> 4 & 1) << i;
		m->control |= (k >> 5 & 1) << i;
		m->high |= (k >> 6 & 1) << i;
	}
}

#include "lib/json/scan_plain.h"
#include "lib/json/scan_utf.h"

#define SCAN_NAME json_scan_c
#include "lib/json/scan_step.h"
