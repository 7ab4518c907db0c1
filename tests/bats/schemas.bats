#!/usr/bin/env bats
# Exports against the schemas of their standards: $IR_SHARED, or ../shared/data beside the sources; skipped where they are not.
load common

setup_file() {
	shared=${IR_SHARED-$abs_top_srcdir/../shared/data}
	cd "$BATS_FILE_TMPDIR"
	[ -d "$shared" ] || return 0
	for set in stix iodef ocsf-schema ecs-schema; do
		[ ! -f "$shared/$set.tar.gz" ] || tar -xzf "$shared/$set.tar.gz"
	done
	make_case
	ir-ingest -q "$evidence" | ir-match -q | ir-enrich -q -s asset="$assets" | ir-escalate -q >case.ndjson || [ $? -eq 3 ]
	cp "$abs_top_srcdir/tests/golden/report/case.in" golden.ndjson
	cp "$abs_top_srcdir/tests/golden/report/hostile.in" hostile.ndjson
}

setup() {
	cd "$BATS_FILE_TMPDIR"
	[ -d stix ] || skip "no schemas"
	/usr/bin/python3 -c 'import jsonschema, yaml' 2>/dev/null || skip "no python3-jsonschema"
}

# valid KIND SCHEMAS: of the bundled case, of one with actions, and of one whose every text is hostile
valid() {
	for case in case golden hostile; do
		ir-report -q -t "$1" "$case.ndjson" >"$case.$1" || [ $? -eq 3 ]
		[ -s "$case.$1" ]
		"$abs_top_srcdir/tests/schemas/validate" "$1" "$2" "$case.$1" >faults || fail "$case, $1" "$(head -n 20 faults)"
	done
}

@test "STIX 2.1" {
	valid stix "$PWD/stix"
}

@test "IODEF as JSON (RFC 8727)" {
	valid iodef-json "$PWD/iodef"
}

@test "IODEF as XML (RFC 7970)" {
	command -v xmllint >/dev/null || skip "no xmllint"
	for case in case golden hostile; do
		ir-report -q -t iodef "$case.ndjson" >"$case.xml" || [ $? -eq 3 ]
		xmllint --nonet --noout --schema iodef/offline/iodef-2.0-offline.xsd "$case.xml" 2>faults || fail "$case" "$(head -n 20 faults)"
	done
}

@test "OCSF" {
	valid ocsf "$PWD/ocsf-schema"
}

@test "ECS" {
	valid ecs "$PWD/ecs-schema"
}
