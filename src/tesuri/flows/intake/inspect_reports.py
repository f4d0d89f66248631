"""Find out what a report is by its content, open it, and count what it holds without storing anything.

The name of a file is never a sign: reports arrive as `report.json`, `results.txt` or on standard input. A document
that no format or two formats claim is refused with what it looks like, never read by a guess. Whoever knows the format
may name it: an empty list, which many tools write when they find nothing, is then read as a scan that found nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from tesuri.flows.intake.join_reports import joined_format
from tesuri.flows.intake.lone_list import format_of_lone_list
from tesuri.flows.intake.open_envelope import open_envelope
from tesuri.flows.intake.unknown_report import holds_nothing, unknown_report
from tesuri.flows.pause_collection import paused_collection
from tesuri.formats import FORMATS
from tesuri.formats.generic import comma_separated, json_findings
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Informational,
    Observation,
    Record,
    Report,
    Skipped,
    Suppressed,
)
from tesuri.untrusted.byte_source import Document
from tesuri.untrusted.csv_document import Table
from tesuri.untrusted.shape import shape_name
from tesuri.untrusted.xml_document import Element

THRESHOLD = 40
"""Likeness that a format needs to be taken; below, the document is unknown."""

_MAX_KINDS = 20
_LONGEST_KIND = 80
_Mappings = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Detected:
    """A decoded document with the format that it is in."""

    format: Format
    likeness: Likeness
    kind: str
    """Kind of document: json, jsonl, csv or xml."""
    document: object
    is_sure: bool = True
    """False for a file of 0 bytes, which a tool that stopped early leaves too, and for messages, which never tell all."""
    others: tuple[tuple[str, int], ...] = ()
    """Every other format that it looked like at all, with its score; the likeliest first."""


@dataclass(frozen=True, slots=True)
class Detection:
    """Why a file was taken for its format: the score from 1 to 100, the signs, and what else it looked like."""

    score: int
    signs: tuple[str, ...]
    others: tuple[tuple[str, int], ...] = ()
    """Names of formats with their scores."""


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
    detection: Detection | None = None
    """None when no format could be told."""
    suppressed_by: Mapping[str, int] = field(default_factory=dict)
    """Records suppressed, by their reason without its details; adds up to `suppressed`."""
    informational_by: Mapping[str, int] = field(default_factory=dict)
    """Records that need nobody, such as passed checks and inventory; adds up to `informational`."""


def detect(
    data: Document, *, where: str, mappings: _Mappings | None = None, named: str = ""
) -> Detected:
    """Decode a report once and tell its format by content; `mappings` are the workspace's own formats.

    `named` is the format's name where the caller knows it.

    **raises** BadInput when it cannot be decoded, or when no format or more than one claims it.
    """
    if named:
        return _as_named(data, where, mappings or {}, named)
    kind, document, is_sure = open_envelope(data, where)
    _refuse_nothing(document, where)
    forms = (*FORMATS, *_declared(mappings or {}))
    scored = _scored(document, forms, kind)
    if kind == "jsonl" and (not scored or scored[0][0].score < THRESHOLD):
        # The list of a tool, made into lines by whoever passed it on.
        scored = _scored(document, forms, "json")
    if not scored or scored[0][0].score < THRESHOLD:
        if joined := joined_format(document, FORMATS):
            return Detected(joined[0], joined[1], kind, document, is_sure)
        if alone := format_of_lone_list(document, FORMATS):
            return Detected(alone[0], alone[1], kind, document, is_sure)
        unknown = unknown_report(kind, document, scored)
        raise BadInput(unknown.what, where=where, remedy=unknown.remedy)
    best, form = scored[0]
    rivals = [other.title for likeness, other in scored if likeness.score == best.score]
    if len(rivals) > 1:
        raise BadInput(
            f"The content fits {' and '.join(rivals)} equally well.",
            where=where,
            remedy="Tesuri does not guess; name the format with --as.",
        )
    others = tuple((other.name, likeness.score) for likeness, other in scored[1:] if likeness.score)
    return Detected(form, best, kind, document, is_sure, others)


def _scored(document: object, forms: Iterable[Format], kind: str) -> list[tuple[Likeness, Format]]:
    """Give each format of a kind of document with its score, the likeliest first."""
    asked = document.columns if isinstance(document, Table) else document
    scored = [(form.recognise(asked), form) for form in forms if kind in form.documents]
    return sorted(scored, key=lambda pair: -pair[0].score)


def _as_named(data: Document, where: str, mappings: _Mappings, name: str) -> Detected:
    """Take the format at its name where the content may be of it: an empty report may be of any."""
    forms = _forms_named(name, mappings)
    if (
        isinstance(data, bytes)
        and not data.strip()
        and (silent := next(filter(_reads_nothing, forms), None))
    ):
        return Detected(silent, Likeness(1, ("0 bytes",)), silent.documents[-1], [], is_sure=False)
    kind, document, is_sure = open_envelope(data, where)
    document = [] if document is None else document
    asked = document.columns if isinstance(document, Table) else document
    kinds = {kind, "json"} if kind == "jsonl" else {kind}
    fitting = [form for form in forms if kinds.intersection(form.documents)]
    for form in fitting:
        likeness = form.recognise(asked)
        if likeness.score or holds_nothing(document):
            return Detected(form, likeness, kind, document, is_sure)
    title = forms[0].title
    raise BadInput(
        f"The file has nothing of {title}."
        if fitting
        else f"{title} is not written as {kind.upper()}.",
        where=where,
        remedy="Leave out --as to see what it looks like.",
    )


def _forms_named(name: str, mappings: _Mappings) -> list[Format]:
    every = (*FORMATS, *_declared(mappings))
    if found := [form for form in every if form.name == name]:
        return found
    known = ", ".join(sorted({form.name for form in every}))
    raise BadInput(f"There is no format {name!r}.", where="--as", remedy=f"Known are: {known}.")


def _reads_nothing(form: Format) -> bool:
    """Whether the format's tool writes a list, of which nothing at all may be left."""
    if not {"json", "jsonl"}.intersection(form.documents):
        return False
    try:
        form.read([])
    except BadInput:
        return False
    return True


def open_report(
    data: Document, *, where: str, mappings: _Mappings | None = None, named: str = ""
) -> Report:
    """Give the report that the bytes hold, its records still a stream.

    **raises** BadInput as `detect` does, and when the envelope of a known format is wrong.
    """
    return _opened(detect(data, where=where, mappings=mappings, named=named), where)


def _opened(detected: Detected, where: str) -> Report:
    try:
        report = detected.format.read(detected.document)
    except BadInput as error:
        raise _placed(error, where) from error
    report = replace(report, records=_records(report.records, where))
    return report if detected.is_sure else replace(report, is_complete=False)


def _records(records: Iterator[Record], where: str) -> Iterator[Record]:
    """Give the records; an error in what is only read now names the file, too."""
    try:
        yield from records
    except BadInput as error:
        raise _placed(error, where) from error


def _placed(error: BadInput, where: str) -> BadInput:
    place = f"{where}: {error.where}" if error.where else where
    return BadInput(error.what, where=place, remedy=error.remedy)


@paused_collection()
def inspect(
    data: Document, *, where: str, mappings: _Mappings | None = None, named: str = ""
) -> InspectSummary:
    """Count what a file holds; an unreadable or unknown one is a summary with `error`, not an exception."""
    try:
        detected = detect(data, where=where, mappings=mappings, named=named)
        why = Detection(detected.likeness.score, detected.likeness.signs, detected.others)
        return replace(_counted(_opened(detected, where), where), detection=why)
    except BadInput as error:
        sentence = str(error) if error.where.startswith(where) else f"{where}: {error}"
        return refused(where, sentence)


def _counted(report: Report, where: str) -> InspectSummary:
    """Read every record; **raises** BadInput where a large document shows only then that it is none."""
    findings = 0
    suppressed, informational = Counter[str](), Counter[str]()
    skipped: list[SkippedRecord] = []
    for record in report.records:
        match record:
            case Observation():
                findings += 1
            case Suppressed(reason=reason):
                suppressed[_kind_of(reason, suppressed)] += 1
            case Informational(reason=reason):
                informational[_kind_of(reason, informational)] += 1
            case Skipped():
                skipped.append(SkippedRecord(record.pointer, record.reason))
    return InspectSummary(
        file=where,
        format=report.format,
        version=report.version,
        tool=report.tool,
        target=report.target,
        records=findings + suppressed.total() + informational.total() + len(skipped),
        findings=findings,
        suppressed=suppressed.total(),
        informational=informational.total(),
        skipped=tuple(skipped),
        error=None,
        suppressed_by=dict(suppressed.most_common()),
        informational_by=dict(informational.most_common()),
    )


def _kind_of(reason: str, known: Mapping[str, int]) -> str:
    """Give a reason without its details; all those beyond the first twenty kinds are one."""
    kind = reason.partition(":")[0][:_LONGEST_KIND].strip()
    return kind if kind in known or len(known) < _MAX_KINDS else "other reasons"


def refused(where: str, error: str) -> InspectSummary:
    """Give the summary of a file that nobody could read: no format, no counts, and the sentence why."""
    return InspectSummary(where, None, "", "", "", 0, 0, 0, 0, (), error)


def _declared(mappings: _Mappings) -> list[Format]:
    return [
        make(name, declared)
        for name, declared in mappings.items()
        for make in (comma_separated.mapped_format, json_findings.mapped_format)
    ]


def _refuse_nothing(document: object, where: str) -> None:
    """Refuse what holds no report: an empty list of one tool is the empty list of every other."""
    if isinstance(document, (dict, list, Table, Element)) and document:
        return
    word = {"null": "null", "a list": "an empty list", "a mapping": "an empty mapping"}
    name = word.get(shape_name(document), shape_name(document))
    raise BadInput(
        f"The file holds {name} and no report: it does not say which tool ran or what was scanned.",
        where=where,
        remedy="Let the tool write its full report, or name its format: --as gitleaks.",
    )
