#!/usr/bin/env bats
# ir-escalate: what people do with an incident, its gates, its log, and what becomes due.
load common

setup() {
	cd "$BATS_TEST_TMPDIR"
	ir-escalate -q --state s.db "$abs_top_srcdir/tests/golden/incident/story.in" >first || [ $? -eq 3 ]
	id=$(jq -r 'select(.ir.incident.seq == 1) | .ir.incident.id' first | head -1)
	now="--now 2026-03-02T10:00:00Z --state s.db --by alice"
}

incident() {
	jq -c ".ir.incident | $1" out
}

@test "ack, assign, set: the state, its record, and its reasons" {
	wants 0 ir-escalate ack "${id:0:6}" $now
	[ "$(incident '[.status,.owner,.acknowledged.by,.seq]')" = '["triage","alice","alice",2]' ]
	wants 0 ir-escalate assign "$id" bob $now
	[ "$(incident .owner)" = '"bob"' ]
	wants 0 ir-escalate set "$id" status=in_progress class=malicious-code impact.functional=high $now
	[ "$(incident '[.status,.class.rsit]')" = '["in_progress","malicious-code"]' ]
	incident .priority_why | grep -q 'impact.functional is high: 4'
	wants 2 ir-escalate set "$id" class=nonsense $now
	wants 2 ir-escalate set "$id" status=closed $now
	wants 2 ir-escalate set "$id" status=on_hold $now
	wants 0 ir-escalate set "$id" status=on_hold --reason vendor $now
	wants 2 ir-escalate set "$id" tlp=clear $now
	wants 0 ir-escalate set "$id" tlp=red $now
	[ "$(incident .tlp)" = '"red"' ]
	wants 2 ir-escalate ack zz $now
	wants 2 ir-escalate ack "$id" --state nowhere.db
}

@test "the gates of closing name all that is missing; a waiver names its reason" {
	wants 2 ir-escalate close "$id" $now
	grep -q 'G4: no root cause' err
	grep -q 'G5: no verdict' err
	[ "$(grep -c 'G5: a task that is not done' err)" -gt 3 ]
	wants 2 ir-escalate verdict "$id" false_positive --reason because $now
	wants 0 ir-escalate verdict "$id" true_positive --reason shell $now
	wants 0 ir-escalate set "$id" root_cause=malicious-actions evidence=abc $now
	for t in $(incident '.tasks[].id' | tr -d '"'); do
		wants 0 ir-escalate task "$id" done "$t" $now
	done
	wants 0 ir-escalate fact "$id" aware.gdpr=2026-03-02T09:00:00Z $now
	wants 2 ir-escalate close "$id" $now
	[ "$(grep -c 'G5:' err)" = 1 ]
	wants 2 ir-escalate waive "$id" clock.gdpr --owner dpo $now
	wants 0 ir-escalate waive "$id" clock.gdpr --owner dpo --reason 'no personal data' $now
	wants 0 ir-escalate close "$id" $now
	[ "$(incident '[.status,.waived["clock.gdpr"].owner]')" = '["closed","dpo"]' ]
	wants 2 ir-escalate close "$id" $now
}

@test "an action that was done and not undone keeps the incident open" {
	a=$(jq -r 'select(.ir.action.name == "net.block-ip") | .ir.action.id' first | head -1)
	i=$(jq -r 'select(.ir.action.name == "net.block-ip") | .ir.action.incident' first | head -1)
	for state in done undone unknown; do
		printf '{"@timestamp":"2026-03-02T09:00:00.000000000Z","ir":{"v":1,"kind":"result","result":{"action":"%s","state":"%s"}}}\n' "$a" $state |
			ir-escalate -q --state s.db >/dev/null || [ $? -eq 3 ]
		wants 2 ir-escalate close "$i" $now
		case $state in
		done) grep -q 'G2: a block that is still there' err ;;
		undone) ! grep -q G2 err ;;
		unknown) grep -q 'G2: an action of which nobody knows' err ;;
		esac
	done
}

@test "an alert after closing opens the incident again" {
	for t in $(jq -r "select(.ir.incident.id == \"$id\") | .ir.incident.tasks[].id" first); do
		ir-escalate task "$id" done "$t" $now >/dev/null
	done
	ir-escalate verdict "$id" benign --reason test $now >/dev/null
	for g in G2 G4; do ir-escalate waive "$id" $g --owner x --reason y $now >/dev/null; done
	wants 0 ir-escalate close "$id" $now
	key=$(incident '.story.key.value' | tr -d '"')
	printf '{"@timestamp":"2026-03-05T10:00:00.000000000Z","ir":{"v":1,"kind":"alert","id":"e1","alert":{"id":"a1","level":"low"}},"host":{"name":"%s"},"rule":{"id":"r"}}\n' "$key" >again
	wants 3 ir-escalate --state s.db again
	[ "$(jq -r 'select(.ir.kind == "incident") | "\(.ir.incident.id) \(.ir.incident.status)"' out)" = "$id reopened" ]
	sed 's/03-05/04-20/; s/"e1"/"e2"/; s/"a1"/"a2"/' again >later
	wants 3 ir-escalate --state s.db later
	[ "$(jq -r 'select(.ir.kind == "incident") | .ir.incident.status' out)" = new ]
}

@test "a hand-over is whole or refused; it is answered once" {
	wants 2 ir-escalate handover "$id" --to csirt $now
	grep -q 'hand-over: --ack-due is missing' err
	full="--from soc.t2 --to csirt --reason many-hosts --text sum --evidence e1 --entity h --done a --open b --gap c --owner bob --next decide --due 2h --ack-due 15m"
	wants 2 ir-escalate handover "$id" $full --tlp green $now
	wants 2 ir-escalate handover "$id" ${full/csirt/cert.national} --tlp amber $now
	wants 0 ir-escalate handover "$id" $full --tlp amber $now
	[ "$(incident '[.tier,.owner,.handovers["1"].ack_due]')" = '["csirt","bob","2026-03-02T10:15:00.000000000Z"]' ]
	wants 0 ir-escalate ack "$id" handover 1 $now
	wants 2 ir-escalate ack "$id" handover 1 $now
}

@test "tick tells each thing once, at any moment, and climbs the ladder" {
	wants 0 ir-escalate tick --now 2026-03-02T08:01:00Z --state s.db
	grep -c '"what":"page"' out
	wants 0 ir-escalate tick --now 2026-03-02T12:00:00Z --state s.db
	[ "$(jq -r "select(.ir.src == \"$id\" and .ir.what == \"page\") | .ir.to[]" out | sort -u | wc -l)" -ge 8 ]
	grep -q '"what":"sla-breach"' out
	grep -q '"what":"task-overdue"' out
	wants 0 ir-escalate tick --now 2026-03-02T12:00:00Z --state s.db
	! grep -q '"kind":"note"' out
	cat >roster.yaml <<-Y
	irroster: 1
	people: {ann: {}}
	shifts: [{role: soc.t1, who: [ann], from: "00:00", to: "24:00"}]
	Y
	wants 0 ir-escalate duty --roster roster.yaml --prove --from 2026-01-01 --until 2026-02-01
	grep -q '44640 minutes, 0 holes' err
	wants 0 ir-escalate duty --roster roster.yaml --now 2026-01-01T00:00:00Z
	[ "$(jq -r '.who[0].id' out)" = ann ]
}

@test "the log is chained; a changed row shows" {
	ir-escalate note "$id" 'hello there' $now >/dev/null
	wants 0 ir-escalate fsck --state s.db
	wants 0 ir-escalate log "$id" --state s.db
	[ "$(tail -1 out | jq -c '[.what,.who,.body.text]')" = '["note","alice","hello there"]' ]
	wants 0 ir-escalate head --state s.db
	jq -e '.seq > 3 and (.sha256 | length == 64)' out
	command -v sqlite3 || skip "sqlite3 is not here"
	sqlite3 s.db "DROP TRIGGER audit_no_update; UPDATE audit SET who = 'mallory' WHERE seq = 2"
	wants 4 ir-escalate fsck --state s.db
	grep -q 'broken at row 2' err
}

@test "clocks run from facts; what is late says so" {
	ir-escalate fact "$id" aware.nis2=2026-03-01T08:00:00Z submitted.nis2.warning=2026-03-01T10:00:00Z $now >/dev/null
	wants 0 ir-escalate clock "$id" --now 2026-03-02T08:00:00Z --state s.db
	[ "$(jq -c '[.step,.due,.state]' out | head -1)" = '["warning","2026-03-02T08:00:00.000000000Z","done"]' ]
	wants 1 ir-escalate clock "$id" --now 2026-03-05T08:00:00Z --state s.db
	[ "$(jq -c 'select(.state == "late") | .step' out)" = '"notification"' ]
}

@test "what people report is an incident with a receipt; two become one" {
	wants 0 ir-escalate new 'lost laptop' --entity host:lt1 $now
	other=$(incident .id | tr -d '"')
	[ "$(incident .title)" = '"reported: lost laptop"' ]
	grep -q "receipt: ${other:0:12}" err
	wants 2 ir-escalate merge "$id" "$other" $now
	wants 0 ir-escalate merge "$id" "$other" --reason same $now
	[ "$(incident '.entities.host | contains(["lt1"])')" = true ]
	wants 0 ir-escalate show "$other" --state s.db -t ndjson
}

@test "approvals are signed for exactly what is planned" {
	command -v openssl || skip "openssl is not here"
	openssl genpkey -algorithm ed25519 -out alice.key 2>/dev/null
	openssl pkey -in alice.key -pubout -out alice.pem
	i=$(jq -r 'select(.ir.action.name == "net.block-ip") | .ir.action.incident' first | head -1)
	wants 2 ir-escalate approve "$i" --by alice --state s.db
	wants 0 ir-escalate approve "$i" block-one/1 --key alice.key --by alice --due 1h --state s.db --now 2026-03-02T10:00:00Z
	jq -e '.by == "alice" and .valid == "2026-03-02T11:00:00.000000000Z"' out
	wants 0 ir-escalate log "$i" --state s.db
	tail -1 out | jq -e '.what == "approve"'
}

@test "the policy: printed, read back, and it moves the timers" {
	wants 0 ir-escalate --print-policy
	cp out p.yaml
	wants 0 ir-escalate --policy p.yaml --print-policy
	cmp out p.yaml
	sed -i 's/P1: {acknowledge: 5m/P1: {acknowledge: 1m/' p.yaml
	wants 3 ir-escalate --policy p.yaml "$abs_top_srcdir/tests/golden/incident/story.in"
	[ "$(jq -r "select(.ir.incident.id == \"$id\") | .ir.incident.sla[0].due" out)" = 2026-03-02T08:01:00.000000000Z ]
	echo 'irpolicy: 2' >p.yaml
	wants 2 ir-escalate --policy p.yaml "$abs_top_srcdir/tests/golden/incident/story.in"
}

@test "noise: false positives per rule; whatif: another policy over the same alerts" {
	ir-escalate verdict "$id" false_positive r-shell --reason known-tool $now >/dev/null
	wants 0 ir-escalate noise --state s.db
	[ "$(jq -c 'select(.rule == "r-shell") | [.findings, .false_positives, .undecided, .ratio, .state]' out)" = '[2,1,1,1,"too-few"]' ]
	in=$abs_top_srcdir/tests/golden/incident/story.in
	wants 3 ir-escalate whatif "$in"
	[ ! -s out ]
	ir-escalate --print-policy | sed 's/gap: 30m/gap: 1m/' >p.yaml
	wants 3 ir-escalate whatif --new p.yaml "$in"
	jq -e 'select(.what == "new")' out >/dev/null
	wants 3 ir-escalate whatif --base p.yaml --new p.yaml "$in"
	[ ! -s out ]
}

@test "an indicator that a warning list names opens nothing above low" {
	printf '{"@timestamp":"2026-03-02T09:00:00.000000000Z","ir":{"v":1,"kind":"alert","id":"e1","known":["Public DNS"],"alert":{"id":"a1","type":"indicator","level":"high"}},"host":{"name":"h"},"rule":{"id":"ioc"}}\n' >k
	wants 3 ir-escalate k
	[ "$(jq -r 'select(.ir.kind == "incident") | .ir.incident.severity' out)" = low ]
	sed 's/,"known":\["Public DNS"\]//' k >n
	wants 3 ir-escalate n
	[ "$(jq -r 'select(.ir.kind == "incident") | .ir.incident.severity' out)" = high ]
}

@test "a notice: label in the subject, addresses from the roster, no header from a record, told once" {
	cat >roster.yaml <<-Y
	irroster: 1
	people: {ann: {mail: ann@example.org}}
	shifts: [{role: mgmt, who: [ann], from: "00:00", to: "24:00"}]
	Y
	wants 0 ir-escalate notice "$id" status --to mgmt --roster roster.yaml -t text $now
	[ "$(head -1 out)" = 'To: ann@example.org' ]
	grep -q '^Subject: \[TLP:AMBER\] Grave incident: ' out
	wants 0 ir-escalate notice "$id" status --to mgmt --roster roster.yaml -t text $now
	[ ! -s out ]
	wants 2 ir-escalate notice "$id" status --to public $now
	wants 2 ir-escalate notice "$id" nothing --to mgmt $now
	wants 0 ir-escalate new $'evil\r\nBcc: x@example.org' --now 2026-03-02T10:00:00Z --state s.db
	other=$(incident .id | tr -d '"')
	wants 0 ir-escalate notice "$other" status --to mgmt -t text $now
	! grep -q '^Bcc' out
}
