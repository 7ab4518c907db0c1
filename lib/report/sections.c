#include "lib/report/sections.h"

const struct section sections[] = {
#define SECTION(id, title, writer) {#id, title, writer},
#include "lib/report/sections.def"
#undef SECTION
	{NULL, NULL, NULL},
};
