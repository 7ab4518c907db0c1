# json
libirpipe_a_SOURCES +=
