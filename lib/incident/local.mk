# incident
libirpipe_a_SOURCES += lib/incident/clock.c lib/incident/clock.h lib/incident/cue.c lib/incident/cue.h lib/incident/cue_line.c lib/incident/desk.c lib/incident/desk.h lib/incident/entity.c lib/incident/gate.c lib/incident/entity.h \
	lib/incident/incident.c lib/incident/incident.h lib/incident/judge.c lib/incident/label.c lib/incident/label.h \
	lib/incident/policy.c lib/incident/policy.h lib/incident/queries.def lib/incident/roster.c lib/incident/roster.h lib/incident/store.c lib/incident/store.h lib/incident/store_alert.c lib/incident/store_incident.c lib/incident/store_people.c \
	lib/incident/store_out.c lib/incident/store_priv.h lib/incident/story.c lib/incident/story.h lib/incident/story_link.c lib/incident/wait.c lib/incident/wait.h \
	lib/incident/write.c
