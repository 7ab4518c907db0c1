#include "tests/unit/unit.h"

#include "lib/base/slice.h"

int
main(void)
{
	struct slice rest = SLICE("a,b"), piece = slice_cut(&rest, ',');

	SAME(piece, SLICE("a"), "slice_cut: the piece");
	SAME(rest, SLICE("b"), "slice_cut: the rest");
	return unit_done();
}
