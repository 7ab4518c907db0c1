# match
libirpipe_a_SOURCES +=
