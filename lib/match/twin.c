/* The 4688 event of Security as process_creation (DETECTION.md, "The 4688 twin"). */
#include "lib/match/room.h"

/* OVER: the event has a member of that name that means another thing. */
enum twin_how { TWIN_SAME, TWIN_USER, TWIN_LABEL, TWIN_OVER };
static const struct {
	const char *field, *of;
	enum twin_how how;
} twin[] = {
	{"Image", "NewProcessName", TWIN_SAME}, {"ParentImage", "ParentProcessName", TWIN_SAME}, {"LogonId", "SubjectLogonId", TWIN_SAME},
	{"User", "SubjectUserName", TWIN_USER}, {"IntegrityLevel", "MandatoryLabel", TWIN_LABEL}, {"ProcessId", "NewProcessId", TWIN_OVER},
	{"ParentProcessId", "\001ProcessId", TWIN_OVER},
};

static struct slice
text_of(struct match_room *r, const char *name)
{
	struct map_row *row = map_get(&r->set->field_index, slice_str(name));
	struct slice text = {NULL, 0};
	struct match_value *v = row ? field_value(r, (uint32_t)row->v.u) : NULL;

	if (v && v->found && v->nodes && value_text(r, v, 0, false, &text))
		return text;
	return (struct slice){NULL, 0};
}

/* S-1-16-N, or the %%N that some exports keep. */
static struct slice
integrity(struct slice label)
{
	static const struct {
		const char *end, *name;
	} row[] = {{"-4096", "Low"}, {"-8192", "Medium"}, {"-8448", "Medium"}, {"-12288", "High"}, {"-16384", "System"}};

	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		if (slice_starts(label, SLICE("S-1-16-")) && slice_ends(label, slice_str(row[i].end)))
			return slice_str(row[i].name);
	return (struct slice){NULL, 0};
}

bool
twin_wins(int which)
{
	return twin[which].how == TWIN_OVER;
}

bool
twin_look(struct match_room *r, int which, struct match_value *v)
{
	struct slice of, domain;
	struct buf b = {0};

	if (!field_value(r, r->set->new_process)->found)
		return false;
	of = text_of(r, twin[which].of);
	if (twin[which].how == TWIN_LABEL) {
		of = integrity(of);
	} else if (twin[which].how == TWIN_USER && of.n) {
		domain = text_of(r, "SubjectDomainName");
		buf_slice_add(&b, domain);
		buf_lit(&b, "\\");
		buf_slice_add(&b, of);
		of = arena_slice(&r->arena, domain.n ? buf_slice(&b) : of);
		buf_free(&b);
	}
	v->text = of;
	v->made = v->found = of.n > 0;
	v->nodes = v->made;
	return v->found;
}

void
twin_intern(struct match_set *s, struct match_field *f)
{
	for (size_t i = 0; i < sizeof twin / sizeof *twin; i++)
		if (slice_eq(f->name, slice_str(twin[i].field))) {
			f->twin = (int)i + 1;
			(void)field_intern(s, slice_str(twin[i].of));
			(void)field_intern(s, SLICE("SubjectDomainName"));
		}
}
