/* ir-ingest: any log in, one stream out. */
#include "cmd/ingest_gaps.h"
#include "cmd/ingest_live.h"
#include "cmd/ingest_manifest.h"

#include <stdlib.h>
#include <sys/stat.h>

static struct ingest in;
static struct tool t;

static const struct opt options[] = {
	{'l', "inventory", NULL, "say what there is; make no events", OPT_FLAG, &in.o.inventory, NULL},
	{'f', "follow", NULL, "read on what grows, rotates or comes later, until a signal", OPT_FLAG, &in.o.follow, NULL},
	{0, "list", NULL, "list the formats", OPT_FLAG, &in.o.list, NULL},
	{0, "format", "[GLOB=]NAME", "read files (that match GLOB) as NAME", OPT_LIST, &in.o.format, NULL},
	{0, "carve", NULL, "find Windows event records in any bytes: images, memory, free space", OPT_FLAG, &in.o.carve, NULL},
	{0, "unwrap", ".A.B", "member of JSON documents that holds the records", OPT_TEXT, &in.o.unwrap, NULL},
	{0, "source", "PRODUCT[/SERVICE]", "log source of JSON that nothing recognises", OPT_TEXT, &in.o.assume, NULL},
	{0, "label", "TEXT", "stands for the argument in ir.src.uri and ir.id", OPT_TEXT, &in.o.label, NULL},
	{0, "year", "YYYY", "year of times that give none", OPT_U64, &in.o.year, NULL},
	{0, "hash", NULL, "add event.hash, the SHA-256 of each record's bytes", OPT_FLAG, &in.o.hash, NULL},
	{0, "manifest", "FILE", "list what was read: size, SHA-256, records, times", OPT_TEXT, &in.o.manifest, "file"},
	{0, "gaps", NULL, "note missing record numbers, silence, cleared logs, clocks set back", OPT_FLAG, &in.o.gaps, NULL},
	{0, "password-file", "FILE", "passwords of encrypted archives, one a line", OPT_TEXT, &in.o.password_file, "file"},
	{0, "max-record", "SIZE", "longest record (default 1M)", OPT_SIZE, &in.o.max_record, NULL},
	{0, "max-inflate", "SIZE", "most bytes unpacked from one argument (default 100G)", OPT_SIZE, &in.o.max_inflate, NULL},
	{0, NULL, NULL, NULL, OPT_FLAG, NULL, NULL},
};

static const char *const kinds[] = {"ndjson", "text", NULL};

static const struct tool_about about = {
	.name = "ir-ingest", .what = "any log in, one stream of events out", .usage = "[-l] [--format [GLOB=]NAME]... [PATH...]",
	.examples = {"ir-ingest case/ | ir-match", "ir-ingest -l case/",
	    "ir-ingest -f --state ingest.state /var/log/auth.log | ir-match > alerts.ndjson"},
	.kinds = kinds,
	.takes = TAKES_JOBS | TAKES_TIME | TAKES_TZ | TAKES_NOW | TAKES_REJECTS | TAKES_STRICT | TAKES_STATE,
	.all_cores = true, .own_input = true,
	.terminal_ok = true,
};

static void
unread(void *self, const char *what, struct slice uri, struct slice message)
{
	struct ingest *i = self;
	bool made = true;

	/* What is followed is looked at again and again. */
	if (i->o.follow) {
		(void)map_put(&i->told, uri, &made);
		if (!made)
			return;
	}
	map_put(&i->whats, slice_str(what), NULL)->v.u++;
	tool_say(i->t, "%.*s: %.*s", (int)uri.n, uri.p, (int)message.n, message.p);
	tool_status(i->t, 3);
	if (i->jobs && !i->o.inventory) {
		jobs_wait(i->jobs);
		stream_note(i->t, what, uri, message);
	}
}

static void
ignore(void *self, const char *what, struct slice uri, struct slice message)
{
	/* The survey looks at the same files as the run, which says it. */
	(void)self, (void)what, (void)uri, (void)message;
}

/* What can be read twice: a survey of stdin or of a fifo would take the run's bytes. */
static struct opt_list surveyed;

static void
choose_surveyed(void)
{
	for (size_t i = 0; i < t.args.n; i++) {
		struct stat st;
		char *path = mem_str(t.args.v[i]);
		bool twice = !slice_eq(t.args.v[i], SLICE("-")) && stat(path, &st) == 0 &&
		    (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));

		free(path);
		if (!twice)
			continue;
		surveyed.v = mem_grow(surveyed.v, &surveyed.cap, surveyed.n, sizeof *surveyed.v);
		surveyed.v[surveyed.n++] = t.args.v[i];
	}
}

static char **passwords;
static size_t password_n, password_cap;

static void
read_passwords(void)
{
	char *path = mem_str(in.o.password_file);
	struct slice rest;
	struct fault f = {0};

	if (in.o.password_file.n && !tool_file(path, 1024 * 1024, &in.mem, &rest, &f))
		tool_usage(&t, "--password-file %s: %s: %s", path, f.what, f.near);
	free(path);
	while (in.o.password_file.n && rest.n) {
		struct slice line = slice_cut(&rest, '\n');

		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (line.n == 0)
			continue;
		passwords = mem_grow(passwords, &password_cap, password_n, sizeof *passwords);
		passwords[password_n++] = mem_str(line);
	}
}

/* A way of up to four names, as jq writes it. */
static void
check_way(struct slice way)
{
	size_t steps = 0;
	bool ok = way.n > 1 && way.p[0] == '.';

	for (way = slice_from(way, 1); ok && way.p; steps++)
		ok = slice_cut(&way, '.').n > 0;
	if (!ok || steps > 4)
		tool_usage(&t, "--unwrap: a way such as .a.b is wanted, of four names at most");
}

static void
prepare(void)
{
	struct source_options o = {.max_inflate = in.o.max_inflate, .note = unread, .self = &in, .compressed = true};
	struct slice rest = in.o.assume;

	in.t = &t;
	in.shapes = shape_set_new();
	if (t.common.tz.n && (in.zone = zone_open(t.common.tz)) == NULL)
		tool_usage(&t, "--tz %.*s: no such zone", (int)t.common.tz.n, t.common.tz.p);
	in.shape.zone = in.zone;
	if (rest.n) {
		in.shape.assume.product = slice_cut(&rest, '/');
		in.shape.assume.service = rest;
	}
	if (in.o.year && (in.o.year < 1970 || in.o.year > 9999))
		tool_usage(&t, "--year: 1970 to 9999");
	if (in.o.max_record > json_limits_stream.length / 2)
		tool_usage(&t, "--max-record: 8M at most, for a line of the stream has 16M");
	for (size_t i = 0; i < in.o.format.n; i++) {
		struct slice name = slice_from(in.o.format.v[i], slice_rfind(in.o.format.v[i], '=') + 1);

		if (slice_rfind(in.o.format.v[i], '=') == in.o.format.v[i].n)
			name = in.o.format.v[i];
		if (!format_by_name(name))
			tool_usage(&t, "--format %.*s: no such format; --list shows them", (int)name.n, name.p);
	}
	if (in.o.unwrap.n)
		check_way(in.o.unwrap);
	if (in.o.inventory && (in.o.follow || t.common.state.n))
		tool_usage(&t, "-l makes no events: --follow and --state are not for it");
	if (in.o.follow && t.common.output.n && !slice_eq(t.common.output, SLICE("-")))
		tool_usage(&t, "-o writes a file whole, at the end; with --follow use > or >>");
	o.label = in.o.label;
	if (in.o.follow || t.common.state.n) {
		in.places = places_new();
		o.again = true;
		o.live = in.o.follow;
		o.pick = ingest_pick;
	}
	if (in.o.manifest.n && in.places)
		tool_usage(&t, "--manifest lists whole files: --follow and --state are not for it");
	if (in.o.manifest.n) {
		in.manifest = manifest_new();
		o.pick = ingest_pick;
	}
	read_passwords();
	o.password = passwords;
	o.passwords = password_n;
	in.gaps = in.o.gaps ? gaps_new() : NULL;
	in.in = sources_new(&t, &t.args, &o);
	o.note = ignore;
	o.pick = NULL;
	o.files_only = true;
	choose_surveyed();
	in.survey = surveyed.n ? sources_new(&t, &surveyed, &o) : NULL;
}

/* For the cell; ends with NULL. */
static const char *const *
write_folders(void)
{
	static const char *folder[3];
	const struct slice paths[] = {in.state ? t.common.state : (struct slice){NULL, 0}, in.o.manifest};
	size_t n = 0;

	for (size_t k = 0; k < 2; k++) {
		size_t slash = slice_rfind(paths[k], '/');

		if (paths[k].n)
			folder[n++] = slash < paths[k].n ? arena_dup(&in.mem, paths[k].p, slash ? slash : 1) : ".";
	}
	return n ? folder : NULL;
}

static void
check_manifest(void)
{
	char *path = mem_str(in.o.manifest);
	struct stat st;

	if (in.o.manifest.n && !t.common.force && stat(path, &st) == 0 && S_ISREG(st.st_mode))
		tool_usage(&t, "--manifest %s: exists; --force overwrites it", path);
	free(path);
}

static void
write_manifest(void)
{
	char *path = mem_str(in.o.manifest);
	struct fault f = {0};

	if (in.manifest && !manifest_write(in.manifest, path, &f))
		tool_die(&t, 0, "--manifest %s: %s: %s", path, f.what, f.near);
	manifest_free(in.manifest);
	free(path);
}

static void
choose_reference(void)
{
	in.year_err = ERR_year_inferred;
	if (in.o.year) {
		in.reference = (struct stamp){stamp_days((int)in.o.year, 12, 31) * 86400, 0};
		in.year_err = ERR_COUNT;
	} else if (in.survey == NULL || !ingest_survey(&in, &in.reference)) {
		in.reference = t.common.now.given ? t.common.now.at : stamp_clock();
		in.year_err = ERR_year_assumed;
	}
	if (in.survey)
		sources_end(in.survey);
	free(surveyed.v);
}

int
main(int argc, char *argv[])
{
	struct cell_rights rights = {0};

	in.o.max_record = 1024 * 1024;
	tool_begin(&t, &about, options, argc, argv);
	if (in.o.list) {
		ingest_formats(&t);
		return 0;
	}
	tool_wants_input(&t);
	prepare();
	check_manifest();
	if (t.common.state.n)
		in.state = state_open(&in);
	rights.read = sources_paths(in.in);
	rights.write = write_folders();
	rights.files = 1024;
	tool_cell(&t, &rights);
	choose_reference();
	ingest_run(&in);
	if (in.o.inventory)
		ingest_inventory(&in);
	ingest_words(&in);
	write_manifest();
	in.t->status = tool_end(&t);
	state_close(&in);
	return t.status;
}
