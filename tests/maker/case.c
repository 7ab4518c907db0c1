/*
 * case OUTDIR [--scale N]: writes the bundled case.  OUTDIR/evidence is what a responder would have collected; beside it
 * lie assets.csv for ir-enrich, README.txt with the story, and truth.tsv: file, ordinal, technique, what.
 */
#include "tests/maker/case.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static const char assets[] =
	"host,ip,name,owner,criticality,service,exposed,sector,tenant,country\n"
	"fw01,10.20.0.1,Firewall,network team,high,Internet access,yes,manufacturing,brackwater,IE\n"
	"web01,10.20.10.11,Public web site,web team,medium,web site and careers form,yes,manufacturing,brackwater,IE\n"
	"jump01,10.20.10.22,SSH jump host,platform team,high,remote administration,yes,manufacturing,brackwater,IE\n"
	"mx01,10.20.10.25,Mail relay,platform team,high,mail,yes,manufacturing,brackwater,IE\n"
	"db01,10.20.30.15,Customer database,data team,critical,orders and customers,no,manufacturing,brackwater,IE\n"
	"dc01,10.20.40.5,Domain controller,platform team,critical,Active Directory and DNS,no,manufacturing,brackwater,IE\n"
	"ws07,10.20.50.107,Workstation of Mara Okafor,finance,medium,accounts payable,no,manufacturing,brackwater,IE\n"
	"ws11,10.20.50.111,Workstation of Iben Tveit,platform team,high,domain administration,no,manufacturing,brackwater,IE\n"
	"ws03,10.20.50.103,Workstation of Sol Abara,sales,low,office,no,manufacturing,brackwater,IE\n"
	"sensor01,10.20.0.9,Network sensor,security,high,Suricata and Zeek,no,manufacturing,brackwater,IE\n";

static void
die(const char *what, const char *path)
{
	fprintf(stderr, "case: %s: %s: %s\n", path, what, strerror(errno));
	exit(4);
}

/* Makes each folder that leads to the file. */
static void
folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0777) != 0 && errno != EEXIST)
			die("cannot make the folder", path);
		*slash = '/';
	}
}

static void
save(const char *dir, const char *name, struct slice s)
{
	struct buf path = {0};
	FILE *f;

	buf_str(&path, dir);
	buf_byte(&path, '/');
	buf_str(&path, name);
	buf_cstr(&path);
	folders(path.p);
	f = fopen(path.p, "wb");
	if (!f || fwrite(s.p, 1, s.n, f) != s.n || fclose(f) != 0)
		die("cannot write", path.p);
	buf_free(&path);
}

static void
save_log(const char *dir, struct log *l, struct buf *truth)
{
	struct buf all = {0}, name = {0};

	buf_lit(&name, "evidence/");
	buf_str(&name, l->path);
	log_bytes(l, &all);
	save(dir, buf_cstr(&name), buf_slice(&all));
	case_truth(l, truth);
	buf_free(&all);
	buf_free(&name);
}

static unsigned
scale_of(const char *word)
{
	char *end;
	unsigned long v = strtoul(word, &end, 10);

	if (*word < '1' || *word > '9' || *end || v > 1000) {
		fprintf(stderr, "case: --scale: a number from 1 to 1000 is needed\n");
		exit(2);
	}
	return (unsigned)v;
}

int
main(int argc, char **argv)
{
	static struct company c = {.scale = 1};
	const char *dir = argc > 1 ? argv[1] : NULL;
	struct buf truth = {0}, story = {0};

	if (argc == 4 && strcmp(argv[2], "--scale") == 0) {
		c.scale = scale_of(argv[3]);
	} else if (argc != 2 || dir[0] == '-') {
		fprintf(stderr, "usage: case OUTDIR [--scale N]\n");
		return 2;
	}
	case_make(&c);
	buf_lit(&truth, "file\trecord\ttechnique\twhat\n");
	for (int i = 0; i < LOGS; i++) {
		save_log(dir, &c.log[i], &truth);
		log_free(&c.log[i]);
	}
	save(dir, "truth.tsv", buf_slice(&truth));
	save(dir, "assets.csv", slice_str(assets));
	story_words(&story);
	save(dir, "README.txt", buf_slice(&story));
	buf_free(&story);
	buf_free(&truth);
	return 0;
}
