# format
libirpipe_a_SOURCES +=
