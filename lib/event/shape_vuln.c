/*
 * Findings of vulnerability scanners in JSON, one by one: Trivy, Grype, CycloneDX (VEX).  What was scanned stands outside
 * of them.
 */
#include "lib/event/view.h"

#define ROWS(map) (sizeof(map) / sizeof *(map))

static bool
trivy_is(const struct view *v)
{
	return view_has(v, P_VulnerabilityID) && view_has(v, P_PkgName);
}

static bool
grype_is(const struct view *v)
{
	return view_has(v, P_vulnerability_id) && view_has(v, P_artifact_name);
}

static bool
vuln_is(const struct view *v)
{
	return trivy_is(v) || grype_is(v) || (view_has(v, P_affects) && view_has(v, P_ratings) && view_has(v, P_id));
}

static void
vuln_sources(struct view *v)
{
	view_ls(v, trivy_is(v) ? SLICE("trivy") : grype_is(v) ? SLICE("grype") : SLICE("cyclonedx"), SLICE("vulnerability"),
	    SLICE(""));
}

static void
vuln_fields(struct view *v)
{
	struct slice scanner = trivy_is(v) ? SLICE("Trivy") : grype_is(v) ? SLICE("Grype") : SLICE("");

	event_set(v->e, F_event_dataset, trivy_is(v) ? SLICE("trivy.vulnerability") : grype_is(v) ? SLICE("grype.match") :
	    SLICE("cyclonedx.vulnerability"));
	event_set(v->e, F_vulnerability_scanner_vendor, scanner);
	event_class(v->e, "state", "vulnerability", "info");
	/* CycloneDX alone has its id at the top: other scanners' own ids there mean something else. */
	if (scanner.n == 0)
		event_set(v->e, F_vulnerability_id, view_text(v, P_id));
}

static const struct mapping vuln_map[] = {
	MAP("VulnerabilityID", vulnerability_id, TEXT), MAP("vulnerability.id", vulnerability_id, TEXT),
	MAP("Severity", vulnerability_severity, LOWER), MAP("vulnerability.severity", vulnerability_severity, LOWER),
	MAP("CVSS.nvd.V3Score", vulnerability_score_base, TEXT), MAP("PkgName", package_name, TEXT),
	MAP("InstalledVersion", package_version, TEXT), MAP("artifact.name", package_name, TEXT),
	MAP("artifact.version", package_version, TEXT), MAP("artifact.type", package_type, TEXT), MAP("Title", message, TEXT),
	MAP("vulnerability.description", message, TEXT), MAP("description", message, TEXT),
};
static const enum view_path vuln_times[] = {P_none};

const struct shape_row shape_vuln = {SLICE_INIT("vuln"), vuln_is, vuln_sources, vuln_fields, vuln_map, ROWS(vuln_map),
    vuln_times};
