# unit tests of lib/format
