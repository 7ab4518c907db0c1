#!/usr/bin/env bats
# irpipe CASE: the whole pipe, what it leaves, and how it ends.
load common

setup_file() {
	make_case
	export evidence
}

setup() {
	work=$BATS_TEST_TMPDIR/work
	mkdir "$work"
	cd "$work"
	case_dir=$BATS_FILE_TMPDIR/case/evidence
	assets=$BATS_FILE_TMPDIR/case/assets.csv
}

@test "a case: stream, report, rejects and sums; the pipe is printed; highest status" {
	wants 3 irpipe --assets "$assets" --case one "$case_dir"
	err=$BATS_TEST_TMPDIR/err
	grep -qw S1 "$BATS_TEST_TMPDIR/out"
	grep -q "^irpipe: ir-ingest --rejects one.irpipe/rejects .* | ir-match | ir-enrich -s asset=.* | ir-escalate | tee one.irpipe/case.ndjson | ir-report$" "$err"
	grep -q '^irpipe: ir-report -o one.irpipe/report.html < one.irpipe/case.ndjson$' "$err"
	[ "$(cd one.irpipe && echo *)" = "MANIFEST case.ndjson rejects report.html" ]
	(cd one.irpipe && sha256sum --quiet -c MANIFEST)
	[ "$(wc -l <one.irpipe/MANIFEST)" -eq 3 ]
	wants 0 ir-verify balance --stages ir-ingest,ir-match,ir-enrich,ir-escalate one.irpipe/case.ndjson
	[ -s one.irpipe/rejects ]
	grep -q '</html>' one.irpipe/report.html
}

@test "the name is the last part of the case; a file is a case too" {
	cp "$case_dir/win/ws07-sysmon.ndjson" 'the log; of $HOME.ndjson'
	wants 0 irpipe 'the log; of $HOME.ndjson'
	[ -s 'the log; of $HOME.ndjson.irpipe/case.ndjson' ]
	grep -q "'the log; of \$HOME.ndjson'" "$BATS_TEST_TMPDIR/err"
}

@test "-n only prints" {
	wants 0 irpipe -n --rules 'a b' "$case_dir"
	grep -q "ir-match -r 'a b' |" "$BATS_TEST_TMPDIR/out"
	[ -z "$(ls)" ]
}

@test "nothing is overwritten without --force, nothing written into the case" {
	mkdir two.irpipe
	echo mine >two.irpipe/notes
	wants 2 irpipe --case two "$case_dir/win/ws07-sysmon.ndjson"
	grep -q 'exists' "$BATS_TEST_TMPDIR/err"
	wants 0 irpipe --force --case two "$case_dir/win/ws07-sysmon.ndjson"
	[ -s two.irpipe/case.ndjson ] && [ "$(cat two.irpipe/notes)" = mine ]
	mkdir -p logs/deeper
	cp "$case_dir/web01/auth.log" logs/
	cd logs/deeper
	wants 2 irpipe "$work/logs"
	wants 2 irpipe ..
	cd ..
	wants 2 irpipe .
	[ -z "$(find "$work" -name 'logs.irpipe')" ]
}

@test "misuse: 2; a stage that fails gives its status" {
	wants 2 irpipe
	wants 2 irpipe --no-such "$case_dir"
	wants 2 irpipe --rules
	wants 2 irpipe ./nothing-here
	wants 2 irpipe --case a/b "$case_dir"
	wants 2 irpipe --rules ./no-rules --case three "$case_dir"
	wants 2 irpipe --assets ./no-assets.csv --case four "$case_dir"
	wants 0 irpipe --help
	wants 0 irpipe --version
}

@test "--rules and --source reach their stages" {
	mkdir r
	cp "$abs_top_srcdir"/rules/win_access_lsass_memory.yml r/
	wants 0 irpipe --rules r --source "asset=$assets" --case five "$case_dir/win/ws07-sysmon.ndjson"
	[ "$(grep '"kind":"alert"' five.irpipe/case.ndjson | jq -r .rule.name | sort -u | wc -l)" -eq 1 ]
}
