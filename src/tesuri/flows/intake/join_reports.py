"""Several reports of one format in one file: a list of them, one on each line, or one after the other.

They are read as one report whose records say which target they belong to. Files that mix formats are not joined:
whoever made them knows better what belongs together.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Informational, Observation, Record, Report, Skipped, Suppressed

_SURE = 60
"""Likeness that each of the documents needs; a lone report needs less, because nothing else is claimed of it."""


def joined_format(documents: object, forms: Iterable[Format]) -> tuple[Format, Likeness] | None:
    """Give the format that every document of a list has, made to read them all; None where there is none."""
    if not isinstance(documents, list) or not documents:
        return None
    readers = [form for form in forms if "json" in form.documents]
    first = _format_of(documents[0], readers)
    if first is None:
        return None
    # NOTE: a slice of a large list would be in memory all at once.
    if any(_format_of(each, [first]) is None for each in islice(documents, 1, None)):
        return None
    likeness = first.recognise(documents[0])
    signs = (f"{len(documents):,} reports of {first.title}", *likeness.signs)
    reader = replace(first, read=lambda found: _read(first, found))
    return reader, Likeness(likeness.score, signs)


def _format_of(document: object, forms: Iterable[Format]) -> Format | None:
    if not isinstance(document, dict):
        return None
    scored = sorted(
        ((form.recognise(document).score, form.name, form) for form in forms), reverse=True
    )
    if not scored or scored[0][0] < _SURE:
        return None
    is_tied = len(scored) > 1 and scored[0][0] == scored[1][0]
    return None if is_tied else scored[0][2]


def _read(form: Format, documents: object) -> Report:
    reports = [
        _one(form, document, index)
        for index, document in enumerate(documents if isinstance(documents, list) else [])
    ]
    targets = {report.target for report in reports} - {""}
    times = [report.scanned_at for report in reports if report.scanned_at is not None]
    return replace(
        reports[0],
        tool=_joined(report.tool for report in reports),
        tool_version=_joined(report.tool_version for report in reports),
        target=next(iter(targets)) if len(targets) == 1 else "",
        configuration=_joined(report.configuration for report in reports),
        scanned_at=max(times, default=None),
        records=_records(reports, has_many=len(targets) > 1),
        is_complete=all(report.is_complete for report in reports),
        slices=None,
        components=tuple(part for report in reports for part in report.components)
        if len(targets) == 1
        else (),
        is_inventory=len(targets) == 1 and all(report.is_inventory for report in reports),
    )


def _one(form: Format, document: object, index: int) -> Report:
    try:
        return form.read(document)
    except BadInput as error:
        raise BadInput(error.what, where=f"/{index}{error.where}", remedy=error.remedy) from error


def _joined(words: Iterable[str]) -> str:
    return "+".join(sorted({word for word in words if word}))


def _records(reports: Sequence[Report], *, has_many: bool) -> Iterator[Record]:
    for index, report in enumerate(reports):
        target = report.target if has_many else ""
        for record in report.records:
            yield record_at(record, f"/{index}{record.pointer}", target)


def record_at(record: Record, pointer: str, target: str = "") -> Record:
    """Give the record with its place in the whole file, and with its target where there are several."""
    match record:
        case Observation():
            return replace(record, pointer=pointer, target=record.target or target)
        case Suppressed(observation=Observation() as inner):
            placed = replace(inner, pointer=pointer, target=inner.target or target)
            return replace(record, pointer=pointer, observation=placed)
        case Suppressed() | Informational() | Skipped():
            return replace(record, pointer=pointer)
