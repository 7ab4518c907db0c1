# the default playbooks, compiled in
