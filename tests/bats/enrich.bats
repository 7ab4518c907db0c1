#!/usr/bin/env bats
# ir-enrich: context is added and nothing else is changed; a wrong request ends before anything is read.
load common

setup() {
	cd "$BATS_TEST_TMPDIR"
	g=$abs_top_srcdir/tests/golden/enrich
	cp "$g"/*.csv "$g"/mixed.in .
}

records() {
	grep -v '"by":"ir-enrich"' "$1"
}

# refused TABLE-TEXT KIND WORDS: status 2, the words with their place, no output, and not a byte of the input was taken.
refused() {
	printf "$1" >wrong.csv
	exec 4<mixed.in
	wants 2 ir-enrich -s $2=wrong.csv <&4
	[ ! -s out ] || fail "something was written"
	cmp mixed.in - <&4
	grep -q "^ir-enrich: wrong.csv:$3" err || fail "$(cat err)"
}

@test "the golden stream" {
	wants 0 ir-enrich -s asset=assets.csv -s net=nets.csv mixed.in
	diff "$g/mixed.out" out
	diff "$g/mixed.err" err
	wants 0 sh -c 'ir-enrich -s asset=assets.csv -s net=nets.csv <mixed.in'
	diff "$g/mixed.out" out
}

@test "a second run changes no byte of a record" {
	ir-enrich -q -s asset=assets.csv -s net=nets.csv mixed.in >once
	ir-enrich -q -s asset=assets.csv -s net=nets.csv once >twice
	cmp <(records once) <(records twice)
}

@test "two runs with a table each are as one with both" {
	ir-enrich -q -s asset=assets.csv -s net=nets.csv mixed.in >both
	ir-enrich -q -s asset=assets.csv mixed.in | ir-enrich -q -s net=nets.csv >chain
	jq -c '.ir.asset // [] | map(.for + .name) | sort' both >a
	jq -c '.ir.asset // [] | map(.for + .name) | sort' chain >b
	diff <(grep -v '^\[\]$' a) <(grep -v '^\[\]$' b)
}

@test "a table that has changed replaces what it said, and nothing else" {
	ir-enrich -q -s asset=assets.csv -s net=nets.csv mixed.in >once
	sed 's/data team/new team/' assets.csv >new.csv
	ir-enrich -q -s asset=new.csv once >twice
	! grep -q 'data team' twice
	[ "$(grep -c 'new team' twice)" = "$(grep -c 'data team' once)" ]
	[ "$(grep -o '"by":"net"' twice | wc -l)" = "$(grep -o '"by":"net"' once | wc -l)" ]
	jq -c '[.host, .source, .destination, .raw, .rule]' <(records once) >a
	jq -c '[.host, .source, .destination, .raw, .rule]' <(records twice) >b
	diff a b
}

@test "the bundled case: its table loads, its hosts are known, the pipe balances" {
	make_case
	ir-ingest -q "$evidence" >events || [ $? -eq 3 ]
	wants 0 ir-enrich -s "asset=$assets" events
	mv out rich
	wants 0 ir-verify balance --stages ir-ingest,ir-enrich rich
	for name in 'Customer database' 'Domain controller' 'Public web site' 'Workstation of Mara Okafor'; do
		grep -q "\"name\":\"$name\"" rich || fail "$name"
	done
	sed 's/,"asset":\[[^]]*\],"prov":{[^}]*}//' rich | grep '"kind":"event"' | cmp - <(grep '"kind":"event"' events)
}

@test "the same bytes for one worker and for eight, in any zone and locale" {
	make_case
	ir-ingest -q "$evidence" >events || [ $? -eq 3 ]
	ir-enrich -q -s "asset=$assets" -s net=nets.csv -j 1 events >a
	TZ=Asia/Tokyo LC_ALL=C.UTF-8 ir-enrich -q -s "asset=$assets" -s net=nets.csv -j 8 events >b
	cmp a b
}

@test "a wrong table: 2 with its place, before any input is read" {
	refused 'host,colour\nweb01,red\n' asset '1:6: unknown column: colour'
	refused 'host,ip\nweb01,192.0.2.1\ndb01,192.0.2.300\n' asset '3:6: no IP address: 192.0.2.300'
	refused 'cidr,name\n10.0.0.1/8,x\n' net "2:1: bits are set behind the network's: 10.0.0.1/8"
	refused 'host,criticality\nweb01,urgent\n' asset '2:7: no criticality (low, medium, high, critical): urgent'
	refused 'host,name\nweb01,"x\n' asset '2:7: a quote is not closed'
	refused 'host\nweb01\nWeb01\n' asset '3:1: stands in an earlier row, too'
	refused '' asset '1:1: no header'
	refused 'host\n\377\n' asset '2:1: not UTF-8'
}

@test "a wrong request: 2" {
	for s in asset asset= sbom=assets.csv asset=nothing-here.csv asset=assets.csv,colour=red geo=assets.csv; do
		wants 2 ir-enrich -s "$s" mixed.in
		[ ! -s out ] || fail "$s: something was written"
	done
	wants 2 ir-enrich -s asset=assets.csv -s net=nets.csv,name=asset mixed.in
	wants 2 ir-enrich --compile x mixed.in
	for kind in sbom exec dns; do
		wants 2 ir-enrich -s $kind=assets.csv mixed.in
		grep -q "not a kind of source here: $kind" err
	done
}

@test "no source: everything passes, and that is said" {
	wants 0 ir-enrich mixed.in
	grep -q 'no source is named' err
	grep '"kind":"\(event\|alert\|incident\)"' mixed.in | cmp - <(head -n 5 out)
}

@test "an ambiguous name: in the record, in the account, status 3" {
	printf 'host\napp.a.example\napp.b.example\n' >two.csv
	printf '{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"event"},"host":{"name":"app"}}\n' >one
	sed -n '$p' mixed.in >>one
	wants 3 ir-enrich -s asset=two.csv one
	grep -q '"err":\["enrich:asset:ambiguous"\]' out
	sed -n '$p' out | jq -e '.ir.sources[0].error.ambiguous == 1 and .ir.status == 3'
	grep -q 'asset: 1 times ambiguous' err
}

@test "old data: one warning, a note, and the account says so" {
	wants 0 ir-enrich -s asset=assets.csv,date=2026-01-01 mixed.in
	[ "$(grep -c 'is older than it may be' err)" = 1 ]
	grep -q '"what":"stale"' out
	sed -n '$p' out | jq -e '.ir.sources[0].stale'
	wants 0 ir-enrich -s asset=assets.csv,date=2026-01-01,max_age=90d mixed.in
	! grep -q stale out
	wants 0 ir-enrich --now 2026-08-01 -s asset=assets.csv,date=2026-01-01,max_age=90d mixed.in
	grep -q '"what":"stale"' out
}

@test "a broken line costs that line" {
	sed '2s/^/{/' mixed.in >broken
	wants 3 ir-enrich -s asset=assets.csv --rejects rejects broken
	[ "$(grep -c '"kind":"reject"' rejects)" = 1 ]
	[ "$(grep -c '"kind":"event"' out)" = 4 ]
}

@test "a full disk: 4; a reader that leaves: quiet" {
	for i in $(seq 2000); do head -n 6 mixed.in; done >big
	wants 4 sh -c 'ir-enrich -s asset=assets.csv big >/dev/full'
	grep -q 'No space left' err
	ir-enrich -s asset=assets.csv big 2>err | head -n 1 >out
	[ ! -s err ] || fail "$(cat err)"
}

@test "records that are hostile pass with every byte" {
	{
		printf '{"@timestamp":7,"ir":{"v":1,"kind":"event","prov":[],"err":{},"asset":7},"host":{"name":"web01"}}\n'
		printf '{"ir":{"v":1,"kind":"event","prov":{"ir.asset":7}},"host":{"name":["web01",{}]},"source":{"ip":"10.20.50.7"}}\n'
		printf '{"ir":{"v":1,"kind":"alert"},"ir":{},"host":{"name":"\\u0000","ip":[[],"",null]},"related":{"ip":["::ffff:10.0.0.1%%x"]}}\n'
		printf '{"ir":{"v":1,"kind":"event"},"source.ip":"10.20.50.7","source":"x","host":{"name":"%s"}}\n' "$(printf 'x%.0s' $(seq 5000))"
	} >hostile
	wants 3 ir-enrich -s asset=assets.csv -s net=nets.csv hostile
	records out >once
	[ "$(wc -l <once)" = 4 ]
	jq -ce . once >/dev/null
	ir-enrich -q -s asset=assets.csv -s net=nets.csv once >twice || [ $? -eq 3 ]
	cmp once <(records twice)
}

@test "indicators and warninglists: what is added, and nothing twice" {
	printf 'indicator,type,valid_until,confidence,tlp\n203.0.113.9,ip,2027-01-01,90,amber\nred.example,domain,,,red\n' >feed.csv
	mkdir -p lists/good
	echo '{"name":"Good","type":"hostname","list":["good.example"],"matching_attributes":["domain"]}' >lists/good/list.json
	echo '{"name":"Nets","type":"cidr","list":["198.51.100.0/24"],"matching_attributes":["ip-src"]}' >lists/nets.json
	cat >in <<-'EOF'
	{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"event","id":"1","tlp":"green"},"source":{"ip":"198.51.100.7"},"destination":{"ip":"203.0.113.9"},"dns":{"question":{"name":"a.good.example"}}}
	{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"event","id":"2"},"dns":{"question":{"name":"x.red.example"}}}
	EOF
	wants 3 ir-enrich -q -s intel=feed.csv -s known=lists --tlp-max amber in
	[ "$(jq -c 'select(.ir.id=="1")|[.ir.tlp,(.ir.known|map(.list)),.threat.enrichments[0].matched.field,.threat.enrichments[0].indicator.confidence]' out)" = \
		'["amber",["Nets","Good"],"destination.ip",90]' ]
	[ "$(jq -c 'select(.ir.id=="2")|[.threat,.ir.tlp]' out)" = '[null,null]' ]
	grep '"kind":"event"' out >first
	wants 3 ir-enrich -q -s intel=feed.csv -s known=lists --tlp-max amber first
	grep "\"kind\":\"event\"" out | cmp first -
}

@test "vulnerabilities: KEV as JSON and CSV, EPSS, SSVC, the machine; due dates; nothing twice" {
	printf 'host,exposed,criticality\nweb01,yes,high\ndb01,no,critical\n' >hosts.csv
	echo '{"catalogVersion":"1","dateReleased":"2026-03-01T00:00:00.0Z","vulnerabilities":[{"cveID":"CVE-2026-1000","dateAdded":"2026-02-27","dueDate":"2026-03-20","knownRansomwareCampaignUse":"Known"}]}' >kev.json
	printf 'cveID,dateAdded,dueDate,knownRansomwareCampaignUse\nCVE-2026-1000,2026-02-27,2026-03-20,Known\n' >kev.csv
	printf '#model_version:v2026.01.01,score_date:2026-03-01T00:00:00+0000\ncve,epss,percentile\nCVE-2026-1000,0.5,0.9\n' >epss.csv
	mkdir ssvc
	echo '{"cveMetadata":{"cveId":"CVE-2026-1000"},"containers":{"adp":[{"providerMetadata":{"shortName":"CISA-ADP"},"metrics":[{"other":{"type":"ssvc","content":{"options":[{"Exploitation":"active"},{"Automatable":"no"},{"Technical Impact":"total"}]}}}]}]}}' >ssvc/a.json
	cat >in <<-'EOF'
	{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"event","id":"1"},"host":{"name":"web01"},"vulnerability":{"id":"CVE-2026-1000","score":{"base":9.8}}}
	{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"event","id":"2"},"host":{"name":"db01"},"vulnerability":{"id":"CVE-2026-9999"}}
	EOF
	for kev in kev.json kev.csv; do
		wants 3 ir-enrich -q -s asset=hosts.csv -s kev=$kev -s epss=epss.csv -s ssvc=ssvc in
		[ "$(jq -c 'select(.ir.id=="1")|.ir.vuln|[.kev,.kev_added,.ransomware,.epss,.exposed,.automatable,.impact,.row,.outcome,.due,.assumed]' out)" = \
			'[true,"2026-02-27",true,0.5,true,"no","total",12,"3DF","2026-03-05T23:59:59.000000000Z",[]]' ]
		[ "$(jq -c 'select(.ir.id=="2")|.ir.vuln|[.kev,.exposed,.row,.outcome,.assumed]' out)" = '[false,false,10,"60D",["automatable","impact"]]' ]
	done
	grep '"kind":"event"' out >first
	wants 3 ir-enrich -q -s asset=hosts.csv -s kev=kev.csv -s epss=epss.csv -s ssvc=ssvc first
	grep '"kind":"event"' out | cmp first -
	wants 3 ir-enrich -q --now 2026-04-01 --tz Europe/Vilnius -s asset=hosts.csv -s kev=kev.csv in
	[ "$(jq -c 'select(.ir.id=="1")|.ir.vuln|[.overdue,.due]' out)" = '[true,"2026-03-05T21:59:59.000000000Z"]' ]
	printf 'cveID,dateAdded,dueDate,knownRansomwareCampaignUse\nCVE-2026-1000,soon,,\n' >bad.csv
	wants 2 ir-enrich -s kev=bad.csv in
	grep -q 'bad.csv:2:1: dateAdded is no date' err
}

@test "ATT&CK: names and tactics from STIX and from a galaxy; revoked techniques" {
	cat >stix.json <<-'EOF'
	{"type":"bundle","objects":[{"type":"x-mitre-tactic","name":"Execution","x_mitre_shortname":"execution","external_references":[{"source_name":"mitre-attack","external_id":"TA0002"}]},
	{"type":"attack-pattern","id":"a--1","name":"Old","external_references":[{"source_name":"mitre-attack","external_id":"T1000"}]},
	{"type":"attack-pattern","id":"a--2","name":"Command \"x\"","external_references":[{"source_name":"mitre-attack","external_id":"T1059"}],"kill_chain_phases":[{"kill_chain_name":"mitre-attack","phase_name":"execution"}]},
	{"type":"relationship","relationship_type":"revoked-by","source_ref":"a--1","target_ref":"a--2"},{"type":"x-mitre-collection","x_mitre_version":"19"}]}
	EOF
	echo '{"version":7,"values":[{"value":"Command - T1059","meta":{"external_id":"T1059","kill_chain":["mitre-attack:execution"]}}]}' >galaxy.json
	cat >in <<-'EOF'
	{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"alert","id":"1"},"threat":{"technique":{"id":["T1000","T9999"]}}}
	{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"alert","id":"2"},"threat":{"technique":{"id":"T1059"},"tactic":{"name":["mine"]}}}
	EOF
	wants 3 ir-enrich -q -s attack=stix.json in
	[ "$(jq -c 'select(.ir.id=="1")|.threat' out)" = '{"technique":{"id":["T1000","T9999"],"name":["Command \"x\""]},"tactic":{"id":["TA0002"],"name":["Execution"]}}' ]
	[ "$(jq -c 'select(.ir.id=="2")|.threat.tactic' out)" = '{"name":["mine"]}' ]
	grep '"kind":"alert"' out >first
	wants 3 ir-enrich -q -s attack=stix.json first
	grep '"kind":"alert"' out | cmp first -
	wants 3 ir-enrich -q -s attack=galaxy.json first
	[ "$(jq -c 'select(.ir.id=="2")|.threat.technique.name' out)" = '["Command"]' ]
}

@test "accounts, and hashes of good and bad files" {
	printf 'name,domain,sid,mail,full_name,roles,privileged\njo,CORP,S-1-5-21-1,jo@corp.example,Jo Doe,admin;ops,yes\njo,LAB,S-1-5-21-2,,,,no\n' >users.csv
	echo '44d88612fea8a8f36de82e1278abb02f # why' >hashes.txt
	cat >in <<-'EOF'
	{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"event","id":"1"},"user":{"id":"S-1-5-21-1","name":"x"},"file":{"hash":{"md5":"44D88612FEA8A8F36DE82E1278ABB02F"}}}
	{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"event","id":"2"},"user":{"name":"JO","domain":"corp","email":"own@x"}}
	{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"event","id":"3"},"user":{"name":"jo"}}
	EOF
	wants 3 ir-enrich -q -s user=users.csv -s hash=hashes.txt in
	[ "$(jq -c 'select(.ir.id=="1")|[.user.full_name,.user.roles,.ir.asset[0].for,.ir.asset[0].privileged,.ir.known[0].field]' out)" = \
		'["Jo Doe",["admin","ops"],"user.id",true,"file.hash.md5"]' ]
	[ "$(jq -c 'select(.ir.id=="2")|[.user.email,.ir.asset[0].for]' out)" = '["own@x","user.name"]' ]
	[ "$(jq -c 'select(.ir.id=="3")|.ir.asset' out)" = null ]
	grep '"kind":"event"' out >first
	wants 3 ir-enrich -q -s user=users.csv -s hash=hashes.txt first
	grep '"kind":"event"' out | cmp first -
	wants 3 ir-enrich -q -s hash=hashes.txt,verdict=bad in
	[ "$(jq -c 'select(.ir.id=="1")|.threat.enrichments[0].matched.field' out)" = '"file.hash.md5"' ]
	echo zz >bad.txt
	wants 2 ir-enrich -s hash=bad.txt in
	grep -q 'bad.txt:1:1: no MD5, SHA-1 or SHA-2' err
}

@test "contacts: prefix, AS, domain, country; countries and the border" {
	printf 'cidr,asn,domain,country,org,mail,tlp_max\n198.51.100.0/24;2001:db8::/32,,,,Net,net@x,amber\n,64500,,,As,as@x,\n,,uni.example,,Uni,uni@x,\n,,,LT,CERT,cert@x,\n' >c.csv
	cat >in <<-'EOF'
	{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"event","id":"1"},"source":{"ip":"198.51.100.7","geo":{"country_iso_code":"LT"}},"destination":{"ip":"203.0.113.9","as":{"number":64500},"geo":{"country_iso_code":"DE"}},"dns":{"question":{"name":"a.b.Uni.example"}}}
	{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"event","id":"2"},"source":{"ip":"203.0.113.7","geo":{"country_iso_code":"LT"}}}
	EOF
	wants 3 ir-enrich -q -s contact=c.csv --home LT in
	[ "$(jq -c 'select(.ir.id=="1")|[(.ir.contact|map([.org,.by])),.ir.countries,.ir.cross_border]' out)" = \
		'[[["Net","cidr"],["As","asn"],["Uni","domain"]],["DE","LT"],true]' ]
	[ "$(jq -c 'select(.ir.id=="2")|[.ir.contact[0].org,.ir.countries,.ir.cross_border]' out)" = '["CERT",["LT"],null]' ]
	grep '"kind":"event"' out >first
	wants 3 ir-enrich -q -s contact=c.csv --home LT first
	grep '"kind":"event"' out | cmp first -
}

@test "sources declared in YAML" {
	mkdir d
	cp assets.csv nets.csv d
	printf 'sources:\n  - {name: ours, kind: asset, file: assets.csv}\n  - {kind: net, file: nets.csv, max_age: 9d}\n' >d/s.yaml
	wants 0 ir-enrich -q -s asset=assets.csv,name=ours -s net=nets.csv,max_age=9d mixed.in
	grep '"kind":"event"' out >want
	wants 0 ir-enrich -q --sources d/s.yaml mixed.in
	grep '"kind":"event"' out | cmp want -
	printf 'sources:\n  - {kind: asset, file: assets.csv, colour: red}\n' >d/s.yaml
	wants 2 ir-enrich --sources d/s.yaml mixed.in
	grep -q 'd/s.yaml:2:.*unknown key of a source' err
	printf 'sources:\n  - {kind: asset}\n' >d/s.yaml
	wants 2 ir-enrich --sources d/s.yaml mixed.in
}
