"""Greenbone's XML report of an OpenVAS scan: what each test reported of each host and port.

Every result is a finding, also those of the class Log, because the scanner reports them. An override that says false
positive is a suppression. A test that failed on a host is a skipped record: nothing is known of it there.
"""

from collections.abc import Iterable, Iterator

from tesuri.formats.openvas.vocabulary import (
    DEBUG,
    is_false_positive,
    severity_of,
    tag_fields,
)
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Cvss,
    Informational,
    Kind,
    Observation,
    Record,
    Report,
    Skipped,
    Suppressed,
    new_observation,
)
from tesuri.untrusted.advisory import advisories_in, weaknesses_in
from tesuri.untrusted.instant import instant
from tesuri.untrusted.markup import addresses_in
from tesuri.untrusted.port import port_name
from tesuri.untrusted.repeated_reading import RepeatedReading
from tesuri.untrusted.score import best_cvss, cvss_from
from tesuri.untrusted.shape import number
from tesuri.untrusted.xml_document import (
    NOTHING,
    Element,
    attribute,
    child,
    children,
    content,
    contents,
    count,
    element,
)

_UNFINISHED = frozenset(
    ("running", "requested", "queued", "stopped", "stop requested", "interrupted", "processing")
)
_OWN = frozenset({"gmp", "omp", "scan_run_status", "severity_class", "result_count", "ports"})
_FIX_TYPES = {"vendorfix": True, "willnotfix": False, "noneavailable": False}


def _recognise(document: object) -> Likeness:
    root = element(document)
    report = _report_of(root)
    own = [name for name in _OWN if child(report, name) is not NOTHING]
    if report is not NOTHING and len(own) >= 2:
        return Likeness(100, ("a report with gmp, result_count or scan_run_status",))
    first = next(_results(root), NOTHING)
    if attribute(child(first, "nvt"), "oid"):
        return Likeness(95, ("results with an nvt and its oid",))
    if root.name in {"get_reports_response", "get_results_response"}:
        return Likeness(70, (f"root element {root.name}",))
    return Likeness(0)


def _report_of(root: Element) -> Element:
    """Give the innermost report: the manager wraps it once or twice."""
    report = root if root.name == "report" else child(root, "report")
    while (inner := child(report, "report")) is not NOTHING:
        report = inner
    return report


def _lists(root: Element) -> Iterator[Element]:
    """Give the elements that hold the results: the root itself where there is no other."""
    report = _report_of(root)
    found = root
    for owner in (root,) if report is root else (report, root):
        for found in children(owner, "results"):
            yield found
    if found is root:
        yield root


def _results(root: Element) -> Iterator[Element]:
    for found in _lists(root):
        yield from children(found, "result")


def _some_hosts(results: Iterable[Element]) -> list[str]:
    """Give the host, or two of them where there are several: one or more is all that anybody asks."""
    found: dict[str, None] = {}
    for result in results:
        if host := content(result, "host"):
            found[host] = None
        if len(found) > 1:
            break
    return list(found)


def _read(document: object) -> Report:
    root = element(document)
    if _recognise(root).score == 0:
        raise BadInput("An OpenVAS report is XML with the element 'report' and results in it.")
    report = _report_of(root)
    results = RepeatedReading(lambda: _results(root))
    hosts = _some_hosts(results)
    task = child(report, "task")
    names = (content(task, "target", "name"), content(task, "name"), *hosts)
    times = ("scan_end", "scan_start", "timestamp", "creation_time")
    return Report(
        format="openvas-xml",
        version=content(report, "gmp", "version") or content(report, "omp", "version"),
        tool="openvas",
        tool_version="",
        target=next((name for name in names if name), "") if len(hosts) <= 1 else names[0],
        configuration=content(task, "config", "name"),
        scanned_at=next((at for name in times if (at := instant(content(report, name)))), None),
        records=_records(report, results),
        is_complete=_is_complete(report, sum(count(found, "result") for found in _lists(root))),
    )


def _is_complete(report: Element, listed: int) -> bool:
    """Whether the scan ended and the report is not only one page of its results."""
    status = content(report, "scan_run_status").lower()
    filtered = number(content(report, "result_count", "filtered"))
    return status not in _UNFINISHED and (filtered is None or listed >= filtered)


def _records(report: Element, results: Iterable[Element]) -> Iterator[Record]:
    for result in results:
        yield _record(result)
    for error in children(report, "errors", "error"):
        host = content(error, "host") or "a host"
        words = content(error, "description") or content(error, "nvt", "name")
        yield Skipped(error.pointer, f"a test failed on {host}: {words[:200]}")


def _record(result: Element) -> Record:
    nvt = child(result, "nvt")
    rule = attribute(nvt, "oid") or content(nvt, "name") or content(result, "name")
    if not rule:
        return Skipped(result.pointer, "the result names no test")
    threat, score = content(result, "threat"), number(content(result, "severity"))
    if threat.lower() == DEBUG:
        return Informational(result.pointer, "a message of the scanner about itself")
    observation = _observation(result, nvt, rule)
    if is_false_positive(threat, score):
        words = content(result, "overrides", "override", "text")
        reason = "false positive in the tool" + (f": {words}" if words else "")
        return Suppressed(result.pointer, reason, observation)
    return observation


def _observation(result: Element, nvt: Element, rule: str) -> Observation:
    tags = tag_fields(content(nvt, "tags"))
    score = number(content(result, "severity"))
    resource = port_name(content(result, "port"))
    solution = child(nvt, "solution")
    fix_type = attribute(solution, "type") or tags.get("solution_type", "")
    parts = (tags.get("summary", ""), content(result, "description"), tags.get("insight", ""))
    references = _references(nvt)
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=rule,
        title=content(nvt, "name") or content(result, "name") or rule,
        severity=severity_of(content(result, "threat"), score),
        pointer=result.pointer,
        description="\n\n".join(dict.fromkeys(part for part in parts if part)),
        remedy=solution.text.strip() or tags.get("solution", ""),
        advisories=advisories_in(*references),
        weaknesses=weaknesses_in(*references),
        resource=resource,
        resource_type="port" if resource else "",
        target=content(result, "host") or content(result, "host", "ip"),
        cvss=_cvss(nvt, tags.get("cvss_base_vector", "")),
        has_fix=_FIX_TYPES.get(fix_type.lower()),
        links=addresses_in(*references),
    )


def _references(nvt: Element) -> tuple[str, ...]:
    """Give the ids that the test refers to; before version 8 they stood in elements of their own."""
    named = tuple(attribute(ref, "id") for ref in children(nvt, "refs", "ref"))
    return (*named, *contents(nvt, "cve"), *contents(nvt, "xref"))


def _cvss(nvt: Element, vector: str) -> Cvss | None:
    given = children(nvt, "severities", "severity")
    candidates = (
        cvss_from(content(one, "value"), _score_of(content(one, "score"))) for one in given
    )
    base = number(content(nvt, "cvss_base"))
    return best_cvss((*candidates, cvss_from(vector, base)))


def _score_of(words: str) -> float | None:
    """Give the score, which one version of the manager writes ten times as large."""
    score = number(words)
    return score / 10 if score is not None and score > 10 else score


FORMAT = Format(
    name="openvas-xml",
    title="OpenVAS XML",
    documents=("xml",),
    recognise=_recognise,
    read=_read,
)
