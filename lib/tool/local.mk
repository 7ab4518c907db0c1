# tool
libirpipe_a_SOURCES +=
