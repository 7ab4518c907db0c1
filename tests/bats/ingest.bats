#!/usr/bin/env bats
# ingest: what comes in pieces, too long, cut or in another shape.
load common

setup() {
	cd "$BATS_TEST_TMPDIR"
	for i in $(seq 1 400); do
		printf 'Mar  2 08:00:%02d web01 sshd[%d]: Failed password for root from 10.0.0.1 port 4000 ssh2\r\n' $((i % 60)) "$i"
		[ $((i % 7)) -ne 0 ] || printf '\r\n'
	done >crlf.log
	for i in $(seq 1 400); do
		printf '{"a":%d}\r\n' "$i"
		[ $((i % 7)) -ne 0 ] || printf ' \t\r\n\n'
	done >crlf.ndjson
}

@test "in what pieces a pipe brings its bytes does not show" {
	for f in crlf.log crlf.ndjson; do
		ir-ingest -q --year 2026 - <"$f" >whole
		[ "$(grep -c '"kind":"event"' whole)" -eq 400 ]
		for n in 7 1000 4096; do
			dd if="$f" bs="$n" status=none | cat | ir-ingest -q --year 2026 - >pieces
			cmp whole pieces || fail "$f in pieces of $n"
		done
		{ head -c 10 "$f"; sleep 0.4; tail -c +11 "$f"; } | ir-ingest -q --year 2026 - >pieces
		cmp whole pieces || fail "$f with a pause in its first line"
	done
}

@test "lines of blanks alone have no ordinal" {
	ir-ingest -q crlf.ndjson >out
	[ "$(jq -c 'select(.ir.kind == "event") | .raw.a == .ir.src.rec' out | sort -u)" = true ]
}

@test "a record that is too long: one reason, its whole length and hash, however it comes" {
	{ echo '{"a":1}'; printf '{"x":"%01100000d"}\n' 0; echo '{"a":2}'; printf '{"x":"%03000000d"}\n' 0; echo '{"a":3}'; } >long
	wants 3 ir-ingest --rejects whole - <long
	grep -q 'rejected: 2 record-length' err
	[ "$(jq -r .len whole | tr '\n' ' ')" = "1100008 3000008 " ]
	[ "$(sed -n 2p long | tr -d '\n' | sha256sum | cut -c1-64)" = "$(head -n 1 whole | jq -r .sha256)" ]
	mv out one
	dd if=long bs=5000 status=none | cat | wants 3 ir-ingest -q --rejects pieces -
	cmp one out
	cmp whole pieces
}

@test "no line end, no bytes, a BOM" {
	printf '{"a":1}' >one
	wants 0 ir-ingest -q one
	grep -q '"raw":{"a":1}' out
	: >empty
	wants 0 ir-ingest -q empty
	printf '\357\273\277{"a":1}\n' >bom
	wants 0 ir-ingest -q bom
	[ "$(jq -c 'select(.ir.kind == "event") | [.ir.src.off, .ir.src.rec]' out)" = "[3,1]" ]
}

@test "UTF-16: as the same text in UTF-8, with the offsets of the original" {
	printf '{"a":"x\303\251\342\202\254"}\n{"b":"\360\237\230\200"}\r\n{"c":1}' >utf8
	ir-ingest -q --label x utf8 | jq -c 'select(.ir.kind == "event") | [.raw, .ir.src.rec, .ir.err]' >want
	for kind in LE BE; do
		iconv -f UTF-8 -t "UTF-16$kind" utf8 >bare
		{ if [ "$kind" = LE ]; then printf '\377\376'; else printf '\376\377'; fi; cat bare; } >marked
		for f in bare marked; do
			wants 0 ir-ingest -q --label x "$f"
			jq -c 'select(.ir.kind == "event") | [.raw, .ir.src.rec, .ir.err]' out | cmp - want
			cat "$f" | ir-ingest -q --label x - | cmp - out
			for off in $(jq 'select(.ir.kind == "event") | .ir.src.off' out); do
				[ "$(tail -c +$((off + 1)) "$f" | head -c 2 | tr -d '\0')" = "{" ] || fail "$f $kind: $off"
			done
		done
	done
	printf '\377\376a\330b\0\n\0' >lone
	wants 0 ir-ingest -q --format json lone || wants 3 ir-ingest -q --format json lone
}

@test "SIGTERM: what has no line end yet is no record" {
	mkfifo fifo
	ir-ingest -q fifo >out 2>err &
	pid=$!
	exec 9>fifo
	printf '{"a":1}\n{"a":' >&9
	sleep 1
	kill -TERM "$pid"
	wait "$pid" || :
	exec 9>&-
	[ "$(grep -c '"kind":"event"' out)" -eq 1 ] || fail "$(cat out)"
	tail -n 1 out | jq -e '.ir.kind == "end" and .ir.rejected == {}' >/dev/null || fail "$(cat out)"
}

@test "a line of 40 MB behind short ones costs itself alone, in memory that does not grow with it" {
	{ printf '{"a":1}\n{"b":"'; head -c 40000000 /dev/zero | tr '\0' x; printf '"}\n{"c":3}\n'; } >long.ndjson
	got=0
	ir-ingest -q -j 1 --account account long.ndjson >made 2>said || got=$?
	[ "$got" = 3 ]
	[ "$(tail -n 1 made | jq -c '[.ir.out.event, .ir.rejected["record-length"]]')" = '[2,1]' ]
	grep -q 'define IR_SANITIZERS 1' "$abs_top_builddir/config.h" || [ "$(jq .ir.memory_kib account)" -lt 30000 ]
}

@test "a second signal ends at once and leaves no half file" {
	mkfifo fifo
	ir-ingest -q -o made.ndjson fifo 2>err &
	pid=$!
	exec 9>fifo
	printf '{"a":1}\n' >&9
	sleep 0.5
	[ -n "$(find . -name '.made.ndjson.tmp-*')" ]
	kill -TERM "$pid"
	sleep 0.1
	kill -TERM "$pid"
	got=0
	wait "$pid" || got=$?
	exec 9>&-
	[ -z "$(find . -name '*made.ndjson*')" ] || fail "$got: $(ls -la)"
	[ "$got" -eq 143 ]
}
