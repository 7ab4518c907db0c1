#include "lib/incident/label.h"

const struct slice tlp_name[TLP_COUNT] = {SLICE_INIT(""), SLICE_INIT("clear"), SLICE_INIT("green"), SLICE_INIT("amber"),
    SLICE_INIT("amber+strict"), SLICE_INIT("red")};
const struct slice pap_name[PAP_COUNT] = {SLICE_INIT(""), SLICE_INIT("clear"), SLICE_INIT("green"), SLICE_INIT("amber"),
    SLICE_INIT("red")};

static int
by_name(struct slice s, const struct slice *name, int n, struct slice head)
{
	if (slice_starts_nocase(s, head))
		s = slice_from(s, head.n);
	for (int i = 1; i < n; i++)
		if (slice_eq_nocase(s, name[i]))
			return i;
	return 0;
}

/* TLP 1.0 called clear "white". */
int
tlp_by_name(struct slice s)
{
	int n = by_name(s, tlp_name, TLP_COUNT, SLICE("TLP:"));

	return n == 0 && (slice_eq_nocase(s, SLICE("white")) || slice_eq_nocase(s, SLICE("TLP:WHITE"))) ? TLP_CLEAR : n;
}

int
pap_by_name(struct slice s)
{
	int n = by_name(s, pap_name, PAP_COUNT, SLICE("PAP:"));

	return n == 0 && (slice_eq_nocase(s, SLICE("white")) || slice_eq_nocase(s, SLICE("PAP:WHITE"))) ? PAP_CLEAR : n;
}
