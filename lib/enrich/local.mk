# enrich
libirpipe_a_SOURCES +=
