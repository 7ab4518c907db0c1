# unit tests of lib/play
