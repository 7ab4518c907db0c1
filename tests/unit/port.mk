# unit tests of lib/port
