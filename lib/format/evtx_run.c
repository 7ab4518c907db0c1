/* Programs run: templates with their values, fragments in values.  The stack is ours and has a limit. */
#include "lib/format/evtx.h"

static bool
push(struct evtx *x, bool passing, size_t from, size_t to, size_t values, struct fault *f)
{
	if (x->runs == EVTX_NESTING)
		return fault_set(f, "evtx-depth: fragments too deep", 0);
	x->run[x->runs++] = (struct evtx_run){.passing = passing, .from = from, .to = to, .at = from, .values = values,
	    .count = x->values - values};
	return true;
}

static bool
fragment(struct evtx *x, size_t at, size_t end, struct fault *f)
{
	size_t from = x->passing.n;

	return evtx_compile(x, at, end, false, &x->passing, &x->mem, f) && push(x, true, from, x->passing.n, x->values, f);
}

static bool
take_values(struct evtx *x, const struct evtx_instance *i, struct fault *f)
{
	const char *p = x->chunk.p;
	size_t at = i->values;

	if (i->count > x->steps)
		return fault_set(f, "evtx-work: a record that takes too much work", at);
	x->steps -= i->count;
	for (size_t k = 0; k < i->count; k++) {
		size_t n = evtx_u16(p + i->table + 4 * k);
		uint8_t type = (uint8_t)p[i->table + 4 * k + 2];

		if (x->values == x->value_cap)
			x->value = mem_grow(x->value, &x->value_cap, x->values, sizeof *x->value);
		x->value[x->values++] = (struct evtx_value){slice_of(p + at, n), type == EVTX_TEXT ? EVTX_UNKNOWN : type};
		at += n;
	}
	return true;
}

static size_t
in_chunk(const struct evtx *x, struct slice s)
{
	return (size_t)(s.p - x->chunk.p);
}

/* The names are lost with the definition: the values stand as nameless data, those of a fragment in the same place. */
static bool
nameless(struct evtx *x, size_t values, struct fault *f)
{
	struct evtx_writer *w = &x->w;
	size_t depth = w->depth;
	bool ok = true;

	w->fluid = true;
	w->err |= 1u << ERR_no_template;
	if (depth == 0)
		ok = evtx_open(w, SLICE("Event")) && evtx_open(w, SLICE("EventData"));
	for (size_t k = values; ok && k < x->values && w->out.n < EVTX_JSON; k++) {
		if (x->value[k].type == EVTX_NULL || x->value[k].type == EVTX_BINXML)
			continue;
		ok = evtx_open(w, SLICE("Data"));
		if (!ok)
			break;
		evtx_start(w);
		evtx_text(w, x->value[k]);
		evtx_close(w);
	}
	while (w->depth > depth)
		evtx_close(w);
	x->values = values;
	return ok || fault_set(f, "evtx-depth: elements too deep", 0);
}

static bool
instance(struct evtx *x, size_t at, struct fault *f)
{
	const struct evtx_def *t;
	struct evtx_instance i;
	size_t values = x->values;

	if (!evtx_instance(x, at, x->chunk.n, &i))
		return fault_set(f, "evtx-binxml: a template's values do not fit", at);
	if (!take_values(x, &i, f))
		return false;
	t = evtx_template(x, i.definition);
	x->w.err |= t ? t->err : 0;
	x->template_err |= t ? t->err : 0;
	return t ? push(x, false, t->from, t->to, values, f) : nameless(x, values, f);
}

static bool
slot(struct evtx *x, struct evtx_run *r, uint16_t index, struct fault *f)
{
	struct evtx_value v;

	if (index >= r->count)
		return true;
	v = x->value[r->values + index];
	if (v.type != EVTX_BINXML) {
		x->w.mark = (uint16_t)(r->values + index);
		x->w.items = x->first[(r->values + index) % EVTX_VALUES_MAX];
		evtx_text(&x->w, v);
		return true;
	}
	if (x->w.in_attr || v.bytes.n == 0)
		return true;
	evtx_start(&x->w);
	return fragment(x, in_chunk(x, v.bytes), in_chunk(x, v.bytes) + v.bytes.n, f);
}

static bool
absent(const struct evtx *x, const struct evtx_run *r, uint16_t index)
{
	return index != NO_INDEX && index < r->count && x->value[r->values + index].type == EVTX_NULL;
}

static bool
step(struct evtx *x, struct evtx_run *r, struct fault *f)
{
	const struct evtx_step *s = &(r->passing ? &x->passing : &x->lasting)->v[r->at++];
	struct evtx_writer *w = &x->w;

	switch ((enum evtx_do)s->what) {
	case DO_OPEN:
		if (absent(x, r, s->index))
			r->at = r->from + s->to;
		else if (!evtx_open(w, s->text))
			return fault_set(f, "evtx-depth: elements too deep", 0);
		return true;
	case DO_ATTR:
		evtx_attr(w, s->text);
		return true;
	case DO_START:
		evtx_start(w);
		return true;
	case DO_CLOSE:
		evtx_close(w);
		return true;
	case DO_TEXT:
		if (w->marking && r->passing && !evtx_names(w)) {
			w->mark = (uint16_t)x->texts++;
			evtx_text(w, (struct evtx_value){.type = EVTX_TEXT});
		} else {
			evtx_literal(w, s->text);
		}
		return true;
	case DO_SLOT:
		return slot(x, r, s->index, f);
	case DO_INSTANCE:
		return instance(x, s->to, f);
	}
	return true;
}

static bool
within(struct evtx *x, struct fault *f)
{
	if (x->w.out.n > EVTX_JSON || x->w.attrs.n > EVTX_JSON)
		return fault_set(f, "record-length: more than 1 MiB of JSON", 0);
	if (x->steps <= x->w.cost)
		return fault_set(f, "evtx-work: a record that takes too much work", 0);
	x->steps -= 1 + x->w.cost;
	x->w.cost = 0;
	return true;
}

static bool
go(struct evtx *x, size_t at, size_t end, struct fault *f)
{
	if (!fragment(x, at, end, f))
		return false;
	while (x->runs) {
		struct evtx_run *r = &x->run[x->runs - 1];

		if (r->at >= r->to) {
			x->values = r->values;
			if (r->passing)
				x->passing.n = r->from;
			x->runs--;
			continue;
		}
		if (!step(x, r, f) || !within(x, f))
			return false;
	}
	return true;
}

bool
evtx_run(struct evtx *x, size_t at, size_t end, struct slice *json, struct fault *f)
{
	size_t budget = x->chunk_steps < EVTX_STEPS ? x->chunk_steps : EVTX_STEPS;
	bool ok;

	x->runs = x->values = x->passing.n = 0;
	arena_reset(&x->mem);
	evtx_write_begin(&x->w);
	x->steps = budget;
	ok = go(x, at, end, f);
	x->chunk_steps -= budget - x->steps;
	if (!ok)
		return false;
	*json = evtx_write_end(&x->w);
	return json->n > 0 || fault_set(f, "evtx-binxml: no element", at);
}
