/* Text for people: what is shown of each kind, that it fits and that it commands no terminal. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/utf8.h"
#include "lib/tool/text.h"
#include "lib/tool/tool.h"
#include "tests/unit/pack.h"
#include "tests/unit/unit.h"

#define AT "{\"@timestamp\":\"2026-03-02T08:00:00.123456700Z\",\"ir\":{\"v\":1,\"kind\":"
static const char event[] = AT "\"event\",\"id\":\"00\"},\"event\":{\"dataset\":\"linux.sshd\","
    "\"outcome\":\"failure\"},\"host\":{\"name\":\"web01\"},"
    "\"user\":{\"name\":\"root\"},"
    "\"source\":{\"ip\":\"203.0.113.9\"},\"destination\":{\"ip\":\"10.0.0.5\",\"port\":22},"
    "\"message\":\"Failed password for root from 203.0.113.9 port 4711 ssh2\"}";
static const char alert[] = AT "\"alert\",\"id\":\"00\",\"alert\":{\"id\":\"11\",\"level\":\"low\",\"count\":3,"
    "\"why\":[{\"field\":\"Image\",\"op\":\"endswith\",\"value\":\"C:\\\\\\\\x.exe\"},\"more\"]}},\"rule\":{\"name\":\"Odd "
    "program\"},"
    "\"host\":{\"name\":\"web01\"},\"user\":{\"name\":\"root\"}}";
static const char incident[] = AT "\"incident\",\"incident\":{\"id\":\"abcd\",\"seq\":2,\"priority\":\"P1\","
    "\"severity\":5,\"status\":\"triage\","
    "\"title\":\"Ransomware on web01\",\"alerts\":[\"a\",\"b\"],\"tasks\":[{}]}}}";
static const char action[] = AT "\"action\",\"action\":{\"id\":\"x\",\"incident\":\"abcd\",\"name\":\"block-ip\","
    "\"approve\":\"P1\","
    "\"args\":{\"ip\":\"203.0.113.9\",\"ttl\":60}}}}";
static const char result[] = AT "\"result\",\"result\":{\"action\":\"x\",\"incident\":\"abcd\","
    "\"state\":\"refused\",\"reason\":\"never touch\"}}}";
static const char a_note[] = AT "\"note\",\"by\":\"ir-ingest\",\"what\":\"damaged\",\"src\":{\"uri\":\"x.gz\"}},"
    "\"message\":\"gzip: cut\"}";
static const char mark[] = AT "\"mark\",\"by\":\"ir-ingest\",\"n\":1}}";
static const char hostile[] = AT "\"event\",\"id\":\"0\"},\"host\":{\"name\":\"a\\u001b[2Jb\"},"
    "\"message\":\"x\\u202ey\\u009bz\\n\\u00e4\"}";
static const char wide[] = AT "\"event\",\"id\":\"0\"},"
    "\"message\":\"\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97"
    "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\"}";
static const char foreign[] = "{\"a\":1}";

/* Lives until the test ends. */
static struct slice
shown(const char *line, unsigned width, bool colour, bool utf8)
{
	static struct json *j;
	static struct record_paths *paths;
	struct text_style style = {.width = width, .colour = colour, .utf8 = utf8};
	struct buf scratch = {0}, out = {0};
	const char *reason;
	struct record r;
	struct fault f;

	if (!j) {
		j = json_new(&json_limits_stream);
		paths = record_paths_new();
	}
	if (OK(json_one(j, slice_str(line), &f) && record_read(paths, j, &r, &reason), "a record"))
		text_record(&r, &style, &scratch, &out);
	buf_free(&scratch);
	return buf_slice(&out);
}

static void
kinds(void)
{
	SAME(shown(event, 0, false, true), SLICE("2026-03-02 08:00:00.123Z  web01  linux.sshd  failure  root  "
	    "203.0.113.9\xe2\x86\x92" "10.0.0.5:22  "
	    "Failed password for root from 203.0.113.9 port 4711 ssh2\n"), "event");
	SAME(shown(event, 80, false, false), SLICE("03-02 08:00:00Z  web01  root  203.0.113.9->10.0.0.5:22  Failed password "
	    "for r...\n"), "event at 80");
	SAME(shown(event, 40, false, true), SLICE("08:00:00  web01  root  Failed password \xe2\x80\xa6\n"), "event at 40");
	SAME(shown(alert, 0, false, true), SLICE("2026-03-02 08:00:00.123Z  LOW  Odd program  web01  root  3 events  Image "
	    "endswith C:\\\\x.exe; more\n"),
	    "alert");
	SAME(shown(alert, 80, false, true), SLICE("03-02 08:00:00Z  LOW  Odd program  web01  root  3 events\n  Image endswith "
	    "C:\\\\x.exe; more\n"),
	    "alert at 80 has its reasons below");
	SAME(shown(incident, 0, false, true), SLICE("2026-03-02 08:00:00.123Z  abcd  P1  CRITICAL  triage  2 alerts  1 task  "
	    "Ransomware on web01\n"),
	    "incident");
	SAME(shown(action, 0, false, true), SLICE("2026-03-02 08:00:00.123Z  action  block-ip  abcd  approve: P1  "
	    "ip=203.0.113.9 ttl=60\n"), "action");
	SAME(shown(result, 0, false, true), SLICE("2026-03-02 08:00:00.123Z  refused  x  abcd  never touch\n"), "result");
	SAME(shown(a_note, 0, false, true), SLICE("2026-03-02 08:00:00.123Z  note  ir-ingest  damaged  x.gz  gzip: cut\n"),
	    "note");
	SAME(shown(mark, 0, false, true), SLICE(""), "a mark is not for people");
	SAME(shown(foreign, 0, false, true), SLICE("-  {\"a\":1}\n"), "a foreign record as it is");
}

static void
harmless(void)
{
	SAME(shown(hostile, 0, false, true), SLICE("2026-03-02 08:00:00.123Z  a\\u{1b}[2Jb  "
	    "x\\u{202e}y\\u{9b}z\\u{a}\xc3\xa4\n"), "controls and bidi");
	SAME(shown(hostile, 0, false, false), SLICE("2026-03-02 08:00:00.123Z  a\\u{1b}[2Jb  "
	    "x\\u{202e}y\\u{9b}z\\u{a}\\u{e4}\n"), "ASCII alone");
	OK(slice_find(shown(event, 80, false, true), '\x1b') == shown(event, 80, false, true).n, "no colour where there is none");
	OK(slice_has(shown(alert, 80, true, true), SLICE("\x1b[36mLOW\x1b[0m")), "low has a colour that is not green");
	OK(slice_has(shown(incident, 80, true, true), SLICE("\x1b[1;31mCRITICAL\x1b[0m")), "critical");
}

static void
widths(void)
{
	static const char *const line[] = {event, alert, incident, action, result, a_note, hostile, wide, foreign};
	static const unsigned width[] = {1, 2, 5, 10, 20, 40, 80, 120, 200};

	for (size_t i = 0; i < sizeof line / sizeof *line; i++) {
		for (size_t k = 0; k < 2 * sizeof width / sizeof *width; k++) {
			struct slice rest = shown(line[i], width[k / 2], false, k & 1);

			OK(rest.n && utf8_bad(rest) == rest.n, "record %zu at %u: good UTF-8", i, width[k / 2]);
			while (rest.p && rest.n)
				OK(text_columns(slice_cut(&rest, '\n')) <= width[k / 2], "record %zu fits %u", i, width[k / 2]);
		}
	}
}

static void
columns(void)
{
	struct text_style utf8 = {.utf8 = true}, ascii = {0};
	struct buf b = {0};

	INT(text_columns(SLICE("abc")), 3, "ASCII");
	INT(text_columns(SLICE("\xe6\xbc\xa2\xe5\xad\x97")), 4, "wide");
	INT(text_columns(SLICE("e\xcc\x81")), 1, "combining");
	text_cut(SLICE("\xe6\xbc\xa2\xe5\xad\x97"), 3, &utf8, &b);
	SAME(buf_slice(&b), SLICE("\xe6\xbc\xa2\xe2\x80\xa6"), "cut between wide characters");
	buf_reset(&b);
	text_cut(SLICE("abcdefgh"), 6, &ascii, &b);
	SAME(buf_slice(&b), SLICE("abc..."), "three points");
	buf_reset(&b);
	text_cut(SLICE("abc"), 3, &ascii, &b);
	SAME(buf_slice(&b), SLICE("abc"), "what fits is whole");
	buf_free(&b);
}

static struct slice
table(unsigned width)
{
	static const char *const head[] = {"FORMAT", "EVENTS", "NOTES"};
	struct text_style style = {.width = width, .utf8 = true};
	struct text_table *t = text_table_new(head, "lrl");
	struct buf out = {0};

	text_cell(t, SLICE("evtx"));
	text_cell_u64(t, 1234567);
	text_cell(t, SLICE("a rather long note\x07"));
	text_cell(t, SLICE("syslog"));
	text_cell_u64(t, 32);
	text_cell(t, SLICE(""));
	text_table_put(t, &style, &out);
	text_table_free(t);
	return buf_slice(&out);
}

static void
tables(void)
{
	SAME(table(0), SLICE("FORMAT     EVENTS  NOTES\nevtx    1 234 567  a rather long note\\u{7}\nsyslog         32  \n"),
	    "a table");
	SAME(table(35), SLICE("FORMAT     EVENTS  NOTES\nevtx    1 234 567  a rather long n\xe2\x80\xa6\nsyslog         32  "
	    "\n"), "a column is cut");
	SAME(table(20), SLICE("FORMAT     EVENTS\nevtx    1 234 567\nsyslog         32\n"), "a column drops from the right");
}

static void
files(void)
{
	static const char *const endings[] = {".yml", ".yaml", NULL};
	char temp[] = "/tmp/tool_text.XXXXXX";
	struct opt_list list = {0};
	struct arena mem = {0};
	struct slice got;
	struct fault f;
	struct stat st;

	if (!OK(mkdtemp(temp) && chdir(temp) == 0 && mkdir("r", 0700) == 0 && mkdir("r/.git", 0700) == 0, "a folder"))
		return;
	OK(tool_write_file("r/b.yml", SLICE("old"), &f) && tool_write_file("r/b.yml", SLICE("new"), &f), "written, and over");
	OK(stat("r/b.yml", &st) == 0 && (st.st_mode & 077) == 0, "nobody else reads it");
	OK(tool_write_file("r/a.yaml", SLICE(""), &f) && tool_write_file("r/x.txt", SLICE(""),
	    &f) && tool_write_file("r/.git/c.yml", SLICE(""), &f),
	    "more");
	OK(!tool_write_file("none/x", SLICE(""), &f) && !strcmp(f.what, "cannot write") && f.near[0], "no folder: why");
	OK(!tool_write_file("r", SLICE(""), &f), "a folder is not replaced");
	OK(tool_write_file("/dev/null", SLICE("x"), &f) && stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode),
	    "a device is not replaced");
	OK(tool_file("r/b.yml", 3, &mem, &got, &f), "read");
	SAME(got, SLICE("new"), "the new text");
	OK(!tool_file("r/b.yml", 2, &mem, &got, &f), "too large");
	OK(!tool_file("r", 9, &mem, &got, &f) && !tool_file("none", 9, &mem, &got, &f), "a folder, and nothing");
	OK(tool_files(SLICE("r/"), endings, &mem, &list, &f), "files");
	INT(list.n, 2, "two of them");
	SAME(list.v[0], SLICE("r/a.yaml"), "in order");
	SAME(list.v[1], SLICE("r/b.yml"), "second");
	OK(tool_files(SLICE("r/x.txt"), endings, &mem, &list, &f) && list.n == 3, "a file gives itself");
	OK(!tool_files(SLICE("none"), endings, &mem, &list, &f), "nothing there");
	free(list.v);
	arena_free(&mem);
	if (chdir("/") == 0)
		pack_remove(temp);
}

int
main(void)
{
	kinds();
	harmless();
	widths();
	columns();
	tables();
	files();
	return unit_done();
}
