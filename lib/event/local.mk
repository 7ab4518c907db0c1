# event
libirpipe_a_SOURCES +=
