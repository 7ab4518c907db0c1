/* scan_utf: UTF-8 without byte shuffles, for the engines that have none: a look at each sequence (RFC 3629 section 4). */
struct utf {
	const char *seen;	/* all before it is judged */
};

static inline bool
utf_bad(struct utf *u, const struct masks *m, const char *p, const char *real, const char *end)
{
	bool bad = false;

	(void)p;
	for (uint64_t high = m->high; high; high &= high - 1) {
		const char *q = real + __builtin_ctzll(high);
		size_t n;

		if (q < u->seen)
			continue;
		n = json_utf8(q, end);
		bad |= n == 0;
		u->seen = q + (n ? n : 1);
	}
	return bad;
}
