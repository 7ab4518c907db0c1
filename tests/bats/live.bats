#!/usr/bin/env bats
# live: --state and --follow.  LIVE_FULL=1 runs the whole campaigns.
load common

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# lines FROM TO: records with numbers.
lines() {
	for i in $(seq "$1" "$2"); do
		printf '{"ts":"2026-03-02T08:00:00Z","n":%d,"pad":"xxxxxxxxxxxxxxxxxxxx"}\n' "$i"
	done
}

# numbers FILE...: those of all events, in order.
numbers() {
	cat "$@" | jq -r 'select(.ir.kind == "event") | .raw.n' | tr '\n' ' '
}

# wants_numbers FROM TO FILE...: each once, in order.
wants_numbers() {
	local from=$1 to=$2
	shift 2
	[ "$(numbers "$@")" = "$(seq "$from" "$to" | tr '\n' ' ')" ] || fail "$from..$to wanted: $(numbers "$@")" "$(head -c 1000 err)"
}

run_state() {
	ir-ingest -q --state S "$@" >>out 2>err
}

@test "--state reads on, keeps back half a line" {
	lines 1 30 >a.log
	run_state a.log
	wants_numbers 1 30 out
	lines 31 40 >>a.log
	printf '{"n":41,' >>a.log
	run_state a.log
	wants_numbers 1 40 out
	printf '"x":1}\n' >>a.log
	run_state a.log
	run_state a.log
	wants_numbers 1 41 out
	[ "$(jq -c 'select(.ir.kind == "event") | .ir.src.rec' out | tail -n 1)" = 41 ]
}

@test "--state: renamed, renamed and compressed, two rotations at once, copytruncate" {
	lines 1 30 >a.log
	run_state a.log
	mv a.log a.log.1
	lines 31 33 >>a.log.1
	lines 34 36 >a.log
	run_state a.log
	wants_numbers 1 36 out
	mv a.log a.log.1
	lines 37 39 >>a.log.1
	gzip a.log.1
	lines 40 45 >a.log
	run_state a.log
	wants_numbers 1 45 out
	mv a.log a.log.2
	lines 46 47 >>a.log.2
	sleep 0.1			# files tell their order by the time of their last change
	lines 48 50 >a.log.1
	sleep 0.1
	lines 51 53 >a.log
	run_state a.log
	wants_numbers 1 53 out
	[ "$(jq -r 'select(.ir.kind == "event") | .ir.src.uri' out | sort -u)" = a.log ]
	lines 54 55 >>a.log
	cp a.log a.log.1
	lines 56 56 >a.log
	run_state a.log
	run_state a.log
	wants_numbers 1 56 out
	[ "$(jq -c 'select(.ir.kind == "note") | .ir.what' out | sort -u)" = '"truncated"' ]
}

@test "--state over a folder: a new name for an old file is no new file; another file in its inode is" {
	mkdir d
	lines 1 5 >d/b.log
	run_state d
	mv d/b.log d/zz
	lines 6 7 >>d/zz
	run_state d
	wants_numbers 1 7 out
	rm d/zz
	lines 8 9 >d/c.log
	run_state d
	wants_numbers 1 9 out
	ln -s c.log d/link
	wants 3 ir-ingest -q --state S d
}

@test "--state: headers and numbers of lines that were read before still hold" {
	printf '#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n' >conn.log
	printf '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\n#types\ttime\tstring\taddr\tport\taddr\tport\n' >>conn.log
	printf '1456789012.5\tC1\t10.0.0.1\t1\t10.0.0.2\t2\n' >>conn.log
	run_state conn.log
	printf '1456789013.5\tC2\t10.0.0.3\t3\t10.0.0.4\t4\n' >>conn.log
	run_state conn.log
	[ "$(jq -c 'select(.ir.kind == "event") | [.raw.uid, .source.ip, .ir.src.rec]' out | tr '\n' ' ')" = \
		'["C1","10.0.0.1",1] ["C2","10.0.0.3",2] ' ] || fail "$(cat out)"
}

@test "--state: archives and compressed files are read once; what changed is read again, and not given again" {
	command -v zip >/dev/null || skip "no zip here"
	lines 1 5 >m.log
	zip -q a.zip m.log
	run_state a.zip
	run_state a.zip
	wants_numbers 1 5 out
	lines 6 7 >>m.log
	zip -q a.zip m.log
	run_state a.zip
	wants_numbers 1 7 out
}

@test "--state: in use is 75; damaged is 4, and nothing is touched" {
	lines 1 5 >a.log
	run_state a.log
	cp S kept
	python3 - 2>/dev/null <<-'P' || skip "no python3 here"
		import fcntl, os, struct, subprocess
		fd = os.open("S.lock", os.O_RDWR)
		fcntl.fcntl(fd, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))
		open("status", "w").write(str(subprocess.run(["ir-ingest", "-q", "--state", "S", "a.log"], stdout=open("none", "w")).returncode))
	P
	[ "$(cat status)" = 75 ]
	sed 's/"off":[0-9]*/"off":7/' kept >S
	cp S damaged
	wants 4 ir-ingest --state S a.log
	grep -q 'S: damaged' err
	cmp S damaged
	: >S
	wants 4 ir-ingest --state S a.log
	echo 'anything' >S
	wants 4 ir-ingest --state S a.log
}

@test "--state from ir-escalate: positions that were committed with the incidents" {
	lines 1 20 >a.log
	ir-ingest -q a.log | ir-escalate -q --state desk >none
	lines 21 25 >>a.log
	ir-ingest -q --state desk a.log >out
	wants_numbers 21 25 out
	head -n 1 out | jq -e '.ir.resume >= 0' >none
}

@test "each cut of a line that is being written: once" {
	lines 1 3 >all
	printf '{"ts":"2026-03-02T08:00:00Z","n":4,"pad":"%0440d"}\n' 0 >>all
	lines 5 6 >>all
	size=$(wc -c <all)
	step=37
	[ -z "${LIVE_FULL:-}" ] || step=1
	for cut in $(seq 1 "$step" "$size"); do
		rm -f S out
		head -c "$cut" all >part.log
		run_state part.log
		tail -c +$((cut + 1)) all >>part.log
		run_state part.log
		[ "$(numbers out)" = "1 2 3 4 5 6 " ] || fail "cut at $cut: $(numbers out)"
	done
}

@test "a kill at any instant: nothing lost, nothing twice by ir.id" {
	lines 1 3000 >a.log
	times=6
	[ -z "${LIVE_FULL:-}" ] || times=50
	: >out
	for i in $(seq "$times"); do
		timeout -s KILL "0.0$((i % 10))" ir-ingest -q -j 2 --state S a.log >>out 2>>err || :
		lines $((3000 + i * 100 - 99)) $((3000 + i * 100)) >>a.log
	done
	run_state a.log
	jq -Rr 'fromjson? | select(.ir.kind == "event") | "\(.raw.n) \(.ir.id)"' out | sort -u >pairs
	[ "$(wc -l <pairs)" -eq $((3000 + times * 100)) ] || fail "$(wc -l <pairs) of $((3000 + times * 100))"
	[ "$(cut -d' ' -f1 pairs | sort -u | wc -l)" -eq $((3000 + times * 100)) ]
}

# follow ARG...: in the background, $pid.
follow() {
	ir-ingest -q -f "$@" >out 2>err &
	pid=$!
	for i in $(seq 50); do
		[ ! -s out ] || break
		sleep 0.1
	done
}

# soon N: until there are N events.
soon() {
	for i in $(seq 80); do
		[ "$(grep -c '"kind":"event","id"' out)" -lt "$1" ] || return 0
		sleep 0.1
	done
	fail "$1 events wanted: $(grep -c '"kind":"event","id"' out)"
}

stop() {
	got=0
	kill -TERM "$pid"
	wait "$pid" || got=$?
	[ "$got" -eq "${1:-0}" ] || fail "ended with $got" "$(cat err)"
	tail -n 1 out | jq -e '.ir.kind == "end"' >none
}

@test "--follow: grows, half a line, renamed, a new file, one that comes later" {
	mkdir d
	lines 1 3 >d/a.log
	follow d
	soon 3
	printf '{"n":4' >>d/a.log
	sleep 0.4
	printf '}\n' >>d/a.log
	soon 4
	mv d/a.log d/a.log.1
	lines 5 6 >>d/a.log.1
	lines 7 8 >d/a.log
	soon 8
	lines 9 9 >>d/a.log
	soon 9
	mkdir d/sub
	lines 10 11 >d/sub/new.log
	soon 11
	sleep 1.2
	stop
	wants_numbers 1 11 out
	[ "$(jq -c 'select(.ir.kind == "mark") | .ir.live' out | sort -u)" = true ]
	[ "$(grep -c '"kind":"mark"' out)" -ge 3 ]
}

@test "--follow: truncated; a file that is not there yet; what it writes itself" {
	mkdir d
	ir-ingest -q -f --state d/S d/late.log d >d/out 2>err &
	pid=$!
	sleep 0.5
	lines 1 3 >d/late.log
	ln -s d/out out
	soon 3
	: >d/late.log
	sleep 0.6
	lines 4 5 >>d/late.log
	soon 5
	stop
	wants_numbers 1 5 out
	[ "$(jq -r 'select(.ir.kind == "note") | .ir.what' out)" = truncated ]
}

@test "--follow on a pipe: what came is written at once, its end is the end" {
	mkfifo fifo
	exec 9<>fifo
	ir-ingest -q -f - <fifo >out 2>err 9>&- &
	pid=$!
	lines 1 2 >&9
	soon 2
	lines 3 3 >&9
	soon 3
	sleep 1.2
	[ "$(grep -c '"kind":"mark"' out)" -ge 2 ]
	exec 9>&-
	wait "$pid"
	wants_numbers 1 3 out
}

# What a busy logger does: rotate.sh FOLDER TIMES LINES.
rotate() {
	for k in $(seq "$2"); do
		awk -v from="$((($k - 1) * $3))" -v per="$3" 'BEGIN {
			for (i = 1; i <= per; i++)
				printf "{\"ts\":\"2026-03-02T08:00:00Z\",\"n\":%d,\"pad\":\"xxxxxxxxxxxxxxxxxxxx\"}\n", from + i
		}' >>"$1/log"
		[ "$k" -eq "$2" ] || mv "$1/log" "$1/log.$k"
	done
}

@test "--follow: rotations one after the other, with kills: nothing lost, nothing twice" {
	times=60 per=200 kills=6
	[ -z "${LIVE_FULL:-}" ] || times=1000 per=1000 kills=50
	mkdir d
	: >d/log
	ir-ingest -q --state S d/log >all
	rotate d "$times" "$per" &
	writer=$!
	for i in $(seq "$kills"); do
		timeout -s KILL "0.$((i % 5 + 1))" ir-ingest -q -f --state S d/log >>all 2>>err || :
	done
	wait "$writer"
	follow --state S d/log
	sleep 3
	[ -z "${LIVE_FULL:-}" ] || sleep 20
	stop
	cat all out | jq -Rr 'fromjson? | select(.ir.kind == "event") | "\(.raw.n) \(.ir.id)"' | sort -u >pairs
	[ "$(wc -l <pairs)" -eq $((times * per)) ] || fail "$(wc -l <pairs) of $((times * per))"
	[ "$(cut -d' ' -f1 pairs | sort -u | wc -l)" -eq $((times * per)) ]
}
