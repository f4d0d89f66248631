"""The .nessus file (NessusClientData_v2): what each plug-in reported of each host.

Every report item is a finding, also those of severity 0, because Nessus reports them; only compliance checks that
passed are not. The policy in the file, which may hold credentials, is left alone except for its name.
"""

from collections.abc import Iterator

from tesuri.formats.nessus.vocabulary import cvss_of, severity_of
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Informational,
    Kind,
    Observation,
    Record,
    Report,
    Skipped,
    new_observation,
)
from tesuri.model.severity import Severity
from tesuri.untrusted.advisory import advisories_in, weaknesses_in, weaknesses_listed
from tesuri.untrusted.instant import instant
from tesuri.untrusted.markup import addresses_in
from tesuri.untrusted.port import port_name
from tesuri.untrusted.shape import number
from tesuri.untrusted.xml_document import (
    Element,
    attribute,
    child,
    children,
    content,
    contents,
    element,
)

_ROOTS = frozenset({"NessusClientData_v2", "NessusClientData_v3"})
_PASSED = {"PASSED": "passed", "PASS": "passed"}
_COMPLIANCE_SEVERITY = {"FAILED": Severity.HIGH, "WARNING": Severity.MEDIUM}
_NO_SOLUTION = frozenset({"", "n/a", "none"})


def _recognise(document: object) -> Likeness:
    root = element(document)
    if root.name in _ROOTS:
        return Likeness(100, (f"root element {root.name}",))
    if any(children(root, "ReportHost", "ReportItem")) or any(
        children(root, "Report", "ReportHost", "ReportItem")
    ):
        return Likeness(90, ("ReportHost with ReportItem",))
    return Likeness(0)


def _read(document: object) -> Report:
    root = element(document)
    if _recognise(root).score == 0:
        raise BadInput("A .nessus file is XML with the root element 'NessusClientData_v2'.")
    hosts = [*children(root, "Report", "ReportHost"), *children(root, "ReportHost")]
    names = {attribute(host, "name") for host in hosts} - {""}
    ends = (
        instant(_property(host, "HOST_END_TIMESTAMP")) or instant(_property(host, "HOST_END"))
        for host in hosts
    )
    return Report(
        format="nessus-xml",
        version=root.name.partition("_v")[2],
        tool="nessus",
        tool_version="",
        target=attribute(child(root, "Report"), "name") or (min(names) if len(names) == 1 else ""),
        configuration=content(root, "Policy", "policyName"),
        scanned_at=max((end for end in ends if end is not None), default=None),
        records=_records(hosts),
    )


def _property(host: Element, name: str) -> str:
    tags = children(host, "HostProperties", "tag")
    return next((tag.text.strip() for tag in tags if attribute(tag, "name") == name), "")


def _records(hosts: list[Element]) -> Iterator[Record]:
    for host in hosts:
        name = attribute(host, "name") or _property(host, "host-ip")
        for inner in host.children:
            if inner.name == "ReportItem":
                yield _record(inner, name)
            elif inner.name != "HostProperties":
                yield Skipped(inner.pointer, f"the element {inner.name[:40]} is no report item")


def _record(item: Element, host: str) -> Record:
    if result := content(item, "compliance-result").upper():
        return _compliance(item, host, result)
    rule = attribute(item, "pluginID")
    if not rule:
        return Skipped(item.pointer, "the report item names no plug-in")
    return _plugin_result(item, host, rule)


def _plugin_result(item: Element, host: str, rule: str) -> Observation:
    title = attribute(item, "pluginName") or content(item, "plugin_name")
    solution = content(item, "solution")
    resource = port_name(attribute(item, "port"), attribute(item, "protocol"))
    has_patch = bool(content(item, "patch_publication_date"))
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=rule,
        title=title or content(item, "synopsis") or f"Plug-in {rule}",
        severity=severity_of(attribute(item, "severity"), content(item, "risk_factor")),
        pointer=item.pointer,
        description=_joined(item, "synopsis", "description", "plugin_output"),
        remedy="" if solution.lower() in _NO_SOLUTION else solution,
        advisories=advisories_in(*contents(item, "cve")),
        weaknesses=(
            *weaknesses_listed(*contents(item, "cwe")),
            *weaknesses_in(*(ref for ref in contents(item, "xref") if ref.startswith("CWE"))),
        ),
        resource=resource,
        resource_type="port" if resource else "",
        target=host,
        cvss=cvss_of(
            *(
                (content(item, f"cvss{v}_vector"), number(content(item, f"cvss{v}_base_score")))
                for v in ("4", "3", "")
            )
        ),
        has_fix=True if has_patch else None,
        published_at=instant(content(item, "vuln_publication_date")),
        fix_available_at=instant(content(item, "patch_publication_date")),
        links=addresses_in(*contents(item, "see_also")),
    )


def _compliance(item: Element, host: str, result: str) -> Record:
    """Read a check of an audit file, whose fields stand under `cm:`."""
    if result in _PASSED:
        return Informational(item.pointer, _PASSED[result])
    name = content(item, "compliance-check-name")
    rule = content(item, "compliance-check-id") or name or attribute(item, "pluginID")
    if not rule:
        return Skipped(item.pointer, "the compliance check has neither an id nor a name")
    return new_observation(
        kind=Kind.MISCONFIGURATION,
        rule=rule,
        title=name or rule,
        severity=_COMPLIANCE_SEVERITY.get(result) or Severity.UNKNOWN,
        pointer=item.pointer,
        description=_joined(item, "compliance-info", "compliance-actual-value"),
        remedy=content(item, "compliance-solution"),
        resource=host,
        resource_type="host",
        target=host,
        links=addresses_in(content(item, "compliance-see-also")),
    )


def _joined(item: Element, *names: str) -> str:
    parts = (content(item, name) for name in names)
    return "\n\n".join(dict.fromkeys(part for part in parts if part))


FORMAT = Format(
    name="nessus-xml",
    title="Nessus (.nessus)",
    documents=("xml",),
    recognise=_recognise,
    read=_read,
)
