/*
 * model: what a report needs of the stream, kept in bounded memory: per alert a row of numbers, every text once.  Texts are
 * redacted when they are taken in, so that no writer can forget it.  What a cap leaves out is counted and said in the report.
 *
 *	model_new; model_record for each record; model_finish; then only read.
 *
 * The model owns all that its slices point to.  One thread.
 */
#ifndef IRPIPE_REPORT_MODEL_H
#define IRPIPE_REPORT_MODEL_H

#include "lib/base/fault.h"
#include "lib/base/map.h"
#include "lib/report/model_rows.h"
#include "lib/report/redact.h"

struct report_options {
	struct slice stack;		/* field whose values are counted; empty: none */
	bool keep_secrets, now_given;
	struct stamp now;
	uint64_t text_budget;		/* 0: TEXT_BUDGET; tests make it small */
	const struct slice *mask;	/* names that are masked everywhere; the caller's */
	size_t masks;
	uint32_t tlp_max;		/* what is marked above is left out before it is counted; 0: nothing is */
};

struct model {
	struct report_options o;
	struct redactor redactor;
	struct map text;		/* every text once */
	uint64_t text_bytes, text_budget, texts_dropped, alerts_dropped, folded, docs_dropped, doc_bytes, entities_dropped,
	    sources_dropped;
	uint32_t *item;
	size_t items, item_cap;

	struct alert *alert;
	size_t alerts, alert_cap;
	struct why *why;
	size_t whys, why_cap;
	struct process *process;
	size_t processes, process_cap;
	struct rule *rule;
	size_t rules, rule_cap;
	struct finding *finding;
	size_t findings, finding_cap;
	struct entity *entity;
	size_t entities, entity_cap;
	struct map rule_by, finding_by, entity_by, note_by, source_by, stack_by;
	struct map withheld;		/* ids of incidents that were marked above the ceiling */
	struct docs incident, action, result;
	struct note *note;
	size_t notes, note_cap;
	struct stage_end end[ENDS_MAX];
	size_t ends;
	struct source_row *source;
	size_t sources, source_cap;
	uint64_t stacked, stack_dropped;

	uint64_t in[KIND_COUNT];
	uint64_t hits[LEVELS];
	uint32_t tlp;			/* 0 none, 1 clear .. 5 red */
	struct stamp newest;
	bool dated;
	int64_t status;			/* highest of the ends */
	bool cut;			/* the stream has no end: the caller tells before model_finish */

	/* model_finish: */
	uint32_t *order;		/* alerts by story, time, event */
	uint32_t *by_time;
	struct story *story;
	size_t stories, story_cap;
	bool grouped_here;		/* stories without incidents */
	uint64_t events_hit, hosts_at[LEVELS], rules_at[LEVELS], hosts;
	struct chart chart;

	struct json_paths *paths;
	uint32_t *slot;
	const struct json *j;		/* of the record that is taken in */
	struct buf scratch, shown, made;
	struct json *reader;		/* for docs and ends */
};

struct model *model_new(const struct report_options *) must_use;
void model_record(struct model *, const struct record *);	/* any kind */
/* A row of a manifest (ir-ingest --manifest): path, size, sha256, format, records.  Before model_finish. */
bool model_manifest(struct model *, struct slice line, struct fault *) must_use;
void model_finish(struct model *);
void model_free(struct model *);

static inline struct slice
text_of(const struct model *m, uint32_t text)
{
	return m->text.row[text].key;
}
uint32_t keep_text(struct model *, struct slice);			/* as it is */
uint32_t text_shown(struct model *, struct slice, size_t max);		/* redacted and cut */
uint32_t item_of(const struct model *, struct list, uint32_t i);
bool list_has(const struct model *, struct list, uint32_t text);

int level_word(struct slice);
extern const char *const level_words[LEVELS];
extern const char *const tlp_words[6];				/* "TLP:CLEAR" ... */

/*
 * A document's member, for the writers: the object is scanned by model.reader, so only one is open at a time.  False: there is
 * none.
 */
bool doc_open(struct model *, struct slice json) must_use;
uint32_t doc_node(const struct model *, const char *path);		/* of the open document; JSON_NONE */
struct slice doc_text(struct model *, uint32_t node);			/* redacted; until the next call; JSON_NONE: empty */
uint64_t doc_u64(const struct model *, const char *path);		/* 0: none */

#endif
