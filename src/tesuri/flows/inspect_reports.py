"""Find out what a report is by its content, open it, and count what it holds without storing anything.

The name of a file is never a sign: reports arrive as `report.json`, `results.txt` or on standard input. A document
that no format or two formats claim is refused with what it looks like, never read by a guess.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from tesuri.formats import FORMATS
from tesuri.formats.generic import comma_separated, json_findings
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Informational, Observation, Report, Skipped, Suppressed
from tesuri.untrusted.csv_document import Table, is_table, read_csv
from tesuri.untrusted.json_document import read_json, read_json_lines
from tesuri.untrusted.script_assignment import without_assignment
from tesuri.untrusted.shape import mapping, shape_name, text
from tesuri.untrusted.text_document import read_text, read_utf8
from tesuri.untrusted.xml_document import Element, read_xml

THRESHOLD = 40
"""Likeness that a format needs to be taken; below, the document is unknown."""

_REPORT_WANTED = "Give the tool's own report, as JSON, CSV or the XML of a known tool."
_HEAD_BYTES = 65_536
_MAX_NAMES = 10
_PROLOGUE = re.compile(r"<\?.*?\?>|<!--.*?-->", re.DOTALL)
_ROOT = re.compile(r"<([A-Za-z_][\w:.-]*)")
_TITLE = re.compile(r"<title>([^<]*)", re.IGNORECASE)
_Mappings = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Detected:
    """A decoded document with the format that it is in."""

    format: Format
    likeness: Likeness
    kind: str
    """Kind of document: json, jsonl, csv or xml."""
    document: object


@dataclass(frozen=True, slots=True)
class SkippedRecord:
    """A record that could not be read, with the reason."""

    pointer: str
    reason: str


@dataclass(frozen=True, slots=True)
class InspectSummary:
    """What one file holds; records = findings + suppressed + informational + skipped, always."""

    file: str
    format: str | None
    """None when no format could be told; `error` then says why."""
    version: str
    tool: str
    target: str
    records: int
    findings: int
    suppressed: int
    informational: int
    skipped: tuple[SkippedRecord, ...]
    error: str | None


def detect(data: bytes, *, where: str, mappings: _Mappings | None = None) -> Detected:
    """Decode a report once and tell its format by content; `mappings` are the workspace's own formats.

    **raises** BadInput when it cannot be decoded, or when no format or more than one claims it.
    """
    kind, document = _decode(data, where)
    _refuse_nothing(document, where)
    asked = document.columns if isinstance(document, Table) else document
    scored = [
        (form.recognise(asked), form)
        for form in (*FORMATS, *_declared(mappings or {}))
        if kind in form.documents
    ]
    scored.sort(key=lambda pair: -pair[0].score)
    if not scored or scored[0][0].score < THRESHOLD:
        unknown = _unknown(kind, document, scored)
        raise BadInput(unknown.what, where=where, remedy=unknown.remedy)
    best, form = scored[0]
    rivals = [other.title for likeness, other in scored if likeness.score == best.score]
    if len(rivals) > 1:
        raise BadInput(
            f"The content fits {' and '.join(rivals)} equally well.",
            where=where,
            remedy="Tesuri does not guess; declare a mapping for it.",
        )
    return Detected(form, best, kind, document)


def open_report(data: bytes, *, where: str, mappings: _Mappings | None = None) -> Report:
    """Give the report that the bytes hold, its records still a stream.

    **raises** BadInput as `detect` does, and when the envelope of a known format is wrong.
    """
    detected = detect(data, where=where, mappings=mappings)
    try:
        return detected.format.read(detected.document)
    except BadInput as error:
        place = f"{where}: {error.where}" if error.where else where
        raise BadInput(error.what, where=place, remedy=error.remedy) from error


def inspect(data: bytes, *, where: str, mappings: _Mappings | None = None) -> InspectSummary:
    """Count what a file holds; an unreadable or unknown one is a summary with `error`, not an exception."""
    try:
        report = open_report(data, where=where, mappings=mappings)
    except BadInput as error:
        return refused(where, str(error))
    counts = dict.fromkeys((Observation, Suppressed, Informational), 0)
    skipped: list[SkippedRecord] = []
    for record in report.records:
        if isinstance(record, Skipped):
            skipped.append(SkippedRecord(record.pointer, record.reason))
        else:
            counts[type(record)] += 1
    return InspectSummary(
        file=where,
        format=report.format,
        version=report.version,
        tool=report.tool,
        target=report.target,
        records=sum(counts.values()) + len(skipped),
        findings=counts[Observation],
        suppressed=counts[Suppressed],
        informational=counts[Informational],
        skipped=tuple(skipped),
        error=None,
    )


def refused(where: str, error: str) -> InspectSummary:
    """Give the summary of a file that nobody could read: no format, no counts, and the sentence why."""
    return InspectSummary(where, None, "", "", "", 0, 0, 0, 0, (), error)


def _declared(mappings: _Mappings) -> list[Format]:
    return [
        make(name, declared)
        for name, declared in mappings.items()
        for make in (comma_separated.mapped_format, json_findings.mapped_format)
    ]


def _decode(data: bytes, where: str) -> tuple[str, object]:
    """Give the kind of document and its decoded content, by its first characters."""
    plain = without_assignment(read_utf8(data, where=where))
    head = plain[:_HEAD_BYTES].decode(errors="ignore").lstrip()
    if "\x00" in head:
        read_text(data, where=where)
    if head.startswith("<"):
        if problem := _page(head):
            raise BadInput(problem, where=where, remedy=_REPORT_WANTED)
        return "xml", read_xml(data, where=where)
    if head.startswith(("{", "[")):
        if _has_lines_of_json(plain):
            return "jsonl", read_json_lines(plain, where=where)
        return "json", read_json(plain, where=where)
    if is_table(head):
        return "csv", read_csv(data, where=where)
    return "json", _read_text_as_json(data, plain, where)


def _read_text_as_json(data: bytes, plain: bytes, where: str) -> object:
    """Give the lone value of a file that begins like no document: a number, a word, or plain text."""
    try:
        return read_json(plain, where=where)
    except BadInput as error:
        text = read_text(data, where=where).strip()
        if not text:
            raise
        raise BadInput(
            f"This is plain text, neither JSON nor a table; it begins with {text[:60]!r}.",
            where=where,
            remedy="Give the report itself, not the tool's output for the terminal.",
        ) from error


def _has_lines_of_json(plain: bytes) -> bool:
    first, _, rest = plain.lstrip().partition(b"\n")
    if not rest.strip():
        return False
    try:
        read_json(first, where="")
    except BadInput:
        return False
    return True


def _page(head: str) -> str:
    """Give the sentence about an HTML page or a lone sign; empty for what begins like real XML."""
    found = _ROOT.search(_PROLOGUE.sub("", head))
    if not found:
        return "This begins like HTML or XML, but has no element."
    if found[1].lower() in {"html", "head", "body"} or "<!doctype html" in head.lower():
        title = _TITLE.search(head)
        words = f" with the title {title[1].strip()[:80]!r}" if title else ""
        return f"This is an HTML page{words}, not a report."
    return ""


def _refuse_nothing(document: object, where: str) -> None:
    """Refuse what holds no report: an empty list of one tool is the empty list of every other."""
    if isinstance(document, (dict, list, Table, Element)) and document:
        return
    word = {"null": "null", "a list": "an empty list", "a mapping": "an empty mapping"}
    name = word.get(shape_name(document), shape_name(document))
    raise BadInput(
        f"The file holds {name} and no report: it does not say which tool ran or what was scanned.",
        where=where,
        remedy="Let the tool write its full report.",
    )


def _unknown(kind: str, document: object, scored: list[tuple[Likeness, Format]]) -> BadInput:
    if problem := _error_in(document):
        return BadInput(
            f"The file holds an error message instead of a report: {problem!r}.",
            remedy="Run the tool again.",
        )
    nearest = [
        f"{form.title} ({', '.join(likeness.signs)})" for likeness, form in scored if likeness.score
    ]
    hint = f" The nearest known format is {' and '.join(nearest[:2])}." if nearest else ""
    if isinstance(document, Element):
        name = document.name[:80]
        return BadInput(
            f"This is XML with the root element {name!r}, which no known format reads.{hint}",
            remedy=_REPORT_WANTED,
        )
    return BadInput(
        f"No known format: this is {_description(kind, document)}.{hint}",
        remedy="Declare which column or path means what in mappings/<name>.yaml of the workspace.",
    )


def _error_in(document: object) -> str:
    root = mapping(document)
    for key in ("error", "errors", "message", "detail", "errorMessage"):
        rest = [value for other, value in root.items() if other != key]
        found = root.get(key)
        first = found[0] if isinstance(found, list) and found else found
        words = text(first) or text(first, "message") or text(first, "detail")
        # A report with records tells of its errors too; then its records matter.
        if words and not any(isinstance(value, (dict, list)) for value in rest):
            return words[:200]
    return ""


def _description(kind: str, document: object) -> str:
    if isinstance(document, Table):
        return f"a table with the columns {_listed(document.columns)}"
    if isinstance(document, list):
        count = f"{len(document):,} {'lines of JSON' if kind == 'jsonl' else 'items'}"
        first = document[0]
        inside = f"keys {_listed(first)}" if isinstance(first, dict) else shape_name(first)
        return f"a list of {count}, the first with {inside}"
    return f"a JSON mapping with the keys {_listed(mapping(document))}"


def _listed(names: Iterable[str]) -> str:
    words = [name[:40] for name in islice(names, _MAX_NAMES + 1)]
    return ", ".join(words[:_MAX_NAMES]) + (" …" if len(words) > _MAX_NAMES else "")
