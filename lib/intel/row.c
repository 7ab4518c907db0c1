/* What all readers share: a value becomes an indicator, a row of a table one or several. */
#include "lib/intel/read.h"

const struct slice intel_skip_name[INTEL_SKIPS] = {[INTEL_CONTEXT] = SLICE_INIT("context"),
    [INTEL_REVOKED] = SLICE_INIT("revoked"),
    [INTEL_PATTERN] = SLICE_INIT("unsupported"), [INTEL_VALUE] = SLICE_INIT("no-value"),
    [INTEL_KNOWN] = SLICE_INIT("known-good")};

bool
read_skip(struct intel_read *r, enum intel_skip why)
{
	r->skipped[why]++;
	return true;
}

bool
read_value(struct intel_read *r, struct slice text, enum intel_type type, const struct intel_new *n)
{
	struct intel_value v;

	buf_reset(&r->bytes);
	if (!value_read(text, type, &v, &r->bytes))
		return read_skip(r, INTEL_VALUE);
	if (r->known && r->known(r->self, &v, buf_slice(&r->bytes)))
		return read_skip(r, INTEL_KNOWN);
	r->added++;
	return intel_build_add(r->build, &v, buf_slice(&r->bytes), n);
}

/* Of "filename|md5", "domain|ip", "ip-dst|port" what can be looked up counts; the rest describes it. */
bool
read_typed(struct intel_read *r, struct slice word, struct slice text, const struct intel_new *n)
{
	bool known, any = false, more = true;
	enum intel_type type;

	while (word.p && more) {
		bool last = slice_find(word, '|') == word.n;
		struct slice one = slice_cut(&word, '|'), value = last ? text : slice_cut(&text, '|');

		type = type_of(one, &known);
		if (!known || value.p == NULL)
			continue;
		/* malware-sample is "file name|MD5". */
		if (type == INTEL_TYPES && last && slice_find(value, '|') < value.n)
			value = slice_from(value, slice_rfind(value, '|') + 1);
		any = true;
		more = read_value(r, value, type, n);
	}
	if (!any)
		read_skip(r, INTEL_PATTERN);
	return more;
}

void
row_begin(struct row *row, struct slice source)
{
	*row = (struct row){.common = {.source = source, .confidence = INTEL_UNKNOWN, .from = INT64_MIN, .until = INT64_MAX}};
}

static void
put_value(struct row *row, struct slice text, enum intel_type type, bool typed)
{
	if (row->n == ROW_VALUES)
		return;
	row->value[row->n].text = text;
	row->value[row->n].type = type;
	row->value[row->n++].typed = typed;
}

void
row_cell(struct row *row, enum column column, enum intel_type type, struct slice text)
{
	text = slice_trim(text);
	if (text.n == 0 || slice_eq(text, SLICE("-")) || slice_eq_nocase(text, SLICE("none")) || slice_eq_nocase(text,
	    SLICE("n/a")))
		return;
	switch (column) {
	case COLUMN_VALUE:
	case COLUMN_TYPED:
		put_value(row, text, type, column == COLUMN_TYPED);
		break;
	case COLUMN_TYPE:
		row->type = text;
		break;
	case COLUMN_CONFIDENCE:
		row->common.confidence = confidence_of(text);
		break;
	case COLUMN_TLP:
		row->common.tlp = intel_tlp_read(text);
		break;
	case COLUMN_FROM:
		(void)time_of(text, &row->common.from);
		break;
	case COLUMN_UNTIL:
		(void)time_of(text, &row->common.until);
		break;
	case COLUMN_SOURCE:
		row->common.source = text;
		break;
	case COLUMN_NAME:
		row->common.name = text;
		break;
	case COLUMN_ID:
		if (uuid_of(text, row->id))
			row->common.id = row->id;
		break;
	case COLUMN_IDS:
		row->context = slice_eq(text, SLICE("0")) || slice_eq_nocase(text, SLICE("false"));
		break;
	case COLUMN_NONE:
		break;
	}
}

bool
row_end(struct intel_read *r, struct row *row)
{
	bool more = true, explicit_value = false;

	if (row->n && row->context)
		return read_skip(r, INTEL_CONTEXT);
	for (size_t i = 0; i < row->n; i++)
		explicit_value |= !row->value[i].typed;
	for (size_t i = 0; i < row->n && more; i++) {
		/* Beside a column for the value of an indicator the others describe it. */
		if (row->value[i].typed && explicit_value)
			continue;
		if (row->value[i].typed || row->type.n == 0)
			more = read_value(r, row->value[i].text, row->value[i].typed ? row->value[i].type : INTEL_TYPES,
			    &row->common);
		else
			more = read_typed(r, row->type, row->value[i].text, &row->common);
	}
	return more;
}
