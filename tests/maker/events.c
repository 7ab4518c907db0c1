/* events KIND BYTES: writes at least BYTES of KIND (win, eve, zeek, syslog, access) to stdout, whole lines. */
#include "tests/maker/events.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BLOCK = 1 << 20, MIX = 10000 };

struct maker {
	struct rng r;
	struct buf out;
	int64_t now;			/* the record's time */
	uint64_t number;
	unsigned char which[MIX];	/* pattern by chance */
	const struct pattern *pattern;
	struct buf stamp[5];		/* the second's texts, made anew when the second changes */
	int64_t second;
};

static const char *const word[] = {"update", "report", "index", "session", "profile", "cache", "sync", "manifest", "render",
	"archive", "lookup",
	"balance", "invoice", "gauge", "sample", "orders", "metrics", "preview", "schema", "ticket"};
static const char *const user[] = {"m.okafor", "s.abara", "l.brenn", "p.dasilva", "k.iwata", "r.osei", "t.vance", "h.moreau",
	"itveit", "jquell"};
static const char *const tail[] = {"Temp\\\\setup.log", "Documents\\\\plan.xlsx", "Downloads\\\\manual.pdf",
	"AppData\\\\Local\\\\cache.bin",
	"Desktop\\\\notes.txt", "AppData\\\\Roaming\\\\state.json", "Pictures\\\\site.png"};

static void
digits(struct buf *b, uint32_t v, int n)
{
	char t[10];

	for (int i = n - 1; i >= 0; i--, v /= 10)
		t[i] = (char)('0' + v % 10);
	buf_add(b, t, (size_t)n);
}

static void
hex(struct maker *m, int n, const char *digit)
{
	char t[32];
	uint64_t v = 0;

	for (int i = 0; i < n; i++, v >>= 4) {
		if (i % 16 == 0)
			v = rng_next(&m->r);
		t[i] = digit[v & 15];
	}
	buf_add(&m->out, t, (size_t)n);
}

/* The texts of the second; what is smaller is added by the slot. */
static void
new_second(struct maker *m)
{
	int64_t at = m->now - m->now % SECOND;

	m->second = m->now / SECOND;
	for (int i = 0; i < 5; i++)
		buf_reset(&m->stamp[i]);
	when_iso(&m->stamp[0], at, 0, ".");
	when_words(&m->stamp[1], at);
	m->stamp[1].n -= 3;		/* its own milliseconds */
	when_rfc3164(&m->stamp[2], at);
	when_clf(&m->stamp[3], at);
	buf_u64(&m->stamp[4], (uint64_t)m->second);
	buf_byte(&m->stamp[4], '.');
}

static void
address(struct maker *m, bool inside)
{
	static const char *const net[] = {"203.0.113.", "198.51.100.", "192.0.2."};

	if (inside) {
		buf_lit(&m->out, "10.20.");
		buf_u64(&m->out, 10 + rng_below(&m->r, 60));
		buf_byte(&m->out, '.');
	} else {
		buf_str(&m->out, PICK(&m->r, net));
	}
	buf_u64(&m->out, 1 + rng_below(&m->r, 254));
}

static void
moment(struct maker *m, char slot)
{
	static const char order[] = "tusce";
	struct buf *s = &m->stamp[slot == 'v' ? 0 : strchr(order, slot) - order];

	buf_add(&m->out, s->p, s->n);
	if (slot == 't' || slot == 'u')
		digits(&m->out, (uint32_t)(m->now % SECOND / 1000), 3);
	if (slot == 't')
		buf_byte(&m->out, 'Z');
	if (slot == 'e' || slot == 'v')
		digits(&m->out, (uint32_t)(m->now % SECOND), 6);
	if (slot == 'v')
		buf_lit(&m->out, "+0000");
}

static void
fill(struct maker *m, char slot)
{
	switch (slot) {
	case 't': case 'v': case 'u': case 's': case 'c': case 'e': moment(m, slot); break;
	case 'n': buf_u64(&m->out, m->number); break;
	case 'd': digits(&m->out, rng_below(&m->r, 10000), 4); break;
	case 'p': buf_u64(&m->out, 32768 + rng_below(&m->r, 28000)); break;
	case 'b': buf_u64(&m->out, 64 + rng_below(&m->r, 65000)); break;
	case 'i': address(m, true); break;
	case 'o': address(m, false); break;
	case 'g': hex(m, 12, "0123456789ABCDEF"); break;
	case 'h': hex(m, 32, "0123456789ABCDEF"); break;
	case 'l': hex(m, 32, "0123456789abcdef"); break;
	case 'w': buf_str(&m->out, PICK(&m->r, word)); break;
	case 'x': buf_str(&m->out, PICK(&m->r, user)); break;
	case 'y': buf_lit(&m->out, "ws"); digits(&m->out, rng_below(&m->r, 240), 3); break;
	case 'z': buf_str(&m->out, PICK(&m->r, tail)); break;
	default: buf_byte(&m->out, slot);
	}
}

static void
record(struct maker *m)
{
	const char *p = m->pattern[m->which[rng_below(&m->r, MIX)]].text;

	m->now += rng_below(&m->r, 40000);
	m->number++;
	if (m->now / SECOND != m->second)
		new_second(m);
	for (const char *next; (next = strchr(p, '$')) != NULL; p = next + 2) {
		buf_add(&m->out, p, (size_t)(next - p));
		fill(m, next[1]);
	}
	buf_str(&m->out, p);
	buf_byte(&m->out, '\n');
}

static const struct pattern *
kind_of(const char *name)
{
	static const struct {
		const char *name;
		const struct pattern *pattern;
	} kind[] = {{"win", events_win}, {"eve", events_eve}, {"zeek", events_zeek}, {"syslog", events_syslog}, {"access",
		events_access}};

	for (unsigned i = 0; i < sizeof kind / sizeof *kind; i++)
		if (strcmp(kind[i].name, name) == 0)
			return kind[i].pattern;
	return NULL;
}

static void
mix(struct maker *m)
{
	unsigned at = 0;

	for (unsigned i = 0; m->pattern[i].text; i++)
		for (unsigned k = 0; k < m->pattern[i].weight && at < MIX; k++)
			m->which[at++] = (unsigned char)i;
}

static bool
flush(struct buf *b)
{
	for (size_t at = 0; at < b->n;) {
		ssize_t n = write(STDOUT_FILENO, b->p + at, b->n - at);

		if (n < 0) {
			perror("events: cannot write");
			return false;
		}
		at += (size_t)n;
	}
	buf_reset(b);
	return true;
}

int
main(int argc, char **argv)
{
	static struct maker m = {.r = {20260310}};
	char *end = NULL;
	unsigned long long want = argc == 3 ? strtoull(argv[2], &end, 10) : 0, made = 0;
	bool ok = true;

	m.pattern = argc == 3 ? kind_of(argv[1]) : NULL;
	if (!m.pattern || argv[2][0] < '0' || argv[2][0] > '9' || *end) {
		fprintf(stderr, "usage: events win|eve|zeek|syslog|access BYTES\n");
		return 2;
	}
	mix(&m);
	m.now = when_at(2026, 3, 2, 8, 0, 0);
	while (ok && made < want) {
		while (m.out.n < BLOCK && made + m.out.n < want)
			record(&m);
		made += m.out.n;
		ok = flush(&m.out);
	}
	buf_free(&m.out);
	for (int i = 0; i < 5; i++)
		buf_free(&m.stamp[i]);
	return ok ? 0 : 4;
}
