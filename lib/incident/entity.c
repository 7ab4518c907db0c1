#include "lib/incident/entity.h"

#include "lib/base/addr.h"

const struct slice entity_name[ENTITY_COUNT] = {
	[ENTITY_HOST] = SLICE_INIT("host"), [ENTITY_USER] = SLICE_INIT("user"), [ENTITY_IP] = SLICE_INIT("ip"),
	[ENTITY_DOMAIN] = SLICE_INIT("domain"), [ENTITY_HASH] = SLICE_INIT("hash"), [ENTITY_FILE] = SLICE_INIT("file"),
	[ENTITY_PROCESS] = SLICE_INIT("process"),
};

enum entity_type
entity_by_name(struct slice name)
{
	for (enum entity_type t = 0; t < ENTITY_COUNT; t++)
		if (slice_eq(entity_name[t], name))
			return t;
	return ENTITY_COUNT;
}

static bool
documentation(const struct addr *a)
{
	static const char *const net[] = {"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"};
	struct prefix p;

	for (size_t i = 0; i < sizeof net / sizeof *net; i++)
		if (prefix_read(slice_str(net[i]), &p, NULL) && prefix_holds(&p, a))
			return true;
	return false;
}

bool
entity_external(struct slice address)
{
	struct addr a;

	return addr_read(address, &a) && (!addr_private(&a) || documentation(&a));
}

bool
entity_common_user(struct slice name)
{
	static const struct slice common[] = {
		SLICE_INIT("system"), SLICE_INIT("root"), SLICE_INIT("local service"), SLICE_INIT("network service"),
		    SLICE_INIT("localsystem"),
		SLICE_INIT("localservice"), SLICE_INIT("networkservice"), SLICE_INIT("anonymous logon"), SLICE_INIT("anonymous"),
		SLICE_INIT("window manager"), SLICE_INIT("nobody"), SLICE_INIT("unknown"),
	};
	size_t at = slice_rfind(name, '\\');

	if (at < name.n)
		name = slice_from(name, at + 1);
	if (name.n == 0 || name.p[name.n - 1] == '$')
		return true;
	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		if (slice_eq_nocase(name, common[i]))
			return true;
	return false;
}
