# unit tests of lib/report
