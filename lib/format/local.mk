libirpipe_a_SOURCES += \
	lib/format/access.c lib/format/audit.h lib/format/audit_fields.c lib/format/audit_syscall.c lib/format/audit_type.c \
	lib/format/audit_value.c lib/format/auditd.c \
	lib/format/format.c lib/format/format.h lib/format/formats.def lib/format/json.c lib/format/json_frame.c lib/format/json_frame.h \
	lib/format/json_scan.c lib/format/json_scan.h lib/format/json_wrap.c lib/format/syslog.c lib/format/syslog.h \
	lib/format/syslog_3164.c lib/format/syslog_5424.c lib/format/syslog_body.c lib/format/syslog_body_host.c \
	lib/format/syslog_body_pam.c lib/format/syslog_body_sshd.c lib/format/syslog_body_su.c lib/format/syslog_time.c lib/format/zeek.c
# evtx and its XML
libirpipe_a_SOURCES += \
	lib/format/evtx.c lib/format/evtx.h lib/format/evtx_binxml.c lib/format/evtx_chunk.c \
	lib/format/evtx_crc.c lib/format/evtx_json.c lib/format/evtx_json.h lib/format/evtx_run.c lib/format/evtx_text.c \
	lib/format/evtx_value.c
