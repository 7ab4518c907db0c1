#include "lib/event/trace.h"

static bool
scalar(const struct json *j, uint32_t node)
{
	switch (json_type(j, node)) {
	case JSON_STRING: case JSON_NUMBER: case JSON_TRUE: case JSON_FALSE:
		return true;
	default:
		return false;
	}
}

/* What is no scalar gives no text: the layout tells that. */
static uint16_t
add(struct trace *t, const struct json *j, struct trace_step s)
{
	if (!scalar(j, s.node))
		return 0;
	if (t->n == TRACE_MAX) {
		t->lost = true;
		return 0;
	}
	t->step[t->n++] = s;
	return t->n;
}

uint16_t
trace_open(struct trace *t, const struct json *j, uint32_t node, enum step_kind kind, uint16_t field, uint8_t how)
{
	t->open = true;
	return add(t, j, (struct trace_step){node, field, (uint8_t)kind, how});
}

uint16_t
trace_close(struct trace *t)
{
	t->open = false;
	return 0;
}

void
trace_ask(struct trace *t, const struct json *j, uint32_t node, enum step_kind kind)
{
	if (t->open)
		return;
	for (uint16_t i = 0; i < t->n; i++)
		if (t->step[i].node == node && (t->step[i].kind == kind || t->step[i].kind == STEP_TEXT))
			return;
	(void)add(t, j, (struct trace_step){node, 0, (uint8_t)kind, 0});
}
