#!/usr/bin/env bats
# ir-respond: plans, acts only on what is allowed, approved and guarded, writes down what it did, and undoes it.
load common

setup() {
	cd "$BATS_TEST_TMPDIR"
	umask 022
	mkdir root
	approve=$abs_top_builddir/tests/maker/approve
	cat >allow.yaml <<-END
		irallow: 1
		never: [198.51.100.0/24]
		actions:
		  - {action: net.block-ip, approve: none}
		  - {action: file.quarantine, approve: none, roots: [$PWD/root], store: $PWD/store}
	END
	execute="--execute --allow allow.yaml --journal journal"
}

# action N NAME ARGS [INCIDENT]: an action record; N is one hex digit, of which the id is made.
action() {
	printf '{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"action","action":{"id":"%s","incident":"%s",' \
		"$(printf "%032d" 0 | tr 0 "$1")" "${4:-i1}"
	printf '"playbook":{"id":"p","version":1,"sha256":"aa"},"step":"s","stage":"containment","name":"%s","args":%s,' "$2" "$3"
	printf '"approve":{"need":1},"key":"k/%s","pap":"green"}}}\n' "$1"
}

# The member M of the results in FILE, one a line.
results() {
	jq -r "select(.ir.kind == \"result\") | .ir.result | $1" "${2:-out}"
}

refute() {
	! "$@" || fail "it was there: $*"
}

# Sets $ns: how a network of the test's own is made, by root or in a user namespace.
netns() {
	[ -x /usr/sbin/nft ] || skip "nft is not here"
	for ns in "unshare -n" "unshare -rn"; do
		if $ns /usr/sbin/nft add table inet probe >/dev/null 2>&1; then
			return
		fi
	done
	skip "no network namespace with nft may be made here"
}

@test "a dry run says exactly what would be done, and does nothing" {
	action 1 net.block-ip '{"ip":"203.0.113.9","ttl":"4h"}' >in
	action 2 file.quarantine "{\"path\":\"$PWD/root/evil\"}" >>in
	action 3 manual '{"do":"call them"}' >>in
	action 4 no.such '{}' >>in
	echo evil >root/evil
	wants 3 ir-respond in
	[ "$(results .state)" = "planned
planned
planned
refused" ]
	results '.argv|join("|")' | grep -Fx '/usr/sbin/nft|add|element|inet|irpipe|block4|{ 203.0.113.9 timeout 4h }'
	[ -e root/evil ] && [ ! -e store ] && [ ! -e journal ]
	grep -c '"kind":"action"' out | grep -x 4
	diff <(grep '"kind":"action"' out) in
	cp out first
	wants 3 ir-respond in
	cmp out first
}

@test "--execute is refused without an allow file, a journal, or with an allow file that others may write" {
	action 1 net.block-ip '{"ip":"203.0.113.9","ttl":"4h"}' >in
	wants 2 ir-respond --execute in
	wants 2 ir-respond --execute --allow allow.yaml in
	chmod 666 allow.yaml
	wants 2 ir-respond $execute in
	grep -q 'allow.yaml.*others may write it' err
	chmod 644 allow.yaml
	mv allow.yaml real.yaml
	ln -s real.yaml allow.yaml
	wants 2 ir-respond $execute in
	rm allow.yaml
	printf 'irallow: 1\nactions:\n  - {action: net.block-ip, shell: yes}\n' >allow.yaml
	wants 2 ir-respond $execute in
	grep -q 'allow.yaml:3:' err
	[ ! -e journal ]
}

@test "an address is blocked and unblocked in a network namespace" {
	netns
	action 1 net.block-ip '{"ip":"203.0.113.9","ttl":"4h"}' >in
	action 2 net.block-ip '{"ip":"2001:db8::5","ttl":"1h"}' >>in
	action 3 net.block-ip '{"ip":"203.0.113.11 } ; add table inet x","ttl":"4h"}' >>in
	action 4 net.block-ip '{"ip":"203.0.113.12","ttl":"4h } ; flush ruleset"}' >>in
	cat >inside <<-END
		ip link set lo up
		ip address add 203.0.113.77/24 dev lo
		ir-respond $execute in >out.1 2>err.1; [ \$? -eq 3 ] || exit 1
		nft list ruleset >rules.1
		ir-respond $execute in >out.2 2>err.2
		ir-respond undo 11111111111111111111111111111111 $execute >out.3 2>err.3 || exit 2
		nft list ruleset >rules.3
		ir-respond undo --incident i1 $execute >out.4 2>err.4 || exit 3
		nft list ruleset >rules.4
		nft add element inet irpipe block4 '{ 203.0.113.50 timeout 1h }'
	END
	wants 0 $ns sh inside
	[ "$(results .state out.1 | tr '\n' ' ')" = "done done refused refused " ]
	grep -q 'elements = { 203.0.113.9 timeout 4h' rules.1
	grep -q 'elements = { 2001:db8::5 timeout 1h' rules.1
	[ "$(grep -c '^table' rules.1)" -eq 1 ]
	[ "$(results .reason out.2 | head -2 | tr '\n' ' ')" = "already done already done " ]
	[ "$(grep -c '"what":"intent"' journal)" -eq 2 ]
	[ "$(results .state out.3)" = undone ]
	refute grep -q 203.0.113.9 rules.3
	grep -q 2001:db8::5 rules.3
	[ "$(results .state out.4)" = undone ]
	refute grep -q elements rules.4
	[ "$(grep -c 'ip saddr @block4 drop' rules.4)" -eq 2 ]
}

@test "a network is blocked and unblocked; one that is too wide, or holds what may not be touched, is refused" {
	netns
	printf 'irallow: 1\nactions:\n  - {action: net.block-net, approve: none}\n' >allow.yaml
	i=0
	for net in 203.0.113.0/24 2001:db8:5::/64 192.0.2.7/32 203.0.113.128/25 203.0.112.0/23 2001:db8::/63 198.51.100.0/24 \
		10.1.2.0/24 0.0.0.0/0 '192.0.2.0/24 } ; add table inet x'; do
		i=$((i + 1))
		action "$(printf %x $i)" net.block-net "{\"net\":\"$net\",\"ttl\":\"4h\"}"
	done >in
	cat >inside <<-END
		ip link set lo up
		ip address add 198.51.100.77/32 dev lo
		nft list ruleset >rules.0
		ir-respond $execute in >out.1 2>err.1; [ \$? -eq 3 ] || exit 1
		nft list ruleset >rules.1
		ir-respond undo --incident i1 $execute >out.2 2>err.2 || exit 2
		nft list ruleset >rules.2
	END
	wants 0 $ns sh inside
	results '.state + " " + (.reason // "")' out.1 >got
	[ "$(head -n 4 got | tr "\n" ";")" = "done ;done ;done ;done it was so before;" ] || fail "$(cat got err.1)"
	[ "$(results .state out.1 | sort | uniq -c | tr -s ' ' | tr '\n' ';')" = " 4 done; 6 refused;" ]
	[ "$(results .reason out.1 | grep -c 'wider than')" -eq 3 ]
	results .reason out.1 | grep 'an address of this machine'
	results .reason out.1 | grep 'not an external address'
	for net in 203.0.113.0/24 2001:db8:5::/64 192.0.2.7; do
		grep -q "$net timeout 4h" rules.1
	done
	[ "$(grep -c '^table' rules.1)" -eq 1 ]
	[ "$(results .state out.2 | tr '\n' ' ')" = "undone undone undone " ]
	refute grep -q elements rules.2
}

@test "what is one's own, or on the list, is never touched" {
	netns
	i=0
	for ip in 127.0.0.1 203.0.113.77 ::ffff:203.0.113.77 198.51.100.9 10.0.0.1 ::1 224.0.0.1; do
		action $((i = i + 1)) net.block-ip "{\"ip\":\"$ip\",\"ttl\":\"4h\"}"
	done >in
	echo 192.0.2.0/24 >never
	action 9 net.block-ip '{"ip":"192.0.2.9","ttl":"4h"}' >>in
	cat >inside <<-END
		ip link set lo up
		ip address add 203.0.113.77/24 dev lo
		ir-respond $execute --never never in
		nft list ruleset >rules
	END
	wants 0 $ns sh inside
	[ "$(results .state | sort | uniq -c | tr -s ' ')" = " 8 refused" ]
	[ ! -s rules ]
	[ "$(jq -r .what journal | sort -u)" = refused ]
	[ "$(jq -r '.body | [.action, .key, .incident, .name, .reason] | @tsv' journal)" = "$(results '[.action, .key, .incident, .name, .reason] | @tsv')" ]
}

@test "a file is quarantined, and undo restores bytes, owner, mode and times" {
	head -c 300000 /dev/urandom >root/evil.bin
	chmod 4751 root/evil.bin
	touch -d '2024-05-06T07:08:09.123456789Z' root/evil.bin
	[ "$(id -u)" -ne 0 ] || chown 12:34 root/evil.bin && chmod 4751 root/evil.bin
	before=$(sha256sum root/evil.bin; stat -c '%u %g %a %s %y %x' root/evil.bin)
	action 1 file.quarantine "{\"path\":\"$PWD/root/evil.bin\"}" >in
	wants 3 ir-respond $execute in
	[ "$(results .state)" = done ]
	[ ! -e root/evil.bin ]
	[ "$(stat -c %a store)" = 700 ]
	[ "$(jq -r .sha256 store/1*.json)" = "$(sha256sum <store/1*.bin | cut -d' ' -f1)" ]
	wants 0 ir-respond -q list --journal journal
	[ "$(results .state)" = done ]
	wants 0 ir-respond undo 11111111111111111111111111111111 --journal journal
	[ "$(results .state)" = planned ]
	[ ! -e root/evil.bin ]
	wants 0 ir-respond undo 11111111111111111111111111111111 $execute
	[ "$(results .state)" = undone ]
	after=$(stat -c '%u %g %a %s %y %x' root/evil.bin)
	[ "$before" = "$(sha256sum root/evil.bin; echo "$after")" ] || fail "$before" "$after"
	[ -z "$(ls -A store)" ]
	wants 0 ir-respond -q list --journal journal
	[ -z "$(results .state)" ]
	wants 3 ir-respond $execute in
	[ "$(results '.state + " " + .reason')" = "undone already undone" ]
	[ -e root/evil.bin ]
}

@test "quarantine follows no link and takes plain files below its roots only" {
	mkdir root/sub outside
	echo x | tee root/hard outside/secret >root/plain
	ln root/hard root/hard2
	ln -s "$PWD/outside/secret" root/link
	ln -s "$PWD/outside" root/linked
	mkfifo root/fifo
	i=0
	for path in root/link root/linked/secret root/hard root/fifo root/sub outside/secret root/none root; do
		action $((i = i + 1)) file.quarantine "{\"path\":\"$PWD/$path\"}"
	done >in
	action a file.quarantine "{\"path\":\"$PWD/root/../outside/secret\"}" >>in
	action b file.quarantine '{"path":"root/plain"}' >>in
	wants 3 ir-respond $execute in
	[ "$(results .state | grep -c -e failed -e refused)" -eq 10 ]
	[ -e outside/secret ] && [ -p root/fifo ] && [ -L root/link ] && [ -e root/hard ]
	refute grep -q '"state":"done"' journal
	wants 0 ir-verify chain journal
	wants 0 ir-verify undone journal
}

@test "undo puts nothing over another file" {
	echo evil >root/f
	action 1 file.quarantine "{\"path\":\"$PWD/root/f\"}" >in
	wants 3 ir-respond $execute in
	echo new >root/f
	wants 3 ir-respond undo 11111111111111111111111111111111 $execute
	[ "$(results .state)" = failed ]
	[ "$(cat root/f)" = new ]
	rm root/f
	wants 0 ir-respond undo 11111111111111111111111111111111 $execute
	[ "$(cat root/f)" = evil ]
}

@test "approvals: signed for exactly this, once, in time" {
	mkdir keys
	for name in alice bob; do $approve key $name >keys/$name.pem; done
	sed -i 's/, approve: none, roots/, need: 2, roots/' allow.yaml
	echo x | tee root/a >root/b
	action 1 file.quarantine "{\"path\":\"$PWD/root/a\"}" >one
	action 2 file.quarantine "{\"path\":\"$PWD/root/a\"}" >again
	action 3 file.quarantine "{\"path\":\"$PWD/root/b\"}" >other
	valid=2026-03-02T09:00:00.000000000Z
	run="ir-respond $execute --keys keys --approvals approvals"
	: >approvals
	wants 3 $run --now 2026-03-02T08:30:00Z one
	[ "$(results .reason)" = "not approved" ]
	$approve sign alice $valid <one >approvals
	wants 3 $run --now 2026-03-02T08:30:00Z one
	[ "$(results .reason)" = "too few people have approved" ]
	$approve sign mallory $valid <one >>approvals
	wants 3 $run --now 2026-03-02T08:30:00Z one
	[ "$(results .reason)" = "too few people have approved" ]
	grep -q 'approvals: 1 lines are no approvals' err
	$approve sign bob $valid <one >>approvals
	wants 3 $run --now 2026-03-02T09:00:01Z one
	[ "$(results .reason)" = "the approval has expired" ]
	wants 3 $run --now 2026-03-02T08:30:00Z other
	[ "$(results .reason)" = "no approval for exactly this" ]
	[ -e root/a ] && [ -e root/b ]
	[ "$(jq -r .what journal | sort | uniq -c | tr -s ' ')" = " 5 refused" ]
	wants 3 $run --now 2026-03-02T08:30:00Z one
	[ "$(results .state)" = done ]
	[ ! -e root/a ]
	echo x >root/a
	wants 3 $run --now 2026-03-02T08:30:00Z again
	[ "$(results .reason)" = "the approval was used already" ]
	[ -e root/a ]
}

# An action of one's own: it writes a file and sleeps.
own_actions() {
	mkdir -p own/actions
	cat >own/actions/slow.yaml <<-END
		irpact: 1
		id: slow
		class: evidence
		params: {n: {type: int, required: true}}
		needs: {program: /bin/sleep}
		timeout: 1s
		do: [/bin/sleep, "\${n}"]
	END
	printf 'irallow: 1\nactions:\n  - {action: slow, approve: none}\n' >allow.yaml
}

@test "a program that takes too long is ended, and that is said" {
	own_actions
	action 1 slow '{"n":60}' >in
	start=$SECONDS
	wants 3 ir-respond $execute -p own in
	[ $((SECONDS - start)) -lt 10 ]
	[ "$(results '.state + " " + .reason')" = "failed timeout" ]
	wants 3 ir-respond $execute -p own in
	[ "$(results '.state + " " + .reason')" = "failed failed before" ]
}

@test "killed between intent and result: unknown, never run again by itself, settled by a person" {
	own_actions
	sed -i 's/timeout: 1s/timeout: 60s/' own/actions/slow.yaml
	action 1 slow '{"n":50}' >in
	ir-respond $execute -p own in >out 2>err 3>&- &
	reader=$!
	for i in $(seq 100); do
		[ ! -s journal ] || break
		sleep 0.05
	done
	actor=$(pgrep -P $reader)
	kill -9 $actor
	wait $reader || [ $? -eq 4 ]
	grep -q 'the actor has ended' err
	[ "$(wc -l <journal)" -eq 1 ]
	wants 3 ir-respond $execute -p own in
	[ "$(results '.state + " " + .reason')" = "unknown intent without result: settle it" ]
	[ "$(wc -l <journal)" -eq 1 ]
	wants 0 ir-respond settle 11111111111111111111111111111111 failed $execute -p own
	wants 3 ir-respond $execute -p own in
	[ "$(results '.state + " " + .reason')" = "failed failed before" ]
}

@test "tick undoes what outlived its ttl" {
	netns
	action 1 net.block-ip '{"ip":"203.0.113.9","ttl":"4h"}' >in
	cat >inside <<-END
		ir-respond --now 2026-03-02T08:00:00Z $execute in
		ir-respond tick --now 2026-03-02T11:59:59Z $execute >early
		ir-respond tick --now 2026-03-02T12:00:00Z $execute >late
		nft list ruleset >rules
	END
	wants 0 $ns sh inside
	results .until | grep -x 2026-03-02T12:00:00.000000000Z
	[ -z "$(results .state early)" ]
	[ "$(results .state late)" = undone ]
	refute grep -q 203.0.113.9 rules
}

@test "caps: no more in ten minutes than allowed" {
	sed -i 's/approve: none, roots/approve: none, max_per_10m: 2, roots/' allow.yaml
	for i in 1 2 3; do
		echo x >root/$i
		action $i file.quarantine "{\"path\":\"$PWD/root/$i\"}"
	done >in
	wants 3 ir-respond $execute --now 2026-03-02T08:00:00Z in
	[ "$(results .state | tr '\n' ' ')" = "done done refused " ]
	wants 3 ir-respond $execute --now 2026-03-02T08:10:01Z in
	[ "$(results .state | tr '\n' ' ')" = "done done done " ]
}

@test "a journal that was changed is named by line and not used; one that is held says busy" {
	echo x >root/f
	action 1 file.quarantine "{\"path\":\"$PWD/root/f\"}" >in
	wants 3 ir-respond $execute in
	cp journal good
	sed -i '2s/"state":"done"/"state":"failed"/' journal
	wants 4 ir-respond $execute in
	grep -q 'journal:2:' err
	cp good journal
	exec 7>>journal.lock
	flock --help >/dev/null || skip "flock is not here"
	own_actions
	action 2 slow '{"n":1}' >slow
	ir-respond --execute --allow allow.yaml --journal journal -p own slow >/dev/null 2>&1 3>&- &
	sleep 0.3
	wants 75 ir-respond --execute --allow allow.yaml --journal journal -p own slow
	wait
}

@test "no room for the output: 4, and said" {
	action 1 net.block-ip '{"ip":"203.0.113.9","ttl":"4h"}' >in
	status=0
	ir-respond in >/dev/full 2>err || status=$?
	[ "$status" -eq 4 ]
	grep -q 'cannot write' err
}

@test "everything else passes through as it came" {
	{
		echo '{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"event","id":"1"},"a":1.0,"a":12345678901234567890}'
		action 1 net.block-ip '{"ip":["203.0.113.9"],"ttl":"4h"}'
		action 2 net.block-ip '{"ip":"203.0.113.9"}'
		echo '{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"later"}}'
		echo '{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"action","action":7}}'
	} >in
	wants 3 ir-respond in
	diff <(grep -v -e '"kind":"result"' -e '"kind":"end"' out) in
	[ "$(results .state | sort -u)" = refused ]
}

@test "foreign lines are wrapped as ir-ingest wraps them" {
	{
		echo '{"timestamp":"2026-03-02T08:00:00.123456+0000","event_type":"dns","src_ip":"203.0.113.9","x":12345678901234567890}'
		echo '{"foreign":true}'
	} >in
	ir-ingest -q <in >want
	wants 0 ir-respond in
	# A stage names the shape (eve) where ir-ingest names the format (json).
	diff <(grep '"kind":"event"' want | sed 's/"fmt":"json"/"fmt":"eve"/') \
		<(grep '"kind":"event"' out | sed 's/"fmt":"json"/"fmt":"eve"/')
	[ "$(grep -c '"kind":"event"' out)" -eq 2 ]
}
