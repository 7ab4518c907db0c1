#!/usr/bin/env bats
# ir-report: goldens of each kind, statuses, hostile strings in every sink, the same bytes always.
load common

setup() {
	G=$abs_top_srcdir/tests/golden/report
	export LC_ALL=C.UTF-8
	cd "$BATS_TEST_TMPDIR"
}

# same GOLDEN COMMAND...: status is the highest of the `end` records (3 in case.in)
same() {
	local golden=$1
	shift
	"$@" >got 2>err || [ $? -eq 3 ] || fail "$* ended with $?" "$(cat err)"
	if [ -n "${GOLDEN_WRITE-}" ]; then
		cp got "$G/$golden"
	fi
	cmp "$G/$golden" got || fail "$golden differs" "$(diff "$G/$golden" got | head -20)"
}

@test "goldens: summary wide and narrow, story, coverage, nothing found" {
	same case.txt ir-report -q --width 120 "$G/case.in"
	same case.80.txt ir-report -q --width 80 "$G/case.in"
	same case.story.txt ir-report -q --width 120 --story S1 "$G/case.in"
	same case.coverage.txt ir-report -q --width 120 --coverage "$G/case.in"
	same plain.out ir-report -q --width 120 "$G/plain.in"
	same none.out ir-report -q --width 120 "$G/none.in"
	same cut.out ir-report -q --width 120 "$G/cut.in"
	same hostile.out ir-report -q --width 120 "$G/hostile.in"
}

@test "goldens: Markdown, JSON, HTML" {
	same case.md ir-report -q -t md "$G/case.in"
	same case.json ir-report -q -t json "$G/case.in"
	same case.html ir-report -q -t html "$G/case.in"
	same hostile.md ir-report -q -t md "$G/hostile.in"
}

@test "goldens: exports; the ending of -o names the kind" {
	for k in stix misp csv navigator iodef iodef-json ocsf timesketch ecs; do
		same "case.$k" ir-report -q -t $k "$G/case.in"
		ir-report -q -t $k "$G/hostile.in" >hostile.$k || [ $? -eq 3 ]
	done
	for k in stix misp navigator iodef-json ocsf timesketch ecs; do
		jq -e . hostile.$k >/dev/null || fail "$k is no JSON with hostile values"
	done
	ir-report -q -o x.stix.json "$G/case.in" || [ $? -eq 3 ]
	cmp x.stix.json "$G/case.stix"
	ir-report -q -t csv --bom "$G/case.in" >got || [ $? -eq 3 ]
	[ "$(head -c 3 got | od -An -tx1)" = " ef bb bf" ]
	wants 2 ir-report -t iodef "$G/none.in"
	grep -q 'there is none' err
}

@test "no line is wider than the terminal, at 40, 80, 120 and 200" {
	for w in 40 80 120 200; do
		for view in "" --stories --findings --hits --timeline "--story S1"; do
			ir-report -q --width $w $view "$G/hostile.in" >got
			[ "$(wc -L <got)" -le $w ] || fail "--width $w $view: $(wc -L <got)"
		done
	done
}

@test "the status is the highest of the stages; a stream without an end is PARTIAL; nothing at all is said" {
	wants 3 ir-report "$G/case.in"
	wants 0 ir-report "$G/none.in"
	wants 3 ir-report "$G/cut.in"
	grep -q '^PARTIAL' out
	ir-report -q -t html "$G/cut.in" >got || [ $? -eq 3 ]
	grep -q PARTIAL got
	ir-report -q -t json "$G/cut.in" | jq -e .partial
	wants 3 ir-report /dev/null
	grep -q 'nothing came in' err
}

@test "what is not there is refused with words, before anything is read" {
	wants 2 ir-report -t spreadsheet "$G/case.in"
	wants 2 ir-report --audience shareholders "$G/case.in"
	wants 2 ir-report --audience peer -t stix "$G/case.in"
	wants 2 ir-report --tlp-max purple "$G/case.in"
	wants 3 ir-report metrics
	wants 2 ir-report --story S1 --hits "$G/case.in"
	wants 2 ir-report --rare "$G/case.in"
	wants 2 ir-report -t html --hits "$G/case.in"
	wants 2 ir-report --story S99 "$G/case.in"
	grep -q 'no such story' err
}

@test "-o: whole or not at all, nothing overwritten unasked, a full disk is 4" {
	wants 3 ir-report -q -o case.html "$G/case.in"
	head -n 1 case.html | grep -q '^<!DOCTYPE html>$'
	wants 2 ir-report -q -o case.html "$G/case.in"
	wants 3 ir-report -q --force -o case.html "$G/case.in"
	[ "$(ls -A | grep -c tmp-)" -eq 0 ]
	got=0
	ir-report -q -t html "$G/case.in" >/dev/full 2>err || got=$?
	[ "$got" -eq 4 ]
	ir-report -q -t html "$G/case.in" | head -c 10 >/dev/null
}

@test "hostile strings: in HTML no element and no attribute but our own, no address but our own" {
	ir-report -q -t html "$G/hostile.in" >got
	grep -q 'alert(1)' got
	sed '/^<style>/,/<\/style>/d' got >body
	grep -o '<[^ >]*' body | sort -u >tags
	grep -vxE '<(!DOCTYPE|/?(html|head|meta|title|body|main|nav|section|h[1-3]|p|a|b|i|br|div|span|code|mark|details|summary|ul|li|table|thead|tbody|tr|th|td|svg|g|rect|line|text))' tags && fail "$(cat tags)"
	grep -oE '[A-Za-z0-9:-]+="' body | sort -u >attrs
	grep -vxE '(lang|charset|http-equiv|content|name|id|class|href|download|role|viewBox|x|y|x1|x2|y1|y2|width|height)="' attrs && fail "$(cat attrs)"
	grep -oE 'href="[^"]{0,6}' body | grep -vE 'href="(#|data:t)' && fail "a link out"
	! grep -qE '<script|style=|url\(' body
	! LC_ALL=C grep -q "$(printf '[\001-\010\013-\037]')" got
	! grep -q "$(printf '\342\200\256')" got
}

@test "hostile strings: no command reaches a terminal, no formula a spreadsheet, no markup Markdown" {
	for view in "" --hits --findings --timeline "--story S1" --coverage "--stack user.name"; do
		ir-report -q $view "$G/hostile.in" >got
		! LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" got || fail "$view"
		! grep -q "$(printf '\342\200\256\|\302\205\|\342\200\250')" got || fail "$view"
	done
	ir-report -q -t html "$G/hostile.in" | sed -n 's/.*base64,\([^"]*\)".*/\1/p' | base64 -d >got.csv
	grep -q '^type,value,' got.csv
	! grep -E '(^|,)"?[=+@-]' got.csv
	ir-report -q -t md "$G/hostile.in" >got
	! grep -qE '(^|[^\\])<(script|img|svg|h1)' got
	! grep -qE '^# head' got
}

@test "the page allows its own style sheet and nothing else" {
	ir-report -q -t html "$G/case.in" >got || [ $? -eq 3 ]
	sed -n '/^<style>/,/<\/style>/p' got | sed '1s/^<style>//' | awk '/<\/style>/ {sub(/<\/style>.*/, ""); printf "%s", $0; next} {print}' >css
	hash=$(sha256sum css | cut -c1-64 | sed 's/../\\x&/g')
	want=$(printf "$hash" | base64)
	grep -qF "style-src 'sha256-$want'" got
	grep -qF "default-src 'none'" got
	[ "$(grep -o 'TLP:AMBER+STRICT</div>' got | wc -l)" -eq 2 ]
}

@test "secrets are numbered, unless asked for: then RED" {
	for kind in text html md json; do
		ir-report -q -t $kind --force -o out.$kind "$G/case.in" || [ $? -eq 3 ]
		! grep -q -e Sommer2026 -e hunter2 out.$kind || fail $kind
	done
	grep -q 'redacted 1' out.json
	ir-report -q -t html --no-redact "$G/case.in" >got || [ $? -eq 3 ]
	grep -q Sommer2026 got
	grep -q 'TLP:RED</div>' got
}

@test "the same bytes for any time zone, locale and run" {
	for kind in text html md json; do
		TZ=Asia/Tokyo LC_ALL=C.UTF-8 ir-report -q -t $kind "$G/case.in" >a || [ $? -eq 3 ]
		TZ=UTC LC_ALL=C.UTF-8 ir-report -q -t $kind <"$G/case.in" >b || [ $? -eq 3 ]
		cmp a b
		[ $kind = text ] || { LC_ALL=C ir-report -q -t $kind "$G/case.in" >b || [ $? -eq 3 ]; cmp a b; }
	done
}

@test "--stack counts a field's values, the rarest first if asked" {
	ir-report -q --stack user.name "$G/case.in" >got || [ $? -eq 3 ]
	grep -qE '^ +2  m.okafor' got || fail "$(cat got)"
	ir-report -q --stack rule.level --rare "$G/case.in" >got || [ $? -eq 3 ]
	[ "$(sed -n 2p got | tr -s ' ')" = " 1 high" ] || fail "$(cat got)"
}

@test "the bundled case, through the whole pipe" {
	make_case
	ir-ingest -q "$evidence" | ir-match -q | ir-escalate -q >whole || true
	ir-report -q -o whole.html whole || [ $? -eq 3 ]
	[ "$(stat -c %s whole.html)" -lt 5000000 ]
	ir-report -q whole | grep -q '^ *S1  P1'
	ir-report -q -t json whole | jq -e '.alerts | length > 50'
}

@test "audiences: every one is written in each form; what people must say is named" {
	ir-report --audience list >names
	[ "$(wc -l <names)" -eq 15 ]
	while read -r name rest; do
		for kind in text md html; do
			ir-report -q -t $kind --audience "$name" "$G/case.in" >got || [ $? -eq 3 ]
			grep -qF "$rest" got || fail "$name as $kind has not its title"
		done
		got=0
		ir-report -q --check --audience "$name" </dev/null >missing || got=$?
		ir-report -q -t text --audience "$name" "$G/case.in" >text || [ $? -eq 3 ]
		[ "$(grep -c 'to be completed' text)" -eq "$(wc -l <missing)" ] || fail "$name: --check and the report differ"
		[ "$got" -eq "$([ -s missing ] && echo 1 || echo 0)" ]
	done <names
	same case.management.txt ir-report -q -t text --audience management --case "$G/case.yaml" "$G/case.in"
	same case.peer.txt ir-report -q -t text --audience peer --case "$G/case.yaml" "$G/case.in"
	same case.lessons.md ir-report -q -t md --audience lessons --case "$G/case.yaml" "$G/case.in"
}

@test "case.yaml: what is wrong is named with its place, before anything is read" {
	printf 'title: x\ncolour: red\n' >bad.yaml
	wants 2 ir-report --audience peer --case bad.yaml </dev/null
	grep -q 'bad.yaml:2:1: no key of a case: colour' err
	printf 'aware_at: yesterday\n' >bad.yaml
	wants 2 ir-report --audience peer --case bad.yaml </dev/null
	grep -q 'bad.yaml:1:11: a time is wanted' err
	printf 'affected: {persons: many}\n' >bad.yaml
	wants 2 ir-report --audience peer --case bad.yaml </dev/null
	printf 'affected: {persons: unknown}\nactions: [{what: x, who: y}]\n' >bad.yaml
	wants 2 ir-report --audience peer --case bad.yaml </dev/null
	wants 2 ir-report --audience peer --case none.yaml </dev/null
}

@test "anonymise: a masked name is in no form of the report" {
	for kind in text html md json stix misp csv iodef iodef-json ocsf ecs timesketch; do
		ir-report -q -t $kind --case "$G/case.yaml" "$G/case.in" >got || [ $? -eq 3 ]
		! grep -qi ws07 got || fail "$kind names ws07"
	done
}

@test "--tlp-max: no byte of what is marked above changes the report" {
	sed 's/"ir":{"v":1,"kind":"alert"/&,"tlp":"red"/' "$G/plain.in" | head -n 2 | tail -n 1 >red
	[ -s red ]
	{ cat "$G/case.in"; cat red; } >one
	{ cat "$G/case.in"; sed 's/ws07/zz99/g; s/PowerShell/Powerless/g; s/T1059/T9999/g' red; } >two
	! cmp -s one two
	for kind in text html md json stix misp csv navigator iodef iodef-json ocsf ecs timesketch; do
		ir-report -q --tlp-max amber+strict -t $kind one >got.1 || [ $? -eq 3 ]
		ir-report -q --tlp-max amber+strict -t $kind two >got.2 || [ $? -eq 3 ]
		cmp got.1 got.2 || fail "$kind tells of what is RED"
	done
	ir-report -q -t json one >all || [ $? -eq 3 ]
	! cmp -s all got.1
}

@test "metrics: times by hand; open incidents wait on; periods beside one another" {
	wants 0 ir-report metrics -t json --by severity --now 2026-03-01T02:00:00Z "$G/history.in"
	# a: 1 h, 9 min, 1 h, 1 d; b: 0, 4 h 30 min, closed without; c: 12 h, open for 2 h in all else
	jq -e '.periods[0].groups[0] | .incidents == 3 and .closed == 1 and .judged == 2 and .false_positives == 1' out
	jq -e '.periods[0].groups[0].ttd == {n: 3, open: 0, median_s: 3600, p90_s: 43200, mean_s: 15600}' out
	jq -e '.periods[0].groups[0].tta == {n: 3, open: 1, median_s: 16200, p90_s: 16200}' out
	jq -e '.periods[0].groups[0].ttc == {n: 2, open: 1, median_s: 3600, p90_s: null}' out
	jq -e '.periods[0].groups[0].ttr == {n: 2, open: 1, median_s: 86400, p90_s: 86400}' out
	jq -e '.periods[0].timers == {met: 1, missed: 2, running: 0}' out
	jq -e '[.periods[0].groups[].name] == ["all", "high", "low"]' out
	wants 0 ir-report metrics -t json --period 2026-02 --period 2026-03 "$G/history.in"
	jq -e '[.periods[] | .groups[0].incidents] == [2, 1]' out
	same history.out ir-report metrics -q -t text --now 2026-03-01T02:00:00Z --by tier "$G/history.in"
	wants 2 ir-report metrics --period soon "$G/history.in"
	wants 2 ir-report metrics --by colour "$G/history.in"
}

@test "why: every leaf of the JSON report leads to records, and these to the bytes of the evidence" {
	make_case
	cd "$BATS_FILE_TMPDIR/case"
	ir-ingest -q evidence | ir-match -q | ir-enrich -q | ir-escalate -q | ir-report -q -t json >why.json || [ $? -eq 3 ]
	wants 0 ir-report why why.json --check
	[ "$(ir-report why why.json --leaves | wc -l)" -eq "$(jq '[paths(type != "object" and type != "array")] | length' why.json)" ]
	ir-report why why.json --leaves | head -n 400 | while read -r pointer; do
		ir-report why why.json "$pointer" >got || fail "$pointer"
		head -n 1 got | jq -e '.alerts > 0 or .record != null or (.how | test("constant|counted by the report"))' >/dev/null ||
			fail "$pointer leads nowhere" "$(cat got)"
	done
	ir-report why why.json /summary/alerts --evidence . >got
	[ "$(grep -c '"proven":true' got)" -eq "$(jq .summary.alerts why.json)" ]
	first=$(sed -n 2p got)
	tail -c +$(($(echo "$first" | jq .off) + 1)) "$(echo "$first" | jq -r .uri)" | head -c "$(echo "$first" | jq .len)" | sha256sum |
		grep -q "$(echo "$first" | jq -r .sha256)"
	printf 'x' | dd of="$(echo "$first" | jq -r .uri)" bs=1 seek=$(($(echo "$first" | jq .off) + 20)) conv=notrunc 2>/dev/null
	ir-report why why.json /summary/alerts --evidence . | grep -q '"proven":false'
	wants 1 ir-report why why.json /nothing/there
	wants 2 ir-report why why.json
	wants 2 ir-report why "$G/case.in" /
}

@test "clock: duties by the facts of the case; a calendar; what is overdue ends with 1" {
	wants 0 ir-report clock --case "$G/case.yaml" --now 2026-03-12T08:00:00Z -t json
	jq -se 'map(select(.clock == "nis2" and .step == "warning"))[0] | .due == "2026-03-12T09:00:00.000000000Z" and .seconds_left == 3600' out
	jq -se 'map(select(.clock == "gdpr"))[0].due == "2026-03-14T09:00:00.000000000Z"' out
	wants 1 ir-report clock --case "$G/case.yaml" --regime gdpr --now 2026-03-14T08:00:00Z --fail-on soon
	wants 0 ir-report clock --case "$G/case.yaml" --regime gdpr --now 2026-03-14T08:00:00Z --fail-on overdue
	wants 1 ir-report clock --case "$G/case.yaml" --regime gdpr --now 2026-03-14T09:30:00Z --fail-on overdue
	wants 0 ir-report clock --case "$G/case.yaml" --fact submitted.nis2.warning=2026-03-12T08:30:00Z --regime nis2 \
		--now 2026-03-12T09:30:00Z --fail-on overdue
	wants 0 ir-report clock --case "$G/case.yaml" --now 2026-03-12T08:00:00Z --regime nis2 -t ics
	grep -q '^DTSTART:20260312T090000Z' out
	[ "$(grep -c BEGIN:VEVENT out)" -eq "$(grep -c END:VEVENT out)" ]
	wants 3 ir-report clock --now 2026-03-12T08:00:00Z
	wants 2 ir-report clock --case "$G/case.yaml"
	wants 2 ir-report clock --regime narnia --now 2026-03-12T08:00:00Z
	wants 2 ir-report clock --fact aware --now 2026-03-12T08:00:00Z
}

@test "--manifest: sizes and hashes of the evidence stand in the report" {
	printf '{"path":"case/ws07.ndjson","size":123456,"sha256":"%064d","format":"json","records":77}\n' 7 >M
	ir-report -q -t html --manifest M "$G/case.in" >got || [ $? -eq 3 ]
	grep -q "$(printf '%064d' 7)" got
	ir-report -q -t json --manifest M "$G/case.in" | jq -e '.sources[] | select(.uri == "case/ws07.ndjson") | .size == 123456 and .records == 77'
	echo '{"size":1}' >>M
	wants 2 ir-report --manifest M "$G/case.in"
	grep -q 'M:2: a row of a manifest has a path' err
}
