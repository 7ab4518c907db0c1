#include "tests/unit/base.h"

#include "lib/base/addr.h"

static const struct {
	const char *in, *out;	/* out NULL: refused */
	bool private;
} addrs[] = {
	{"1.2.3.4", "1.2.3.4", false}, {"0.0.0.0", "0.0.0.0", true}, {"255.255.255.255", "255.255.255.255", true},
	{"::ffff:1.2.3.4", "1.2.3.4", false}, {"::FFFF:0102:0304", "1.2.3.4", false}, {"10.1.2.3", "10.1.2.3", true},
	{"100.64.0.1", "100.64.0.1", true}, {"100.128.0.1", "100.128.0.1", false}, {"172.31.255.255", "172.31.255.255", true},
	{"172.32.0.1", "172.32.0.1", false}, {"192.0.0.9", "192.0.0.9", false}, {"192.0.0.8", "192.0.0.8", true},
	{"::", "::", true}, {"::1", "::1", true}, {"1::", "1::", true}, {"2001:db8::1", "2001:db8::1", true},
	{"2001:0:4136::1", "2001:0:4136::1", false}, {"2001:1::1", "2001:1::1", false}, {"2001:1::9", "2001:1::9", true},
	{"2a00:1450:4001:82a::200e", "2a00:1450:4001:82a::200e", false}, {"fe80::1%eth0", "fe80::1", true},
	{"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", true}, {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", true},
	{"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", true}, {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", true},
	{"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8", true}, {"64:ff9b::8.8.8.8", "64:ff9b::808:808", false},
	{"0:0:1:0:0:0:0:0", "0:0:1::", true}, {"1:0:0:2:0:0:0:3", "1:0:0:2::3", true}, {"ABCD::EF01", "abcd::ef01", true},
	{"", NULL, 0}, {"1", NULL, 0}, {"1.2.3", NULL, 0}, {"1.2.3.4.", NULL, 0}, {"1.2.3.4.5", NULL, 0}, {"01.2.3.4", NULL, 0},
	{"256.1.1.1", NULL, 0}, {"1.2.3.", NULL, 0}, {"1..2.3", NULL, 0}, {" 1.2.3.4", NULL, 0}, {"1.2.3.4 ", NULL, 0},
	{"1.2.3.4%eth0", NULL, 0}, {":", NULL, 0}, {":::", NULL, 0}, {"1::2::3", NULL, 0}, {"1:2:3:4:5:6:7", NULL, 0},
	{"1:2:3:4:5:6:7:8:9", NULL, 0}, {"1:2:3:4:5:6:7:8::", NULL, 0}, {"12345::", NULL, 0}, {"1:", NULL, 0}, {":1", NULL, 0},
	{"fe80::1%", NULL, 0}, {"[::1]", NULL, 0}, {"::1.2.3", NULL, 0}, {"1:2:3:4:5:6:7:1.2.3.4", NULL, 0}, {"g::", NULL, 0},
	{"1.2.3.4:80", NULL, 0}, {"::1.2.3.4:5", NULL, 0}, {"1234567890123456", NULL, 0}, {"0x1.2.3.4", NULL, 0},
	{"1:2", NULL, 0},
};

static const struct {
	const char *in, *out;
	bool host_bits;
} prefixes[] = {
	{"10.0.0.0/8", "10.0.0.0/8", false}, {"10.1.2.3/8", "10.0.0.0/8", true}, {"1.2.3.4", "1.2.3.4/32", false},
	{"0.0.0.0/0", "0.0.0.0/0", false}, {"::/0", "::/0", false}, {"2001:db8::1/33", "2001:db8::/33", true},
	{"::ffff:10.0.0.0/104", "10.0.0.0/8", false}, {"fe80::1%eth0/64", "fe80::/64", true}, {"::1", "::1/128", false},
	{"10.0.0.0/33", NULL, 0}, {"::/129", NULL, 0}, {"10.0.0.0/", NULL, 0}, {"10.0.0.0/08", NULL, 0}, {"/8", NULL, 0},
	{"10.0.0.0/-1", NULL, 0}, {"10.0.0.0/8/8", NULL, 0}, {"10.0.0.0/1000", NULL, 0},
};

static const struct {
	const char *prefix, *addr;
	bool holds;
} held[] = {
	{"10.0.0.0/8", "10.255.0.1", true}, {"10.0.0.0/8", "11.0.0.0", false}, {"10.0.0.0/31", "10.0.0.1", true},
	{"10.0.0.0/31", "10.0.0.2", false}, {"0.0.0.0/0", "8.8.8.8", true}, {"0.0.0.0/0", "2a00::1", false},
	{"::/0", "2a00::1", true}, {"::/0", "8.8.8.8", false}, {"2a00::/12", "2a0f::1", true}, {"2a00::/12", "2a10::1", false},
	{"1.2.3.4", "::ffff:1.2.3.4", true},
};

void
base_addr(void)
{
	struct buf b = {0};
	struct addr a;
	struct prefix x;

	for (size_t i = 0; i < sizeof addrs / sizeof *addrs; i++) {
		bool ok = addr_read(slice_str(addrs[i].in), &a);

		OK(ok == (addrs[i].out != NULL), "addr_read \"%s\"", addrs[i].in);
		if (!ok)
			continue;
		buf_reset(&b);
		addr_add(&b, &a);
		SAME(buf_slice(&b), slice_str(addrs[i].out), addrs[i].in);
		OK(addr_private(&a) == addrs[i].private, "addr_private %s", addrs[i].in);
	}
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		bool host, ok = prefix_read(slice_str(prefixes[i].in), &x, &host);

		OK(ok == (prefixes[i].out != NULL), "prefix_read \"%s\"", prefixes[i].in);
		if (!ok)
			continue;
		buf_reset(&b);
		prefix_add(&b, &x);
		SAME(buf_slice(&b), slice_str(prefixes[i].out), prefixes[i].in);
		OK(host == prefixes[i].host_bits, "host bits of %s", prefixes[i].in);
	}
	for (size_t i = 0; i < sizeof held / sizeof *held; i++) {
		bool ok = prefix_read(slice_str(held[i].prefix), &x, NULL) && addr_read(slice_str(held[i].addr), &a);

		OK(ok && prefix_holds(&x, &a) == held[i].holds, "%s in %s", held[i].addr, held[i].prefix);
	}
	buf_free(&b);
}
