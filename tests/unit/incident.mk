# unit tests of lib/incident
