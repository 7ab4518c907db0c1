# sigma
libirpipe_a_SOURCES +=
