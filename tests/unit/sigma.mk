# unit tests of lib/sigma
