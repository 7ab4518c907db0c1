# report
libirpipe_a_SOURCES +=
