"""Alerts of Dependabot, as the REST API lists them or as GraphQL's `vulnerabilityAlerts` gives them.

An answer with further pages is not complete. GraphQL gives no installed version; `vulnerableRequirements` has it where the
manifest pins one.
"""

from collections.abc import Iterator, Mapping

from tesuri.formats.github.alert import by_state, first_alerts, read_alerts, repository_of
from tesuri.formats.github.graph_answer import alerts_of, pages_in
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Cvss,
    Kind,
    Observation,
    Package,
    Record,
    Report,
    Skipped,
    new_observation,
    new_place,
)
from tesuri.untrusted.advisory import aliases_of, weaknesses_in
from tesuri.untrusted.fix import update_sentence, web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.package_url import package_named
from tesuri.untrusted.score import best_cvss, cvss_from, severity_or_rating
from tesuri.untrusted.shape import items, mapping, number, shape_name, text

_NAME = "github-dependabot"
_PROBE = 50
"""Answers of a list that are looked at to tell the format."""
_ECOSYSTEMS = {"actions": "github-actions", "erlang": "hex", "other": ""}


def _recognise(document: object) -> Likeness:
    for alert in first_alerts(document):
        if {"security_advisory", "security_vulnerability"} & alert.keys():
            is_alert = {"dependency", "state", "number"} & alert.keys()
            return Likeness(95 if is_alert else 60, ("security_advisory", "dependency"))
    if isinstance(document, (dict, list)):
        head = document[:_PROBE] if isinstance(document, list) else document
        page = next(pages_in(head), None)
        if page is not None:
            return Likeness(95, ("vulnerabilityAlerts with nodes",))
    return Likeness(0)


def _read(document: object) -> Report:
    if not isinstance(document, (dict, list)):
        raise BadInput(f"Dependabot alerts are a list, not {shape_name(document)}.")
    if any(True for _ in pages_in(document)):
        return _read_graph(document)
    return read_alerts(document, name=_NAME, tool="dependabot", read_one=_observation)


def _read_graph(document: object) -> Report:
    pages = list(pages_in(document))
    repositories = {page.repository for page in pages} - {""}
    outer = mapping(document)
    has_more = any(page.has_more for page in pages) or bool(items(outer, "errors"))
    return Report(
        format=_NAME,
        version="",
        tool="dependabot",
        tool_version="",
        target=next(iter(repositories)) if len(repositories) == 1 else "",
        configuration="",
        scanned_at=None,
        records=_graph_records(document, has_many=len(repositories) > 1),
        is_complete=not has_more,
    )


def _graph_records(document: object, *, has_many: bool) -> Iterator[Record]:
    for page in pages_in(document):
        for pointer, alert in alerts_of(page):
            if isinstance(alert, Skipped):
                yield alert
            else:
                target = (repository_of(alert) or page.repository) if has_many else ""
                yield by_state(alert, _observation(alert, pointer, target))


def _observation(alert: Mapping[str, object], pointer: str, target: str) -> Observation | Skipped:
    vulnerability = mapping(alert, "security_vulnerability")
    advisory = mapping(alert, "security_advisory") or mapping(vulnerability, "advisory")
    names = _names(advisory)
    package = _package(alert, vulnerability)
    if not names:
        return Skipped(pointer, "the alert names no advisory")
    links = (text(alert, "html_url"), *(_link(one) for one in items(advisory, "references")))
    cvss = _cvss(advisory)
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=names[0],
        title=text(advisory, "summary") or f"{names[0]} in {package.name or 'a dependency'}",
        severity=severity_or_rating(
            text(vulnerability, "severity") or text(advisory, "severity"), cvss
        ),
        pointer=pointer,
        description=text(advisory, "description"),
        remedy=update_sentence(package.name, package.fixed_versions),
        advisories=aliases_of(*names),
        weaknesses=weaknesses_in(
            *(text(cwe, "cwe_id") for cwe in _nodes(advisory, "cwes")),
        ),
        package=package if package.name else None,
        place=new_place(path=package.path),
        target=target,
        cvss=cvss,
        has_fix=True if package.fixed_versions else None,
        published_at=instant(advisory.get("published_at")),
        first_seen_at=instant(alert.get("created_at")),
        links=web_links(links),
    )


def _link(reference: object) -> str:
    return text(reference, "url") or text(reference)


def _nodes(part: Mapping[str, object], key: str) -> list[object]:
    """Give a list of the REST API, or the nodes of a connection of GraphQL."""
    return items(part, key) or items(part, key, "nodes")


def _names(advisory: Mapping[str, object]) -> list[str]:
    """Give the ids of the advisory, the CVE first."""
    listed = [text(one, "value") for one in _nodes(advisory, "identifiers")]
    found = [text(advisory, "cve_id"), text(advisory, "ghsa_id"), *listed]
    known = dict.fromkeys(name for name in found if name)
    return sorted(known, key=lambda name: not name.upper().startswith("CVE-"))


def _package(alert: Mapping[str, object], vulnerability: Mapping[str, object]) -> Package:
    about = mapping(vulnerability, "package") or mapping(alert, "dependency", "package")
    word = (text(about, "ecosystem") or text(alert, "dependency", "package", "ecosystem")).lower()
    fixed = text(vulnerability, "first_patched_version", "identifier") or text(
        vulnerability, "first_patched_version"
    )
    requirements = text(alert, "vulnerable_requirements")
    return package_named(
        text(about, "name"),
        # A pinned requirement is written as "= 1.2.3"; a range says nothing of what is installed.
        requirements.removeprefix("=").strip() if requirements.startswith("= ") else "",
        ecosystem=_ECOSYSTEMS.get(word, word),
        fixed_versions=(fixed,) if fixed else (),
        path=text(alert, "dependency", "manifest_path") or text(alert, "vulnerable_manifest_path"),
    )


def _cvss(advisory: Mapping[str, object]) -> Cvss | None:
    severities = mapping(advisory, "cvss_severities")
    found = (
        mapping(severities, "cvss_v4"),
        mapping(severities, "cvss_v3"),
        mapping(advisory, "cvss"),
    )
    # GitHub writes 0.0 where nobody has scored.
    return best_cvss(
        cvss_from(text(one, "vector_string"), number(one, "score") or None) for one in found
    )


FORMAT = Format(
    name=_NAME,
    title="GitHub Dependabot alerts",
    documents=("json", "jsonl"),
    recognise=_recognise,
    read=_read,
)
