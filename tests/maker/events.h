/*
 * events: big deterministic logs for measuring.  A record is a template: constant bytes with slots, `$` and a letter, that
 * are filled from the generator; the rest is copied.  So a gigabyte costs seconds, and values vary as they do in life.
 *
 *	$t time, ISO, ms, Z	$u time in words, ms	$s RFC 3164	$c common log format	$e epoch with six digits
 *	$n a record number	$d 4 digits	$p a port	$i an inside address	$o an outside address
 *	$v time as Suricata writes it
 *	$g 12 hex digits, upper	$h 32, upper	$l 32, lower	$w a word	$x a user	$y a host
 *	$z a path's tail	$b bytes	$$ a dollar
 */
#ifndef IRPIPE_TESTS_MAKER_EVENTS_H
#define IRPIPE_TESTS_MAKER_EVENTS_H

#include "tests/maker/maker.h"

struct pattern {
	unsigned weight;		/* of 10,000 */
	const char *text;		/* one record, without the newline */
};

/* Ends with a pattern of text NULL; the weights make 10,000. */
extern const struct pattern events_win[], events_eve[], events_zeek[], events_syslog[], events_access[];

#endif
