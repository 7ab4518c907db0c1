/*
 * model_priv: what the files that fill the model share; no writer includes it.
 */
#ifndef IRPIPE_REPORT_MODEL_PRIV_H
#define IRPIPE_REPORT_MODEL_PRIV_H

#include "lib/report/model.h"

enum path {
#define PATH(id, path) P_##id,
#include "lib/report/paths.def"
#undef PATH
	PATH_COUNT
};

uint32_t text_shown_part(struct model *, struct slice, size_t max, size_t *off, size_t *len);
struct slice text_head(struct slice, size_t max);
void item_add(struct model *, struct list *, uint32_t text);

/* Value of the record that is taken in: decoded, until the next call; empty: none.  An array gives its first item. */
struct slice value_at(struct model *, enum path);
struct slice value_of(struct model *, uint32_t node);
uint64_t number_at(struct model *, enum path);

void alert_take(struct model *, const struct record *);		/* intake.c */
void entities_take(struct model *, const struct alert *, uint32_t alert);	/* intake_entity.c */
uint32_t summary_take(struct model *);
struct source_row *source_take(struct model *, struct slice uri);	/* NULL: too many */
void control_take(struct model *, const struct record *);	/* intake_control.c */
void doc_take(struct model *, const struct record *);
void docs_settle(struct model *);			/* what a later mark withheld goes */
void stories_make(struct model *);				/* stories.c */
void chart_make(struct model *);				/* buckets.c */

#endif
