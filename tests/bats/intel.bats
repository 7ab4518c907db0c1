#!/usr/bin/env bats
# intel: indicators in ir-match.
load common

setup() {
	cd "$BATS_TEST_TMPDIR"
	printf '%s\n' '203.0.113[.]9' 'hxxp://evil[.]example/x?y=1' '*.bad.example' '198.51.100.0/24' \
		44d88612fea8a8f36de82e1278abb02f >feed.txt
	cat >eve.ndjson <<-'EOF'
	{"timestamp":"2026-03-02T08:00:00.0+0000","flow_id":1,"event_type":"http","src_ip":"198.51.100.7","dest_ip":"203.0.113.9","http":{"hostname":"EVIL.example","url":"/x?y=1"}}
	{"timestamp":"2026-03-02T08:00:01.0+0000","flow_id":2,"event_type":"dns","src_ip":"192.0.2.1","dest_ip":"192.0.2.2","dns":{"type":"query","rrname":"a.bad.example"}}
	{"timestamp":"2026-03-02T08:00:02.0+0000","flow_id":3,"event_type":"fileinfo","src_ip":"192.0.2.1","dest_ip":"192.0.2.2","fileinfo":{"md5":"44D88612FEA8A8F36DE82E1278ABB02F"}}
	{"timestamp":"2026-03-02T08:00:03.0+0000","flow_id":4,"event_type":"dns","src_ip":"192.0.2.1","dest_ip":"192.0.2.2","dns":{"type":"query","rrname":"bad.example"}}
	EOF
}

seen() {
	jq -c 'select(.ir.kind=="alert")|[.ir.alert.why[0].field,.ir.alert.why[0].pattern,.threat.indicator.type]' out
}

@test "what is seen: field, indicator, type" {
	wants 0 ir-match -q -i feed.txt eve.ndjson
	seen >got
	cat >want <<-'EOF'
	["source.ip","198.51.100.0/24","ipv4-addr"]
	["destination.ip","203.0.113.9","ipv4-addr"]
	["url.original","evil.example/x?y=1","url"]
	["dns.question.name","bad.example","domain-name"]
	["file.hash.md5","44d88612fea8a8f36de82e1278abb02f","file"]
	EOF
	diff want got
}

@test "the same through ir-ingest, an index, and any -j" {
	wants 0 ir-match -q -j 1 -i feed.txt eve.ndjson
	seen >want
	wants 0 ir-match -q -i feed.txt --compile x.iri
	wants 0 ir-match -q -j 8 -i x.iri eve.ndjson
	seen | diff want -
	ir-ingest -q eve.ndjson >events
	wants 0 ir-match -q -i x.iri events
	seen | diff want -
}

@test "an index: the same bytes twice, both ways to ask for it; damage and other files are refused" {
	wants 0 ir-match -q -i feed.txt --compile a.iri
	wants 0 ir-match -q --compile feed.txt -o b.iri
	cmp a.iri b.iri
	head -c 300 a.iri >cut.iri
	wants 2 ir-match -i cut.iri eve.ndjson
	grep -q 'the index is cut' err
	cp feed.txt text.iri
	wants 2 ir-match -i text.iri eve.ndjson
	grep -q 'no compiled index' err
}

@test "an indicator that has expired is inert, unless it is asked for" {
	printf 'indicator,type,valid_until,confidence,tlp\n203.0.113.9,ip,2026-03-01,90,amber\n' >feed.csv
	wants 0 ir-match -q -i feed.csv eve.ndjson
	[ -z "$(seen)" ]
	[ "$(jq -c 'select(.ir.kind=="end")|.ir.unmatched' out)" = 4 ]
	wants 0 ir-match -q --ignore-expiry -i feed.csv eve.ndjson
	[ "$(jq -c 'select(.ir.kind=="alert")|[.ir.tlp,.rule.level,.threat.indicator.marking.tlp,.ir.alert.why[0].confidence]' out)" = \
		'["amber","high","AMBER",90]' ]
}

@test "free text only if it is asked for" {
	echo '{"ts":"2026-03-02T08:00:00Z","note":"saw 203.0.113.9, again"}' >in
	wants 0 ir-match -q -i feed.txt in
	[ -z "$(seen)" ]
	wants 0 ir-match -q --scan-text -i feed.txt in
	[ "$(jq -c 'select(.ir.kind=="alert")|.ir.alert.why[0]|[.field,.value[.off:.off+.len]]' out)" = '["raw.note","203.0.113.9"]' ]
}

@test "what is no feed is said before the first record" {
	echo '<html>' >feed.html
	wants 2 ir-match -i feed.html eve.ndjson
	echo 'just words' >words.txt
	wants 2 ir-match -i words.txt eve.ndjson
	grep -q 'no indicator was found' err
	wants 2 ir-match -i none.txt eve.ndjson
}

@test "what lists of known-good have is left out" {
	echo '{"name":"n","type":"cidr","list":["203.0.113.0/24"],"matching_attributes":["ip-dst"]}' >good.json
	wants 0 ir-match -q -i feed.txt --exclude good.json eve.ndjson
	! seen | grep -q 203.0.113.9
	[ "$(jq -c 'select(.ir.kind=="end")|.ir.indicators["known-good"]' out)" = 1 ]
	seen | grep -q 198.51.100.0/24
}
