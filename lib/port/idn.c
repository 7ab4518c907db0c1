#include "lib/port/idn.h"

#include "lib/base/mem.h"

#include <idn2.h>
#include <stdlib.h>

enum { NAME_MAX_BYTES = 1024 };		/* longer than any name whose ASCII form has 255 */

bool
idn_ascii(struct slice name, struct buf *out)
{
	uint8_t *ascii = NULL;
	char *text;
	int r;

	if (name.n == 0 || name.n > NAME_MAX_BYTES || memchr(name.p, '\0', name.n))
		return false;
	text = mem_str(name);
	r = idn2_lookup_u8((const uint8_t *)text, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	free(text);
	if (r == IDN2_MALLOC)
		mem_none();
	if (r != IDN2_OK)
		return false;
	buf_str(out, (const char *)ascii);
	idn2_free(ascii);
	return true;
}
