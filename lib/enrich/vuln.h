/*
 * vuln (private to the room): what tables say of a CVE, and what follows from it (ENRICH.md section 4).
 */
#ifndef IRPIPE_ENRICH_VULN_H
#define IRPIPE_ENRICH_VULN_H

#include "lib/base/mem.h"
#include "lib/base/stamp.h"
#include "lib/json/json.h"

enum truth { TRUTH_NO, TRUTH_YES, TRUTH_UNKNOWN };

/* What the tables know of one CVE; a source that was asked and does not list it has said no. */
struct vuln {
	uint64_t cve;
	enum truth kev, automatable, total;	/* total: the technical impact */
	int32_t added, due;		/* days since 1970; 0: none */
	bool ransomware, scored;
	double epss, percentile;
};

/* "CVE-2021-44228", "cve.2021.44228": year and number; 0: no such id. */
uint64_t cve_read(struct slice);
void cve_put(uint64_t, struct buf *);

/* Rows by CVE, sorted when all are there. */
struct cve_row {
	uint64_t cve;
	double a, b;
	int32_t added, due;
	uint8_t flags;
};
struct cve_table {
	struct cve_row *row;
	size_t n, cap;
};
void cve_add(struct cve_table *, const struct cve_row *);
void cve_done(struct cve_table *);	/* of equal ones the last counts */
const struct cve_row *cve_find(const struct cve_table *, uint64_t cve);
void cve_free(struct cve_table *);
/* YYYY-MM-DD */
bool day_read(struct slice, int32_t *day) must_use;
void day_put(int32_t day, struct json_out *, const char *name);

/*
 * CISA's BOD 26-04, CERT/CC SSVC decision table 1.0.0: row and outcome of four inputs; an unknown one counts as the stricter:
 * yes,
 * total.  days: -1 at the next system upgrade.
 */
struct decision {
	uint8_t row;
	int8_t days;
	bool forensic;
	struct slice outcome;
};
struct decision vuln_decide(enum truth kev, enum truth exposed, enum truth automatable, enum truth total);

/* What is known of the machine and the finding. */
struct vuln_context {
	enum truth exposed;
	int criticality;		/* 0 low .. 3 critical; -1: not known */
	bool alert, finding;		/* finding: there is a decision to be made */
	double cvss;			/* negative: none */
	struct stamp at;		/* of the record */
	bool timed;
	struct stamp now;		/* what is overdue is so then */
	const struct zone *zone;	/* a day ends there; NULL: UTC */
};
/* The object of ir.vuln. */
void vuln_put(const struct vuln *, const struct vuln_context *, struct json_out *);
/* Sorts the most urgent first. */
void vuln_rank(const struct vuln *, const struct vuln_context *, struct buf *out);

#endif
