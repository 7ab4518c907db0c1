#include "lib/format/format.h"

#include "lib/base/utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define FORMAT(symbol) extern const struct format format_##symbol;
#include "lib/format/formats.def"
#undef FORMAT

const struct format *const formats[] = {
#define FORMAT(symbol) &format_##symbol,
#include "lib/format/formats.def"
#undef FORMAT
	NULL,
};

enum { SURE_ENOUGH = 50, NAME_ADDS = 5 };

const struct format *
format_by_name(struct slice name)
{
	for (const struct format *const *f = formats; *f; f++)
		if (slice_eq_nocase(name, slice_str((*f)->name)))
			return *f;
	return NULL;
}

struct format_guess
format_guess(struct slice head, struct slice name)
{
	struct format_guess best = {0};

	for (const struct format *const *f = formats; *f; f++) {
		int score = (*f)->sniff ? (*f)->sniff(head) : 0;

		if (score > 0 && score < 100 && slice_has(name, slice_str((*f)->name)))
			score += score + NAME_ADDS > 100 ? 100 - score : NAME_ADDS;
		if (score > best.score)
			best = (struct format_guess){*f, score};
	}
	if (best.score < SURE_ENOUGH)
		best.format = NULL;
	return best;
}

size_t
format_frame(const struct format *f, struct slice in, bool last, void *state, struct slice *record)
{
	size_t n;

	if (f->frame)
		return f->frame(in, last, state, record);
	n = slice_find(in, '\n');
	*record = slice_head(in, n);
	if (record->n && record->p[record->n - 1] == '\r')
		record->n--;
	return n < in.n ? n + 1 : last ? in.n : 0;
}

struct slice
format_text(struct event *e, struct slice line)
{
	bool bad = false;
	struct buf mended = {0};

	if (utf8_bad(line) < line.n) {
		utf8_mend(line, &mended, &bad);
		e->bytes = line;
		event_err(e, ERR_bad_utf8);
		line = event_keep(e, buf_slice(&mended));
		buf_free(&mended);
	}
	event_set(e, F_event_original, line);
	return line;
}

/* Quotes of a line that is printable ASCII without backslash; FORMAT_MIXED: it is not. */
static unsigned
quotes_of(struct slice s)
{
	unsigned quotes = 0;
	size_t i = 0;

#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), low = _mm_set1_epi8(0x20), one = _mm_set1_epi8(1);
	__m128i sum = _mm_setzero_si128();

	for (; i + 16 <= s.n; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s.p + i));

		/* Signed: bytes from 0x80 on are below 0x20 as well. */
		if (_mm_movemask_epi8(_mm_or_si128(_mm_cmplt_epi8(v, low), _mm_cmpeq_epi8(v, slash))))
			return FORMAT_MIXED;
		sum = _mm_add_epi64(sum, _mm_sad_epu8(_mm_and_si128(_mm_cmpeq_epi8(v, quote), one), _mm_setzero_si128()));
	}
	quotes = (unsigned)(_mm_cvtsi128_si32(sum) + _mm_cvtsi128_si32(_mm_srli_si128(sum, 8)));
#endif
	for (; i < s.n; i++) {
		if ((unsigned char)s.p[i] < 0x20 || (unsigned char)s.p[i] >= 0x80 || s.p[i] == '\\')
			return FORMAT_MIXED;
		quotes += s.p[i] == '"';
	}
	return quotes;
}

struct slice
format_text_seen(struct event *e, struct slice line, unsigned *quotes)
{
	*quotes = quotes_of(line);
	if (*quotes == FORMAT_MIXED)
		return format_text(e, line);
	if (*quotes == 0)
		e->form = FORM_CLEAN;
	event_set(e, F_event_original, line);
	return line;
}

void
format_time_local(const struct format_context *c, struct event *e, const struct stamp_civil *civil)
{
	bool twice = false;

	e->at.s = zone_utc(c->zone, stamp_seconds(civil), &twice);
	e->at.ns = civil->second == 60 ? 999999999 : civil->ns;
	e->timed = true;
	e->tz = c->zone_name;
	if (!c->zone_given)
		event_err(e, ERR_zone_assumed);
	if (twice)
		event_err(e, ERR_ambiguous_time);
}

int
format_year_near(struct stamp reference, int month, int day)
{
	int year = stamp_split(reference).year;

	if (stamp_days(year, month, day) > reference.s / 86400 + 1)
		year--;
	/* The 29th of February is in a leap year. */
	while (month == 2 && day == 29 && (year % 4 != 0 || (year % 100 == 0 && year % 400 != 0)))
		year--;
	return year;
}

int
format_year_next(struct format_year *y, const struct format_context *c, int month, int day)
{
	if (y->year == 0)
		y->year = c->first_year ? c->first_year : format_year_near(c->reference, month, day);
	else if (y->month >= 11 && month <= 2)
		y->year++;
	else if (y->month <= 2 && month >= 11)
		/* A late line of the old year behind the first ones of the new. */
		y->year--;
	y->month = month;
	y->day = day;
	return y->year;
}
