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
