/*
 * unit: the frame of the C tests.  A test program is tables of cases; each case is named, so a failure says which.
 * Output is TAP; the status is 1 if any failed.
 */
#ifndef IRPIPE_TESTS_UNIT_H
#define IRPIPE_TESTS_UNIT_H

#include "lib/base/slice.h"

/* One check; `name` says the case.  Returns ok, so that a loop may stop. */
bool unit_ok(bool ok, const char *file, int line, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
#define OK(cond, ...) unit_ok((cond), __FILE__, __LINE__, __VA_ARGS__)
/* Equal bytes; both are shown if not. */
bool unit_same(struct slice got, struct slice want, const char *file, int line, const char *name);
#define SAME(got, want, name) unit_same((got), (want), __FILE__, __LINE__, (name))
bool unit_int(long long got, long long want, const char *file, int line, const char *name);
#define INT(got, want, name) unit_int((long long)(got), (long long)(want), __FILE__, __LINE__, (name))
void unit_skip(const char *why);
/* The folder of shared test data ($IR_SHARED, else ../shared/data beside the source tree); NULL if it is not there. */
const char *unit_shared(void);
/* The set's archive (SET.tar.gz) unpacked in a folder of its own, which goes away at exit; NULL if there is no such set. */
const char *unit_unpack(const char *set);
/* The source folder ($srcdir, else "."). */
const char *unit_srcdir(void);
/* Whole file; exits with a message if it cannot be read. */
struct slice unit_file(const char *path);
int unit_done(void);		/* prints the plan; main returns it */

#endif
