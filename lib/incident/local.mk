# incident
libirpipe_a_SOURCES +=
