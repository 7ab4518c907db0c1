# unit tests of lib/act
