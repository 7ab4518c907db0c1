#include "lib/tool/priv.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/base/hash.h"
#include "lib/tool/source.h"

/* ---- messages ------------------------------------------------------------------------------------------------------- */

/* The line is made whole before it is written, so that lines of the programs of one pipe do not mix. */
static void
speak(struct tool *t, const char *fmt, va_list ap)
{
	struct buf words = {0}, line = {0};
	char *text = NULL;
	int n = vasprintf(&text, fmt, ap);
	ssize_t ignored;

	buf_str(&line, t->about ? t->about->name : "irpipe");
	buf_lit(&line, ": ");
	if (n >= 0)
		buf_harmless(&line, slice_of(text, (size_t)n));
	buf_byte(&line, '\n');
	/* Nobody can be told that stderr is gone. */
	ignored = write(2, line.p, line.n);
	(void)ignored;
	free(text);
	buf_free(&words);
	buf_free(&line);
}

void
tool_say(struct tool *t, const char *fmt, ...)
{
	va_list ap;

	if (t->common.quiet)
		return;
	va_start(ap, fmt);
	speak(t, fmt, ap);
	va_end(ap);
}

void
tool_detail(struct tool *t, const char *fmt, ...)
{
	va_list ap;

	if (!t->common.verbose || t->common.quiet)
		return;
	va_start(ap, fmt);
	speak(t, fmt, ap);
	va_end(ap);
}

static void
shout(struct tool *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	speak(t, fmt, ap);
	va_end(ap);
}

/* Faults are errors: -q does not hide them. */
void
tool_fault(struct tool *t, struct slice name, const struct fault *f)
{
	struct buf b = {0};

	buf_slice_add(&b, name);
	buf_lit(&b, ":");
	if (!f->line)
		buf_byte(&b, ' ');
	fault_words(f, &b);
	shout(t, "%s", buf_cstr(&b));
	buf_free(&b);
}

void
tool_usage(struct tool *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	speak(t, fmt, ap);
	va_end(ap);
	shout(t, "try '%s --help'", t->about->name);
	if (t->priv && t->priv->output_tmp)
		unlink(t->priv->output_tmp);
	exit(2);
}

/* _exit: other threads may hold locks of stdio or of libraries. */
void
tool_die(struct tool *t, int error, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		text = NULL;
	if (error)
		shout(t, "%s: %s", text ? text : "failed", strerror(error));
	else
		shout(t, "%s", text ? text : "failed");
	if (t->priv && t->priv->output_tmp)
		unlink(t->priv->output_tmp);
	_exit(4);
}

void
tool_status(struct tool *t, int status)
{
	if (status > t->status)
		t->status = status;
}

/* ---- signals --------------------------------------------------------------------------------------------------------- */

static volatile sig_atomic_t stops;
static const char *volatile unfinished;		/* file of -o that has not got its name yet */

void
signals_unfinished(const char *path)
{
	unfinished = path;
}

static void
on_stop(int sig)
{
	if (stops++) {
		/* A second one: at once, as the signal would have done; but half a file is not left behind. */
		if (unfinished)
			unlink(unfinished);
		signal(sig, SIG_DFL);
		raise(sig);
	}
}

void
signals_set(void)
{
	struct sigaction sa = {.sa_handler = on_stop};

	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	signal(SIGPIPE, SIG_DFL);
	/* A full disk or quota shows as an error of write, not as a death. */
	signal(SIGXFSZ, SIG_IGN);
}

bool
tool_stopped(void)
{
	return stops != 0;
}

/* ---- begin and end --------------------------------------------------------------------------------------------------- */

static bool
says_utf8(void)
{
	const char *names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	for (size_t i = 0; i < 3; i++) {
		const char *v = getenv(names[i]);

		if (v && *v)
			return strstr(v, "UTF-8") || strstr(v, "utf8") || strstr(v, "UTF8");
	}
	return false;
}

static void
look_at_terminal(struct tool *t)
{
	struct winsize ws;
	const char *term = getenv("TERM"), *columns = getenv("COLUMNS"), *no_colour = getenv("NO_COLOR");
	uint64_t n;
	bool tty = isatty(1);

	t->width = 80;
	if (tty && ioctl(1, TIOCGWINSZ, &ws) == 0 && ws.ws_col > 0)
		t->width = ws.ws_col;
	else if (columns && (n = strtoul(columns, NULL, 10)) > 0 && n < 10000)
		t->width = (unsigned)n;
	t->colour = tty && !(no_colour && *no_colour) && term && strcmp(term, "dumb") != 0;
	t->utf8 = says_utf8();
	t->priv->style = (struct text_style){.width = tty ? t->width : 0, .colour = t->colour, .utf8 = t->utf8};
}

/* -t, else the ending of -o, else what stdout is. */
static void
choose_kind(struct tool *t)
{
	const char *const *k = t->about->kinds;
	struct slice dot = {0};

	if (k == NULL)
		return;
	if (t->common.to.n == 0 && t->common.output.n) {
		struct slice name = t->common.output, inner;

		dot = slice_from(name, slice_rfind(name, '.'));
		name = slice_head(name, name.n - dot.n);
		inner = slice_from(name, slice_rfind(name, '.'));
		for (; *k; k++)
			if (dot.n > 1 && slice_eq(slice_from(dot, 1), slice_str(*k)) && t->common.to.n == 0)
				t->common.to = slice_str(*k);
		/* case.stix.json is STIX, though JSON is a kind as well. */
		for (k = t->about->kinds; *k; k++)
			if (inner.n > 1 && slice_eq(slice_from(inner, 1), slice_str(*k)))
				t->common.to = slice_str(*k);
		if (slice_eq(dot, SLICE(".htm")))
			t->common.to = SLICE("html");
		if (slice_eq(dot, SLICE(".txt")))
			t->common.to = SLICE("text");
	}
	if (t->common.to.n == 0)
		t->common.to = t->common.output.n == 0 && isatty(1) ? SLICE("text") : slice_str(t->about->kinds[0]);
	for (k = t->about->kinds; *k; k++)
		if (slice_eq(t->common.to, slice_str(*k)))
			break;
	if (*k == NULL)
		tool_usage(t, "-t %.*s: not a kind of output here", (int)t->common.to.n, t->common.to.p);
	t->priv->text = slice_eq(t->common.to, SLICE("text"));
}

void
tool_wants_input(struct tool *t)
{
	if (t->args.n == 0 && isatty(0))
		tool_usage(t, "nothing to read: stdin is a terminal and no file is named");
}

void
tool_begin(struct tool *t, const struct tool_about *about, const struct opt *options, int argc, char *argv[])
{
	struct fault f = {0};

	*t = (struct tool){.about = about, .options = options};
	if (!cell_begin(&f))
		tool_die(t, 0, "%s", f.what);
	hash_seed();
	t->priv = mem_zero(1, sizeof *t->priv);
	t->priv->rejects_fd = -1;
	clock_gettime(CLOCK_MONOTONIC, &t->priv->begun);
	pthread_mutex_init(&t->priv->speak, NULL);
	look_at_terminal(t);
	t->priv->all = opt_table(t);
	opt_parse(t, argc, argv);
	if (!about->terminal_ok)
		tool_wants_input(t);
	if (t->common.fail_on.n && (t->priv->fail_on = level_of(t->common.fail_on)) == 0)
		tool_usage(t, "--fail-on: informational, low, medium, high or critical is wanted");
	choose_kind(t);
	if (t->common.jobs == 0) {
		long n = about->all_cores ? sysconf(_SC_NPROCESSORS_ONLN) : 1;

		t->common.jobs = n < 1 ? 1 : (uint64_t)n;
	}
	if (t->common.jobs > 256)
		tool_usage(t, "-j: 256 at most");
	signals_set();
}

static size_t
count(const char *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

/* The folder of a path, "." without one. */
static const char *
folder_of(struct tool *t, struct slice path)
{
	size_t at = slice_rfind(path, '/');

	if (at == path.n)
		return ".";
	return at == 0 ? "/" : arena_dup(&t->priv->mem, path.p, at);
}

static void
source_note(void *self, const char *what, struct slice uri, struct slice message)
{
	struct tool *t = self;

	(void)what;
	tool_say(t, "%.*s: %.*s", (int)uri.n, uri.p, (int)message.n, message.p);
	tool_status(t, 3);
}

/* The lists one after the other, with room for two more. */
static const char **
joined(struct tool *t, const char *const *a, const char *const *b)
{
	size_t n = count(a), m = count(b);
	const char **list = arena_zero(&t->priv->mem, (n + m + 3) * sizeof *list);

	for (size_t i = 0; i < n; i++)
		list[i] = a[i];
	for (size_t i = 0; i < m; i++)
		list[n + i] = b[i];
	return list;
}

void
tool_cell(struct tool *t, const struct cell_rights *rights)
{
	struct source_options o = {.note = source_note, .self = t, .compressed = true};
	struct cell_rights r = *rights;
	const char **write;
	struct fault f = {0};

	output_open(t);
	rejects_open(t);
	if (!t->about->own_input)
		t->in = sources_new(t, &t->args, &o);
	r.read = joined(t, rights->read, t->in ? sources_paths(t->in) : NULL);
	write = joined(t, rights->write, NULL);
	if (t->priv->output_tmp)
		write[count(write)] = folder_of(t, t->common.output);
	if (t->common.account.n)
		write[count(write)] = folder_of(t, t->common.account);
	r.write = write;
	if (t->common.no_sandbox)
		buf_lit(&t->priv->cell, "[]");
	else if (!cell_enter(&r, &t->priv->cell, &f))
		tool_die(t, 0, "the sandbox cannot be set up (%s %s); --no-sandbox runs without", f.what, f.near);
	tool_detail(t, "cell %.*s", (int)t->priv->cell.n, t->priv->cell.p ? t->priv->cell.p : "");
}

int
tool_end(struct tool *t)
{
	if (t->priv->fail_on && t->priv->worst >= t->priv->fail_on)
		tool_status(t, 1);
	output_done(t);
	if (t->common.account.n)
		account_file(t);
	account_line(t);
	return t->status;
}

/* ---- levels ---------------------------------------------------------------------------------------------------------- */

const struct slice level_name[6] = {SLICE_INIT("unknown"), SLICE_INIT("informational"), SLICE_INIT("low"), SLICE_INIT("medium"),
    SLICE_INIT("high"), SLICE_INIT("critical")};

int
level_of(struct slice s)
{
	for (int i = 1; i < 6; i++)
		if (slice_eq_nocase(s, level_name[i]))
			return i;
	return 0;
}
