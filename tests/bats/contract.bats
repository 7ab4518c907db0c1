#!/usr/bin/env bats
# contract: what every program keeps alike (STREAM in ir(7)): help, misuse, full disks, closed pipes, bad lines, the same bytes again.
load common

setup_file() {
	make_case
	cd "$BATS_FILE_TMPDIR"
	mkdir -p part
	cp case/evidence/win/ws07-sysmon.ndjson case/evidence/sensor/eve.json case/evidence/web01/auth.log part/
	ir-ingest -q part >in.ir-match || [ $? -eq 3 ]
	ir-match -q in.ir-match >in.ir-enrich
	ir-enrich -q -s asset=case/assets.csv in.ir-enrich >in.ir-escalate
	ir-escalate -q in.ir-escalate >in.ir-respond
	cp in.ir-respond in.ir-report
	cp in.ir-respond in.ir-verify
}

setup() {
	cd "$BATS_FILE_TMPDIR"
	programs="ir-ingest ir-match ir-enrich ir-escalate ir-respond ir-report ir-verify"
	stages="ir-match ir-enrich ir-escalate ir-respond"
	err=$BATS_TEST_TMPDIR/err
	out=$BATS_TEST_TMPDIR/out
}

# on PROGRAM: the words to run it on its input.
on() {
	case $1 in
	ir-ingest) echo ir-ingest part ;;
	ir-verify) echo ir-verify balance in.ir-verify ;;
	*) echo "$1 in.$1" ;;
	esac
}

# verb PROGRAM: the words to run it on stdin.
verb() {
	case $1 in
	ir-verify) echo ir-verify balance ;;
	*) echo "$1" ;;
	esac
}

@test "--help: one screen on stdout, examples first, 0" {
	for p in $programs; do
		wants 0 "$p" --help
		[ ! -s "$err" ] || fail "$p --help speaks on stderr"
		[ "$(wc -l <"$out")" -le 50 ] || fail "$p --help has $(wc -l <"$out") lines"
		sed -n 5p "$out" | grep -q "^    .*$p" || fail "$p --help: no example in line 5"
		awk -v p="$p" 'length($0) > 200 { print p ": " $0; bad = 1 } END { exit bad }' "$out"
	done
}

@test "--version: name and number, 0" {
	for p in $programs; do
		wants 0 "$p" --version
		grep -qE "^$p \(irpipe\) [0-9]+\.[0-9]+" "$out" || fail "$p: $(cat "$out")"
	done
}

@test "an unknown option: 2, named, nothing on stdout" {
	for p in $programs; do
		wants 2 "$p" --no-such-option
		grep -q -e '--no-such-option' "$err"
		grep -q -e "try '$p --help'" "$err"
		[ ! -s "$out" ]
		wants 2 "$p" -o
	done
}

@test "a terminal on stdin and nothing to read: 2 at once" {
	command -v script >/dev/null || skip "script is not here"
	for p in $programs; do
		got=0
		timeout 10 script -qec "$(verb "$p")" /dev/null </dev/null >"$out" 2>&1 || got=$?
		[ "$got" -eq 2 ] || fail "$p ended with $got: $(cat "$out")"
		grep -q -e '--help' "$out" || fail "$p: $(cat "$out")"
	done
}

@test "a full disk: 4 and a clear word" {
	for p in $programs; do
		got=0
		$(on "$p") >/dev/full 2>"$err" || got=$?
		[ "$got" -eq 4 ] || fail "$p ended with $got: $(cat "$err")"
		grep -q "^$p: .*write.*No space left on device" "$err" || fail "$p: $(cat "$err")"
	done
}

@test "| head -1 is quiet" {
	for p in $programs; do
		{ $(on "$p") -q 2>"$err" || echo $? >"$BATS_TEST_TMPDIR/status"; } | head -n 1 >"$out"
		[ ! -s "$err" ] || fail "$p speaks: $(cat "$err")"
	done
}

@test "a file that is not there: named, not silent" {
	for p in $programs; do
		got=0
		$(verb "$p") ./nothing.here </dev/null >"$out" 2>"$err" || got=$?
		[ "$got" -ge 2 ] && [ "$got" -le 4 ] || fail "$p ended with $got"
		grep -q 'nothing.here' "$err" || fail "$p: $(cat "$err")"
	done
}

@test "-o: whole or not at all, and never over a file" {
	for p in ir-ingest $stages; do
		rm -f o.ndjson
		$(on "$p") -q -o o.ndjson || [ $? -eq 3 ]
		[ -s o.ndjson ] || fail "$p wrote nothing"
		wants 2 $(on "$p") -q -o o.ndjson
		$(on "$p") -q --force -o o.ndjson || [ $? -eq 3 ]
		[ -z "$(find . -maxdepth 1 -name '.o.ndjson*')" ]
	done
}

@test "foreign NDJSON is taken by every stage" {
	head -n 20 part/eve.json >foreign
	for p in ir-ingest $stages; do
		all=; [ "$p" != ir-match ] || all=--all
		got=0
		$p -q $all foreign >made 2>"$err" || got=$?
		[ "$got" -eq 0 ] || fail "$p ended with $got: $(cat "$err")"
		[ "$(grep -c '"raw":{' made)" -eq 20 ] || fail "$p: $(grep -c '"raw":{' made) of 20"
		wants 0 ir-verify balance made
	done
}

@test "records of a later version pass in place, byte for byte" {
	new='{"@timestamp":"2026-03-10T00:00:00.000000000Z","ir":{"v":9,"kind":"hologram","x":1.0},"y":1e400,"y":"\u0041"}'
	for p in $stages; do
		{ sed -n 1,5p "in.$p"; echo "$new"; sed -n '6,$p' "in.$p"; } >with
		$p -q with >"$out" || [ $? -eq 3 ]
		[ "$(grep -cxF "$new" "$out")" -eq 1 ] || fail "$p lost or changed it"
		before=$(sed -n '/hologram/q;p' "$out" | tail -n 1)
		[ -z "$before" ] || sed -n 1,5p with | grep -q -F "$(echo "$before" | cut -c1-30)" || fail "$p moved it behind $before"
	done
}

@test "a bad line costs one line: 3, counted, kept with its place" {
	for p in $stages; do
		$p -q "in.$p" >good || [ $? -eq 3 ]
		{ sed -n 1,3p "in.$p"; echo '{"broken":'; echo '[1]'; sed -n '4,$p' "in.$p"; } >with
		rm -f kept
		case $p in
		ir-respond) rejects= ;;
		*) rejects="--rejects kept" ;;
		esac
		$p --help | grep -q -e --rejects || rejects=
		wants 3 $p $rejects with
		grep -q 'rejected: .*json-syntax' "$err" || fail "$p: $(cat "$err")"
		diff <(grep -v '"kind":"end"' good) <(grep -v '"kind":"end"' "$out") >diff || fail "$p: other lines changed" "$(head -c 600 diff)"
		if [ -n "$rejects" ]; then
			[ "$(jq -r '.ir.reason' kept | sort | tr '\n' ' ')" = "json-syntax not-object " ] || fail "$p: $(cat kept)"
			[ "$(head -n 1 kept | jq -r '.bytes' | base64 -d)" = '{"broken":' ]
		fi
	done
}

@test "a fifo and a process substitution are read once and whole" {
	mkfifo once
	head -n 2000 part/eve.json >once &
	timeout 20 ir-ingest -q once >"$out"
	rm -f once
	[ "$(grep -c '"kind":"event"' "$out")" -eq 2000 ]
	timeout 20 ir-ingest -q <(head -n 2000 part/eve.json) >"$out"
	[ "$(grep -c '"kind":"event"' "$out")" -eq 2000 ]
}

@test "-j 1 and -j 8: the same bytes" {
	for p in ir-ingest $stages; do
		"$p" --help | grep -q -e '--jobs' || continue
		$(on "$p") -q -j 1 >one || [ $? -eq 3 ]
		$(on "$p") -q -j 8 >eight || [ $? -eq 3 ]
		cmp one eight || fail "$p differs"
	done
}

@test "another zone, another locale, another run: the same bytes" {
	for p in $programs; do
		$(on "$p") -q >here || [ $? -eq 3 ]
		TZ=Asia/Tokyo $(on "$p") -q >there || [ $? -eq 3 ]
		cmp here there || fail "$p differs with TZ=Asia/Tokyo"
		LC_ALL=C $(on "$p") -q >c || [ $? -eq 3 ]
		LC_ALL=C.UTF-8 $(on "$p") -q >utf8 || [ $? -eq 3 ]
		[ "$p" = ir-report ] || cmp c utf8 || fail "$p differs with C.UTF-8"
		$(on "$p") -q >again || [ $? -eq 3 ]
		cmp here again || fail "$p differs on a second run"
	done
}

@test "a stream without an end was cut: 3, and it is said" {
	for p in $stages ir-report; do
		grep -v '"kind":"end"' "in.$p" >cut
		wants 3 "$p" cut
		case $p in
		ir-report) grep -qi -e partial -e cut "$out" "$err" || fail "$p does not say it" ;;
		*) tail -n 1 "$out" | jq -e '.ir.kind == "end" and .ir.cut and .ir.status == 3' >/dev/null || fail "$p: $(tail -n 1 "$out")" ;;
		esac
	done
}

@test "its own output again neither doubles nor damages" {
	for p in ir-match ir-enrich; do
		all=; [ "$p" != ir-match ] || all=--all
		$p -q $all "in.$p" >once || [ $? -eq 3 ]
		$p -q $all once >twice || [ $? -eq 3 ]
		diff <(grep -v '"kind":"end"' once) <(grep -v '"kind":"end"' twice) >diff || fail "$p: $(head -c 1000 diff)"
	done
}

@test "SIGTERM: drains, writes its end, leaves within 2 s" {
	for p in ir-ingest $stages; do
		words=$p; from=in.$p
		[ "$p" != ir-ingest ] || from=part/eve.json
		mkfifo fifo
		$words <fifo >"$out" 2>"$err" &
		pid=$!
		exec 9>fifo
		head -n 40 "$from" >&9
		sleep 0.5
		kill -TERM "$pid"
		from=$(date +%s%N)
		got=0
		wait "$pid" || got=$?
		took=$((($(date +%s%N) - from) / 1000000))
		exec 9>&-
		rm -f fifo
		[ "$took" -lt 2500 ] || fail "$p took $took ms"
		[ "$got" -le 3 ] || fail "$p ended with $got: $(cat "$err")"
		tail -n 1 "$out" | jq -e --arg p "$p" '.ir.kind == "end" and .ir.by == $p' >/dev/null || fail "$p: $(tail -n 1 "$out")"
	done
}

@test "SIGTERM to the whole pipe: what came in is accounted for" {
	mkfifo live
	{ ir-ingest -q live 2>/dev/null & echo $! >pid.1; wait $!; } | { ir-match -q --all <&0 & echo $! >pid.2; wait $!; } | ir-enrich -q >"$out" &
	exec 9>live
	cat part/eve.json >&9
	sleep 0.5
	kill -TERM "$(cat pid.1)" "$(cat pid.2)"
	wait || :
	exec 9>&-
	rm -f live
	[ "$(tail -n 1 "$out" | jq -r .ir.by)" = ir-enrich ]
	cp "$out" made
	wants 0 ir-verify balance made
	grep -q '"kind":"event"' made
}

@test "NUL, ESC and long lines in the input do no harm" {
	{ printf '{"a":"\033[31m"}\n'; printf '{"b":"x\0y"}\n'; printf '{"c":"'; head -c 2000000 /dev/zero | tr '\0' x; printf '"}\n'; echo '{"d":1}'; } >odd
	for p in $stages; do
		wants 3 "$p" -q odd
		! grep -q "$(printf '\033')" "$out" "$err" || fail "$p lets an escape through"
		cp "$out" made
		wants 0 ir-verify balance made
	done
}

@test "--completion bash is valid for bash" {
	for p in $programs; do
		"$p" --completion bash | bash -n || fail "$p"
		wants 2 "$p" --completion tcsh
	done
}

@test "ir-ingest: what --state, --manifest and --rejects cannot write is 4, said by name; misuse is 2" {
	for o in --state --manifest --rejects; do
		wants 4 ir-ingest "$o" "$BATS_TEST_TMPDIR/nowhere/file" part
		grep -q -- "$o" "$err" || fail "$(cat "$err")"
	done
	wants 2 ir-ingest -l -f part
	wants 2 ir-ingest -f -o "$BATS_TEST_TMPDIR/x" part
	wants 2 ir-ingest --manifest "$BATS_TEST_TMPDIR/m" -f part
	wants 2 ir-ingest --unwrap a part
	wants 2 ir-ingest --password-file "$BATS_TEST_TMPDIR/none" part
	[ ! -e "$BATS_TEST_TMPDIR/x" ] && [ ! -e "$BATS_TEST_TMPDIR/m" ]
}

@test "ir-ingest --state -o: the state moves on only when the file has its name" {
	d=$BATS_TEST_TMPDIR
	ir-ingest -q --state "$d/S" -o "$d/x.ndjson" part || [ $? -eq 3 ]
	n=$(grep -c '"kind":"event","id"' "$d/x.ndjson")
	[ "$n" -gt 100 ]
	ir-ingest -q --state "$d/S" part >"$out" || [ $? -eq 3 ]
	[ "$(grep -c '"kind":"event","id"' "$out")" -eq 0 ]
	wants 2 ir-ingest -q --state "$d/S2" -o "$d/x.ndjson" part
	[ ! -e "$d/S2" ]
}

@test "a foreign record without a time: that of the record before it, wherever blocks begin" {
	# Stretches of either kind longer than a block; our own records and control records between them.
	awk 'BEGIN {
		for (i = 0; i < 60000; i++) {
			m = sprintf("\"n\":%d,\"message\":\"hit %d %s\"", i, i, "some words that make a line of common length, no more")
			t = sprintf("2026-03-%02dT%02d:%02d:%02d", 1 + i % 28, i % 24, i % 60, i * 7 % 60)
			if (i > 5 && i % 1000 == 500)
				printf "{\"@timestamp\":\"%s.000000000Z\",\"ir\":{\"v\":1,\"kind\":\"event\",\"id\":\"%032x\"},%s}\n", t, i, m
			else if (i > 5 && i % 1000 == 501)
				print "{\"@timestamp\":\"2027-01-01T00:00:00.000000000Z\",\"ir\":{\"v\":1,\"kind\":\"note\",\"by\":\"x\"},\"what\":\"w\"}"
			else if (i > 5 && (i % 11 == 0 && int(i / 7000) % 2 || i % 9000 == 0))
				printf "{\"@timestamp\":\"%sZ\",%s}\n", t, m
			else
				printf "{%s}\n", m
		}
	}' >mixed
	[ "$(wc -c <mixed)" -gt 4000000 ]
	jq -nc 'foreach inputs as $r ({b: "1970-01-01T00:00:00"};
		if $r.ir.kind == "note" then .out = null
		elif $r["@timestamp"] then .b = $r["@timestamp"][:19] | .out = [$r.n, .b, false]
		else .out = [$r.n, .b, true] end; .out // empty)' mixed >want
	for p in $stages; do
		words="$p -q"
		[ "$p" != ir-match ] || words="$p -q --all"
		$words mixed >one || [ $? -eq 3 ]
		jq -c 'select(.ir.kind == "event") | [.raw.n // .n, .["@timestamp"][:19], (.ir.err // [] | index("no-time") != null)]' one >got
		cmp want got || fail "$p: $(diff want got | head -n 6)"
		if $p --help | grep -q -e --jobs; then
			$words -j 8 mixed >eight || [ $? -eq 3 ]
			cmp one eight || fail "$p differs with -j 8"
		fi
		(head -c 700001 mixed; sleep 0.2; tail -c +700002 mixed) | $words >pipe || [ $? -eq 3 ]
		cmp one pipe || fail "$p differs from a pipe"
	done
}

@test "alerts of foreign records without a time: -j 1 as -j 8, in each way that an alert is made" {
	awk 'BEGIN {
		for (i = 0; i < 40000; i++)
			printf "{%s\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"n\":%d,\"CommandLine\":\"%s 10.9.8.7\",\"pad\":\"%060d\"}\n",
			    i % 9001 == 9000 ? "\"@timestamp\":\"2026-03-10T00:00:0" int(i / 9001) "Z\"," : "", i, i % 97 ? "quiet" : "needle", 0
	}' >mixed
	cat >rule.yml <<-'X'
	title: needle
	id: 6e4f0f7e-6d0b-4f0e-9d0a-0d6c5a6f3b11
	logsource: {product: windows, category: process_creation}
	detection: {a: {CommandLine|contains: needle}, condition: a}
	level: high
	X
	for words in "-r rule.yml" "-k needle" "-r rule.yml -k n.edle -C 1" "-r rule.yml -e .n==9003"; do
		ir-match -q -j 1 $words mixed >one || [ $? -eq 1 ]
		ir-match -q -j 8 $words mixed >eight || [ $? -eq 1 ]
		cmp one eight || fail "$words differs"
		[ "$(jq -r 'select(.ir.kind == "alert" and .raw.n % 9001 != 9000) | .["@timestamp"][:4]' one | sort -u)" = 1970 ]
		words="$words --all"
		ir-match -q -j 1 $words mixed >one || [ $? -eq 1 ]
		ir-match -q -j 8 $words mixed >eight || [ $? -eq 1 ]
		cmp one eight || fail "$words differs"
		jq -c 'select(.ir.kind == "alert") | [.["@timestamp"][:19],
			if .raw.n < 9000 then "1970-01-01T00:00:00" else "2026-03-10T00:00:0\((.raw.n - 9000) / 9001 | floor)" end]' one >both
		[ "$(wc -l <both)" -gt 400 ] || fail "$words: $(wc -l <both) alerts: $(tail -n 1 one)"
		[ -z "$(jq -c 'select(.[0] != .[1])' both | head -n 3)" ] || fail "$words: $(jq -c 'select(.[0] != .[1])' both | head -n 3)"
	done
}
