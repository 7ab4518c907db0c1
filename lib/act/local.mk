# act
libirpipe_a_SOURCES +=
