/*
 * guard: what no action may touch (RESPONSE.md section 7, law 3): this machine's own addresses, its gateways and resolvers,
 * loopback, link-local, multicast and unspecified addresses, and what the operator lists.  All by parsed value.
 */
#ifndef IRPIPE_ACT_GUARD_H
#define IRPIPE_ACT_GUARD_H

#include "lib/base/addr.h"
#include "lib/base/fault.h"
#include "lib/play/action.h"

struct act_never {
	struct prefix x;
	const char *why;		/* constant words */
};
struct act_guard {
	struct act_never *never;
	size_t n, cap;
};

/* Built-in rows, the machine's addresses, gateways (/proc/net) and resolvers (/etc/resolv.conf).  Before the cell. */
void act_guard_begin(struct act_guard *);
void act_guard_add(struct act_guard *, const struct prefix *, const char *why);
/* Lines of addresses and networks; `#` begins a remark.  False: a fault with line and column. */
bool act_guard_list(struct act_guard *, struct slice text, struct fault *) must_use;
/* Gateways of /proc/net/route and /proc/net/ipv6_route. */
void act_guard_routes(struct act_guard *, struct slice route4, struct slice route6);
void act_guard_free(struct act_guard *);
/* NULL: allowed.  The action's parameters by scope, width of networks (/24, /64 at most) and never-touch list. */
const char *act_guard_check(const struct act_guard *, const struct action *, const struct play_arg *, size_t n);

#endif
