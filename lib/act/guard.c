#include "lib/act/guard.h"

#include <fcntl.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/in.h"
#include "lib/base/num.h"

void
act_guard_add(struct act_guard *g, const struct prefix *x, const char *why)
{
	g->never = mem_grow(g->never, &g->cap, g->n, sizeof *g->never);
	g->never[g->n++] = (struct act_never){*x, why};
}

void
act_guard_free(struct act_guard *g)
{
	free(g->never);
	*g = (struct act_guard){0};
}

static void
add_text(struct act_guard *g, struct slice text, const char *why)
{
	struct prefix x;

	if (prefix_read(text, &x, NULL))
		act_guard_add(g, &x, why);
}

bool
act_guard_list(struct act_guard *g, struct slice text, struct fault *f)
{
	struct prefix x;

	for (uint64_t line = 1; text.p; line++) {
		struct slice s = slice_cut(&text, '\n');

		s = slice_trim(slice_head(s, slice_find(s, '#')));
		if (s.n == 0)
			continue;
		if (!prefix_read(s, &x, NULL))
			return fault_place(f, "not an address or network", s, line, 1);
		act_guard_add(g, &x, "on the never-touch list");
	}
	return true;
}

/* ---- what the machine itself needs ----------------------------------------------------------------------------------------- */

static struct slice
word(struct slice *rest)
{
	struct slice s;

	*rest = slice_trim(*rest);
	for (size_t i = 0; i < rest->n; i++)
		if (rest->p[i] == ' ' || rest->p[i] == '\t') {
			s = slice_head(*rest, i);
			*rest = slice_from(*rest, i);
			return s;
		}
	s = *rest;
	*rest = slice_of(NULL, 0);
	return s;
}

/* /proc/net/route: Iface Destination Gateway ..., addresses as the machine's own 32-bit numbers in hex. */
static void
route4(struct act_guard *g, struct slice line)
{
	struct prefix x = {.a.b = {[10] = 0xff, [11] = 0xff}, .bits = 128};
	uint64_t v;
	uint32_t network;

	(void)word(&line);
	(void)word(&line);
	if (!num_hex(word(&line), &v) || v == 0 || v > UINT32_MAX)
		return;
	network = (uint32_t)v;
	memcpy(x.a.b + 12, &network, 4);
	act_guard_add(g, &x, "a gateway of this machine");
}

/* /proc/net/ipv6_route: destination, bits, source, bits, next hop: 32 hex digits. */
static void
route6(struct act_guard *g, struct slice line)
{
	struct prefix x = {.bits = 128};
	struct slice hop;
	bool some = false;

	for (int i = 0; i < 4; i++)
		(void)word(&line);
	hop = word(&line);
	for (size_t i = 0; i < 16; i++) {
		uint64_t v;

		if (hop.n != 32 || !num_hex(slice_of(hop.p + 2 * i, 2), &v))
			return;
		x.a.b[i] = (unsigned char)v;
		some |= v != 0;
	}
	if (some)
		act_guard_add(g, &x, "a gateway of this machine");
}

void
act_guard_routes(struct act_guard *g, struct slice text4, struct slice text6)
{
	while (text4.p)
		route4(g, slice_cut(&text4, '\n'));
	while (text6.p)
		route6(g, slice_cut(&text6, '\n'));
}

static void
resolvers(struct act_guard *g, struct slice text)
{
	while (text.p) {
		struct slice line = slice_cut(&text, '\n');

		if (slice_eq(word(&line), SLICE("nameserver")))
			add_text(g, word(&line), "a resolver of this machine");
	}
}

static void
interfaces(struct act_guard *g)
{
	struct ifaddrs *list = NULL;
	struct prefix x;

	if (getifaddrs(&list) != 0)
		return;
	for (const struct ifaddrs *i = list; i; i = i->ifa_next) {
		x = (struct prefix){.a.b = {[10] = 0xff, [11] = 0xff}, .bits = 128};
		if (i->ifa_addr && i->ifa_addr->sa_family == AF_INET) {
			struct sockaddr_in in;

			memcpy(&in, i->ifa_addr, sizeof in);
			memcpy(x.a.b + 12, &in.sin_addr, 4);
			act_guard_add(g, &x, "an address of this machine");
		} else if (i->ifa_addr && i->ifa_addr->sa_family == AF_INET6) {
			struct sockaddr_in6 in6;

			memcpy(&in6, i->ifa_addr, sizeof in6);
			memcpy(x.a.b, &in6.sin6_addr, 16);
			act_guard_add(g, &x, "an address of this machine");
		}
	}
	freeifaddrs(list);
}

/* What is not there (no network, no resolver) needs no guard. */
static void
slurp(const char *path, struct buf *b)
{
	struct in in = in_open(open(path, O_RDONLY | O_CLOEXEC));

	if (in.fd < 0)
		return;
	while (in_more(&in))
		;
	buf_slice_add(b, in_view(&in));
	in_end(&in);
}

void
act_guard_begin(struct act_guard *g)
{
	static const struct {
		const char *net, *why;
	} row[] = {
		{"0.0.0.0/8", "unspecified"}, {"127.0.0.0/8", "loopback"}, {"169.254.0.0/16", "link-local"}, {"224.0.0.0/4",
		    "multicast"},
		{"255.255.255.255", "broadcast"}, {"::/128", "unspecified"}, {"::1/128", "loopback"}, {"fe80::/10", "link-local"},
		{"ff00::/8", "multicast"},
	};
	struct buf a = {0}, b = {0};

	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		add_text(g, slice_str(row[i].net), row[i].why);
	interfaces(g);
	slurp("/proc/net/route", &a);
	slurp("/proc/net/ipv6_route", &b);
	act_guard_routes(g, buf_slice(&a), buf_slice(&b));
	buf_reset(&a);
	slurp("/etc/resolv.conf", &a);
	resolvers(g, buf_slice(&a));
	buf_free(&a);
	buf_free(&b);
}

/* ---- the check ------------------------------------------------------------------------------------------------------------- */

/* Nobody outside has such an address.  Documentation networks count as outside: drills use them. */
static bool
internal(const struct addr *a)
{
	static const char *const nets[] = {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
	    "172.16.0.0/12",
		"192.168.0.0/16", "224.0.0.0/3", "::/127", "fc00::/7", "fe80::/10", "ff00::/8"};
	struct prefix x;

	for (size_t i = 0; i < sizeof nets / sizeof *nets; i++)
		if (prefix_read(slice_str(nets[i]), &x, NULL) && prefix_holds(&x, a))
			return true;
	return false;
}

static bool
overlap(const struct prefix *a, const struct prefix *b)
{
	return prefix_holds(a, &b->a) || prefix_holds(b, &a->a);
}

static const char *
check_one(const struct act_guard *g, const struct action *a, const struct action_param *p, const struct play_arg *arg)
{
	struct prefix x;

	if (!prefix_read(arg->value, &x, NULL))
		return "not an address or network";
	if (x.bits < (addr_is4(&x.a) ? 96 + 24 : 64))
		return "a network wider than /24 (IPv6: /64)";
	if (slice_eq(a->guard_never, p->name))
		for (size_t i = 0; i < g->n; i++)
			if (overlap(&g->never[i].x, &x))
				return g->never[i].why;
	return p->external && internal(&x.a) ? "not an external address" : NULL;
}

const char *
act_guard_check(const struct act_guard *g, const struct action *a, const struct play_arg *arg, size_t n)
{
	const struct play_arg *v;
	const char *why;

	for (size_t i = 0; i < a->params; i++) {
		const struct action_param *p = &a->param[i];

		if ((p->type != TYPE_IP && p->type != TYPE_CIDR) || (v = play_arg_find(arg, n, p->name)) == NULL)
			continue;
		if ((why = check_one(g, a, p, v)) != NULL)
			return why;
	}
	return NULL;
}
