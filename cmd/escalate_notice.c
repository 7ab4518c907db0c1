/* notice: words for an audience about an incident, as a mail or as JSON; each once. */
#include "cmd/escalate_act.h"

#include "lib/port/yaml.h"
#include "lib/tool/embed.h"

#include <stdlib.h>

extern const struct embed builtin_notices[];

static struct slice
text(const struct yaml *y, const char *key)
{
	const struct yaml *v = yaml_get(y, key);

	return v && v->type == YAML_SCALAR ? v->text : (struct slice){0};
}

/* The first row of that name whose severity the incident reaches. */
static const struct yaml *
choose(const struct yaml *y, struct slice name, const struct incident *i)
{
	const struct yaml *list = yaml_get(y, "notices");

	for (size_t k = 0; list && k < list->n; k++) {
		struct slice severity = text(&list->item[k], "severity");

		if (slice_eq(text(&list->item[k], "id"), name) && (severity.n == 0 || i->severity >= severity_by_name(severity)))
			return &list->item[k];
	}
	return NULL;
}

/* A value for people: no line of its own in a header, nothing that commands a terminal. */
static struct slice
harmless(struct verb_context *v, struct slice s)
{
	struct buf b = {0};
	struct slice t;

	buf_harmless(&b, s);
	for (size_t k = 0; k < b.n; k++)
		if (b.p[k] == '\n' || b.p[k] == '\r')
			b.p[k] = ' ';
	t = arena_slice(&v->d.mem, buf_slice(&b));
	buf_free(&b);
	return t;
}

static size_t
values(struct verb_context *v, struct play_arg *arg)
{
	struct incident *i = &v->d.incident;
	struct buf title = {0}, hosts = {0};
	struct slice owner = desk_text(desk_get(i, "owner"), &v->d.mem), at;
	char opened[STAMP_LEN], priority[2] = {'P', (char)('0' + i->priority)};
	size_t n = 0;

	incident_title(i, &title);
	for (size_t k = 0; k < i->entity[ENTITY_HOST].n && k < 20; k++) {
		buf_str(&hosts, k ? ", " : "");
		buf_slice_add(&hosts, i->entity[ENTITY_HOST].row[k].key);
	}
	stamp_put(opened, i->opened);
	at = arena_slice(&v->d.mem, slice_of(opened, 19));
	arg[n++] = (struct play_arg){SLICE("id"), slice_of(i->id, 12), TYPE_TEXT};
	arg[n++] = (struct play_arg){SLICE("title"), harmless(v, buf_slice(&title)), TYPE_TEXT};
	arg[n++] = (struct play_arg){SLICE("hosts"), hosts.n ? harmless(v, buf_slice(&hosts)) : SLICE("none known"), TYPE_TEXT};
	arg[n++] = (struct play_arg){SLICE("status"), status_name[i->status], TYPE_TEXT};
	arg[n++] = (struct play_arg){SLICE("severity"), severity_name[i->severity], TYPE_TEXT};
	arg[n++] = (struct play_arg){SLICE("priority"), arena_slice(&v->d.mem, slice_of(priority, 2)), TYPE_TEXT};
	arg[n++] = (struct play_arg){SLICE("owner"), owner.n ? harmless(v, owner) : SLICE("nobody yet"), TYPE_TEXT};
	arg[n++] = (struct play_arg){SLICE("opened"), at, TYPE_TEXT};
	buf_free(&title);
	buf_free(&hosts);
	return n;
}

static void
addresses(struct verb_context *v, const struct roster *r, struct slice role, struct buf *out)
{
	const struct slice *who;
	size_t n = r->persons ? roster_duty(r, role, v->now, &who) : 0;

	for (size_t k = 0; k < n; k++) {
		const struct roster_person *p = roster_person(r, who[k]);
		struct buf mail = {0};
		const char *why;

		if (p && play_type_write(TYPE_EMAIL, p->mail, &mail, &why)) {
			buf_str(out, out->n ? ", " : "");
			buf_slice_add(out, buf_slice(&mail));
		}
		buf_free(&mail);
	}
}

/* RFC 5322; a line that begins with `~` or `.` is indented (mail(1), SMTP). */
static void
mail(struct verb_context *v, struct slice to, struct slice subject, struct slice body)
{
	struct buf b = {0};

	if (to.n) {
		buf_lit(&b, "To: ");
		buf_slice_add(&b, to);
		buf_byte(&b, '\n');
	}
	buf_lit(&b, "Subject: ");
	buf_slice_add(&b, subject);
	buf_lit(&b, "\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n");
	while (body.p) {
		struct slice line = slice_cut(&body, '\n');

		if (line.n && (line.p[0] == '~' || line.p[0] == '.'))
			buf_byte(&b, ' ');
		buf_slice_add(&b, line);
		buf_byte(&b, '\n');
	}
	act_print(v, buf_slice(&b));
	buf_free(&b);
}

static void
json(struct verb_context *v, struct slice template, struct slice to, struct slice subject, struct slice body)
{
	struct buf b = {0};
	struct json_out o = json_out(&b);

	jo_open(&o, '{');
	jo_ktext(&o, "incident", slice_of(v->d.incident.id, sizeof v->d.incident.id));
	jo_ktext(&o, "template", template);
	jo_ktext(&o, "audience", act_opt.to);
	jo_ktext(&o, "to", to);
	jo_ktext(&o, "tlp", tlp_name[v->d.incident.tlp]);
	jo_ktext(&o, "subject", subject);
	jo_ktext(&o, "text", body);
	jo_close(&o, '}');
	buf_byte(&b, '\n');
	act_print(v, buf_slice(&b));
	buf_free(&b);
}

/* Once for each incident, audience, template and status: false if it was told. */
static bool
first_time(struct verb_context *v, struct slice template)
{
	struct buf kind = {0};
	struct fault f = {0};
	bool fresh;

	buf_lit(&kind, "notice/");
	buf_slice_add(&kind, act_opt.to);
	buf_byte(&kind, '/');
	buf_slice_add(&kind, template);
	buf_byte(&kind, '/');
	buf_slice_add(&kind, status_name[v->d.incident.status]);
	if (!store_timer(v->d.store, v->d.incident.id, buf_slice(&kind), v->now.s, &fresh, &f)
	    || (fresh && !store_audit(v->d.store, v->now, v->who, SLICE("notice"),
	    slice_of(v->d.incident.id, sizeof v->d.incident.id), buf_slice(&kind), &f)) || !store_commit(v->d.store, &f))
		desk_die(&v->d, &f);
	buf_free(&kind);
	return fresh;
}

static void
make(struct verb_context *v, const struct yaml *row, const struct roster *r, struct slice template)
{
	struct play_arg arg[16];
	size_t n = values(v, arg);
	struct buf subject = {0}, body = {0}, to = {0};
	const char *why;

	buf_lit(&subject, "[TLP:");
	for (struct slice t = tlp_name[v->d.incident.tlp]; t.n; t = slice_from(t, 1))
		buf_byte(&subject, (char)(t.p[0] >= 'a' && t.p[0] <= 'z' ? t.p[0] - 32 : t.p[0]));
	buf_lit(&subject, "] ");
	if (!play_expand(text(row, "subject"), arg, n, &subject, &why) || !play_expand(text(row, "text"), arg, n, &body, &why))
		act_refuse(v, why, template);
	addresses(v, r, act_opt.to, &to);
	if (slice_eq(v->t.common.to, SLICE("ndjson")))
		json(v, template, buf_slice(&to), buf_slice(&subject), buf_slice(&body));
	else
		mail(v, buf_slice(&to), buf_slice(&subject), buf_slice(&body));
	buf_free(&subject);
	buf_free(&body);
	buf_free(&to);
}

int
verb_notice(int argc, char *argv[])
{
	static const struct tool_about about = ACT_ABOUT("notice: words for an audience",
	    "notice ID TEMPLATE --to AUDIENCE --state FILE",
	    "ir-escalate notice 1f2e status --to mgmt --roster roster.yaml --state case.db | sendmail -t -i",
	    "ir-escalate notice 1f2e status --to mgmt -t ndjson --state case.db", NULL);
	struct verb_context v = {0};
	struct roster r = {.persons = 0};
	struct arena mem = {0};
	struct fault f = {0};
	const struct yaml *row;
	struct yaml *y;
	size_t docs;

	if (!yaml_read(builtin_notices[0].bytes, 1, &mem, &y, &docs, &f))
		abort();
	act_options(&v, &about, argc, argv);
	if (act_opt.roster.n)
		act_roster(&v.t, &r);
	act_store(&v, STORE_ACT);
	act_load(&v, act_word(&v, 0, "an incident's id"));
	if (!play_audience(act_opt.to, v.d.incident.tlp))
		act_refuse(&v, "no such audience, or one that may not see this label", act_opt.to);
	row = choose(y, act_word(&v, 1, "a template"), &v.d.incident);
	if (row == NULL)
		act_refuse(&v, "no such template", v.t.args.v[1]);
	if (first_time(&v, v.t.args.v[1]))
		make(&v, row, &r, v.t.args.v[1]);
	roster_free(&r);
	arena_free(&mem);
	return act_finish(&v);
}
