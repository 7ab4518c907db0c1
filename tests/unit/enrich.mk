# unit tests of lib/enrich
