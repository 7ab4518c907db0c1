# unit tests of lib/json
