/* Suricata, Zeek, syslog and access logs; what a rule would name is rarer than 1 in 1,000. */
#include "tests/maker/events.h"

const struct pattern events_eve[] = {
	{3500,
		"{\"timestamp\":\"$v\",\"flow_id\":1$n$d,\"in_iface\":\"ens19\",\"event_type\":\"flow\",\"src_ip\":\"$i\","
		"\"src_port\":$p,\"dest_ip\":\"$o\",\"dest_port\":443,\"proto\":\"TCP\",\"app_proto\":\"tls\","
		"\"flow\":{\"pkts_toserver\":1$d,\"pkts_toclient\":1$d,\"bytes_toserver\":$b,\"bytes_toclient\":$b,"
		"\"start\":\"$v\",\"end\":\"$v\",\"age\":4,\"state\":\"closed\",\"reason\":\"timeout\",\"alerted\":false}}"},
	{2500,
		"{\"timestamp\":\"$v\",\"flow_id\":1$n$d,\"in_iface\":\"ens19\",\"event_type\":\"dns\",\"src_ip\":\"$i\","
		"\"src_port\":$p,\"dest_ip\":\"$o\",\"dest_port\":53,\"proto\":\"UDP\",\"dns\":{\"type\":\"query\",\"id\":1$d,"
		"\"rrname\":\"$w$d.example.com\",\"rrtype\":\"A\",\"tx_id\":0,\"opcode\":0}}"},
	{2000,
		"{\"timestamp\":\"$v\",\"flow_id\":1$n$d,\"in_iface\":\"ens19\",\"event_type\":\"tls\",\"src_ip\":\"$i\","
		"\"src_port\":$p,\"dest_ip\":\"$o\",\"dest_port\":443,\"proto\":\"TCP\",\"tls\":{\"sni\":\"$w.example.net\","
		"\"version\":\"TLS 1.3\",\"ja3\":{\"hash\":\"$l\"},\"ja3s\":{\"hash\":\"$l\"}}}"},
	{1490,
		"{\"timestamp\":\"$v\",\"flow_id\":1$n$d,\"in_iface\":\"ens19\",\"event_type\":\"http\",\"src_ip\":\"$i\","
		"\"src_port\":$p,\"dest_ip\":\"$o\",\"dest_port\":80,\"proto\":\"TCP\",\"tx_id\":0,"
		"\"http\":{\"hostname\":\"$w.example.org\",\"url\":\"/$w/$d?x=$w\","
		"\"http_user_agent\":\"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:135.0) Gecko/20100101 Firefox/135.0\","
		"\"http_content_type\":\"text/html\",\"http_method\":\"GET\",\"protocol\":\"HTTP/1.1\",\"status\":200,"
		"\"length\":$b}}"},
	{500,
		"{\"timestamp\":\"$v\",\"flow_id\":1$n$d,\"in_iface\":\"ens19\",\"event_type\":\"fileinfo\",\"src_ip\":\"$i\","
		"\"src_port\":$p,\"dest_ip\":\"$o\",\"dest_port\":80,\"proto\":\"TCP\",\"app_proto\":\"http\","
		"\"http\":{\"hostname\":\"$w.example.org\",\"url\":\"/$w/$w.bin\",\"http_method\":\"GET\","
		"\"protocol\":\"HTTP/1.1\",\"status\":200,\"length\":$b},\"fileinfo\":{\"filename\":\"/$w/$w.bin\","
		"\"state\":\"CLOSED\",\"sha256\":\"$l$l\",\"stored\":false,\"size\":$b}}"},
	{10,
		"{\"timestamp\":\"$v\",\"flow_id\":1$n$d,\"in_iface\":\"ens19\",\"event_type\":\"alert\",\"src_ip\":\"$i\","
		"\"src_port\":$p,\"dest_ip\":\"$o\",\"dest_port\":443,\"proto\":\"TCP\",\"alert\":{\"action\":\"allowed\","
		"\"gid\":1,\"signature_id\":2$d,\"rev\":3,\"signature\":\"ET POLICY $w observed\","
		"\"category\":\"Misc activity\",\"severity\":3},\"app_proto\":\"tls\"}"},
	{0, NULL}
};

const struct pattern events_zeek[] = {
	{5000,
		"{\"_path\":\"conn\",\"ts\":$e,\"uid\":\"C$l\",\"id.orig_h\":\"$i\",\"id.orig_p\":$p,\"id.resp_h\":\"$o\","
		"\"id.resp_p\":443,\"proto\":\"tcp\",\"service\":\"ssl\",\"duration\":4.$d,\"orig_bytes\":$b,\"resp_bytes\":$b,"
		"\"conn_state\":\"SF\",\"local_orig\":true,\"local_resp\":false,\"missed_bytes\":0,\"history\":\"ShADadFf\","
		"\"orig_pkts\":14,\"orig_ip_bytes\":$b,\"resp_pkts\":18,\"resp_ip_bytes\":$b}"},
	{2500,
		"{\"_path\":\"dns\",\"ts\":$e,\"uid\":\"C$l\",\"id.orig_h\":\"$i\",\"id.orig_p\":$p,\"id.resp_h\":\"$o\","
		"\"id.resp_p\":53,\"proto\":\"udp\",\"trans_id\":1$d,\"rtt\":0.0$d,\"query\":\"$w$d.example.com\",\"qclass\":1,"
		"\"qclass_name\":\"C_INTERNET\",\"qtype\":1,\"qtype_name\":\"A\",\"rcode\":0,\"rcode_name\":\"NOERROR\","
		"\"AA\":false,\"TC\":false,\"RD\":true,\"RA\":true,\"Z\":0,\"answers\":[\"$o\"],\"TTLs\":[300.0],"
		"\"rejected\":false}"},
	{1500,
		"{\"_path\":\"ssl\",\"ts\":$e,\"uid\":\"C$l\",\"id.orig_h\":\"$i\",\"id.orig_p\":$p,\"id.resp_h\":\"$o\","
		"\"id.resp_p\":443,\"version\":\"TLSv13\",\"cipher\":\"TLS_AES_256_GCM_SHA384\",\"curve\":\"x25519\","
		"\"server_name\":\"$w.example.net\",\"resumed\":false,\"next_protocol\":\"h2\",\"established\":true,"
		"\"ssl_history\":\"CsiI\"}"},
	{1000,
		"{\"_path\":\"http\",\"ts\":$e,\"uid\":\"C$l\",\"id.orig_h\":\"$i\",\"id.orig_p\":$p,\"id.resp_h\":\"$o\","
		"\"id.resp_p\":80,\"trans_depth\":1,\"method\":\"GET\",\"host\":\"$w.example.org\",\"uri\":\"/$w/$d\","
		"\"version\":\"1.1\",\"user_agent\":\"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\","
		"\"request_body_len\":0,\"response_body_len\":$b,\"status_code\":200,\"status_msg\":\"OK\",\"tags\":[]}"},
	{0, NULL}
};

const struct pattern events_syslog[] = {
	{2400,
		"$s $y CRON[1$d]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)"},
	{2300,
		"$s $y CRON[1$d]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)"},
	{1500,
		"$s $y sshd[1$d]: Accepted publickey for $x from $i port $p ssh2: ED25519 SHA256:$h$g"},
	{900,
		"$s $y sshd[1$d]: Failed password for invalid user $w from $o port $p ssh2"},
	{1200,
		"$s $y systemd[1]: Started $w-$d.service - $w service."},
	{1000,
		"$s $y postfix/smtpd[1$d]: connect from mx$d.example.net[$o]"},
	{600,
		"$s $y postfix/qmgr[1$d]: $g: from=<$x@brackwater.example>, size=$b, nrcpt=1 (queue active)"},
	{95,
		"$s $y sudo:   $x : TTY=pts/0 ; PWD=/home/$x ; USER=root ; COMMAND=/usr/bin/systemctl status $w"},
	{5,
		"$s $y sudo:   backup : TTY=pts/1 ; PWD=/tmp ; USER=root ; COMMAND=/bin/bash"},
	{0, NULL}
};

const struct pattern events_access[] = {
	{5000,
		"$o - - [$c] \"GET /$w/$d HTTP/1.1\" 200 $b \"https://www.brackwater.example/$w\" \"Mozilla/5.0 (Windows NT "
		"10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36\""},
	{2500,
		"$o - - [$c] \"GET /static/$w.$g.css HTTP/2.0\" 304 0 \"https://www.brackwater.example/$w/$d\" \"Mozilla/5.0 "
		"(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36\""},
	{1600,
		"$o - - [$c] \"GET /catalog/search?q=$w+$w HTTP/1.1\" 200 $b \"-\" \"Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 "
		"like Mac OS X) AppleWebKit/605.1.15\""},
	{890,
		"$o - $x [$c] \"POST /api/$w HTTP/1.1\" 201 $b \"-\" \"client/3.$d\""},
	{10,
		"$o - - [$c] \"GET /catalog/item?id=-1%20UNION%20SELECT%20NULL,$d-- HTTP/1.1\" 200 $b \"-\" \"sqlmap/1.8.11\""},
	{0, NULL}
};
