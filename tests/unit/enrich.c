/* Tables: the CSV reader, rows and their keys, the longest prefix. */
#include "lib/enrich/rows.h"
#include "lib/enrich/table.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- CSV ------------------------------------------------------------------------------------------------------------------- */
/* Cells with | between them, rows with / between them. */
static void
table_good(void)
{
	static const struct {
		const char *name, *text, *want;
	} c[] = {
		{"lines", "a,b\n1,2\n3,4\n", "a|b/1|2/3|4"},
		{"no end of line", "a,b\n1,2", "a|b/1|2"},
		{"CRLF", "a,b\r\n1,2\r\n", "a|b/1|2"},
		{"CR at the end of the text", "a,b\r\n1,2\r", "a|b/1|2"},
		{"a CR inside stays", "a,b\n1\r2,3\n", "a|b/1\r2|3"},
		{"empty cells", "a,b,c\n,,\n", "a|b|c/||"},
		{"quotes", "a,b\n\"x,y\",\"z\"\n", "a|b/x,y|z"},
		{"doubled quotes", "a\n\"x\"\"y\"\"\"\n", "a/x\"y\""},
		{"a quoted line end", "a,b\n\"x\ny\",z\n", "a|b/x\ny|z"},
		{"an empty quoted cell", "a,b\n\"\",z\n", "a|b/|z"},
		{"blanks belong to the cell", "a,b\n x , y\n", "a|b/ x | y"},
		{"empty lines", "a,b\n\n1,2\n\r\n\n", "a|b/1|2"},
		{"byte order mark", "\xef\xbb\xbf" "a,b\n1,2\n", "a|b/1|2"},
		{"header alone", "a,b\n", "a|b"},
	};

	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct buf b = {0};
		struct table t;
		struct fault f = {0};
		bool more = table_open(&t, slice_str(c[i].text), &f);

		for (; more; more = table_row(&t, &f)) {
			if (b.n)
				buf_byte(&b, '/');
			for (size_t k = 0; k < t.cells; k++) {
				if (k)
					buf_byte(&b, '|');
				buf_slice_add(&b, t.cell[k].text);
			}
		}
		OK(f.what == NULL, "table: %s: no fault", c[i].name);
		SAME(buf_slice(&b), slice_str(c[i].want), c[i].name);
		table_end(&t);
		buf_free(&b);
	}
}

static void
table_bad(void)
{
	static const struct {
		const char *text, *what;
		unsigned line, column;
	} c[] = {
		{"", "no header: the table is empty", 1, 1},
		{"\n\n", "no header: the table is empty", 1, 1},
		{"a,b\n1\n", "fewer cells than the header has", 2, 2},
		{"a,b\n1,2\n\n1,2,3\n", "more cells than the header has", 4, 5},
		{"a,b\n1,\"2\n3,4\n", "a quote is not closed", 2, 3},
		{"a,b\n\"1\"x,2\n", "text behind a closing quote", 2, 4},
		{"a,b\n1,x\"y\"\n", "a quote inside of a cell that does not begin with one", 2, 4},
		{"a,b\n\"1\n2\",x\"y\n", "a quote inside of a cell that does not begin with one", 3, 5},
		{"a,b\n1,\xff\n", "not UTF-8", 2, 3},
	};

	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct table t;
		struct fault f = {0};

		if (table_open(&t, slice_str(c[i].text), &f))
			while (table_row(&t, &f))
				;
		SAME(slice_str(f.what), slice_str(c[i].what), c[i].what);
		INT(f.line, c[i].line, "line");
		INT(f.column, c[i].column, "column");
		table_end(&t);
	}
}

static void
table_limits(void)
{
	struct buf b = {0};
	struct table t;
	struct fault f = {0};

	for (int i = 0; i < 65; i++)
		buf_str(&b, i ? ",a" : "a");
	OK(!table_open(&t, buf_slice(&b), &f), "limit: 65 columns are refused");
	SAME(slice_str(f.what), SLICE("more than 64 columns"), "limit: columns");
	table_end(&t);
	buf_reset(&b);
	buf_lit(&b, "a\n");
	for (int i = 0; i < TABLE_CELL + 1; i++)
		buf_byte(&b, 'x');
	OK(table_open(&t, buf_slice(&b), &f) && !table_row(&t, &f), "limit: a cell of 65,537 bytes is refused");
	SAME(slice_str(f.what), SLICE("a cell of more than 65,536 bytes"), "limit: cell");
	table_end(&t);
	OK(!table_open(&t, slice_of("a\0b\n", 4), &f), "limit: a NUL is refused");
	table_end(&t);
	buf_free(&b);
}

/* ---- rows ----------------------------------------------------------------------------------------------------------- */
static void
rows_bad(void)
{
	static const struct {
		const char *text, *what;
		unsigned line, column;
		bool net;
	} c[] = {
		{"host,colour\nweb01,red\n", "unknown column", 1, 6, false},
		{"host,ip,host\nweb01,192.0.2.1,x\n", "the column is there twice", 1, 9, false},
		{"name,owner\nx,y\n", "no column host, ip, mac, cidr or id", 1, 1, false},
		{"name\nx\n", "no column cidr", 1, 1, true},
		{"cidr,host\n192.0.2.0/24,x\n", "unknown column", 1, 6, true},
		{"host,ip\nweb01,192.0.2.256\n", "no IP address", 2, 7, false},
		{"host,ip\nweb01,192.0.2.1;192.0.2.01\n", "no IP address", 2, 17, false},
		{"cidr\n192.0.2.0/33\n", "no network (ADDRESS/BITS)", 2, 1, true},
		{"cidr\n192.0.2.1/24\n", "bits are set behind the network's", 2, 1, true},
		{"host,mac\nx,00:00:5e:00:53\n", "no MAC address", 2, 3, false},
		{"host,criticality\nx,urgent\n", "no criticality (low, medium, high, critical)", 2, 3, false},
		{"host,exposed\nx,perhaps\n", "neither yes nor no", 2, 3, false},
		{"host,country\nx,IRL\n", "no country code of two letters (ISO 3166-1)", 2, 3, false},
		{"host,country\nx,I1\n", "no country code of two letters (ISO 3166-1)", 2, 3, false},
		{"host,ip\nx,\n,\n", "the row names nothing that could be looked up", 3, 1, false},
		{"host\nweb01\nWEB01\n", "stands in an earlier row, too: which one is meant is not known", 3, 1, false},
		{"host,ip\na,192.0.2.1\nb,192.0.2.1\n", "stands in an earlier row, too: which one is meant is not known", 3, 3,
		    false},
		{"cidr\n2001:db8::/32\n2001:DB8:0::/32\n", "stands in an earlier row, too: which one is meant is not known", 3,
		    1, true},
	};

	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct rows r = {0};
		struct fault f = {0};

		OK(!rows_load(&r, slice_str(c[i].text), c[i].net, SLICE("t"), &f), "rows: refused: %s", c[i].what);
		SAME(slice_str(f.what), slice_str(c[i].what), "rows: words");
		INT(f.line, c[i].line, "rows: line");
		INT(f.column, c[i].column, "rows: column");
		rows_free(&r);
	}
}

static void
rows_members(void)
{
	struct rows r = {0};
	struct fault f = {0};
	struct addr a;

	OK(rows_load(&r, SLICE("criticality,Host,exposed,country,regulated,owner,service\n"
	    "HIGH,web01,yes,ie,0,\"a \"\"b\"\"\", mail \n,db01,,,,,\n"), false, SLICE("asset"), &f), "members: loaded");
	INT(r.n, 2, "members: rows");
	SAME(r.json[0],
	    SLICE("\"by\":\"asset\",\"name\":\"web01\",\"owner\":\"a \\\"b\\\"\",\"criticality\":\"high\",\"exposed\":true,"
	    "\"regulated\":false,\"service\":\"mail\",\"country\":\"IE\""), "members: in their order, typed");
	SAME(r.json[1], SLICE("\"by\":\"asset\",\"name\":\"db01\""), "members: empty cells are left out");
	OK(addr_read(SLICE("192.0.2.1"), &a) && rows_address(&r, &a) == CIDR_NONE, "members: no addresses, no hit");
	rows_free(&r);
}

static void
rows_keys(void)
{
	static const struct {
		const char *name;
		uint32_t want;
	} c[] = {
		{"web01", 0}, {"WEB01", 0}, {"web01.corp.example", 0}, {"web01.", 0}, {"db01.corp.example", 1}, {"db01", 1},
		    {"DB01.Corp.Example.", 1},
		{"db01.other.example", ROW_NONE}, {"app", ROW_AMBIGUOUS}, {"app.a.example", 2}, {"app.b.example", 3},
		    {"app.c.example", ROW_NONE},
		{"both", 5}, {"both.a.example", 4}, {"both.b.example", 5}, {"", ROW_NONE}, {".", ROW_NONE}, {"web0", ROW_NONE},
		    {"alias", 6}, {"main", 6},
	};
	struct rows r = {0};
	struct fault f = {0};
	struct addr a;

	OK(rows_load(&r,
	    SLICE("host,ip,mac,cidr,id\nweb01,192.0.2.1;192.0.2.2,00-00-5E-00-53-23,,i-1\n"
	    "db01.corp.example,,0000.5e00.5324,,\n"
	    "app.a.example,,,,\napp.b.example,,,,\nboth.a.example,,,,\nboth,,,,\nmain; alias,,,,\n"
	    ",,,192.0.2.0/24;2001:db8::/32,\n"),
	    false, SLICE("t"), &f), "keys: loaded%s%s", f.what ? f.what : "", f.near);
	for (size_t i = 0; i < sizeof c / sizeof *c; i++)
		INT(rows_name(&r, slice_str(c[i].name)), c[i].want, c[i].name);
	OK(addr_read(SLICE("192.0.2.2"), &a) && rows_address(&r, &a) == 0, "keys: an address wins over its network");
	OK(addr_read(SLICE("::ffff:192.0.2.3"), &a) && rows_address(&r, &a) == 7, "keys: the mapped form lies in the network");
	OK(addr_read(SLICE("2001:db8::9"), &a) && rows_address(&r, &a) == 7, "keys: IPv6");
	INT(rows_mac(&r, SLICE("00:00:5e:00:53:23")), 0, "keys: MAC with colons");
	INT(rows_mac(&r, SLICE("00005E005324")), 1, "keys: MAC without");
	INT(rows_mac(&r, SLICE("00005E00532")), ROW_NONE, "keys: no MAC");
	INT(rows_id(&r, SLICE("I-1")), 0, "keys: id");
	rows_free(&r);
}

/* ---- longest prefix ------------------------------------------------------------------------------------------------- */
static uint64_t seed = 42;

static uint32_t
rnd(uint32_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % below;
}

/* Few different bytes, so that prefixes nest and addresses hit. */
static struct addr
random_address(void)
{
	struct addr a = {0};

	if (rnd(2)) {
		a.b[10] = a.b[11] = 0xff;
		for (int i = 12; i < 16; i++)
			a.b[i] = (unsigned char)rnd(4);
	} else {
		for (int i = 0; i < 16; i++)
			a.b[i] = (unsigned char)(rnd(3) * (i == 0 ? 0x10 : 1));
	}
	return a;
}

static struct prefix
random_prefix(void)
{
	struct prefix p;
	struct buf b = {0};
	struct addr a = random_address();

	addr_add(&b, &a);
	buf_byte(&b, '/');
	buf_u64(&b, rnd(addr_is4(&a) ? 33 : 129));
	if (!prefix_read(buf_slice(&b), &p, NULL))
		abort();
	buf_free(&b);
	return p;
}

static void
longest(void)
{
	enum { PREFIXES = 3000, LOOKS = 20000 };
	struct prefix *list = mem_zero(PREFIXES, sizeof *list);
	struct cidr c = {0};
	size_t n = 0, hits = 0, wrong = 0;

	for (int i = 0; i < PREFIXES; i++) {
		struct prefix p = random_prefix();
		size_t k = 0;

		while (k < n && memcmp(&list[k], &p, sizeof p) != 0)
			k++;
		if (k < n)
			continue;
		list[n] = p;
		cidr_add(&c, &p, (uint32_t)n++);
	}
	cidr_done(&c);
	for (int i = 0; i < LOOKS; i++) {
		struct addr a = random_address();
		uint32_t want = CIDR_NONE;

		for (uint32_t k = 0; k < n; k++)
			if (prefix_holds(&list[k], &a) && (want == CIDR_NONE || list[k].bits > list[want].bits))
				want = k;
		wrong += cidr_find(&c, &a) != want;
		hits += want != CIDR_NONE;
	}
	OK(wrong == 0, "prefix: %zu prefixes, %d look-ups as a linear scan finds them (%zu wrong)", n, LOOKS, wrong);
	OK(hits > LOOKS / 4, "prefix: %zu of them hit", hits);
	cidr_free(&c);
	free(list);
}

int
main(void)
{
	table_good();
	table_bad();
	table_limits();
	rows_bad();
	rows_members();
	rows_keys();
	longest();
	return unit_done();
}
