#!/usr/bin/env bats
# ir-verify beside balance: chain, manifest, seal, evidence, playbook, undone, labels.
load common

setup_file() {
	make_case
	cd "$BATS_FILE_TMPDIR"
	(cd case && ir-ingest -q evidence >../all.ndjson) || [ $? -eq 3 ]
	ir-match -q all.ndjson | ir-enrich -q | ir-escalate -q >case.ndjson || [ $? -eq 3 ]
	umask 022
	mkdir -p root
	printf 'irallow: 1\nactions:\n  - {action: file.quarantine, approve: none, roots: [%s], store: %s}\n' "$PWD/root" "$PWD/store" >allow.yaml
	chmod 644 allow.yaml
	for n in 1 2 3; do
		echo "evil $n" >root/$n
		printf '{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"action","action":{"id":"%s","incident":"i%s",' \
			"$(printf '%032d' 0 | tr 0 $n)" $n
		printf '"playbook":{"id":"p","version":1,"sha256":"aa"},"step":"s","stage":"containment","name":"file.quarantine",'
		printf '"args":{"path":"%s"},"approve":{"need":1},"key":"k/%s","pap":"green"}}}\n' "$PWD/root/$n" $n
	done >plan.ndjson
	ir-respond -q --execute --allow allow.yaml --journal journal plan.ndjson >results.ndjson || [ $? -eq 3 ]
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	cp -r "$BATS_FILE_TMPDIR"/*.ndjson "$BATS_FILE_TMPDIR/journal" .
}

@test "chain: whole is proven; each change names its row; a cut tail needs the head" {
	wants 0 ir-verify chain journal
	head=$(grep -o '[0-9a-f]\{64\}' out)
	wants 0 ir-verify chain --head "$head" journal
	n=$(wc -l <journal)
	[ "$n" -ge 6 ]
	sed '2s/"actor":"ir-respond"/"actor":"somebody"/' journal >bad
	wants 1 ir-verify chain bad
	grep -q '^bad:2: hash' out
	sed '3d' journal >bad
	wants 1 ir-verify chain bad
	grep -q '^bad:3: sequence' out
	grep -q '^bad:3: link' out
	sed '3{h;d};4{G}' journal >bad
	wants 1 ir-verify chain bad
	sed '3p' journal >bad
	wants 1 ir-verify chain bad
	grep -q '^bad:4: sequence' out
	sed '$d' journal >bad
	wants 0 ir-verify chain bad
	wants 1 ir-verify chain --head "$head" bad
	grep -q 'cut' out
	head -c -1 journal >bad
	wants 1 ir-verify chain bad
	wants 3 ir-verify chain /dev/null
	wants 2 ir-verify chain nothing
	wants 2 ir-verify chain
}

@test "chain: the audit of a state file" {
	(cd "$BATS_FILE_TMPDIR" && ir-escalate -q --state "$BATS_TEST_TMPDIR/state.db" case.ndjson >/dev/null) || [ $? -eq 3 ]
	got=0
	ir-verify chain state.db >out 2>err || got=$?
	[ $got -eq 0 ] || [ $got -eq 3 ] || fail "$(cat out err)"
}

@test "manifest: lines of sha256sum and of JSON; what is missing, changed or of another size is named" {
	echo one >a
	echo two >"b c"
	sha256sum a "b c" >M
	wants 0 ir-verify manifest M
	(cd / && wants 0 ir-verify manifest "$BATS_TEST_TMPDIR/M")
	echo three >a
	wants 1 ir-verify manifest M
	grep -q '^a: changed' out
	rm "b c"
	wants 1 ir-verify manifest M
	grep -q '^b c: missing' out
	printf '{"path":"a","size":6,"sha256":"%s"}\n' "$(sha256sum <a | cut -c1-64)" >J
	wants 0 ir-verify manifest J
	sed 's/6/7/' J >J2
	wants 1 ir-verify manifest J2
	mkfifo pipe
	printf '%064d  pipe\n' 0 >M
	wants 3 ir-verify manifest M
	echo nonsense >M
	wants 1 ir-verify manifest M
	grep -q '^M:1: no-row' out
	: >M
	wants 3 ir-verify manifest M
}

@test "seal: the line that was changed is named" {
	ir-verify seal case.ndjson >SEAL
	wants 0 ir-verify manifest SEAL
	sed -i '7s/a/b/' case.ndjson
	wants 1 ir-verify manifest SEAL
	grep -q '^case.ndjson:7: ' out
}

@test "random mutations of stream, journal, report and playbooks are all found, and their places" {
	[ -x /usr/bin/python3 ] || skip "no python3"
	mkdir sealed
	cp "$abs_top_srcdir"/playbooks/*.yaml case.ndjson journal sealed
	ir-report -q -t json case.ndjson >sealed/report.json || [ $? -eq 3 ]
	ir-report -q -t html case.ndjson >sealed/report.html || [ $? -eq 3 ]
	ir-verify chain journal 2>/dev/null | grep -o '[0-9a-f]\{64\}' >sealed/HEAD
	(cd sealed && ir-verify seal $(ls | grep -v -e HEAD) >../SEAL && mv ../SEAL SEAL)
	"$abs_top_srcdir/tests/schemas/tamper" "$abs_top_builddir/ir-verify" sealed "${TAMPER-300}" 1 >found || fail "$(cat found)"
}

@test "evidence: every record stands in the evidence; a change on either side is named" {
	cp -r "$BATS_FILE_TMPDIR/case/evidence" .
	got=0
	ir-verify evidence all.ndjson >out 2>err || got=$?
	[ $got -eq 0 ] || [ $got -eq 3 ] || fail "$(head out)"
	! grep -q -e ': raw' -e ': id' out
	grep -q ' 0 wrong' err
	n=$(grep -n '"fmt":"json","uri":"evidence/win' all.ndjson | head -n 1 | cut -d: -f1)
	sed "${n}s/\"raw\":{\"\(.\)/\"raw\":{\"x/" all.ndjson >bad.ndjson
	wants 1 ir-verify evidence bad.ndjson
	grep -q "^bad.ndjson:$n: raw" out
	file=$(sed -n "${n}p" all.ndjson | jq -r .ir.src.uri)
	printf '#' | dd of="$file" bs=1 seek=$(($(sed -n "${n}p" all.ndjson | jq .ir.src.off) + 5)) conv=notrunc 2>/dev/null
	wants 1 ir-verify evidence all.ndjson
	grep -q "^all.ndjson:$n: id" out
}

@test "playbook: a later edit, a foreign result and an intent without result are found" {
	cp -r "$abs_top_srcdir/playbooks" p
	wants 0 ir-verify playbook --playbooks p case.ndjson
	play=$(grep -o '"playbook":{"id":"[a-z-]*"' case.ndjson | head -n 1 | cut -d'"' -f6)
	echo "# later" >>p/$play.yaml
	wants 1 ir-verify playbook --playbooks p case.ndjson
	grep -q ": playbook: $play" out
	printf '{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"result","result":{"action":"00"}}}\n' >r
	cp -r "$abs_top_srcdir"/playbooks/*.yaml p
	cat case.ndjson r >with
	wants 1 ir-verify playbook --playbooks p with
	grep -q ': result: ' out
	head -n 1 journal >torn
	wants 1 ir-verify playbook --playbooks p --journal torn case.ndjson
	grep -q 'intent-without-result' out
}

@test "undone: what is still active is named until it is undone" {
	wants 1 ir-verify undone journal
	[ "$(grep -c still-active out)" -eq 3 ]
	cd "$BATS_FILE_TMPDIR"
	cp journal journal.kept
	for i in i1 i2 i3; do
		ir-respond -q undo --incident $i --execute --allow allow.yaml --journal journal >/dev/null
	done
	wants 0 ir-verify undone journal
	wants 0 ir-verify chain journal
	mv journal.kept journal
}

@test "labels: a word of a RED record in an output is found" {
	printf '{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"alert","tlp":"red","id":"x"},"host":{"name":"secret-host"}}\n' >s
	printf '{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"alert","tlp":"green","id":"y"},"host":{"name":"known-host"}}\n' >>s
	echo "known-host was seen" >clean
	wants 0 ir-verify labels --tlp-max amber --stream s clean
	printf 'line\nsecret-host was seen\n' >leak
	wants 1 ir-verify labels --tlp-max amber --stream s leak
	grep -q '^leak:2: above-the-ceiling: secret-host' out
	wants 1 ir-verify labels --tlp-max red --stream s --masked known-host clean
	for kind in text html md json stix; do
		ir-report -q -t $kind --tlp-max amber s >report.$kind || [ $? -eq 3 ]
		wants 0 ir-verify labels --tlp-max amber --stream s report.$kind
	done
	wants 2 ir-verify labels --stream s clean
}
