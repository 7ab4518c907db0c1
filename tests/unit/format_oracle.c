/* RFC 5424 by somebody else's vectors (leodido/go-syslog): strict must accept and refuse the same, and give the same parts up to the damage. */
#include "tests/unit/format.h"
#include "tests/unit/unit.h"

#include "lib/base/base64.h"
#include "lib/format/syslog.h"

#include <stdio.h>
#include <string.h>

struct vector {
	const struct json *j;
	uint32_t want;			/* `value` or `partial` */
	struct slice name;
	unsigned wrong;
	struct buf scratch;
};

static void
differ(struct vector *v, const char *member, struct slice got)
{
	fprintf(stderr, "# %.*s: %s: got %.*s\n", (int)v->name.n, v->name.p, member, (int)got.n, got.p);
	v->wrong++;
}

static void
same_text(struct vector *v, const char *member, struct slice got)
{
	uint32_t n = json_get(v->j, v->want, slice_str(member));
	struct slice want = {NULL, 0};

	buf_reset(&v->scratch);
	if (n != JSON_NONE)
		want = json_text(v->j, n, &v->scratch);
	if (!slice_eq(got, want))
		differ(v, member, got);
}

static void
same_number(struct vector *v, const char *member, int64_t got)
{
	uint32_t n = json_get(v->j, v->want, slice_str(member));
	int64_t want = -1;

	if (n == JSON_NONE || !json_i64(v->j, n, &want) || want != got)
		differ(v, member, SLICE("(number)"));
}

/* Members in any order: as many on both sides, and each of ours there. */
static void
same_data(struct vector *v, struct slice sd)
{
	uint32_t want = json_get(v->j, v->want, SLICE("structuredData"));
	struct json *mine = json_new(&json_limits_source);
	struct buf text = {0}, a = {0}, b = {0};
	struct fault f;
	bool ok;
	unsigned got_n = 0, want_n = 0;

	(void)syslog_sd(sd, true, &text, &ok);
	if (text.n == 0 || want == JSON_NONE) {
		if (text.n || want != JSON_NONE)
			differ(v, "structuredData", buf_slice(&text));
		goto out;
	}
	if (!json_one(mine, buf_slice(&text), &f)) {
		differ(v, "structuredData", buf_slice(&text));
		goto out;
	}
	for (uint32_t k = json_first(v->j, want); k != JSON_NONE; k = json_following(v->j, want, k))
		want_n++;
	for (uint32_t k = json_first(mine, 0); k != JSON_NONE; k = json_following(mine, 0, k), got_n++) {
		uint32_t other = json_get(v->j, want, json_inner(mine, k)), id = json_value(mine, k);

		if (other == JSON_NONE) {
			differ(v, "SD-ID", json_inner(mine, k));
			continue;
		}
		for (uint32_t p = json_first(mine, id); p != JSON_NONE; p = json_following(mine, id, p)) {
			uint32_t w = json_get(v->j, other, json_inner(mine, p));

			buf_reset(&a);
			buf_reset(&b);
			if (w == JSON_NONE || !slice_eq(json_text(v->j, w, &a), json_text(mine, json_value(mine, p), &b)))
				differ(v, "PARAM", json_raw(mine, json_value(mine, p)));
		}
		if (json_first(v->j, other) != JSON_NONE && json_first(mine, id) == JSON_NONE)
			differ(v, "SD-ID without parameters", json_inner(mine, k));
	}
	if (got_n != want_n)
		differ(v, "structuredData", buf_slice(&text));
out:
	json_free(mine);
	buf_free(&text);
	buf_free(&a);
	buf_free(&b);
}

static void
compare(struct vector *v, struct slice in)
{
	struct syslog s;
	size_t at;
	bool good = syslog_5424(in, true, &s, &at), want_good = json_type(v->j, json_get(v->j, 0, SLICE("valid"))) == JSON_TRUE;

	if (good != want_good)
		differ(v, "valid", good ? SLICE("true") : SLICE("false"));
	v->want = json_get(v->j, 0, good ? SLICE("value") : SLICE("partial"));
	if (v->want == JSON_NONE || json_type(v->j, v->want) != JSON_OBJECT) {
		/* Without a version there is nothing to keep. */
		if (s.pri >= 0 && s.version)
			differ(v, "partial", in);
		return;
	}
	same_number(v, "priority", s.pri);
	same_number(v, "facility", s.pri / 8);
	same_number(v, "severity", s.pri % 8);
	same_number(v, "version", s.version);
	same_text(v, "timestamp", s.time.text);
	same_text(v, "hostname", s.host);
	same_text(v, "appname", s.app);
	same_text(v, "procID", s.procid);
	same_text(v, "msgID", s.msgid);
	same_data(v, good ? s.sd : slice_from(in, at));
	if (good)
		same_text(v, "message", s.msg);
}

void
format_oracle_tests(void)
{
	const char *dir = unit_unpack("rfc5424-vectors");
	struct buf path = {0}, bytes = {0};
	struct json *j = json_new(&json_limits_source);
	struct fault f;
	unsigned all = 0, right = 0;

	if (!dir) {
		unit_skip("no rfc5424-vectors");
		goto out;
	}
	buf_str(&path, dir);
	buf_str(&path, "/rfc5424-vectors/go-syslog-rfc5424.ndjson");
	json_block(j, unit_file(buf_cstr(&path)));
	while (json_line(j, &f)) {
		struct vector v = {.j = j};

		buf_reset(&bytes);
		if (!base64_decode(json_inner(j, json_get(j, 0, SLICE("input_base64"))), &bytes)) {
			OK(false, "a vector's base64");
			continue;
		}
		v.name = buf_slice(&bytes);
		compare(&v, v.name);
		all++;
		right += OK(v.wrong == 0, "rfc5424 vector %u", all);
		buf_free(&v.scratch);
	}
	printf("# rfc5424-vectors: %u of %u\n", right, all);
	OK(all == 90, "90 vectors");
out:
	json_free(j);
	buf_free(&path);
	buf_free(&bytes);
}
