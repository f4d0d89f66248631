"""Nuclei's results as JSON lines or as one JSON list, with the key names of its second and third version.

A result whose matcher did not match (`-matcher-status`) is informational. What was extracted, the request and the
response are not kept: they may hold a credential. A template that names a CVE is a vulnerability of the host.
"""

import re
from collections.abc import Iterator, Mapping

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Cvss,
    Informational,
    Kind,
    Observation,
    Place,
    Record,
    Report,
    Skipped,
    new_observation,
    new_place,
)
from tesuri.model.severity import severity_from_word
from tesuri.untrusted.advisory import advisories_in, aliases_of, weaknesses_listed
from tesuri.untrusted.instant import instant
from tesuri.untrusted.markup import addresses_in
from tesuri.untrusted.record_list import first_records, listed_records
from tesuri.untrusted.score import cvss_from
from tesuri.untrusted.shape import flag, mapping, number, shape_name, text, texts

_TEMPLATE = ("template-id", "templateID", "template_id", "template")
_MATCHED = ("matched-at", "matched", "matched_at", "url")
_MATCHER = ("matcher-name", "matcher_name", "extractor-name", "extractor_name")
_COMMAND_METHOD = re.compile(r"-X '?([A-Z]{3,10})\b")
_WEB_TYPES = frozenset({"http", "headless", "websocket", "browser"})


def _recognise(document: object) -> Likeness:
    records = first_records(document)
    for record in records:
        if not {"severity", "name"} & _info(record).keys():
            continue
        if record.keys() & {"template-id", "templateID", "template_id"}:
            is_result = record.keys() & {"matched-at", "matched", "matched_at", "host"}
            return Likeness(100 if is_result else 70, ("template-id", "info", "matched-at"))
        if {"template", "matched", "type"} <= record.keys():
            return Likeness(85, ("template", "matched", "type"))
    return Likeness(0)


def _read(document: object) -> Report:
    if not isinstance(document, (dict, list)):
        raise BadInput(f"Nuclei writes a mapping for each result, not {shape_name(document)}.")
    hosts: set[str] = set()
    times = []
    for entry in listed_records(document):
        if isinstance(entry, Skipped):
            continue
        hosts.add(text(entry.fields, "host"))
        if (time := instant(entry.fields.get("timestamp"))) is not None:
            times.append(time)
    hosts.discard("")
    return Report(
        format="nuclei",
        version="",
        tool="nuclei",
        tool_version="",
        target=next(iter(hosts)) if len(hosts) == 1 else "",
        configuration="",
        scanned_at=max(times, default=None),
        records=_records(document, has_many_hosts=len(hosts) > 1),
    )


def _records(document: object, *, has_many_hosts: bool) -> Iterator[Record]:
    for entry in listed_records(document):
        if isinstance(entry, Skipped):
            yield entry
            continue
        record, pointer = entry.fields, entry.pointer
        if not _first(record, _TEMPLATE):
            yield Skipped(pointer, "the result names no template")
        elif flag(record, "matcher-status") is False or flag(record, "matcher_status") is False:
            yield Informational(pointer, "the template did not match")
        else:
            yield _observation(record, pointer, text(record, "host") if has_many_hosts else "")


def _first(record: Mapping[str, object], keys: tuple[str, ...]) -> str:
    return next((found for key in keys if (found := text(record, key))), "")


def _info(record: Mapping[str, object]) -> Mapping[str, object]:
    """Give what the template says of itself; the first versions wrote it among the result's own keys."""
    return mapping(record, "info") or (record if "matched" in record else {})


def _observation(record: Mapping[str, object], pointer: str, target: str) -> Observation:
    rule, matcher = _first(record, _TEMPLATE), _first(record, _MATCHER)
    info = _info(record)
    classification = mapping(info, "classification")
    cves = advisories_in(rule, *texts(classification, "cve-id"))
    name = text(info, "name") or rule
    return new_observation(
        kind=Kind.VULNERABILITY if cves else Kind.WEB,
        rule=rule,
        title=f"{name}: {matcher}" if matcher else name,
        severity=severity_from_word(text(info, "severity")),
        pointer=pointer,
        description=text(info, "description"),
        remedy=text(info, "remediation"),
        advisories=aliases_of(*cves) if cves else (),
        weaknesses=weaknesses_listed(*texts(classification, "cwe-id")),
        place=_place(record, matcher),
        resource_type=text(record, "type"),
        target=target,
        cvss=_cvss(classification),
        links=_links(record, info),
    )


def _place(record: Mapping[str, object], matcher: str) -> Place:
    """Give where it matched; the matcher tells results of one template apart, as a parameter does."""
    url = _first(record, _MATCHED) or text(record, "host")
    if text(record, "type") == "file":
        return new_place(path=url, parameter=matcher)
    method = _method(record) if text(record, "type") in _WEB_TYPES else ""
    return new_place(url=url, method=method, parameter=text(record, "fuzzing_parameter") or matcher)


def _method(record: Mapping[str, object]) -> str:
    """Give the method of the command that repeats the request, which stays when raw requests are left out."""
    command = _COMMAND_METHOD.search(text(record, "curl-command")[:200])
    if command:
        return command[1]
    request = text(record, "request").partition(" ")[0]
    return request if request.isalpha() and request.isupper() and len(request) < 10 else ""


def _cvss(classification: Mapping[str, object]) -> Cvss | None:
    score = number(classification, "cvss-score")
    return cvss_from(text(classification, "cvss-metrics"), score or None)


def _links(record: Mapping[str, object], info: Mapping[str, object]) -> tuple[str, ...]:
    return addresses_in(*texts(info, "reference"), text(record, "template-url"))


FORMAT = Format(
    name="nuclei",
    title="Nuclei JSON",
    documents=("json", "jsonl"),
    recognise=_recognise,
    read=_read,
)
