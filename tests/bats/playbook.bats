#!/usr/bin/env bats
# Playbooks: CACAO out and in, calls, drills.
load common

setup() {
	cd "$BATS_TEST_TMPDIR"
	books=$abs_top_srcdir/playbooks
}

@test "each playbook goes out as CACAO 2.0 and comes back byte for byte" {
	for p in "$books"/*.yaml; do
		n=$(basename "$p" .yaml)
		wants 0 ir-escalate cacao "$n"
		mv out "$n.json"
		jq -e '.spec_version == "cacao-2.0" and .workflow[.workflow_start].type == "start" and ([.workflow[] | select(.type == "end")] | length > 0)' "$n.json" >/dev/null
		# every step that is named is there
		jq -e '. as $p | [.workflow[] | .on_completion, .on_success, .on_failure, .on_true, .on_false, (.next_steps // [])[]] | map(select(. != null)) | all(. as $id | $p.workflow[$id] != null)' "$n.json" >/dev/null || fail "$n: a step leads nowhere"
		wants 0 ir-escalate cacao "$n.json"
		cmp out "$p" || fail "$n differs"
	done
}

@test "what was changed on the way is not taken for ours; what others made becomes steps for people" {
	ir-escalate cacao phishing | jq -c '.name = "other"' >x.json
	wants 0 ir-escalate cacao x.json
	grep -q 'made by others' err
	grep -q '^    manual: {do: "block-one: bash: ' out
	mv out x.yaml
	wants 0 ir-escalate lint x.yaml
	echo '{"type":"playbook","spec_version":"cacao-1.1"}' >y.json
	wants 2 ir-escalate cacao y.json
	wants 2 ir-escalate cacao nowhere
}

@test "playbooks of the shared data come in" {
	d=${IR_SHARED:-$abs_top_srcdir/../shared/data}/cacao.tar.gz
	[ -f "$d" ] || skip "the shared data is not here"
	tar xzf "$d"
	n=0
	for f in $(find . -path '*examples*' -name '*.json'); do
		wants 0 ir-escalate cacao "$f"
		cp out in.yaml
		wants 0 ir-escalate lint in.yaml
		n=$((n + 1))
	done
	[ "$n" -ge 5 ]
}

@test "a call puts the steps of the other playbook in its place; it does not lead back" {
	ir-escalate -q --state s.db "$abs_top_srcdir/tests/golden/incident/story.in" >first || [ $? -eq 3 ]
	id=$(jq -r 'select(.ir.incident.seq == 1) | .ir.incident.id' first | head -1)
	wants 0 ir-escalate plan ransomware --incident "$id" --state s.db -t ndjson
	[ "$(jq -r 'select(.ir.action.playbook.called) | .ir.action.step' out | paste -sd ' ')" = 'clean.persistence clean.reinstall clean.scan' ]
	[ "$(jq -r 'select(.ir.action.step == "tell-mgmt") | "\(.ir.action.name) \(.ir.action.args.every)"' out)" = 'notify 2h' ]
	mkdir p
	cp "$books/malware-remove.yaml" p/
	sed -i '/final: true/d' p/malware-remove.yaml
	cat >>p/malware-remove.yaml <<-Y
	  - {id: again, stage: recovery, call: {playbook: malware-remove}}
	Y
	wants 2 ir-escalate lint p
	grep -q 'malware-remove.yaml:[0-9]*:[0-9]*: calls lead back' err || fail "$(cat err)"
	sed -i 's/{playbook: malware-remove}/{playbook: nowhere}/' p/malware-remove.yaml
	wants 2 ir-escalate lint p
	grep -q 'no such playbook: nowhere' err
}

@test "each playbook has its drill: in virtual time, in under a second, twice with the same bytes" {
	for p in "$books"/*.yaml; do
		n=$(basename "$p" .yaml)
		[ "$n" != malware-remove ] || continue
		start=$(date +%s%N)
		wants 0 ir-escalate drill "$books/drills/$n.yaml"
		[ $(($(date +%s%N) - start)) -lt 5000000000 ]
		cp out first
		wants 0 ir-escalate drill "$books/drills/$n.yaml"
		cmp out first
		jq -e ".points == .of and .playbook == \"$n\"" out >/dev/null || fail "$n"
	done
}

@test "a drill counts what came late or not at all, and writes the training report" {
	sed 's/{at: 4m, by: ann, ack: true}/{at: 9m, by: ann, ack: true}/; /task: who/d; s/, fact: {rematch: 0}//' "$books/drills/phishing.yaml" >d.yaml
	wants 1 ir-escalate drill d.yaml
	[ "$(jq -c '[.points, .of, .refused, [.expect[] | select(.met | not) | .what]]' out)" = '[60,110,1,["ack","task","status"]]' ]
	wants 1 ir-escalate drill d.yaml --markdown
	grep -q '^Score: 60 of 110 points. Gates that refused: 1.' out
	grep -q '^- \*\*missed\*\*: ack , within 5m (after 9 min)' out
	grep -q '^- \[ \] who' out
	echo 'irdrill: 1' >e.yaml
	wants 2 ir-escalate drill e.yaml
	sed 's/ack: true/akc: true/' "$books/drills/phishing.yaml" >e.yaml
	wants 2 ir-escalate drill e.yaml
	grep -q 'e.yaml:[0-9]*:[0-9]*: unknown key: akc' err
}
