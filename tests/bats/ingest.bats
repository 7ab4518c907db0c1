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

# record COMPUTER CHANNEL ID NUMBER TIME
record() {
	printf '{"Event":{"System":{"Provider":{"#attributes":{"Name":"X"}},"EventID":%d,"Channel":"%s","Computer":"%s",' "$3" "$2" "$1"
	printf '"EventRecordID":%d,"TimeCreated":{"#attributes":{"SystemTime":"%s"}}},"EventData":null}}\n' "$4" "$5"
}

@test "--gaps: holes, cleared logs, a clock that was set, silence" {
	for n in 1 2 3 7; do
		record W1 Security 4624 "$n" "2026-03-02T08:0$n:00Z"
	done >w
	record W2 Security 4624 4 2026-03-02T08:05:00Z >>w
	record W1 System 104 1 2026-03-02T08:06:00Z >>w
	record W1 Security 1102 8 2026-03-02T08:08:00Z >>w
	record W1 Security 4616 9 2026-03-02T08:09:00Z >>w
	record W1 Security 4624 10 2026-03-02T07:00:00Z >>w
	record W1 Security 4624 11 2026-03-03T07:00:00Z >>w
	wants 0 ir-ingest --gaps -j 1 w
	jq -r 'select(.ir.kind == "note") | .ir.what + " " + .message' out | cut -c1-60 >got
	cat >want <<-'E'
		log-cleared W1 System: the log was cleared, says record 1, a
		log-cleared W1 Security: the log was cleared, says record 8,
		clock-set W1 Security: the system time was changed, says rec
		clock-back W1 Security: the clock was set back before record
		numbers-missing W1 Security: records 4 to 6 (3) are missing,
		silence w W1: silent for 82260 s, from 2026-03-02T08:09:00.0
	E
	cmp got want || fail "$(cat got)"
	mv out one
	ir-ingest -q --gaps -j 3 w | cmp - one
	# The numbers of one log in two files are one line of numbers.
	head -n 4 w >a
	record W1 Security 4624 4 2026-03-02T08:04:00Z >b
	record W1 Security 4624 5 2026-03-02T08:05:00Z >>b
	record W1 Security 4624 6 2026-03-02T08:06:00Z >>b
	[ "$(ir-ingest -q --gaps a b | grep -c numbers-missing)" -eq 0 ]
	printf 'type=USER_LOGIN msg=audit(1699999999.123:%d): pid=1\n' 456 457 460 >audit.log
	[ "$(ir-ingest -q --gaps audit.log | jq -r 'select(.ir.kind == "note") | .message' | cut -d, -f1)" = \
		" auditd: records 458 to 459 (2) are missing" ]
}

@test "--manifest: size and hash of each file and member, what was in it; the same bytes each time" {
	record W1 Security 4624 1 2026-03-02T08:05:00Z >w.ndjson
	echo '{"broken"' >>w.ndjson
	mkdir d
	cp w.ndjson d
	gzip -k d/w.ndjson
	(cd d && tar cf t.tar w.ndjson)
	head -c 300000 /dev/zero | tr '\0' '\001' >d/unknown
	wants 3 ir-ingest -q --manifest m d
	wants 3 ir-ingest -q -j 1 --force --manifest m2 d
	cmp m m2
	wants 2 ir-ingest -q --manifest m d
	[ "$(jq -r .path m | tr '\n' ' ')" = "d/t.tar d/t.tar!/w.ndjson d/unknown d/w.ndjson d/w.ndjson.gz " ]
	for f in t.tar unknown w.ndjson w.ndjson.gz; do
		[ "$(jq -r "select(.path == \"d/$f\") | \"\(.sha256) \(.size)\"" m)" = \
			"$(sha256sum <"d/$f" | cut -c1-64) $(wc -c <"d/$f")" ] || fail "$f: $(cat m)"
	done
	[ "$(jq -c 'select(.path == "d/t.tar!/w.ndjson") | [.sha256, .records, .bad, .first]' m)" = \
		"[\"$(sha256sum <w.ndjson | cut -c1-64)\",1,1,\"2026-03-02T08:05:00.000000000Z\"]" ]
	cat w.ndjson | wants 3 ir-ingest -q --manifest m3 -
	[ "$(jq -r .sha256 m3)" = "$(sha256sum <w.ndjson | cut -c1-64)" ]
	wants 2 ir-ingest --manifest m4 --state S d
}

# poke FILE PLACE OCTAL: another byte there; a place below 0 counts from the end.
poke() {
	local at=$2
	[ "$at" -ge 0 ] || at=$(($(wc -c <"$1") + at))
	printf "\\$3" | dd of="$1" bs=1 seek="$at" conv=notrunc status=none
}

@test "gzip: each kind of damage is said, and what stands before it is read" {
	for i in $(seq 1 50); do printf '{"a":%d,"r":"%s"}\n' "$i" "$(printf '%d' $((i * 7919)) | sha256sum | cut -c1-40)"; done >first
	sed 's/"a":/"a":9/' first >second
	gzip -nc first >one.gz
	gzip -nc second >two.gz
	cat one.gz two.gz >both.gz
	n1=$(wc -c <one.gz) n=$(wc -c <both.gz)
	wants 0 ir-ingest -q both.gz
	[ "$(grep -c '"kind":"event","id"' out)" -eq 100 ]
	{ cat both.gz; head -c 3000 /dev/zero; } >padded.gz
	wants 0 ir-ingest -q padded.gz
	[ "$(grep -c '"kind":"event","id"' out)" -eq 100 ]
	for kind in header second data cutdata cuttrailer crc length trailing; do
		cp both.gz "$kind.gz"
		case $kind in
		header) poke header.gz 3 377; least=0 ;;
		second) poke second.gz $((n1 + 2)) 7; least=50 ;;
		data) poke data.gz $((n1 + 600)) 125; least=50 ;;
		cutdata) head -c $((n - 700)) both.gz >cutdata.gz; least=50 ;;
		cuttrailer) head -c $((n - 3)) both.gz >cuttrailer.gz; least=100 ;;
		crc) poke crc.gz -8 1; poke crc.gz -7 2; least=100 ;;
		length) poke length.gz -4 7; poke length.gz -3 7; least=100 ;;
		trailing) printf 'garbage' >>trailing.gz; least=100 ;;
		esac
		wants 3 ir-ingest "$kind.gz"
		grep -q "gzip: " out || fail "$kind: $(cat err)"
		[ "$(grep -c '"kind":"event","id"' out)" -ge "$least" ] || fail "$kind: $(cat err)"
	done
}

@test "a JSON text that ends between two records is told; a last line without end is marked in framed formats, too" {
	printf '[{"a":1},\n{"a":2}' >cut.json
	wants 3 ir-ingest cut.json
	[ "$(jq -r 'select(.ir.kind == "note") | .ir.what' out)" = broken-off ]
	[ "$(grep -c '"kind":"event","id"' out)" -eq 2 ]
	printf '[{"a":1},\n{"a":2}]' >whole.json
	wants 0 ir-ingest whole.json
	printf 'a,b\n1,2\n3,4' >x.csv
	[ "$(ir-ingest -q --format csv x.csv | jq -c 'select(.ir.kind == "event") | .ir.err | index("no-eol")' | tr '\n' ' ')" = "null 1 " ]
	printf '{"a":1}\n{"a":2}' >x.ndjson
	[ "$(ir-ingest -q x.ndjson | jq -c 'select(.ir.kind == "event") | .ir.err | index("no-eol")' | tr '\n' ' ')" = "null 1 " ]
}

@test "-l: formats, records, hosts, times, and all that was not read" {
	mkdir d
	record W1 Security 4624 1 2026-03-02T08:05:00Z >d/w.ndjson
	record W2 Security 4624 1 2026-03-02T08:06:00Z >>d/w.ndjson
	ln -s w.ndjson d/link
	head -c 1000 /dev/urandom >d/unknown
	gzip -c d/w.ndjson | head -c 60 >d/cut.gz
	wants 3 ir-ingest -l d
	grep -qE '^json +[12] +[0-9]+ +[0-9] +2026-03-02 08:05:00 +2026-03-02 08:06:00' out || fail "$(cat out)"
	grep -qE '^not read +1 ' out
	grep -qE '^link +1 ' out
	grep -qE '^damaged +1 ' out
}

@test "--unwrap: records of a list anywhere in a document, with their own bytes and offsets" {
	printf '{"n":[{"x":1}],"a":{"c":{"b":7},"b":[{"x":1},\n {"x":2} ],"z":"}"}}\n{"a":{"b":{"x":3}}}\n{"a":[{"b":[{"x":4}]},{"b":[{"x":5}]}]}' >w.json
	wants 0 ir-ingest -q --unwrap .a.b w.json
	[ "$(jq -c 'select(.ir.kind == "event") | .raw' out | tr -d '\n')" = '{"x":1}{"x":2}{"x":3}{"x":4}{"x":5}' ]
	for off in $(jq 'select(.ir.kind == "event") | .ir.src.off' out); do
		[ "$(tail -c +$((off + 1)) w.json | head -c 5)" = '{"x":' ]
	done
	dd if=w.json bs=3 status=none | ir-ingest -q --unwrap .a.b - --label w.json | cmp - out
	ir-ingest -q -j 1 --unwrap .a.b w.json | cmp - out
	wants 3 ir-ingest --unwrap .no.such w.json
	grep -q -- '--unwrap' err
	for bad in a .a..b .a.b.c.d.e .; do
		wants 2 ir-ingest --unwrap "$bad" w.json
	done
}

@test "--password-file: encrypted members of a zip" {
	command -v zip >/dev/null || skip "no zip here"
	printf '{"a":1}\n{"a":2}\n' >m.ndjson
	zip -q -P 'geheim wort' z.zip m.ndjson
	wants 3 ir-ingest z.zip
	grep -q encrypted out
	printf 'wrong\r\ngeheim wort\r\n' >pw
	wants 0 ir-ingest -q --password-file pw z.zip
	[ "$(grep -c '"kind":"event","id"' out)" -eq 2 ]
	echo wrong >pw
	wants 3 ir-ingest --password-file pw z.zip
	grep -q encrypted out
	wants 2 ir-ingest --password-file none z.zip
}

@test "years that a log does not give: over several, by what is dated, by the name, 29 February" {
	line='%s 08:00:00 web01 sshd[1]: Accepted password for anna from 10.0.0.1 port 1 ssh2\n'
	# shellcheck disable=SC2059  # the line is a format
	for d in 'Nov  1' 'Feb 29' 'Jun  1' 'Dec 31' 'Jan  1' 'Jul  4' 'Dec 30' 'Jan  2'; do printf "$line" "$d"; done >auth.log
	years() { ir-ingest -q "$@" 2>/dev/null | jq -r 'select(.ir.kind == "event" and .ir.src.fmt == "syslog") | .["@timestamp"][:4]' | tr '\n' ' '; }
	[ "$(years --now 2026-03-01 auth.log)" = "2023 2024 2024 2024 2025 2025 2025 2026 " ] || fail "$(years --now 2026-03-01 auth.log)"
	# A dated line elsewhere beats the clock; one of the file, or a date in its name, beats that.
	mkdir d
	cp auth.log d
	echo '{"@timestamp":"2022-06-01T00:00:00Z"}' >d/x.ndjson
	[ "$(years d)" = "2019 2020 2020 2020 2021 2021 2021 2022 " ]
	cp auth.log d/auth.log-20180103
	rm d/auth.log
	[ "$(years d)" = "2015 2016 2016 2016 2017 2017 2017 2018 " ]
	[ "$(years --year 2012 auth.log | cut -c1-5)" = "2012 " ]
	# What was inferred is the same when a state takes the reading up in the middle.
	head -n 5 auth.log >grow.log
	ir-ingest -q --now 2026-03-01 --state S grow.log >out
	tail -n +6 auth.log >>grow.log
	ir-ingest -q --now 2026-03-01 --state S grow.log >out
	[ "$(jq -r 'select(.ir.kind == "event") | .["@timestamp"][:4]' out | tr '\n' ' ')" = "2025 2025 2026 " ]
}

@test "times before 1990, or more than a day after the end of a log, are kept and marked" {
	for t in 2026-03-01 2026-03-02 2031-01-01 1980-01-01 2026-03-03 2026-03-04; do
		printf '{"@timestamp":"%sT08:00:00Z","n":1}\n' "$t"
	done >x.ndjson
	# The marked ones make it a log in no order: its end tells nothing, but --now does.
	[ "$(ir-ingest -q --now 2026-03-05 x.ndjson | jq -c 'select(.ir.kind == "event") | .ir.err[0]' | tr '\n' ' ')" = \
		'null null "time-implausible" "time-implausible" null null ' ]
	{ for i in $(seq 100); do printf '{"@timestamp":"2026-03-01T08:00:00Z","pad":"%01000d"}\n' 0; done; } >y.ndjson
	{ cat y.ndjson; echo '{"@timestamp":"2031-01-01T08:00:00Z"}'; cat y.ndjson; } >z.ndjson
	[ "$(ir-ingest -q z.ndjson | jq -c 'select(.ir.kind == "event") | .ir.err[0]' | sort | uniq -c | tr -s ' \n' ' ')" = \
		' 1 "time-implausible" 200 null ' ]
	ir-ingest -q --hash z.ndjson | jq -c 'select(.ir.kind == "event") | [.ir.id, .ir.err]' >one
	ir-ingest -q z.ndjson | jq -c 'select(.ir.kind == "event") | [.ir.id, .ir.err]' | cmp - one
}
