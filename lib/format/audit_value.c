/* Values of audit records: pairs, hex, socket addresses. */
#include "lib/format/audit.h"

#include "lib/base/addr.h"
#include "lib/base/num.h"
#include "lib/base/utf8.h"

enum { GROUP = 0x1d };			/* stands before the enriched part */

static bool
name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || num_digit(c) || c == '_' || c == '-' || c == '[' || c == ']' ||
	    c == '.';
}

/* Moves behind blanks, commas, brackets and words that are no pair. */
static size_t
next_name(struct slice *in)
{
	for (;;) {
		size_t n = 0;

		while (in->n && !name_byte(in->p[0]))
			*in = slice_from(*in, 1);
		if (in->n == 0)
			return 0;
		while (n < in->n && name_byte(in->p[n]))
			n++;
		if (n < in->n && in->p[n] == '=')
			return n;
		*in = slice_from(*in, n);
	}
}

/* The last apostrophe before the enriched part: what is inside may hold others. */
static size_t
inner_end(struct slice s)
{
	return slice_rfind(slice_head(s, slice_find(s, GROUP)), '\'');
}

static struct slice
bare(struct slice *in)
{
	struct slice v;
	size_t n = 0;

	while (n < in->n && in->p[n] != ' ' && in->p[n] != GROUP)
		n++;
	v = slice_head(*in, n);
	*in = slice_from(*in, n);
	/* `(hostname=?, addr=?, terminal=tty1 res=success)` of old tools */
	while (v.n && (v.p[v.n - 1] == ',' || v.p[v.n - 1] == '\'' || (v.p[v.n - 1] == ')' && slice_find(v, '(') == v.n)))
		v.n--;
	return v;
}

bool
audit_pair(struct slice *in, struct audit_pair *p)
{
	size_t n = next_name(in), end;

	if (n == 0)
		return false;
	*p = (struct audit_pair){.name = slice_head(*in, n)};
	*in = slice_from(*in, n + 1);
	if (in->n && in->p[0] == '"') {
		end = slice_find(slice_from(*in, 1), '"');
		p->quoted = true;
		p->value = slice_head(slice_from(*in, 1), end);
		*in = slice_from(*in, end + 2);
	} else if (in->n && in->p[0] == '\'' && slice_eq(p->name, SLICE("msg")) && (end = inner_end(slice_from(*in,
	    1))) + 1 < in->n) {
		p->inner = true;
		p->value = slice_head(slice_from(*in, 1), end);
		*in = slice_from(*in, end + 2);
	} else if (in->n && in->p[0] == '{' && (end = slice_find(*in, '}')) < in->n) {
		p->value = slice_trim(slice_of(in->p + 1, end - 1));
		*in = slice_from(*in, end + 1);
	} else {
		p->value = bare(in);
	}
	return true;
}

/* ---- hex ------------------------------------------------------------------------------------------- */

static int
digit(char c)
{
	return num_digit(c) ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
is_hex(struct slice s)
{
	if (s.n < 2 || s.n % 2)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (digit(s.p[i]) < 0 || s.p[i] >= 'a')
			return false;
	return true;
}

/* The names whose values auparse calls escaped (audit-userspace, typetab.h); a0 is so in EXECVE alone. */
static bool
may_be_hex(struct slice type, struct slice name)
{
	static const char *const names[] = {"comm", "exe", "name", "path", "proctitle", "cwd", "cmd", "acct", "key", "data",
	    "dir", "watch",
	    "file", "vm", "ocomm", "grp", "new_group", "old-disk", "new-disk", "old-fs", "new-fs", "device", "cgroup", "sw",
	    "root_dir",
	    "key_desc", "profile", "info", "unit", "img-ctx", "invalid_context", "reason"};

	if (name.n >= 2 && name.p[0] == 'a' && num_digit(name.p[1]))
		return slice_eq(type, SLICE("EXECVE")) && !slice_ends(name, SLICE("_len"));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_eq(name, slice_str(names[i])))
			return true;
	return false;
}

struct slice
audit_text(struct event *e, struct slice type, const struct audit_pair *p)
{
	struct slice v = p->value;
	struct buf bytes = {0}, text = {0};
	bool bad = false;

	if (p->quoted || !may_be_hex(type, p->name) || !is_hex(v))
		return v;
	for (size_t i = 0; i < v.n; i += 2)
		buf_byte(&bytes, (char)(digit(v.p[i]) * 16 + digit(v.p[i + 1])));
	/* proctitle: arguments end with NUL; key: keys are parted by 0x01. */
	while (bytes.n && bytes.p[bytes.n - 1] == '\0')
		bytes.n--;
	for (size_t i = 0; i < bytes.n; i++)
		if (bytes.p[i] == '\0')
			bytes.p[i] = ' ';
		else if (bytes.p[i] == '\1' && slice_eq(p->name, SLICE("key")))
			bytes.p[i] = ',';
	if (utf8_bad(buf_slice(&bytes)) < bytes.n) {
		utf8_mend(buf_slice(&bytes), &text, &bad);
		event_err(e, ERR_bad_utf8);
		v = event_keep(e, buf_slice(&text));
	} else {
		v = event_keep(e, buf_slice(&bytes));
	}
	buf_free(&bytes);
	buf_free(&text);
	return v;
}

/* ---- saddr ----------------------------------------------------------------------------------------- */

enum { UNIX = 1, INET = 2, INET6 = 10, SOCKADDR_MAX = 128 };

static struct slice
written(struct event *e, const unsigned char *p, bool four)
{
	struct addr a = {{0}};
	struct buf b = {0};
	struct slice s;

	if (four) {
		a.b[10] = a.b[11] = 0xff;
		memcpy(a.b + 12, p, 4);
	} else {
		memcpy(a.b, p, 16);
	}
	addr_add(&b, &a);
	s = event_keep(e, buf_slice(&b));
	buf_free(&b);
	return s;
}

/* struct sockaddr of the machine that wrote it: the family in its byte order, ports and addresses in the network's. */
bool
audit_address(struct event *e, struct slice hex, struct audit_address *a)
{
	unsigned char b[SOCKADDR_MAX];
	size_t n = hex.n / 2;

	*a = (struct audit_address){0};
	if (!is_hex(hex) || n < 2 || n > sizeof b)
		return false;
	for (size_t i = 0; i < n; i++)
		b[i] = (unsigned char)(digit(hex.p[2 * i]) * 16 + digit(hex.p[2 * i + 1]));
	a->family = b[0] ? b[0] : b[1];
	if (a->family == INET && n >= 8) {
		a->port = b[2] * 256u + b[3];
		a->address = written(e, b + 4, true);
	} else if (a->family == INET6 && n >= 24) {
		a->port = b[2] * 256u + b[3];
		a->address = written(e, b + 8, false);
	} else if (a->family == UNIX) {
		struct slice path = slice_of((const char *)b + 2, n - 2);

		/* An abstract name starts with NUL and shows an @, as ss(8) has it. */
		if (path.n && path.p[0] == '\0') {
			b[2] = '@';
			a->address = slice_head(path, slice_find(path, '\0'));
		} else {
			a->address = slice_head(path, slice_find(path, '\0'));
		}
		if (utf8_bad(a->address) < a->address.n)
			return false;
		a->address = event_keep(e, a->address);
	} else {
		return false;
	}
	return true;
}
