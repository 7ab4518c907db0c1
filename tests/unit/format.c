#include "tests/unit/format.h"
#include "tests/unit/unit.h"

int
main(void)
{
	format_golden_tests();
	format_evtx_tests();
	format_evtx_oracle_tests();
	format_syslog_tests();
	format_oracle_tests();
	format_framed_tests();
	format_fail2ban_tests();
	return unit_done();
}
