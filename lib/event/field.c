#include "lib/event/field.h"

#include <pthread.h>

const struct field_row field_row[FIELD_COUNT] = {
#define FIELD(id, path, type, list, alias, meaning) [F_##id] = {SLICE_INIT(path), type, list, SLICE_INIT(alias), meaning},
#include "lib/event/fields.def"
#undef FIELD
};

/* Each object of a path costs four bytes more than its dot; write.c may read 32 bytes from any place of the text. */
#define FIELD(id, path, type, list, alias, meaning) \
	_Static_assert(sizeof(path) + 4 * (FIELD_DEPTH + 1) + 32 <= FIELD_OPEN, path " is too long for field_glue");
#include "lib/event/fields.def"
#undef FIELD

const struct err_row err_row[ERR_COUNT] = {
#define ERR(id, name, meaning) [ERR_##id] = {SLICE_INIT(name), meaning},
#include "lib/event/errs.def"
#undef ERR
};
_Static_assert(ERR_COUNT <= 32, "event.err is 32 bits");

static const struct {
	enum field from, to;
} related_row[] = {
	{F_host_ip, F_related_ip}, {F_observer_ip, F_related_ip}, {F_source_ip, F_related_ip}, {F_source_nat_ip, F_related_ip},
	{F_destination_ip, F_related_ip}, {F_destination_nat_ip, F_related_ip}, {F_dns_resolved_ip, F_related_ip},
	{F_threat_indicator_ip, F_related_ip},
	{F_user_name, F_related_user}, {F_user_target_name, F_related_user}, {F_user_effective_name, F_related_user},
	{F_process_hash_md5, F_related_hash}, {F_process_hash_sha1, F_related_hash}, {F_process_hash_sha256, F_related_hash},
	{F_process_pe_imphash, F_related_hash}, {F_file_hash_md5, F_related_hash}, {F_file_hash_sha1, F_related_hash},
	{F_file_hash_sha256, F_related_hash}, {F_dll_hash_sha256, F_related_hash}, {F_tls_client_ja3, F_related_hash},
	{F_tls_server_ja3s, F_related_hash}, {F_tls_server_hash_sha256, F_related_hash},
	{F_host_name, F_related_hosts}, {F_source_domain, F_related_hosts}, {F_destination_domain, F_related_hosts},
	{F_dns_question_name, F_related_hosts}, {F_url_domain, F_related_hosts}, {F_tls_client_server_name, F_related_hosts},
};

static struct field_glue_set glue;
static pthread_once_t glue_once = PTHREAD_ONCE_INIT;

static void
put(struct field_glue *g, struct slice s)
{
	memcpy(g->open + g->len, s.p, s.n);
	g->len = (uint8_t)(g->len + s.n);
}

/* Objects of f that stand open behind the field before it (fields.def keeps the members of one object together). */
static unsigned
shared(enum field f)
{
	struct slice a = field_row[f].path, b = f > 0 ? field_row[f - 1].path : SLICE("");
	unsigned depth = 0;

	for (size_t i = 0; i < a.n && i < b.n && a.p[i] == b.p[i]; i++)
		depth += a.p[i] == '.';
	return depth;
}

static void
glue_field(enum field f, uint8_t *objects)
{
	struct field_glue *g = &glue.f[f];
	struct slice rest = field_row[f].path;
	unsigned same = shared(f);

	for (;;) {
		struct slice name = slice_cut(&rest, '.');

		g->from[g->depth] = g->len;
		put(g, SLICE("\""));
		put(g, name);
		put(g, SLICE("\":"));
		if (!rest.p)
			break;
		put(g, SLICE("{"));
		g->object[g->depth] = g->depth < same ? glue.f[f - 1].object[g->depth] : ++*objects;
		g->depth++;
	}
}

static void
glue_make(void)
{
	uint8_t objects = 0;

	for (enum field f = 0; f < FIELD_COUNT; f++)
		glue_field(f, &objects);
	for (size_t i = 0; i < sizeof related_row / sizeof *related_row; i++) {
		enum field f = related_row[i].from;

		glue.f[f].related = (uint8_t)(related_row[i].to - F_related_ip + 1);
		glue.related[f / 64] |= UINT64_C(1) << f % 64;
	}
}

const struct field_glue_set *
field_glue(void)
{
	pthread_once(&glue_once, glue_make);
	return &glue;
}

/* For loaders of rules and options; records never come here. */
enum field
field_by_path(struct slice path)
{
	enum field f = 0;

	while (f < FIELD_COUNT && !slice_eq(field_row[f].path, path))
		f++;
	return f;
}
