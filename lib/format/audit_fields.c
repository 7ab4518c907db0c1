/* What the pairs of an audit record become. */
#include "lib/format/audit.h"
#include "lib/format/syslog.h"

#include "lib/base/num.h"

enum { LOOKED_FOR_TWINS = 64, ARGS_MAX = 4096 };

struct filling {
	struct event *e;
	struct slice type;
	const struct slice *lent;
	struct buf line;		/* arguments, joined by blanks */
	size_t args;
	struct slice uid, auid, uid_name, acct, id;
};

static bool
is(struct slice a, const char *b)
{
	return slice_eq(a, slice_str(b));
}

/* An outer name wins over an equal one inside msg='...': that text comes from whoever may write to the audit socket. */
static bool
put_raw(struct event *e, struct slice name, struct slice value)
{
	size_t n = e->raws < LOOKED_FOR_TWINS ? e->raws : LOOKED_FOR_TWINS;

	for (size_t i = 0; i < n; i++)
		if (slice_eq(e->raw[i].key, name)) {
			struct buf b = {0};

			buf_slice_add(&b, name);
			buf_lit(&b, "_1");
			event_raw(e, event_keep(e, buf_slice(&b)), value);
			buf_free(&b);
			return false;
		}
	event_raw(e, name, value);
	return true;
}

static bool
unset_id(struct slice v)
{
	return is(v, "4294967295") || is(v, "-1") || is(v, "unset") || is(v, "?");
}

static void
set_if(struct event *e, enum field f, struct slice v)
{
	if (!unset_id(v) && !is(v, "(none)") && !is(v, "(unknown)"))
		event_set(e, f, v);
}

/* a0="ls" a1=2D6C; a2[0]=.. a2[1]=..: pieces of one long argument. */
static void
argument(struct filling *f, struct slice name, struct slice value)
{
	size_t bracket = slice_find(name, '[');
	bool more = bracket < name.n && !slice_eq(slice_from(name, bracket), SLICE("[0]"));

	if (slice_ends(name, SLICE("_len")))
		return;
	if (!more && f->line.n)
		buf_byte(&f->line, ' ');
	buf_slice_add(&f->line, value);
	if (bracket == name.n && f->args++ < ARGS_MAX)
		event_set(f->e, F_process_args, value);
}

static void
socket_address(struct filling *f, struct slice hex)
{
	struct audit_address a;
	struct slice call = f->lent ? audit_syscall(f->lent[LEND_ARCH], f->lent[LEND_SYSCALL]) : (struct slice){NULL, 0};
	bool in = is(call, "accept") || is(call, "accept4") || is(call, "bind") || is(call, "recvfrom") || is(call,
	    "getpeername");

	if (!audit_address(f->e, hex, &a))
		return;
	if (a.family == 1) {
		event_set(f->e, F_file_path, a.address);
		return;
	}
	event_set_address(f->e, in ? F_source_ip : F_destination_ip, a.address);
	event_set_u64(f->e, in ? F_source_port : F_destination_port, a.port);
	event_set(f->e, F_network_direction, in ? SLICE("ingress") : SLICE("egress"));
	if (!in)
		event_ls(f->e, SLICE("linux"), (struct slice){0}, SLICE("network_connection"));
}

static void
outcome(struct event *e, struct slice v)
{
	if (is(v, "yes") || is(v, "success") || is(v, "1"))
		event_lit(e, F_event_outcome, "success");
	else if (is(v, "no") || is(v, "failed") || is(v, "0"))
		event_lit(e, F_event_outcome, "failure");
}

/* Names that mean the same wherever they stand. */
static const struct {
	struct slice name;
	enum field field;
} plain[] = {
	{SLICE_INIT("pid"), F_process_pid}, {SLICE_INIT("ppid"), F_process_parent_pid}, {SLICE_INIT("comm"), F_process_name},
	{SLICE_INIT("exe"), F_process_executable}, {SLICE_INIT("cwd"), F_process_working_directory},
	{SLICE_INIT("EUID"), F_user_effective_name}, {SLICE_INIT("unit"), F_service_name}, {SLICE_INIT("exit"),
	F_process_exit_code},
	{SLICE_INIT("path"), F_file_path}, {SLICE_INIT("proctitle"), F_process_command_line}, {SLICE_INIT("cmd"),
	F_process_command_line},
	{SLICE_INIT("reason"), F_event_reason}, {SLICE_INIT("key"), F_rule_name}, {SLICE_INIT("grp"), F_group_name},
	{SLICE_INIT("addr"), F_source_ip},
};

/* Records of a login: hostname= is the other end; elsewhere it is the machine itself. */
static bool
remote(struct slice type)
{
	return slice_starts(type, SLICE("USER_")) ? !is(type, "USER_CMD") && !is(type, "USER_MGMT") && !is(type,
	    "USER_CHAUTHTOK") :
	    slice_starts(type, SLICE("CRED_"));
}

static bool
about_account(struct slice type)
{
	static const char *const types[] = {"ADD_USER", "DEL_USER", "ADD_GROUP", "DEL_GROUP", "USER_MGMT", "GRP_MGMT",
	    "USER_CHAUTHTOK",
	    "GRP_CHAUTHTOK", "ACCT_LOCK", "ACCT_UNLOCK", "ROLE_ASSIGN", "ROLE_REMOVE"};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (is(type, types[i]))
			return true;
	return false;
}

/* acct is who logs in, or who is changed; uid is the process's, auid who logged in at first. */
static void
people(struct filling *f)
{
	struct event *e = f->e;

	if (about_account(f->type)) {
		set_if(e, F_user_target_name, f->acct);
		set_if(e, F_user_target_id, f->id);
		set_if(e, F_user_id, f->auid.n && !unset_id(f->auid) ? f->auid : f->uid);
	} else if (f->acct.n && !is(f->acct, "(unknown)") && !is(f->acct, "?")) {
		event_set(e, F_user_name, f->acct);
		set_if(e, F_user_id, f->id);
	} else {
		set_if(e, F_user_id, is(f->type, "LOGIN") ? f->auid : f->uid);
		set_if(e, F_user_name, f->uid_name);
	}
}

static void
named(struct filling *f, struct slice name, struct slice v)
{
	struct event *e = f->e;

	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
		if (!slice_eq(plain[i].name, name))
			continue;
		if (plain[i].field == F_source_ip) {
			if (!is(v, "?") && !is(v, "UNKNOWN"))
				event_set_address(e, F_source_ip, v);
		} else if (plain[i].field != F_process_exit_code || is(f->type, "SYSCALL")) {
			set_if(e, plain[i].field, v);
		}
		return;
	}
	if (is(name, "uid"))
		f->uid = v;
	else if (is(name, "auid"))
		f->auid = v;
	else if (is(name, "UID"))
		f->uid_name = v;
	else if (is(name, "id"))
		f->id = v;
	else if (is(name, "acct"))
		f->acct = v;
	else if (is(name, "success") || is(name, "res") || is(name, "result"))
		outcome(e, v);
	else if (is(name, "name") && (is(f->type, "PATH") || is(f->type, "AVC")))
		set_if(e, F_file_path, v);
	else if (is(name, "hostname") && remote(f->type) && !event_has(e, F_source_address) && !is(v, "?"))
		event_set_address(e, F_source_ip, v);
	else if (is(name, "saddr"))
		socket_address(f, v);
	else if (is(name, "apparmor") && is(v, "DENIED"))
		event_lit(e, F_event_outcome, "failure");
}

static void
pairs(struct filling *f, struct slice in)
{
	struct audit_pair p;

	while (audit_pair(&in, &p)) {
		struct slice v = audit_text(f->e, f->type, &p);

		if (p.inner) {
			struct audit_pair q;
			struct slice inside = p.value;

			while (audit_pair(&inside, &q)) {
				v = audit_text(f->e, f->type, &q);
				if (put_raw(f->e, q.name, v))
					named(f, q.name, v);
			}
			continue;
		}
		if (!put_raw(f->e, p.name, v))
			continue;
		if (p.name.n >= 2 && p.name.p[0] == 'a' && num_digit(p.name.p[1])) {
			if (is(f->type, "EXECVE"))
				argument(f, p.name, v);
		} else {
			named(f, p.name, v);
		}
	}
}

/* avc:  denied  { read write } for  pid=... (SELinux): named as auparse names them. */
static void
selinux(struct event *e, struct slice body)
{
	struct slice s = body;
	size_t end;

	if (!body_skip(&s, SLICE("avc:")))
		return;
	s = slice_trim(s);
	end = slice_find(s, ' ');
	event_raw(e, SLICE("seresult"), slice_head(s, end));
	event_set(e, F_event_outcome, slice_starts(s, SLICE("denied")) ? SLICE("failure") : SLICE("success"));
	s = slice_trim(slice_from(s, end));
	if (!body_skip(&s, SLICE("{")) || (end = slice_find(s, '}')) == s.n)
		return;
	event_raw(e, SLICE("seperms"), slice_trim(slice_head(s, end)));
	event_set(e, F_event_action, slice_trim(slice_head(s, end)));
}

/* Process and user of the event's SYSCALL record. */
static void
take_lent(struct event *e, const struct slice *lent)
{
	static const enum field to[LEND_COUNT] = {FIELD_COUNT, FIELD_COUNT, F_process_parent_pid, F_process_pid, F_user_id,
	    F_process_name,
	    F_process_executable, F_rule_name, F_user_name, F_user_effective_name, FIELD_COUNT};

	if (lent == NULL)
		return;
	for (int l = 0; l < LEND_COUNT; l++)
		if (to[l] != FIELD_COUNT && !event_has(e, to[l]))
			set_if(e, to[l], lent[l]);
	if (!event_has(e, F_event_outcome))
		outcome(e, lent[LEND_SUCCESS]);
}

/* The call by name, as the enriched form has it, so that rules that name it hold for the raw form also. */
static void
call(struct event *e, const struct audit_head *h)
{
	struct slice in = h->body, number = {0}, arch = {0}, name = {0};
	struct audit_pair p;

	while (audit_pair(&in, &p)) {
		if (is(p.name, "syscall"))
			number = p.value;
		else if (is(p.name, "arch"))
			arch = p.value;
		else if (is(p.name, "SYSCALL"))
			name = p.value;
	}
	if (name.n == 0 && (name = audit_syscall(arch, number)).n)
		event_raw(e, SLICE("SYSCALL"), name);
	event_set(e, F_event_action, name);
}

void
audit_fill(struct event *e, const struct audit_head *h, const struct slice *lent)
{
	struct filling f = {.e = e, .type = h->type, .lent = lent};

	event_lit(e, F_event_kind, "event");
	event_lit(e, F_event_dataset, "linux.auditd");
	event_lit(e, F_host_os_type, "linux");
	event_ls(e, SLICE("linux"), SLICE("auditd"), (struct slice){0});
	event_set(e, F_event_id, h->serial);
	event_raw(e, SLICE("type"), h->type);
	if (h->node.n) {
		event_set(e, F_host_name, h->node);
		event_raw(e, SLICE("node"), h->node);
	}
	selinux(e, h->body);
	pairs(&f, h->body);
	if (is(h->type, "SYSCALL"))
		call(e, h);
	people(&f);
	take_lent(e, lent);
	if (f.line.n)
		event_set(e, F_process_command_line, event_keep(e, buf_slice(&f.line)));
	buf_free(&f.line);
	audit_class(e, h->type, lent);
}
