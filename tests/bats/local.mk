# bats
