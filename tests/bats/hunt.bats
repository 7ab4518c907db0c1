#!/usr/bin/env bats
# looking for words, and hunts: finds, context, what was not found.
load common

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# event SECOND HOST WHAT: one line.
event() {
	printf '{"@timestamp":"2026-03-02T08:%02d:%02d.000000000Z","ir":{"v":1,"kind":"event","id":"%032x"},' $(($1 / 60)) $(($1 % 60)) "$1"
	printf '"host":{"name":"%s"},"raw":{"what":"%s","of":{"deep":["%s"]}}}\n' "$2" "$3" "$1"
}

seconds() {
	jq -r 'select(.ir.kind == "'"$1"'")."@timestamp"[14:19]' out | tr '\n' ' '
}

@test "-k: any value, any case, what Sigma reads as wildcard is itself" {
	{ event 1 a 'Sudo RM'; event 2 a 'x*y'; event 3 a 'xzy'; } >in
	wants 3 ir-match -q -k rm -k 'x*y' in
	[ "$(seconds alert)" = "00:01 00:02 " ]
	[ "$(jq -c 'select(.ir.kind == "alert").ir.alert | [.type, .why[0].off]' out | head -n 1)" = '["keyword",5]' ]
	wants 3 ir-match -q -k '/^x.y$/' in
	[ "$(seconds alert)" = "00:02 00:03 " ]
	wants 3 ir-match -q -k '/sudo/' in
	[ "$(seconds alert)" = "" ]
	wants 3 ir-match -q -k '/sudo/i' in
	[ "$(seconds alert)" = "00:01 " ]
	printf 'rm\nxzy\n' >words
	wants 3 ir-match -q -K words in
	[ "$(seconds alert)" = "00:01 00:03 " ]
	wants 2 ir-match -q -k '' in
}

@test "-C: events of the same host around a find, each once, for any -j" {
	for i in 1 2 3 4 5 6 7 8 9; do
		event $i a "$([ $i = 5 ] && echo find || echo no)"
		event $((i + 20)) b no
	done >in
	wants 3 ir-match -q -k find -C 2 in
	[ "$(jq -r 'select(.raw)."@timestamp"[14:19] + .ir.kind' out | tr '\n' ' ')" = "00:03event 00:04event 00:05alert 00:06event 00:07event " ]
	cp out one
	wants 3 ir-match -q -j 1 -k find -C 2 in
	cmp one out
}

@test "a hunt: what was found, and that nothing was found" {
	for i in $(seq 1 30); do event $i a "$([ $((i % 10)) = 0 ] && echo "new$i" || echo old)"; done >in
	echo old >known
	cat >h.yml <<-'END'
	title: H
	hypothesis: something is new
	queries:
	  - {name: first, selection: {what: '*'}, first-seen: {field: what, baseline: known}}
	  - {name: all, selection: {what|startswith: new}, level: low}
	  - {name: many, selection: {what: old}, threshold: {at-least: 9, within: 8s}}
	  - {name: none, selection: {what: never}}
	END
	wants 3 ir-match -q --hunt h.yml in
	[ "$(jq -r 'select(.ir.kind == "note").message' out)" = 'hunt "H", query "first": 3 found in 30 events, 30 of them looked at; hypothesis: something is new
hunt "H", query "all": 3 found in 30 events; hypothesis: something is new
hunt "H", query "many": 3 found in 30 events, 27 of them looked at; hypothesis: something is new
hunt "H", query "none": nothing found in 30 events; hypothesis: something is new' ]
	[ "$(jq -r 'select(.ir.kind == "alert").ir.alert.type' out | sort | uniq -c | tr -s ' ')" = " 9 hunt" ]
	echo '  - {name: x, selektion: {a: b}}' >>h.yml
	wants 2 ir-match -q --hunt h.yml in
	grep -q 'h.yml:8:' err
}

@test "a hunt: spike and silence" {
	{
		for m in 0 1 2 3 4 5 6 7; do
			for k in $(seq 1 $([ $m = 6 ] && echo 20 || echo 2)); do event $((m * 60 + k)) a tick; done
		done
		for s in 5 30 55 80 105; do event $s b beat; done
	} >in
	cat >h.yml <<-'END'
	title: H
	hypothesis: the rhythm breaks
	queries:
	  - {name: spike, selection: {what: tick}, spike: {by: host.name, every: 1m, factor: 5}}
	  - {name: silence, selection: {what: beat}, silence: {by: host.name, longer-than: 2m}}
	  - {name: no silence, selection: {what: tick}, silence: {by: host.name, longer-than: 2m}}
	END
	wants 3 ir-match -q --hunt h.yml in
	[ "$(jq -r 'select(.ir.kind == "alert") | .rule.name + " " + ."@timestamp"[14:19]' out | tr '\n' ';')" = "H: silence 01:45;H: spike 06:11;" ]
}

@test "--why-not RULE/EVENT: which part does not hold; --explain of a correlation: group and events" {
	cat >r.yml <<-'END'
	title: R
	id: id-r
	name: r
	logsource: {product: p}
	detection:
	    a: {what|endswith: 'ck', host.name: [x, y]}
	    b: {what: never}
	    condition: a and not b
	---
	title: C
	id: id-c
	correlation: {type: event_count, rules: [r], group-by: [host.name], timespan: 1m, condition: {gte: 2}}
	END
	{ event 1 x tick; event 2 z tick; event 3 x tack; } | sed 's/"event","id"/"event","ls":[{"product":"p"}],"id"/' >in
	wants 3 ir-match -q --why-not id-r/00000000000000000000000000000002 -r r.yml in
	grep -q '^The rule does not match' out
	grep -q 'no  host.name equals "y"; the event has "z"' out
	grep -q 'yes what endswith "ck"; the event has "tick"' out
	wants 3 ir-match -q --why-not id-r/00000000000000000000000000000003 -r r.yml in
	grep -q '^The rule matches' out
	wants 3 ir-match -q -r r.yml in
	id=$(jq -r 'select(.ir.kind == "alert").ir.alert.id' out)
	cp out alerts
	wants 0 ir-match --explain "$id" alerts
	grep -q '  group       host.name = x' out
	[ "$(grep -c '  event  ' out)" -eq 2 ]
}

@test "--test: samples of several events for correlations" {
	cat >c.yml <<-'END'
	title: R
	name: r
	logsource: {product: p}
	detection: {s: {what: x}, condition: s}
	---
	title: C
	correlation: {type: event_count, rules: [r], group-by: [host.name], timespan: 1m, condition: {gte: 2}}
	END
	one() { event "$1" h x | sed 's/"event","id"/"event","ls":[{"product":"p"}],"id"/'; }
	echo "{\"expect\":true,\"events\":[$(one 1),$(one 2)]}" >c.test.ndjson
	echo "{\"expect\":false,\"events\":[$(one 1),$(one 200)]}" >>c.test.ndjson
	wants 0 ir-match -q --test c.yml
	echo "{\"expect\":true,\"events\":[$(one 1)]}" >>c.test.ndjson
	wants 1 ir-match -q --test c.yml
}

@test "--map: fields and log sources of a place, also for the rules that are built in" {
	printf 'title: R\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image|endswith: calc.exe}, condition: s}\n' >r.yml
	echo '{"@timestamp":"2026-03-02T08:00:00Z","k":"proc","p":{"path":"C:\\calc.exe"}}' >in
	cat >m.yml <<-'END'
	fields: {Image: [p.path, q.path]}
	logsources:
	  - {when: {k: proc}, product: windows, category: process_creation}
	END
	wants 0 ir-match -q -r r.yml in
	[ "$(wc -l <out)" -eq 1 ]
	wants 0 ir-match -q --map m.yml -r r.yml in
	[ "$(jq -r 'select(.ir.kind == "alert").rule.name' out)" = R ]
	wants 0 ir-match -q --map m.yml in
	echo 'feilds: {}' >m.yml
	wants 2 ir-match -q --map m.yml -r r.yml in
}
