#!/usr/bin/env bats
# ir-escalate: alerts become incidents with a plan; what it knows is kept, and nothing is told twice.
load common

setup() {
	cd "$BATS_TEST_TMPDIR"
	golden=$abs_top_srcdir/tests/golden/incident
	alerts=$golden/story.in
}

# Lines of a kind in FILE (out).
count() {
	grep -c "\"kind\":\"$1\"" "${2:-out}" || :
}

member() {
	jq -r "$1 // empty" "${2:-out}"
}

# A stream that ended well.
whole() {
	cat "$@"
	echo '{"@timestamp":"2026-03-02T12:00:00.000000000Z","ir":{"v":1,"kind":"end","by":"ir-match","seen":[],"in":{},"out":{},"passed":0,"made":0,"unmatched":0,"folded":0,"suppressed":0,"rejected":{},"cut":false,"status":0}}'
}

@test "goldens: incidents and plans" {
	for g in story shell; do
		wants 3 ir-escalate -q "$golden/$g.in"
		grep -v '"kind":"alert"' out >got
		cmp got "$golden/$g.out" || fail "$g differs: $(diff got "$golden/$g.out" | head -c 2000)"
	done
}

@test "alerts pass byte for byte; shuffled, doubled or on a second run the incidents are the same" {
	whole "$alerts" >in
	wants 0 ir-escalate in
	mv out first
	grep '"kind":"alert"' first | cmp - "$alerts"
	wants 0 ir-escalate in
	cmp out first
	whole <(tac "$alerts") >back
	wants 0 ir-escalate back
	cmp <(grep -v '"kind":"alert"' out) <(grep -v '"kind":"alert"' first)
	whole "$alerts" "$alerts" >twice
	wants 0 ir-escalate twice
	cmp <(grep '"kind":"incident"' out) <(grep '"kind":"incident"' first)
	[ "$(tail -1 out | jq .ir.folded)" = "$(wc -l <"$alerts")" ]
}

@test "its own output changes nothing" {
	whole "$alerts" | ir-escalate -q >first
	wants 0 ir-escalate first
	cmp <(grep -v '"kind":"end"' out) <(grep -v '"kind":"end"' first)
}

@test "conservation: in = passed + folded + rejected, out = passed + made" {
	{ whole "$alerts"; } | sed '2s/^/not json/' >in
	wants 3 ir-escalate in
	tail -1 out | jq -e '.ir | (.in | add - (.end // 0)) == .passed + .folded + (.rejected | add)' >/dev/null
	tail -1 out | jq -e '.ir | (.out | add) == .passed + .made + .out.end' >/dev/null
}

@test "with a state: a later run goes on, a repeated one folds" {
	head -3 "$alerts" | whole - >a
	tail -n +4 "$alerts" | whole - >b
	wants 0 ir-escalate --state s.db a
	[ "$(count incident)" = 1 ]
	id=$(member .ir.incident.id)
	wants 0 ir-escalate --state s.db b
	[ "$(jq -r "select(.ir.incident.id == \"$id\") | .ir.incident | \"\(.seq) \(.alerts_total) \(.alerts | length)\"" out)" = "2 6 3" ]
	wants 0 ir-escalate --state s.db a
	[ "$(count incident)" = 0 ]
	[ "$(count alert)" = 0 ]
	[ "$(tail -1 out | jq .ir.folded)" = 3 ]
}

@test "in one run or in several, the incidents end alike" {
	whole "$alerts" | ir-escalate -q --state one.db >/dev/null
	split -l 1 "$alerts" part.
	for p in part.*; do
		whole "$p" | ir-escalate -q --state many.db >/dev/null
	done
	show() {
		ir-escalate show --state "$1" -t ndjson | jq -c '.ir.incident | [.id, .title, .severity, .priority, .alerts_total, .entities, .findings, .links]'
	}
	diff <(show one.db) <(show many.db)
}

@test "an alert between two stories joins them" {
	at() {
		printf '{"@timestamp":"2026-03-02T%s:00.000000000Z","ir":{"v":1,"kind":"alert","id":"e%s","alert":{"id":"a%s","level":"low"}},"host":{"name":"h"},"rule":{"id":"r"}}\n' "$1" "$1" "$1"
	}
	{ at 08:00; at 08:50; } >two
	at 08:25 >bridge
	whole two | ir-escalate -q --state s.db >out
	[ "$(count incident)" = 2 ]
	whole bridge | ir-escalate -q --state s.db >out
	[ "$(member .ir.incident.status | sort | paste -sd ' ')" = "merged new" ]
	[ "$(jq -r 'select(.ir.incident.status == "new") | .ir.incident.alerts_total' out)" = 3 ]
}

@test "live input is told at once" {
	echo '{"@timestamp":"1970-01-01T00:00:00.000000000Z","ir":{"v":1,"kind":"mark","by":"ir-ingest","n":0,"live":true,"pos":[]}}' >mark
	mkfifo pipe
	ir-escalate -q <pipe >out &
	exec 9>pipe
	cat mark >&9
	sleep 0.2
	head -1 "$alerts" >&9
	for _ in $(seq 50); do
		[ "$(count incident)" = 1 ] && break
		sleep 0.2
	done
	[ "$(count incident)" = 1 ]
	exec 9>&-
	wait
}

@test "actions go out again until their result comes" {
	whole "$alerts" | ir-escalate -q --state s.db >first
	n=$(count action first)
	[ "$n" -gt 5 ]
	id=$(jq -r 'select(.ir.action.name == "net.block-ip") | .ir.action.id' first)
	result() {
		printf '{"@timestamp":"2026-03-02T09:00:00.000000000Z","ir":{"v":1,"kind":"result","result":{"action":"%s","state":"%s"}}}\n' "$id" "$1"
	}
	result planned | whole - | ir-escalate -q --state s.db >out
	[ "$(count action)" = "$n" ]
	result done | whole - | ir-escalate -q --state s.db >out
	[ "$(count action)" = $((n - 1)) ]
}

@test "a state that another run holds: 75; a damaged one: 4, named and left as it is" {
	mkfifo pipe
	ir-escalate -q --state s.db <pipe >/dev/null &
	exec 9>pipe
	for _ in $(seq 50); do
		[ -s s.db ] && break
		sleep 0.1
	done
	wants 75 ir-escalate --state s.db "$alerts"
	[ ! -s out ]
	exec 9>&-
	wait
	whole "$alerts" | ir-escalate -q --state s.db >/dev/null
	printf 'XXXXXXXXXXXXXXXX' | dd of=s.db bs=1 conv=notrunc 2>/dev/null
	cp s.db before
	wants 4 ir-escalate --state s.db "$alerts"
	grep -q '^ir-escalate: s.db: state: damaged' err
	cmp s.db before
}

@test "a bad playbook is told with file:line:column before any input is read" {
	mkdir p
	sed 's/after: \[ok\]/after: [okay]/' "$abs_top_srcdir/playbooks/credential-theft.yaml" >p/x.yaml
	wants 2 ir-escalate -p p no-such-file
	grep -q 'p/x.yaml:[0-9]*:[0-9]*: no such step' err
	wants 2 ir-escalate lint p/x.yaml
	echo 'irpb: [' >p/x.yaml
	wants 2 ir-escalate -p p "$alerts"
	grep -q 'p/x.yaml:[0-9]*:[0-9]*: ' err
	[ ! -s out ]
}

@test "the default playbooks are without fault, have six stages and RE&CT ids" {
	wants 0 ir-escalate lint "$abs_top_srcdir/playbooks"
	grep -q '13 playbooks, 3 actions' err
}

@test "-p replaces the default playbooks" {
	mkdir p
	sed 's/^id: .*/id: mine/' "$abs_top_srcdir/playbooks/malware-host.yaml" >p/mine.yaml
	wants 3 ir-escalate -p p "$alerts"
	[ "$(member .ir.action.playbook.id | sort -u)" = mine ]
}

@test "show and plan read the state; verbs that are not here say so" {
	whole "$alerts" | ir-escalate -q --state s.db >first
	id=$(jq -r 'select(.ir.incident.seq == 1) | .ir.incident.id' first | head -1)
	wants 0 ir-escalate show --state s.db -t text
	grep -q "^$(echo "$id" | cut -c1-12) *P1 *high" out
	wants 0 ir-escalate show "$(echo "$id" | cut -c1-6)" --state s.db -t ndjson
	[ "$(member .ir.incident.id)" = "$id" ]
	wants 0 ir-escalate plan web-shell --incident "$id" --state s.db -t ndjson
	[ "$(member .ir.action.playbook.id | sort -u)" = web-shell ]
	wants 2 ir-escalate show zz --state s.db
	wants 2 ir-escalate split
	grep -q 'not a verb of this version' err
	wants 2 ir-escalate plan nowhere --incident "$id" --state s.db
}

@test "--fail-on, --now, a full disk, a closed pipe" {
	whole "$alerts" >in
	wants 0 ir-escalate --fail-on critical in
	wants 1 ir-escalate --fail-on high in
	wants 0 ir-escalate --now 2026-04-01T00:00:00Z in
	[ "$(jq -r 'select(.ir.action.step == "owner") | .ir.action.due' out)" = 2026-04-01T00:15:00.000000000Z ]
	got=0
	ir-escalate -q in >/dev/full 2>err || got=$?
	[ "$got" = 4 ]
	[ "$(ir-escalate -q in 2>err | head -1 | wc -l)" = 1 ]
	[ ! -s err ]
}

@test "10,000 equal alerts are one incident; 10,001 need a second record" {
	i=0
	while [ $i -le 10000 ]; do
		printf '{"@timestamp":"2026-03-02T08:%02d:%02d.%09dZ","ir":{"v":1,"kind":"alert","id":"e%d","alert":{"id":"a%d","level":"low"}},"host":{"name":"h"},"rule":{"id":"r"}}\n' \
			$((i / 60 % 60)) $((i % 60)) "$i" "$i" "$i"
		i=$((i + 1))
	done >many
	head -10000 many | whole - | ir-escalate -q >out
	[ "$(count incident)" = 1 ]
	[ "$(jq -s 'map(select(.ir.kind == "incident").ir.incident.alerts[]) | unique | length' out)" = 10000 ]
	whole many | ir-escalate -q >out
	[ "$(jq -c 'select(.ir.kind == "incident").ir.incident | [.seq, (.alerts | length)]' out | paste -sd ' ')" = "[1,10000] [2,1]" ]
}

@test "alerts that are hostile cost themselves alone" {
	{
		cat "$alerts"
		echo '{"@timestamp":"x","ir":{"v":1,"kind":"alert","alert":{"id":"q","level":"high"}},"host":{"name":"h"}}'
		head -1 "$alerts" | sed 's/"id":"r-brute"/"id":"forged"/'
		echo '{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"alert","alert":{"id":"z","level":"high","group":{"a":1}}},"host":{"name":{"x":1}},"rule":[1],"threat":{"technique":{"id":"T1059"}}}'
		echo '{"ir":{"v":1,"kind":"incident","incident":7}}'
		echo '{"ir":{"v":1,"kind":"action","action":{"incident":[]}}}'
		echo '{"ir":{"v":1,"kind":"result","result":"done"}}'
		echo '{"a":1}'
	} >in
	wants 3 ir-escalate in
	[ "$(tail -1 out | jq -c .ir.rejected)" = '{"id-conflict":1,"no-time":1}' ]
	[ "$(count event)" = 1 ]
	[ "$(jq -r 'select(.ir.incident.story.key.type? == "group") | .ir.incident.story.key.value' out)" = '{"a":1}' ]
}

# Alerts of some hosts, a second apart, in NDJSON.
many() {
	awk -v n="$1" 'BEGIN { srand(7); for (k = 0; k < n; k++) { t = k * 60; h = int(rand() * 5)
		printf "{\"@timestamp\":\"2026-03-%02dT%02d:%02d:00.%09dZ\",\"ir\":{\"v\":1,\"kind\":\"alert\",\"id\":\"e%d\",\"src\":{\"uri\":\"a\",\"off\":%d},\"alert\":{\"id\":\"%032x\",\"level\":\"low\"}},\"host\":{\"name\":\"h%d\"},\"source\":{\"ip\":\"203.0.113.%d\"},\"rule\":{\"id\":\"r%d\"}}\n", 2 + t / 86400, t % 86400 / 3600, t % 3600 / 60, k, k, k, k * 7919, h, h, k % 3 } }'
}

@test "live, late, in parts or whole: the same incidents; each member is resolvable" {
	echo '{"@timestamp":"1970-01-01T00:00:00.000000000Z","ir":{"v":1,"kind":"mark","by":"ir-ingest","n":0,"live":true,"pos":[]}}' >mark
	many 600 >in
	show() {
		ir-escalate show --state "$1" -t ndjson | jq -c '.ir.incident | select(.status != "merged") | [.id, .alerts_total, .first, .last, .findings, .links]' | sort
	}
	whole in | ir-escalate -q --state a.db >/dev/null
	awk '{ b[NR] = $0 } END { for (k = 1; k <= NR; k += 5) for (n = 4; n >= 0; n--) if (k + n <= NR) print b[k + n] }' in >shuffled
	{ cat mark; whole in; } | ir-escalate -q --state b.db >/dev/null
	{ cat mark; while read -r line; do echo "$line"; done <shuffled; whole /dev/null; } | ir-escalate -q --lateness 10m --state c.db >/dev/null
	split -n l/7 in part.
	for p in part.*; do
		whole "$p" | ir-escalate -q --state d.db >/dev/null
	done
	for s in b c d; do
		diff <(show a.db) <(show $s.db) || fail "$s differs"
	done
	[ "$(ir-escalate show --state a.db -t ndjson | jq -s 'map(.ir.incident.alerts_total) | add')" = 600 ]
}

@test "killed at any place and run again: nothing lost, nothing doubled" {
	many 3000 >in
	whole in | ir-escalate -q --state good.db >/dev/null
	for wait in 0.002 0.005 0.01 0.02 0.03 0.04 0.05 0.08; do
		whole in | timeout -s KILL "$wait" ir-escalate -q --state s.db >/dev/null 2>&1 || :
	done
	whole in | ir-escalate -q --state s.db >/dev/null
	show() {
		ir-escalate show --state "$1" -t ndjson | jq -c '.ir.incident | [.id, .alerts_total, .findings]' | sort
	}
	diff <(show good.db) <(show s.db)
}

@test "50 runs at once: one works, the others end 75 at once" {
	mkfifo pipe
	ir-escalate -q --state s.db <pipe >/dev/null &
	exec 9>pipe
	for _ in $(seq 100); do [ -s s.db ] && break; sleep 0.1; done
	for n in $(seq 49); do
		( got=0; ir-escalate -q --state s.db /dev/null >/dev/null 2>&1 || got=$?; echo "$got" >"got.$n" ) &
	done
	exec 9>&-
	wait
	[ "$(cat got.* | grep -cE '^(75|0|3)$')" = 49 ]
	grep -q 75 got.*
}
