# port
libirpipe_a_SOURCES +=
