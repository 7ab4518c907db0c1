/*
 * Linux audit records, as auditd writes them (audit.log), audisp sends them and ausearch --raw prints them; log_format RAW
 * and ENRICHED.  Each record is an event; the last 256 SYSCALL records lend process and user to the others of their event.
 */
#include "lib/format/audit.h"

#include "lib/base/num.h"

enum { LINES_LOOKED = 20, KEPT = 256, KEPT_TEXT = 400 };

struct kept {
	struct stamp at;
	uint64_t serial;
	uint16_t n[LEND_COUNT];
	char text[KEPT_TEXT];
};

struct state {
	uint32_t next;			/* place of the next SYSCALL */
	struct kept kept[KEPT];
};

/* ---- the head ------------------------------------------------------------------------------------------------------------ */

static bool
skip(struct slice *s, struct slice word)
{
	if (!slice_starts(*s, word))
		return false;
	*s = slice_from(*s, word.n);
	return true;
}

static struct slice
until(struct slice *s, char c)
{
	size_t n = slice_find(*s, c);
	struct slice head = slice_head(*s, n);

	*s = slice_from(*s, n + 1);
	return head;
}

/* SEC.MS:SERIAL; fractions of any length up to nanoseconds. */
static bool
read_stamp(struct slice s, struct audit_head *h)
{
	uint64_t sec, frac = 0, serial;
	size_t n = num_digits(s, 12, &sec), digits = 0;

	if (n == 0)
		return false;
	s = slice_from(s, n);
	if (skip(&s, SLICE("."))) {
		digits = num_digits(s, 9, &frac);
		s = slice_from(s, digits);
	}
	if (!skip(&s, SLICE(":")) || !num_u64(s, &serial) || sec > UINT64_C(253402300799))
		return false;
	for (; digits < 9; digits++)
		frac *= 10;
	h->at = (struct stamp){(int64_t)sec, (uint32_t)frac};
	h->serial = s;
	return true;
}

bool
audit_head(struct slice line, struct audit_head *h)
{
	*h = (struct audit_head){0};
	if (skip(&line, SLICE("node=")))
		h->node = until(&line, ' ');
	(void)skip(&line, SLICE("audit: "));
	if (!skip(&line, SLICE("type=")))
		return false;
	h->type = until(&line, ' ');
	(void)skip(&line, SLICE("msg="));
	if (h->type.n == 0 || h->type.n > 40 || !skip(&line, SLICE("audit(")) || !read_stamp(until(&line, ')'), h))
		return false;
	(void)skip(&line, SLICE(":"));
	while (skip(&line, SLICE(" ")))
		;
	h->type = audit_type_name(h->type);
	h->body = line;
	return true;
}

static int
sniff(struct slice head)
{
	struct slice rest = head;
	struct audit_head h;
	int lines = 0, good = 0;

	while (rest.p && lines < LINES_LOOKED) {
		struct slice line = slice_trim(slice_cut(&rest, '\n'));

		if (line.n == 0 || slice_starts(line, SLICE("----")) || slice_starts(line, SLICE("time->")))
			continue;
		if (rest.p == NULL && lines)
			break;
		lines++;
		good += audit_head(line, &h);
	}
	return lines ? good * 98 / lines : 0;
}

/* ---- what a SYSCALL record lends ------------------------------------------------------------------------------------------- */

static enum audit_lend
lendable(struct slice name)
{
	static const struct slice names[LEND_COUNT] = {SLICE_INIT("syscall"), SLICE_INIT("success"), SLICE_INIT("ppid"),
	    SLICE_INIT("pid"),
	    SLICE_INIT("uid"), SLICE_INIT("comm"), SLICE_INIT("exe"), SLICE_INIT("key"), SLICE_INIT("UID"), SLICE_INIT("EUID"),
	    SLICE_INIT("arch")};
	int i = 0;

	while (i < LEND_COUNT && !slice_eq(names[i], name))
		i++;
	return (enum audit_lend)i;
}

static void
keep(struct kept *k, const struct audit_head *h)
{
	struct slice in = h->body, part[LEND_COUNT] = {0};
	struct audit_pair p;
	size_t used = 0;

	while (audit_pair(&in, &p)) {
		enum audit_lend l = lendable(p.name);

		/* Quotes are kept: they tell text from hex. */
		if (l < LEND_COUNT && part[l].p == NULL)
			part[l] = p.quoted && p.value.p + p.value.n < h->body.p + h->body.n ?
			    slice_of(p.value.p - 1, p.value.n + 2) : p.value;
	}
	k->at = h->at;
	if (!num_u64(h->serial, &k->serial))
		k->serial = 0;
	for (int l = 0; l < LEND_COUNT; l++) {
		/* What is too long is not lent. */
		k->n[l] = part[l].n <= KEPT_TEXT - used ? (uint16_t)part[l].n : 0;
		if (k->n[l])
			memcpy(k->text + used, part[l].p, k->n[l]);
		used += k->n[l];
	}
}

static void
learn(struct slice record, void *state)
{
	struct state *s = state;
	struct audit_head h;

	if (!slice_has(slice_head(record, 256), SLICE("type=SYSCALL ")) || !audit_head(record, &h) || !slice_eq(h.type,
	    SLICE("SYSCALL")))
		return;
	keep(&s->kept[s->next], &h);
	s->next = (s->next + 1) % KEPT;
}

/* The SYSCALL record of the same event; its values in lent[], which point into the state: copied. */
static bool
borrow(struct event *e, const struct state *s, const struct audit_head *h, struct slice lent[LEND_COUNT])
{
	uint64_t serial;

	if (s == NULL || !num_u64(h->serial, &serial))
		return false;
	for (uint32_t i = 1; i <= KEPT; i++) {
		const struct kept *k = &s->kept[(s->next + KEPT - i) % KEPT];
		const char *p = k->text;

		if (k->serial != serial || stamp_cmp(k->at, h->at))
			continue;
		for (int l = 0; l < LEND_COUNT; p += k->n[l++]) {
			struct audit_pair pair = {.name = SLICE("comm"), .value = slice_of(p, k->n[l])};

			if (k->n[l] >= 2 && p[0] == '"') {
				pair.value = slice_of(p + 1, (size_t)k->n[l] - 2);
				pair.quoted = true;
			}
			if (l == LEND_COMM || l == LEND_EXE || l == LEND_KEY)
				pair.value = audit_text(e, SLICE("SYSCALL"), &pair);
			lent[l] = event_keep(e, pair.value);
		}
		return true;
	}
	return false;
}

static bool
parse(struct slice record, struct format_room *room, struct event *e, bool *skipped, struct fault *f)
{
	struct slice line = record, lent[LEND_COUNT] = {0};
	struct audit_head h;

	/* ausearch's separators */
	if (slice_trim(record).n == 0 || slice_starts(record, SLICE("----")) || slice_starts(record, SLICE("time->"))) {
		*skipped = true;
		return true;
	}
	line = format_text(e, record);
	if (!audit_head(line, &h))
		return fault_near(f, "audit-head: not type=.. msg=audit(time:serial)", line, 0);
	e->at = h.at;
	e->timed = true;
	e->tz = SLICE("utc");
	audit_fill(e, &h, borrow(e, room->state, &h, lent) ? lent : NULL);
	return true;
}

static const enum field fields[] = {F_message, F_event_kind, F_event_category, F_event_type, F_event_action, F_event_outcome,
    F_event_dataset,
    F_event_id, F_event_original, F_event_reason, F_host_name, F_host_os_type, F_user_name, F_user_id, F_user_target_name,
    F_user_effective_name,
    F_group_name, F_group_id, F_process_pid, F_process_name, F_process_executable, F_process_command_line, F_process_args,
    F_process_working_directory, F_process_exit_code, F_process_parent_pid, F_file_path, F_service_name, F_source_ip,
    F_source_domain,
    F_source_address, F_source_port, F_destination_ip, F_destination_port, F_destination_address, F_destination_domain,
    F_network_direction, F_rule_name,
    FIELD_COUNT};

const struct format format_auditd = {
	.name = "auditd",
	.title = "Linux audit records: auditd, audisp, ausearch --raw; raw and enriched",
	.standard = "auditd.conf(5) log_format, audit-userspace",
	.fields = fields,
	.sniff = sniff,
	.state = sizeof(struct state),
	.learn = learn,
	.parse = parse,
};
