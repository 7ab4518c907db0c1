# play
libirpipe_a_SOURCES +=
