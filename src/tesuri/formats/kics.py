"""KICS's JSON report: queries over infrastructure code, each with the places in files where it matched.

A query about passwords gives secrets; KICS masks the value itself. Its bill of materials is inventory.
"""

import re
from collections.abc import Iterator, Mapping

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Informational,
    Kind,
    Record,
    Report,
    Skipped,
    new_observation,
    new_place,
)
from tesuri.model.severity import Severity, severity_from_word
from tesuri.untrusted.advisory import weaknesses_listed
from tesuri.untrusted.fix import web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.record_list import Entry, first_mappings, records_at
from tesuri.untrusted.shape import mapping, shape_name, text, texts, whole

_COUNTERS = ("queries_total", "files_scanned", "queries_failed_to_execute")
_SECRETS = "passwords and secrets"


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    if "kics_version" in root:
        return Likeness(100, ("kics_version",))
    if "queries_failed_to_compute_similarity_id" in root:
        return Likeness(100, ("queries_failed_to_compute_similarity_id",))
    queries = first_mappings(root, "queries")
    if any({"query_id", "files"} <= query.keys() for query in queries):
        return Likeness(95, ("queries of query_id and files",))
    if "queries" in root and root.keys() & set(_COUNTERS):
        return Likeness(85, ("queries", "counters of KICS"))
    return Likeness(0)


def _read(document: object) -> Report:
    root = mapping(document)
    if not root:
        raise BadInput(f"A KICS report is a mapping with `queries`, not {shape_name(document)}.")
    paths = texts(root, "paths")
    return Report(
        format="kics",
        version="",
        tool="kics",
        tool_version=text(root, "kics_version").removeprefix("v"),
        target=paths[0] if len(paths) == 1 else "",
        configuration="",
        scanned_at=instant(root.get("end")) or instant(root.get("start")),
        records=_records(root),
        is_complete=not whole(root, "files_failed_to_scan")
        and not whole(root, "queries_failed_to_execute"),
    )


def _records(root: Mapping[str, object]) -> Iterator[Record]:
    for query in records_at(root, "queries"):
        if isinstance(query, Skipped):
            yield query
            continue
        for place in records_at(query.fields, "files", pointer=query.pointer):
            yield place if isinstance(place, Skipped) else _record(query.fields, place)
    for part in records_at(root, "bill_of_materials"):
        if isinstance(part, Skipped):
            yield part
            continue
        for place in records_at(part.fields, "files", pointer=part.pointer):
            if isinstance(place, Skipped):
                yield place
            else:
                yield Informational(place.pointer, "inventory: a resource")


def _record(query: Mapping[str, object], place: Entry) -> Record:
    rule = text(query, "query_id") or text(query, "query_name")
    if not rule:
        return Skipped(place.pointer, "the query has neither id nor name")
    name = text(query, "query_name")
    is_secret = name.lower().startswith(_SECRETS)
    entry = place.fields
    similarity = text(entry, "similarity_id")
    return new_observation(
        kind=Kind.SECRET if is_secret else Kind.MISCONFIGURATION,
        rule=rule,
        title=name or rule,
        severity=_severity(text(query, "severity")),
        pointer=place.pointer,
        description=text(query, "description") if is_secret else _description(query, entry),
        remedy="" if is_secret else text(entry, "expected_value"),
        weaknesses=weaknesses_listed(text(query, "cwe")),
        place=new_place(path=text(entry, "file_name"), line=whole(entry, "line")),
        resource=_secret_place(entry) if is_secret else _resource(entry),
        resource_type=text(entry, "resource_type"),
        fingerprints=(("kicsSimilarityId", similarity),) if similarity else (),
        links=web_links(texts(query, "query_url")),
    )


def _severity(word: str) -> Severity:
    return Severity.LOW if word.lower() == "trace" else severity_from_word(word)


def _description(query: Mapping[str, object], entry: Mapping[str, object]) -> str:
    sentences = (text(entry, "actual_value"), text(query, "description"))
    return "\n\n".join(sentence for sentence in sentences if sentence)


def _resource(entry: Mapping[str, object]) -> str:
    """Give where in the document it is: the key that the query looked for says it most exactly."""
    key = text(entry, "search_key")
    kind, name = text(entry, "resource_type"), text(entry, "resource_name")
    return key or ".".join(part for part in (kind, name) if part)


def _secret_place(entry: Mapping[str, object]) -> str:
    """Give the key without what follows its sign of assignment, where older versions left the secret."""
    return re.split(r"[=:\s]", text(entry, "search_key"), maxsplit=1)[0]


FORMAT = Format(
    name="kics",
    title="KICS JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
    lists=(("queries",),),
)
