#!/usr/bin/env bats
# recipes: those of ir-recipes(7) with the programs themselves, where they are.
load common

setup() {
	cd "$BATS_TEST_TMPDIR"
	ingest=$(command -v ir-ingest)
	PATH=$PATH:/usr/sbin:/opt/zeek/bin
}

# soon N FILE: until the file has N events.
soon() {
	for i in $(seq 100); do
		[ ! -f "$2" ] || [ "$(grep -c '"kind":"event","id"' "$2")" -lt "$1" ] || return 0
		sleep 0.1
	done
	fail "$1 events wanted in $2" "$(head -c 1000 "$2")" "$(cat log)"
}

# The recipe itself, out of the page: what stands in the display behind WORDS.
recipe() {
	awk -v words="$1" 'index($0, words) == 1 { found = 1 } found && /^\.Ed/ { exit } found && on { print } found && /^\.Bd/ { on = 1 }' \
		"$abs_top_srcdir/man/ir-recipes.7" | sed "s|\\\\e|\\\\|g; s|/usr/bin/ir-ingest|$ingest|; s|/var/log/irpipe|$PWD|"
}

@test "rsyslog, omprog" {
	command -v rsyslogd >/dev/null || skip "no rsyslog here"
	command -v logger >/dev/null || skip "no logger here"
	{
		echo 'module(load="imuxsock" SysSock.Use="off")'
		echo "input(type=\"imuxsock\" Socket=\"$PWD/sock\")"
		recipe '.Ss rsyslog'
	} >conf
	grep -q omprog conf
	rsyslogd -n -C -f "$PWD/conf" -i "$PWD/pid" >log 2>&1 3>&- &
	pid=$!
	for i in $(seq 50); do [ ! -S sock ] || break; sleep 0.1; done
	logger -u sock -t sshd 'Failed password for root from 10.0.0.1 port 22 ssh2'
	logger -u sock -t sshd 'Failed password for root from 10.0.0.2 port 22 ssh2'
	soon 2 events.ndjson
	kill "$pid"
	wait "$pid" || :
	for i in $(seq 50); do grep -q '"kind":"end"' events.ndjson && break; sleep 0.1; done
	[ "$(jq -r 'select(.ir.kind == "event") | .source.ip' events.ndjson | tr '\n' ' ')" = "10.0.0.1 10.0.0.2 " ]
	[ "$(tail -n 1 events.ndjson | jq -r .ir.kind)" = end ]
}

@test "syslog-ng, program()" {
	command -v syslog-ng >/dev/null || skip "no syslog-ng here"
	command -v logger >/dev/null || skip "no logger here"
	{
		echo "@version: $(syslog-ng --version | sed -n 's/^Config version: //p')"
		echo "source s_src { unix-dgram(\"$PWD/sock\"); };"
		recipe '.Ss syslog-ng'
	} >conf
	syslog-ng -F --no-caps -f conf -R "$PWD/persist" -c "$PWD/ctl" -p "$PWD/pid" >log 2>&1 3>&- &
	pid=$!
	for i in $(seq 50); do [ ! -S sock ] || break; sleep 0.1; done
	logger -u sock -t sshd 'Failed password for root from 10.0.0.1 port 22 ssh2'
	soon 1 events.ndjson
	kill "$pid"
	wait "$pid" || :
	[ "$(jq -r 'select(.ir.kind == "event") | .source.ip' events.ndjson)" = 10.0.0.1 ]
}

@test "the journal, journalctl -o export" {
	command -v journalctl >/dev/null || skip "no journalctl here"
	[ "$(journalctl -o export -n 3 2>/dev/null | grep -c ^MESSAGE)" -gt 0 ] || skip "no journal here that can be read"
	journalctl -o export -n 3 | wants 0 ir-ingest -f --format journal -
	[ "$(grep -c '"kind":"event","id"' out)" -ge 1 ]
}

# A capture with one packet: UDP from 10.0.0.1 to 10.0.0.2, port 53, a query for a.b.
capture() {
	printf '\324\303\262\241\002\000\004\000\000\000\000\000\000\000\000\000\377\377\000\000\001\000\000\000'
	printf '\000\000\000\140\000\000\000\000\077\000\000\000\077\000\000\000'
	printf '\002\000\000\000\000\002\002\000\000\000\000\001\010\000'
	printf '\105\000\000\061\000\001\000\000\100\021\146\271\012\000\000\001\012\000\000\002'
	printf '\020\000\000\065\000\035\000\000'
	printf '\000\001\001\000\000\001\000\000\000\000\000\000\001a\001b\000\000\001\000\001'
}

@test "Suricata writes eve.json, ir-ingest follows" {
	command -v suricata >/dev/null || skip "no Suricata here"
	capture >one.pcap
	mkdir d
	ir-ingest -q -f --state S d >out 2>log 3>&- &
	pid=$!
	suricata -r one.pcap -l d -k none >log 2>&1
	soon 1 out
	kill "$pid"
	wait "$pid"
	jq -e 'select(.ir.kind == "event") | .event.dataset | startswith("suricata")' out >/dev/null
}

@test "Zeek writes its logs, ir-ingest follows" {
	command -v zeek >/dev/null || skip "no Zeek here"
	capture >one.pcap
	mkdir d
	ir-ingest -q -f --state S d >out 2>log 3>&- &
	pid=$!
	(cd d && zeek -C -r ../one.pcap) >>log 2>&1
	soon 1 out
	kill "$pid"
	wait "$pid"
	jq -e 'select(.ir.kind == "event") | .event.dataset | startswith("zeek")' out >/dev/null
}

@test "what Suricata and Zeek do with files: written in pieces, renamed, begun anew with a header" {
	mkdir d
	ir-ingest -q -f --state S d >out 2>log 3>&- &
	pid=$!
	head='#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n'
	head=$head'#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\n#types\ttime\tstring\taddr\tport\taddr\tport\n'
	# shellcheck disable=SC2059  # the head is a format
	printf "$head" >d/conn.log
	printf '1456789012.5\tC1\t10.0.0.1\t1\t10.0.0.2\t2\n1456789013.5\tC2\t10.0.' >>d/conn.log
	printf '{"timestamp":"2026-03-02T08:00:00.000000+0000","event_type":"dns","src_ip":"10.1.0.1","flow_id":1}\n' >d/eve.json
	soon 2 out
	printf '0.3\t3\t10.0.0.4\t4\n' >>d/conn.log
	soon 3 out
	mv d/conn.log d/conn.2016-02-29-23-36-52.log
	printf '#close\t2016-02-29-23-36-54\n' >>d/conn.2016-02-29-23-36-52.log
	# shellcheck disable=SC2059
	printf "$head" >d/conn.log
	printf '1456789014.5\tC3\t10.0.0.5\t5\t10.0.0.6\t6\n' >>d/conn.log
	soon 4 out
	kill "$pid"
	wait "$pid"
	[ "$(jq -r 'select(.ir.kind == "event") | .source.ip' out | sort | tr '\n' ' ')" = "10.0.0.1 10.0.0.3 10.0.0.5 10.1.0.1 " ]
	[ "$(jq -r 'select(.ir.kind == "event") | .ir.src.fmt' out | sort | uniq -c | tr -s ' \n' ' ')" = " 1 json 3 zeek " ]
}
