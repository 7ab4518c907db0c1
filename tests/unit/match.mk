# unit tests of lib/match
