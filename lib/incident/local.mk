# incident
libirpipe_a_SOURCES += lib/incident/label.c lib/incident/label.h
