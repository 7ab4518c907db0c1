# the default rules, compiled in
