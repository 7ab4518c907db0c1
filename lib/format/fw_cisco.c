/* Cisco: %FACILITY-SEVERITY-MNEMONIC: text, of ASA, FTD and IOS. */
#include "lib/format/fw.h"
#include "lib/format/syslog.h"

#include "lib/base/addr.h"
#include "lib/base/num.h"

struct cisco {
	struct slice facility, severity, mnemonic, text;
};

static bool
cut(struct slice msg, struct cisco *c)
{
	size_t at = slice_find(msg, '%'), dash, colon;
	struct slice s = slice_from(msg, at + 1), head;

	if (at == msg.n || at > 64)
		return false;
	colon = slice_find(s, ':');
	head = slice_head(s, colon);
	dash = slice_find(head, '-');
	if (colon == s.n || colon > 64 || dash == 0 || dash + 2 >= head.n || !num_digit(head.p[dash + 1]) || slice_find(head,
	    ' ') < head.n)
		return false;
	/* IOS may have a sub-facility: %SYS-SP-5-RESTART */
	for (size_t i = 0; i < dash; i++)
		if (!((head.p[i] >= 'A' && head.p[i] <= 'Z') || num_digit(head.p[i]) || head.p[i] == '_'))
			return false;
	if (head.p[dash + 2] != '-')
		return false;
	c->facility = slice_head(head, dash);
	c->severity = slice_of(head.p + dash + 1, 1);
	c->mnemonic = slice_from(head, dash + 3);
	c->text = slice_trim(slice_from(s, colon + 1));
	return c->mnemonic.n > 0;
}

bool
fw_cisco_is(struct slice msg)
{
	struct cisco c;

	return cut(msg, &c);
}

/* INTERFACE:ADDR/PORT, ADDR/PORT, ADDR(PORT), ADDR */
static void
end_point(struct event *e, bool source, struct slice s)
{
	struct slice word = body_word(&s), port;
	size_t colon = slice_find(word, ':'), cut_at;
	struct addr a;
	uint64_t n;

	if (colon < word.n && !addr_read(slice_head(word, slice_find(word, '/')), &a))
		word = slice_from(word, colon + 1);
	for (cut_at = 0; cut_at < word.n && word.p[cut_at] != '/' && word.p[cut_at] != '('; cut_at++)
		;
	port = slice_from(word, cut_at + 1);
	word = slice_head(word, cut_at);
	while (word.n && (word.p[word.n - 1] == ',' || word.p[word.n - 1] == ';'))
		word.n--;
	if (!addr_read(word, &a))
		return;
	event_set_address(e, source ? F_source_ip : F_destination_ip, word);
	if (num_digits(port, 5, &n) && n <= 65535)
		event_set_u64(e, source ? F_source_port : F_destination_port, n);
}

static struct slice
behind(struct slice s, const char *mark)
{
	struct slice m = slice_str(mark);
	size_t at = slice_find_slice(s, m);

	return at == s.n ? (struct slice){NULL, 0} : slice_from(s, at + m.n);
}

static void
transport(struct event *e, struct slice s)
{
	static const struct {
		struct slice word, name;
	} names[] = {
		{SLICE_INIT("tcp"), SLICE_INIT("tcp")}, {SLICE_INIT("TCP"), SLICE_INIT("tcp")}, {SLICE_INIT("udp"),
		SLICE_INIT("udp")},
		{SLICE_INIT("UDP"), SLICE_INIT("udp")}, {SLICE_INIT("icmp"), SLICE_INIT("icmp")}, {SLICE_INIT("ICMP"),
		SLICE_INIT("icmp")},
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_has(slice_head(s, 64), names[i].word)) {
			event_set(e, F_network_transport, names[i].name);
			return;
		}
}

/* for A to B; src A dst B; from A to B; A -> B.  A connection built outbound is told from the inside: it is turned round. */
static void
end_points(struct event *e, struct slice t)
{
	static const struct {
		const char *from, *to;
	} marks[] = {{" src ", " dst "}, {" from ", " to "}, {" for ", " to "}, {" laddr ", " faddr "}};
	bool outbound = slice_starts(t, SLICE("Built outbound "));
	size_t arrow = slice_find_slice(t, SLICE(" -> "));

	if (arrow < t.n) {
		struct slice before = slice_head(t, arrow);

		end_point(e, true, slice_from(before, slice_rfind(before, ' ') + 1));
		end_point(e, false, slice_from(t, arrow + 4));
		return;
	}
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		struct slice a = behind(t, marks[i].from), b = behind(a, marks[i].to);

		if (a.n == 0 || b.n == 0)
			continue;
		end_point(e, !outbound, a);
		end_point(e, outbound, b);
		return;
	}
	end_point(e, true, behind(t, " from "));
}

static void
user(struct event *e, struct slice t)
{
	static const char *const marks[] = {"user = ", "Username = ", "User '", "user '", "[user: ", "User <", "user: "};
	static const char ends[] = {',', ',', '\'', '\'', ']', '>', ' '};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		struct slice u = behind(t, marks[i]);

		if (u.n == 0)
			continue;
		u = slice_head(u, slice_find(u, ends[i]));
		event_set(e, F_user_name, slice_trim(slice_head(u, slice_find_slice(u, SLICE(" :")))));
		return;
	}
}

static bool
has(struct slice s, const char *word)
{
	return slice_has(s, slice_str(word));
}

static void
verdict(struct event *e, const struct cisco *c)
{
	struct slice t = c->text;
	bool login = has(c->mnemonic, "LOGIN") || has(t, "authentication ") || has(t, "AAA user ") || has(t, "Login ") || has(t,
	    "login ");

	if (login) {
		bool failed = has(c->mnemonic, "FAILED") || has(t, "ailed") || has(t, "ejected") || has(t, "denied") || has(t,
		    "ail");

		body_what(e, SLICE("authentication"), SLICE("start"), SLICE("login"), failed ? SLICE("failure") :
		    SLICE("success"));
		return;
	}
	if (slice_starts(t, SLICE("Deny")) || has(t, " denied") || has(t, "Denied") || has(t, "drop")) {
		body_what(e, SLICE("network"), SLICE("denied"), SLICE("deny"), SLICE("failure"));
	} else if (slice_starts(t, SLICE("Built ")) || has(t, " permitted ")) {
		body_what(e, SLICE("network"), SLICE("allowed"), SLICE("connection"), SLICE("success"));
	} else if (slice_starts(t, SLICE("Teardown "))) {
		body_what(e, SLICE("network"), SLICE("end"), SLICE("teardown"), SLICE(""));
	}
}

bool
fw_cisco(struct event *e, struct slice msg)
{
	struct cisco c;
	bool asa, source;
	struct slice from;

	if (!cut(msg, &c))
		return false;
	asa = slice_eq(c.facility, SLICE("ASA")) || slice_eq(c.facility, SLICE("FTD")) || slice_eq(c.facility, SLICE("PIX")) ||
	    slice_eq(c.facility, SLICE("FWSM"));
	event_raw(e, SLICE("facility"), c.facility);
	event_raw(e, SLICE("mnemonic"), c.mnemonic);
	event_set(e, F_message, msg);
	event_set(e, F_event_code, c.mnemonic);
	(void)event_set(e, F_event_severity, c.severity);
	event_lit(e, F_observer_vendor, "Cisco");
	event_set(e, F_observer_product, c.facility);
	event_set(e, F_event_dataset, asa ? SLICE("cisco.asa") : SLICE("cisco.ios"));
	event_ls(e, SLICE("cisco"), asa ? SLICE("asa") : slice_starts(c.facility, SLICE("AAA")) || slice_has(c.facility,
	    SLICE("LOGIN")) ?
	    SLICE("aaa") : SLICE("ios"), asa ? SLICE("firewall") : (struct slice){NULL, 0});
	transport(e, c.text);
	from = behind(c.text, "[Source: ");
	source = from.n > 0;
	if (source)
		event_set_address(e, F_source_ip, slice_head(from, slice_find(from, ']')));
	else if ((from = behind(c.text, "user IP = ")).n)
		end_point(e, true, from);
	else
		end_points(e, c.text);
	user(e, c.text);
	verdict(e, &c);
	return true;
}
