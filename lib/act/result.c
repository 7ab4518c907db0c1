#include "lib/act/result.h"

#include "lib/json/json.h"

const struct slice act_state_name[ACT_STATES] = {
	[ACT_PLANNED] = SLICE_INIT("planned"), [ACT_DONE] = SLICE_INIT("done"), [ACT_REFUSED] = SLICE_INIT("refused"),
	[ACT_FAILED] = SLICE_INIT("failed"), [ACT_UNDONE] = SLICE_INIT("undone"), [ACT_UNKNOWN] = SLICE_INIT("unknown"),
};

bool
act_state_read(struct slice s, enum act_state *state)
{
	for (int i = 0; i < ACT_STATES; i++)
		if (slice_eq(s, act_state_name[i])) {
			*state = (enum act_state)i;
			return true;
		}
	return false;
}

void
act_words_add(const struct slice *word, size_t n, struct buf *out)
{
	struct json_out j = json_out(out);

	jo_open(&j, '[');
	for (size_t i = 0; i < n; i++)
		jo_text(&j, word[i]);
	jo_close(&j, ']');
}

void
act_result_add(const struct act_result *r, struct buf *out)
{
	struct json_out j = json_out(out);
	struct buf words = {0};

	act_words_add(r->argv, r->argc, &words);
	jo_open(&j, '{');
	jo_ktext(&j, "action", r->id);
	jo_ktext(&j, "key", r->key);
	jo_ktext(&j, "incident", r->incident);
	jo_ktext(&j, "name", r->name);
	jo_kraw(&j, "args", r->args.n ? r->args : SLICE("{}"));
	jo_ktext(&j, "state", act_state_name[r->state]);
	if (r->reason.n)
		jo_ktext(&j, "reason", r->reason);
	if (r->ran)
		jo_ki64(&j, "exit", r->exit);
	if (r->checked)
		jo_kbool(&j, "check", r->present);
	if (r->until.n)
		jo_ktext(&j, "until", r->until);
	jo_kraw(&j, "argv", buf_slice(&words));
	jo_close(&j, '}');
	buf_free(&words);
}
