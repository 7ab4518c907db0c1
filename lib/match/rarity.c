/*
 * How common a text is in the values of logs.  Which of several necessary texts is looked for decides how many rules are asked, never what they
 * answer; so a rough table of what stands in most paths, command lines and keys is enough.
 */
#include "lib/match/priv.h"

enum { SLOTS = 4096 };			/* a power of two, four times what the table below fills */

/* Folded, with how many of 1,000 values hold it. */
static const struct {
	const char *text;
	uint16_t often;
} common[] = {
	{"c:\\windows\\system32\\", 600}, {"c:\\program files (x86)\\", 200}, {"c:\\program files\\", 300}, {"c:\\users\\", 300}, {".exe\"", 400},
	{".exe", 900}, {".dll", 300}, {"\\appdata\\local\\", 150}, {"\\appdata\\roaming\\", 80}, {"\\temp\\", 80}, {"\\syswow64\\", 100},
	{"powershell.exe", 60}, {"\\windowspowershell\\v1.0\\", 60}, {"\\cmd.exe", 60}, {"\\svchost.exe", 150}, {"\\explorer.exe", 80},
	{"\\services.exe", 80}, {"\\rundll32.exe", 30}, {"\\conhost.exe", 60}, {"\\reg.exe", 20}, {"\\net.exe", 20}, {"\\net1.exe", 20},
	{"\\wmiprvse.exe", 30}, {"\\msiexec.exe", 20}, {"microsoft", 300}, {"windows", 700}, {"http://", 60}, {"https://", 60}, {"www.", 40},
	{".com", 80}, {"software\\microsoft\\windows\\currentversion\\", 150}, {"\\software\\microsoft\\windows nt\\currentversion\\", 80},
	{"hklm\\system\\currentcontrolset\\services\\", 150}, {"hklm\\software\\", 200}, {"hku\\s-1-5-21-", 100},
	{"\\registry\\machine\\", 100}, {"nt authority\\system", 300}, {"nt authority\\network service", 60},
	{"nt authority\\local service", 60}, {"c:\\programdata\\", 100}, {"sha256=", 800}, {"sha1=", 700}, {"md5=", 800},
	{"imphash=", 800}, {"svchost.exe -k ", 150}, {"c:\\windows\\", 700}, {"system", 400}, {"high", 200}, {"medium", 300}, {"true", 200},
	{"false", 300}, {"chrome.exe", 60}, {"msedge.exe", 60}, {"microsoft corporation", 400}, {"operating system", 300}, {"/usr/bin/", 300},
	{"/bin/", 300}, {"/etc/", 60}, {"/home/", 60}, {"/var/log/", 30}, {"/usr/", 400}, {"root", 200}, {"session", 60}, {"user", 200},
	{"failed", 60}, {"password", 40}, {"success", 200}, {"administrator", 60}, {"0x0", 200}, {"s-1-5-", 300}, {"localhost", 40},
	{"127.0.0.1", 60}, {"kernel", 40}, {"application", 100}, {"service", 150}, {"security", 100}, {"network", 60}, {"default", 60},
	{"version", 80}, {"local", 200}, {"update", 60}, {"file", 150}, {"process", 100}, {"event", 60}, {"error", 60}, {"amazonaws.com", 300},
};

static struct {
	uint32_t gram;
	uint16_t often;
} slot[SLOTS];
static bool started;

static uint32_t
four(const char *p)
{
	uint32_t g;

	memcpy(&g, p, sizeof g);
	return g;
}

static uint32_t
place(uint32_t gram)
{
	uint32_t i = gram * 0x9e3779b1u >> 20;

	while (slot[i].often && slot[i].gram != gram)
		i = (i + 1) % SLOTS;
	return i;
}

/* Filled once, before threads. */
void
rarity_start(void)
{
	if (started)
		return;
	started = true;
	for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
		size_t n = strlen(common[i].text);

		for (size_t k = 0; k + 4 <= n; k++) {
			uint32_t at = place(four(common[i].text + k));

			slot[at].gram = four(common[i].text + k);
			if (slot[at].often < common[i].often)
				slot[at].often = common[i].often;
		}
	}
}

uint32_t
rarity_gram(const char *p)
{
	return slot[place(four(p))].often;
}

/* Marks that few values hold, though each is but a byte. */
static bool
odd_mark(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr("`^~|{}[]$#!@<>;+?*'", s.p[i]) && s.p[i])
			return true;
	return false;
}

/* A text is as rare as its rarest four bytes, and the rarer the longer it is. */
uint32_t
rarity_of(struct slice s)
{
	static const uint16_t by_length[] = {1000, 900, 400, 120, 40, 20, 12, 8, 5, 5, 4, 4, 3, 3, 2, 2};
	uint32_t least = s.n < sizeof by_length / sizeof *by_length ? by_length[s.n] : 1, rarest = 1000;

	if (s.n < 4)
		return odd_mark(s) ? 30 : least;
	for (size_t i = 0; i + 4 <= s.n; i++) {
		uint32_t often = rarity_gram(s.p + i);

		if (often < rarest)
			rarest = often;
	}
	return rarest > least ? rarest : least;
}
