/*
 * plan: events of a known kind, fast.  Records of one producer come in few layouts, and each layout's records are normalised in
 * few ways.  A plan is such a way, learnt from one record that was read in full: which texts must be equal, which conversions
 * come to the same, and the event's line with places for what differs.  A record that a plan fits gives the same bytes as
 * shape_fill and event_write would, without a tape; what fits none is read in full.
 *
 *	struct json_layouts *all = plans_layouts(p);
 *	l = json_quick(j, all, &q);
 *	if (l && plan_read(p, l, &q)) { plan_put(p, off, rec, out); json_quick_take(j); }
 *	else if (json_line(j, &f)) { plan_watch(p, l, j, e); shape_fill(...); plan_learn(p, j, e); event_write(...); }
 *
 * Ownership: one thread.  What plan_read found is valid until the next call, as the line is.
 */
#ifndef IRPIPE_EVENT_PLAN_H
#define IRPIPE_EVENT_PLAN_H

#include "lib/event/shape.h"
#include "lib/json/layout.h"

struct plans;
struct plans *plans_new(const struct shape_options *) must_use;
void plans_free(struct plans *);
struct json_layouts *plans_layouts(struct plans *);

struct plan_told {
	struct stamp at;		/* the record's own time: those without are read in full */
	uint32_t err;
};
/* False: no plan fits. */
bool plan_read(struct plans *, const struct json_layout *, const struct json_quick *, struct plan_told *) must_use;
/* Format and label (they must live) of what plan_put writes from now on. */
void plan_from(struct plans *, const struct event_src *);
/* Appends the line of the event that plan_read told; `off` and `rec` as in struct event_src. */
void plan_put(struct plans *, uint64_t off, uint64_t rec, struct buf *out);

/*
 * Before shape_fill of the line that json_line gave: how the fields of `e` come about is followed if it is worth it, until
 * plan_learn. `l` is the line's layout as json_quick told it; NULL: it is learnt first, if it can be.
 */
void plan_watch(struct plans *, struct json_layout *l, struct json *j, struct event *e);
/* After shape_fill, before event_write. */
void plan_learn(struct plans *, struct json *j, struct event *e);

/*
 * For a reader that knows the layouts of its records by itself: it owns them, and calls plan_drop before one goes; the line of a quick
 * is what becomes raw, `original` the record's bytes in the source.
 */
void plan_learn_quick(struct plans *, const struct json_quick *, struct event *e);
void plan_put_record(struct plans *, uint64_t off, uint64_t rec, struct slice original, struct buf *out);
void plan_drop(struct json_layout *);

#endif
