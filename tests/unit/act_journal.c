/* The journal: what it tells after a restart, and that no byte of it can be changed unseen. */
#include "tests/unit/act.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/act/journal.h"

static char folder[] = "/tmp/act-journal-XXXXXX";
static char path[64];

static void
write_file(struct slice bytes)
{
	FILE *f = fopen(path, "w");

	OK(f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n && fclose(f) == 0, "the file is written");
}

static enum act_opened
reopen(bool write, struct act_journal *j, struct fault *f)
{
	*f = (struct fault){0};
	return act_journal_open(path, write, j, f);
}

#define ID1 "11111111111111111111111111111111"
#define ID2 "22222222222222222222222222222222"
static const struct {
	const char *what, *body;
} lines[] = {
	{"intent",
	    "{\"action\":\"" ID1 "\",\"key\":\"k1\",\"incident\":\"i1\","
	    "\"name\":\"net.block-ip\",\"args\":{\"ip\":\"203.0.113.9\"},"
	    "\"approval\":\"ffff\",\"prior\":false,\"until\":\"2026-03-02T12:00:00.000000000Z\","
	    "\"argv\":[\"/bin/true\",\"a\\\"b\"]}"},
	{"result", "{\"action\":\"" ID1 "\",\"state\":\"done\",\"exit\":0}"},
	{"intent",
	    "{\"action\":\"" ID2 "\",\"key\":\"k2\",\"incident\":\"i1\","
	    "\"name\":\"file.quarantine\",\"args\":{},\"prior\":false,\"argv\":[]}"},
};

static void
fill(void)
{
	struct act_journal j;
	struct fault f;
	struct stamp at = {.s = 1772438400};

	INT(reopen(true, &j, &f), JOURNAL_OPEN, "a new journal");
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		OK(act_journal_add(&j, at, lines[i].what, slice_str(lines[i].body), &f), "line %zu: %s", i + 1,
		    f.what ? f.what : "");
	act_journal_close(&j);
}

static void
test_replay(void)
{
	struct act_journal j, second;
	struct act_entry *e;
	struct fault f;

	INT(reopen(true, &j, &f), JOURNAL_OPEN, "open again");
	INT(j.seq, 3, "lines");
	e = act_journal_find(&j, SLICE(ID1));
	OK(e && e->state == ACT_DONE && act_entry_active(e) && e->has_until && e->argc == 2, "the first is done and active");
	if (e)
		SAME(e->argv[1], SLICE("a\"b"), "its words");
	e = act_journal_find(&j, SLICE(ID2));
	OK(e && e->state == ACT_UNKNOWN && act_entry_active(e), "an intent without result is unknown");
	OK(act_journal_used(&j, SLICE("ffff")) && !act_journal_used(&j, SLICE("eeee")), "approvals that were used");
	INT(act_journal_open(path, true, &second, &f), JOURNAL_BUSY, "a second run is told to come again");
	act_journal_close(&second);
	INT(act_journal_open(path, false, &second, &f), JOURNAL_OPEN, "who only reads need not wait");
	act_journal_close(&second);
	OK(act_journal_add(&j, (struct stamp){.s = 1772438401}, "undo", SLICE("{\"action\":\"" ID1 "\"}"), &f) &&
	    act_journal_find(&j, SLICE(ID1))->undoing, "an undo is begun");
	OK(act_journal_add(&j, (struct stamp){.s = 1772438401}, "undone",
	    SLICE("{\"action\":\"" ID1 "\",\"state\":\"undone\"}"), &f) &&
	    !act_entry_active(act_journal_find(&j, SLICE(ID1))), "and ended");
	OK(!act_journal_add(&j, (struct stamp){.s = 1772438402}, "result", SLICE("{\"action\":\"none\",\"state\":\"done\"}"), &f),
	    "a result without intent is refused");
	act_journal_close(&j);
}

/* Bits, lines left out, lines in another order: the place is named. */
static void
test_tamper(struct slice good)
{
	size_t unseen = 0, wrong_line = 0;
	uint64_t line = 1;
	struct act_journal j;
	struct fault f;

	for (size_t i = 0; i < good.n; i++) {
		char *copy = mem_dup(good.p, good.n);
		FILE *out = fopen(path, "w");

		copy[i] ^= 1;
		if (out == NULL || fwrite(copy, 1, good.n, out) != good.n || fclose(out) != 0)
			unseen++;
		/* A changed last \n makes an unfinished line. */
		if (reopen(false, &j, &f) == JOURNAL_OPEN && !(i == good.n - 1 && j.torn))
			unseen++;
		else if (f.line != line && good.p[i] != '\n')
			wrong_line++;
		act_journal_close(&j);
		line += good.p[i] == '\n';
		free(copy);
	}
	INT(unseen, 0, "changed bits that nobody saw");
	INT(wrong_line, 0, "changed bits at another line");
}

static void
test_cut(struct slice good)
{
	size_t first = slice_find(good, '\n') + 1;
	struct act_journal j;
	struct fault f;

	write_file(slice_from(good, first));
	INT(reopen(false, &j, &f), JOURNAL_DAMAGED, "the first line is gone");
	act_journal_close(&j);
	write_file(slice_head(good, good.n - 10));
	INT(reopen(false, &j, &f), JOURNAL_OPEN, "an unfinished last line is read over");
	OK(j.torn > 0 && j.seq == 2, "and told");
	act_journal_close(&j);
	INT(reopen(true, &j, &f), JOURNAL_OPEN, "who writes cuts it off");
	act_journal_close(&j);
	INT(reopen(true, &j, &f), JOURNAL_OPEN, "once");
	OK(j.torn == 0 && j.seq == 2, "and then it is whole");
	act_journal_close(&j);
}

void
test_journal(void)
{
	struct slice good;
	char name[80];

	if (mkdtemp(folder) == NULL) {
		OK(false, "a folder");
		return;
	}
	snprintf(path, sizeof path, "%s/journal", folder);
	fill();
	good = unit_file(path);
	test_replay();
	test_tamper(good);
	test_cut(good);
	free((void *)(uintptr_t)good.p);
	snprintf(name, sizeof name, "%s.lock", path);
	unlink(name);
	unlink(path);
	rmdir(folder);
}
