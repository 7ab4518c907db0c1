# unit tests of lib/tool
