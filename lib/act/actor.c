#include "lib/act/actor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/act/run.h"
#include "lib/act/task.h"
#include "lib/incident/label.h"
#include "lib/port/cell.h"

enum { KEY_MAX = 512, WINDOW = 600 };

/* ---- what a request asks for ----------------------------------------------------------------------------------------------- */

static bool
is_hex_id(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= '0' && s.p[i] <= '9') && !(s.p[i] >= 'a' && s.p[i] <= 'f'))
			return false;
	return s.n == 32;
}

/* The incident's PAP says how much an attacker may notice; an action above it is refused. */
static bool
pap_ok(struct act_task *t, struct slice pap)
{
	int level = pap.n ? pap_by_name(pap) : PAP_GREEN;

	if (level == 0)
		return task_end(t, ACT_REFUSED, SLICE("an unknown PAP"));
	return level <= t->a->pap || task_end(t, ACT_REFUSED, SLICE("the incident's PAP forbids it"));
}

/* Values, guards and PAP: alike in a dry run and for real.  False: the answer stands. */
static bool
plan(struct act_now *n, const struct act_request *q, struct act_task *t)
{
	const char *why;
	int64_t seconds;

	*t = (struct act_task){.playbook = q->field[F_PLAYBOOK], .step = q->field[F_STEP], .r = {.id = q->field[F_ID],
	    .key = q->field[F_KEY], .incident = q->field[F_INCIDENT], .name = q->field[F_NAME]}};
	if (!is_hex_id(t->r.id) || t->r.key.n == 0 || t->r.key.n > KEY_MAX || t->r.incident.n == 0 || t->r.incident.n > KEY_MAX)
		return task_end(t, ACT_REFUSED, SLICE("no id, key or incident"));
	if (slice_eq(t->r.name, SLICE("manual")) || slice_eq(t->r.name, SLICE("wait")) || slice_eq(t->r.name, SLICE("notify"))
	    || slice_eq(t->r.name, SLICE("undo")))
		return task_end(t, ACT_PLANNED, SLICE("manual: a person does it"));
	t->a = action_find(n->c->actions, t->r.name);
	if (t->a == NULL)
		return task_end(t, ACT_REFUSED, SLICE("no such action"));
	t->row = n->c->allow ? act_allow_find(n->c->allow, t->r.name) : NULL;
	t->timeout_ms = t->a->timeout * 1000;
	if (stamp_duration(q->field[F_TIMEOUT], &seconds) && seconds > 0 && seconds < t->a->timeout)
		t->timeout_ms = seconds * 1000;
	if (!task_values(n, t, q->arg, q->args))
		return false;
	if ((why = act_guard_check(n->c->guard, t->a, t->arg, t->args)) != NULL)
		return task_end(t, ACT_REFUSED, slice_str(why));
	return pap_ok(t, q->field[F_PAP]);
}

/* ---- was it done before? --------------------------------------------------------------------------------------------------- */

static bool
settle_unknown(struct act_now *n, struct act_task *t)
{
	enum act_there there;

	if (!n->c->execute)
		return task_end(t, ACT_UNKNOWN, SLICE("intent without result"));
	if (t->row == NULL)
		return task_end(t, ACT_UNKNOWN, SLICE("intent without result; not in the allow file"));
	there = task_check(n, t, false);
	if (there == THERE_PRESENT) {
		task_end(t, ACT_DONE, SLICE("proved by the check"));
		task_result(n, t, "result", ACT_DONE);
		return false;
	}
	if (there == THERE_ABSENT && t->a->idempotent)
		return true;
	return task_end(t, ACT_UNKNOWN, SLICE("intent without result: settle it"));
}

/* True: it is to be done (again).  False: the answer stands. */
static bool
not_done_yet(struct act_now *n, struct act_task *t, const struct act_entry *e)
{
	char stamp[STAMP_LEN];

	if (!slice_eq(e->name, t->r.name) || !slice_eq(e->args, t->r.args))
		return task_end(t, ACT_REFUSED, SLICE("this id was used for something else"));
	if (e->has_until) {
		stamp_put(stamp, e->until);
		t->r.until = arena_slice(&n->mem, slice_of(stamp, sizeof stamp));
	}
	switch (e->state) {
	case ACT_DONE:
		return task_end(t, ACT_DONE, SLICE("already done"));
	case ACT_UNDONE:
		return task_end(t, ACT_UNDONE, SLICE("already undone"));
	case ACT_UNKNOWN:
		return settle_unknown(n, t);
	default:
		return t->a->idempotent || task_end(t, ACT_FAILED, SLICE("failed before"));
	}
}

/* ---- may it be done now? --------------------------------------------------------------------------------------------------- */

static bool
within_caps(struct act_now *n, struct act_task *t)
{
	uint64_t recent = 0, active = 0, here = 0;
	uint64_t per_10m = t->row->max_per_10m ? t->row->max_per_10m : t->a->max_per_10m;
	uint64_t most = t->row->max_active ? t->row->max_active : t->a->max_active;
	int64_t since = task_now(n).s - WINDOW;

	for (size_t i = 0; i < n->c->journal->n; i++) {
		const struct act_entry *e = n->c->journal->entry[i];

		if (!slice_eq(e->name, t->r.name) || e->held || slice_eq(e->id, t->r.id))
			continue;
		recent += e->at.s > since;
		active += act_entry_active(e);
		here += act_entry_active(e) && slice_eq(e->incident, t->r.incident);
	}
	if (per_10m && recent >= per_10m)
		return task_end(t, ACT_REFUSED, SLICE("cap: too many in 10 minutes"));
	if (most && active >= most)
		return task_end(t, ACT_REFUSED, SLICE("cap: too many active"));
	if (t->row->max_per_incident && here >= t->row->max_per_incident)
		return task_end(t, ACT_REFUSED, SLICE("cap: too many of this incident"));
	return true;
}

/* An approval is used once; a run that died between intent and result has not used it up for the same action. */
static bool
approved(struct act_now *n, struct act_task *t, const struct act_request *q, const struct act_entry *e, char hex[64],
    struct slice *used)
{
	const struct act_approved about = {t->playbook, t->step, t->r.name, t->r.args, t->r.incident};
	uint64_t need = t->row->need > q->need ? t->row->need : q->need;
	const char *why;

	*used = (struct slice){NULL, 0};
	if (t->row->no_approval)
		return true;
	if (!act_is_approved(n->c->votes, t->row, &about, need, task_now(n), hex, &why))
		return task_end(t, ACT_REFUSED, slice_str(why));
	*used = slice_of(hex, 64);
	if (act_journal_used(n->c->journal, *used) && !(e && e->state == ACT_UNKNOWN && slice_eq(e->approval, *used)))
		return task_end(t, ACT_REFUSED, SLICE("the approval was used already"));
	return true;
}

/* ---- doing it -------------------------------------------------------------------------------------------------------------- */

static const struct stamp *
until_of(struct act_now *n, const struct act_task *t, struct stamp *until)
{
	const struct play_arg *ttl = play_arg_find(t->arg, t->args, SLICE("ttl"));
	int64_t seconds;

	if (ttl == NULL || ttl->type != TYPE_DURATION || !stamp_duration(ttl->value, &seconds))
		return NULL;
	*until = task_now(n);
	until->s += seconds;
	return until;
}

static void
perform(struct act_now *n, struct act_task *t, struct slice approval)
{
	struct stamp until;
	enum act_there before = task_check(n, t, false), after;

	task_intent(n, t, approval, before == THERE_PRESENT, until_of(n, t, &until));
	if (before == THERE_PRESENT) {
		task_end(t, ACT_DONE, SLICE("it was so before"));
	} else if (task_run(n, t)) {
		task_end(t, ACT_DONE, (struct slice){NULL, 0});
		after = task_check(n, t, false);
		if (after == THERE_ABSENT || after == THERE_UNSURE)
			task_end(t, ACT_FAILED, SLICE("the check does not find it"));
	}
	task_result(n, t, "result", t->r.state);
}

/* True: it was carried out, well or not, and the journal has its result. */
static bool
do_action(struct act_now *n, const struct act_request *q, struct act_task *t)
{
	const struct act_entry *e;
	struct slice used;
	char hex[64];

	if (!plan(n, q, t))
		return false;
	e = n->c->journal ? act_journal_find(n->c->journal, t->r.id) : NULL;
	if (e && !not_done_yet(n, t, e))
		return false;
	if (!n->c->execute)
		return task_end(t, ACT_PLANNED, SLICE("dry run"));
	if (t->row == NULL)
		return task_end(t, ACT_REFUSED, SLICE("not in the allow file"));
	if (!approved(n, t, q, e, hex, &used) || !within_caps(n, t))
		return false;
	perform(n, t, used);
	return true;
}

/* ---- serving --------------------------------------------------------------------------------------------------------------- */

static void
serve_one(struct act_now *n, const struct act_request *q)
{
	struct act_task t = {0};

	if (q->verb != ACT_DO && n->c->journal == NULL)
		return;
	switch (q->verb) {
	case ACT_DO:
		if (!do_action(n, q, &t) && t.r.state == ACT_REFUSED && n->c->execute && n->c->journal && is_hex_id(t.r.id))
			task_refused(n, &t);
		task_answer(n, &t, q->field[F_AT]);
		break;
	case ACT_UNDO:
		verb_undo(n, q->field[F_ID]);
		break;
	case ACT_UNDO_INCIDENT:
		verb_undo_incident(n, q->field[F_INCIDENT]);
		break;
	case ACT_TICK:
		verb_tick(n);
		break;
	case ACT_LIST:
		verb_list(n);
		break;
	case ACT_SETTLE:
		verb_settle(n, q->field[F_ID], q->field[F_WORD]);
		break;
	}
}

void
act_serve(const struct act_config *c, int fd)
{
	struct act_now n = {.c = c, .fd = fd};
	struct act_request q;
	struct buf body = {0};

	while (act_receive(fd, ACT_REQUEST_MAX, &body) && act_request_read(buf_slice(&body), &q)) {
		serve_one(&n, &q);
		buf_reset(&n.frame);
		act_answer_write(ANSWER_END, ACT_PLANNED, (struct slice){NULL, 0}, (struct slice){NULL, 0}, &n.frame);
		if (!act_send(fd, buf_slice(&n.frame)))
			break;
		arena_reset(&n.mem);
	}
	arena_free(&n.mem);
	buf_free(&n.frame);
	buf_free(&body);
}

bool
act_actions_ok(const struct action_set *set, struct slice *id, struct fault *f)
{
	uint64_t caps;

	for (size_t i = 0; i < set->n; i++) {
		const struct action *a = set->v[i];

		*id = a->id;
		if (!task_caps(a, &caps))
			return fault_set(f, "needs a capability that is not known here", 0);
		if (a->run.native && !slice_eq(a->id, SLICE("file.quarantine")))
			return fault_set(f, "no native action of this name", 0);
		if (a->params > ACT_ARGS)
			return fault_set(f, "more than 32 parameters", 0);
		for (size_t k = 0; k < a->params && a->language; k++)
			if (a->param[k].type == TYPE_HOST || a->param[k].type == TYPE_DOMAIN || a->param[k].type == TYPE_EMAIL)
				return fault_set(f, "a program with a language takes only values made again from parsed form", 0);
	}
	return true;
}

/* ---- the process ----------------------------------------------------------------------------------------------------------- */

/* The sum of what the allowed actions need. */
static uint64_t
all_caps(const struct act_config *c, bool *net)
{
	uint64_t all = 0, caps;

	*net = false;
	for (size_t i = 0; c->allow && i < c->allow->n; i++) {
		const struct action *a = action_find(c->actions, c->allow->row[i].action);

		if (a == NULL || !task_caps(a, &caps))
			continue;
		all |= caps;
		*net |= (caps >> CAP_NET_ADMIN & 1) != 0;
		if (a->run.native)
			all |= (uint64_t)1 << CAP_DAC_OVERRIDE | (uint64_t)1 << CAP_CHOWN | (uint64_t)1 << CAP_FOWNER |
			    (uint64_t)1 << CAP_FSETID;
	}
	return all;
}

/* stdin and stdout are the stream's: the actor has neither.  stderr stays, for the words of a death by memory. */
static bool
strip(int fd, const struct act_config *c, struct fault *f)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	bool net;
	uint64_t caps = all_caps(c, &net);
	struct cell_rights rights = {.exec = c->execute, .fork = c->execute, .net = net && c->execute};
	struct buf held = {0};
	bool ok;

	if (null < 0 || dup2(null, 0) != 0 || dup2(null, 1) != 1 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
		return fault_set(f, "cannot open /dev/null", 0);
	close(null);
	ok = act_keep_caps(c->execute ? caps : 0, f) && (c->no_cell || cell_enter(&rights, &held, f));
	buf_free(&held);
	return ok;
}

/* A ^C of the terminal is for the reader: it drains, closes the socket, and then the actor ends. */
static _Noreturn void
child(const struct act_config *c, int fd)
{
	struct fault f = {0};
	struct buf b = {0};

	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (strip(fd, c, &f)) {
		act_serve(c, fd);
		_exit(0);
	}
	act_answer_write(ANSWER_BROKEN, ACT_FAILED, (struct slice){NULL, 0}, slice_str(f.what), &b);
	_exit(act_send(fd, buf_slice(&b)) ? 4 : 5);
}

bool
act_start(const struct act_config *c, struct act_actor *a, struct fault *f)
{
	int pair[2];

	*a = (struct act_actor){.fd = -1};
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return fault_set(f, "cannot make a socket pair for the actor", 0);
	a->pid = fork();
	if (a->pid == 0) {
		close(pair[0]);
		child(c, pair[1]);
	}
	close(pair[1]);
	a->fd = pair[0];
	if (a->pid > 0)
		return true;
	close(a->fd);
	return fault_set(f, "cannot fork the actor", 0);
}

void
act_stop(struct act_actor *a)
{
	if (a->pid <= 0)
		return;
	close(a->fd);
	while (waitpid(a->pid, NULL, 0) < 0 && errno == EINTR)
		;
	a->pid = 0;
}
