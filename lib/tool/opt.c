#include "lib/tool/priv.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "config.h"
#include "lib/base/num.h"

/* Where a common option lies in struct tool_common: an offset, made a pointer when the table of a program is put together. */
#define AT(member) ((void *)(offsetof(struct tool_common, member) + 1))

/* `needs` is told by the row's place: see common_needs. */
const struct opt common_rows[] = {
	{'o', "output", "FILE", "write to FILE, whole or not at all; its ending tells the kind", OPT_TEXT, AT(output), "file"},
	{'t', "to", "KIND", NULL, OPT_TEXT, AT(to), NULL},
	{'j', "jobs", "N", "worker threads; the output is the same for any N", OPT_U64, AT(jobs), NULL},
	{0, "since", "TIME", "leave out what is earlier", OPT_TIME, AT(since), NULL},
	{0, "until", "TIME", "leave out what is at TIME or later", OPT_TIME, AT(until), NULL},
	{0, "tz", "ZONE", "zone of times that name none (default UTC)", OPT_TEXT, AT(tz), NULL},
	{0, "now", "TIME", "the present: RFC 3339, or clock", OPT_TIME, AT(now), NULL},
	{0, "fail-on", "LEVEL", "end with 1 if something at or above LEVEL was found", OPT_TEXT, AT(fail_on), "informational|low|medium|high|critical"},
	{0, "rejects", "FILE", "keep records that could not be read in FILE", OPT_TEXT, AT(rejects), "file"},
	{0, "state", "FILE", "keep what must survive between runs in FILE", OPT_TEXT, AT(state), "file"},
	{0, "strict", NULL, "what is faulty is refused: rules (2), JSON that is not one text (3)", OPT_FLAG, AT(strict), NULL},
	{0, "force", NULL, "overwrite files that exist", OPT_FLAG, AT(force), NULL},
	{0, "account", "FILE", "write the run's account (counts, time, memory) to FILE", OPT_TEXT, AT(account), "file"},
	{0, "no-sandbox", NULL, "do not confine the program", OPT_FLAG, AT(no_sandbox), NULL},
	{'q', "quiet", NULL, "no words but errors", OPT_COUNT, AT(quiet), NULL},
	{'v', "verbose", NULL, "say reasons", OPT_COUNT, AT(verbose), NULL},
	{0, "completion", "SHELL", NULL, OPT_TEXT, NULL, "bash"},
	{'h', "help", NULL, "this page", OPT_FLAG, NULL, NULL},
	{'V', "version", NULL, "version", OPT_FLAG, NULL, NULL},
	{0, NULL, NULL, NULL, OPT_FLAG, NULL, NULL},
};

static const struct {
	const char *name;
	unsigned takes;
} common_needs[] = {
	{"jobs", TAKES_JOBS}, {"since", TAKES_TIME}, {"until", TAKES_TIME}, {"tz", TAKES_TZ}, {"now", TAKES_NOW}, {"fail-on", TAKES_FAIL},
	{"rejects", TAKES_REJECTS}, {"state", TAKES_STATE}, {"strict", TAKES_STRICT},
};

static bool
taken(const struct tool_about *a, const char *name)
{
	for (size_t i = 0; i < sizeof common_needs / sizeof *common_needs; i++)
		if (strcmp(common_needs[i].name, name) == 0)
			return a->takes & common_needs[i].takes;
	return true;
}

struct opt *
opt_table(struct tool *t)
{
	size_t n = 0, own = 0, common = sizeof common_rows / sizeof *common_rows;
	struct opt *all;

	while (t->options && t->options[own].name)
		own++;
	all = arena_zero(&t->priv->mem, (own + common + 1) * sizeof *all);
	for (size_t i = 0; i < own; i++)
		all[n++] = t->options[i];
	for (const struct opt *o = common_rows; o->name; o++) {
		if (!taken(t->about, o->name))
			continue;
		all[n] = *o;
		if (o->to)
			all[n].to = (char *)&t->common + ((uintptr_t)o->to - 1);
		n++;
	}
	return all;
}

static void
list_add(struct opt_list *l, struct slice v)
{
	l->v = mem_grow(l->v, &l->cap, l->n, sizeof *l->v);
	l->v[l->n++] = v;
}

static bool
read_time(struct slice v, struct opt_time *to)
{
	char text[32];
	bool zoned;

	to->given = true;
	if (slice_eq(v, SLICE("clock"))) {
		to->clock = true;
		to->at = stamp_clock();
		return true;
	}
	if (v.n == 10) {
		memcpy(text, v.p, 10);
		memcpy(text + 10, "T00:00:00Z", 10);
		return stamp_rfc3339(slice_of(text, 20), &to->at);
	}
	return stamp_rfc3339(v, &to->at) || (stamp_iso(v, &to->at, &zoned) && !zoned);
}

static void
bad_value(struct tool *t, const struct opt *o, struct slice v, const char *want)
{
	struct buf b = {0};

	buf_harmless(&b, v);
	tool_usage(t, "--%s: %s is wanted, not \"%s\"", o->name, want, buf_cstr(&b));
}

static void
store(struct tool *t, const struct opt *o, const char *arg)
{
	struct slice v = slice_str(arg);

	switch (o->type) {
	case OPT_FLAG:
		*(bool *)o->to = true;
		break;
	case OPT_COUNT:
		++*(unsigned *)o->to;
		break;
	case OPT_TEXT:
		*(struct slice *)o->to = v;
		break;
	case OPT_LIST:
		list_add(o->to, v);
		break;
	case OPT_U64:
		if (!num_u64(v, o->to))
			bad_value(t, o, v, "a whole number");
		break;
	case OPT_SIZE:
		if (!num_size(v, o->to))
			bad_value(t, o, v, "a size such as 64k or 1M");
		break;
	case OPT_TIME:
		if (!read_time(v, o->to))
			bad_value(t, o, v, "a time such as 2026-03-02T08:00:00Z, a date, or clock");
		break;
	case OPT_DURATION:
		if (!stamp_duration(v, o->to))
			bad_value(t, o, v, "a duration such as 90s, 30m, 4h or 7d");
		break;
	case OPT_CALL: {
		bool (*call)(struct tool *, struct slice) = NULL;

		memcpy(&call, &o->to, sizeof call);
		if (!call(t, v))
			bad_value(t, o, v, o->arg);
		break;
	}
	}
}

static const struct opt *
by_name(const struct tool *t, const char *name)
{
	for (const struct opt *o = t->priv->all; o->name; o++)
		if (strcmp(o->name, name) == 0)
			return o;
	return NULL;
}

static _Noreturn void
version(const struct tool *t)
{
	printf("%s (irpipe) %s\n", t->about->name, IR_BUILD);
	exit(fflush(stdout) == 0 ? 0 : 4);
}

static void
take(struct tool *t, const struct opt *o)
{
	if (o->to) {
		store(t, o, optarg ? optarg : "");
	} else if (o->letter == 'h') {
		opt_help(t);
		exit(fflush(stdout) == 0 ? 0 : 4);
	} else if (o->letter == 'V') {
		version(t);
	} else {
		opt_completion(t, slice_str(optarg));
		exit(fflush(stdout) == 0 ? 0 : 4);
	}
}

/* getopt_long wants its own tables; both are made from ours. */
void
opt_parse(struct tool *t, int argc, char *argv[])
{
	struct option *longs;
	struct buf shorts = {0};
	size_t n = 0;
	int c, at = 0;

	while (t->priv->all[n].name)
		n++;
	longs = mem_zero(n + 1, sizeof *longs);
	buf_byte(&shorts, ':');
	for (size_t i = 0; i < n; i++) {
		const struct opt *o = &t->priv->all[i];

		longs[i] = (struct option){o->name, o->arg ? required_argument : no_argument, NULL, o->letter ? o->letter : 256};
		if (o->letter) {
			buf_byte(&shorts, o->letter);
			if (o->arg)
				buf_byte(&shorts, ':');
		}
	}
	opterr = 0;
	while ((c = getopt_long(argc, argv, buf_cstr(&shorts), longs, &at)) != -1) {
		const struct opt *o = NULL;

		if (c == '?' || c == ':') {
			struct buf b = {0};

			/* The argument as typed: for a cluster of letters that is still the word that the person wrote. */
			buf_harmless(&b, slice_str(argv[optind > 1 ? optind - 1 : 1]));
			tool_usage(t, c == ':' ? "%s needs a value" : "unknown option %s", buf_cstr(&b));
		}
		if (c == 256) {
			o = by_name(t, longs[at].name);
		} else {
			for (size_t i = 0; i < n; i++)
				if (t->priv->all[i].letter == c)
					o = &t->priv->all[i];
		}
		if (o)
			take(t, o);
	}
	for (int i = optind; i < argc; i++)
		list_add(&t->args, slice_str(argv[i]));
	free(longs);
	buf_free(&shorts);
}

static void
help_row(const struct tool *t, const struct opt *o)
{
	char left[64];
	int n;

	n = snprintf(left, sizeof left, "%c%c%s--%s%s%s", o->letter ? '-' : ' ', o->letter ? o->letter : ' ', o->letter ? ", " : "  ", o->name,
	    o->arg ? " " : "", o->arg ? o->arg : "");
	if (n >= 26)
		printf("  %s\n  %-26s", left, "");
	else
		printf("  %-26s", left);
	if (o->help) {
		printf("%s\n", o->help);
		return;
	}
	for (const char *const *k = t->about->kinds; k && *k; k++)
		printf("%s%s", k == t->about->kinds ? "" : ", ", *k);
	printf("\n");
}

void
opt_help(struct tool *t)
{
	const struct tool_about *a = t->about;

	printf("%s: %s\n\nusage: %s %s\n\n", a->name, a->what, a->name, a->usage);
	for (size_t i = 0; i < 3 && a->examples[i]; i++)
		printf("    %s\n", a->examples[i]);
	printf("\n");
	for (const struct opt *o = t->priv->all; o->name; o++)
		if (strcmp(o->name, "completion") != 0 && (strcmp(o->name, "to") != 0 || a->kinds))
			help_row(t, o);
	printf("\nExit: 0 done, 1 a check said no, 2 wrong request, 3 part unreadable, 4 the world failed.  See %s(1).\n", a->name);
}

/* bash alone so far; any other word is refused. */
void
opt_completion(struct tool *t, struct slice shell)
{
	const char *name = t->about->name;

	if (!slice_eq(shell, SLICE("bash")))
		tool_usage(t, "--completion: only bash is known");
	printf("# completion of %s, made from its option table\n_%s()\n{\n", name, name);
	printf("\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n\tcase $prev in\n");
	for (const struct opt *o = t->priv->all; o->name; o++) {
		if (o->arg == NULL)
			continue;
		printf("\t--%s", o->name);
		if (o->letter)
			printf("|-%c", o->letter);
		if (o->complete && strcmp(o->complete, "file") == 0) {
			printf(") COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n");
		} else if (o->complete && strcmp(o->complete, "dir") == 0) {
			printf(") COMPREPLY=($(compgen -d -- \"$cur\")); return ;;\n");
		} else {
			printf(") COMPREPLY=($(compgen -W \"");
			for (const char *const *k = t->about->kinds; strcmp(o->name, "to") == 0 && k && *k; k++)
				printf("%s ", *k);
			for (const char *c = o->complete; c && *c; c++)
				putchar(*c == '|' ? ' ' : *c);
			printf("\" -- \"$cur\")); return ;;\n");
		}
	}
	printf("\tesac\n\tcase $cur in\n\t-*) COMPREPLY=($(compgen -W \"");
	for (const struct opt *o = t->priv->all; o->name; o++)
		printf("--%s ", o->name);
	printf("\" -- \"$cur\")) ;;\n\t*) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n\tesac\n}\ncomplete -o filenames -F _%s %s\n", name, name);
}
