"""A bare list of findings, as somebody cut it out of a report: read as if it stood where the report keeps it.

Such a list does not say what else was scanned, so it is never a complete scan.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tesuri.flows.intake.join_reports import record_at
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Record, Report
from tesuri.untrusted.shape import join_pointer

_SURE = 60
"""Likeness that a list needs, once it stands in its report."""

_Path = tuple[str | int, ...]


def format_of_lone_list(
    document: object, forms: Iterable[Format]
) -> tuple[Format, Likeness] | None:
    """Give the one format whose findings a list holds, made to read it; None where that is not certain."""
    if not isinstance(document, list) or not document or not isinstance(document[0], dict):
        return None
    scored = sorted(
        (
            (form.recognise(_report_around(document, path)), form, path)
            for form in forms
            for path in form.lists
        ),
        key=lambda found: -found[0].score,
    )
    if not scored or scored[0][0].score < _SURE:
        return None
    likeness, form, path = scored[0]
    if any(other.score == likeness.score for other, rival, _ in scored[1:] if rival is not form):
        return None
    reader = replace(form, read=lambda found: _read(form, path, found))
    return reader, Likeness(likeness.score, (f"the list {_named(path)} alone", *likeness.signs))


def _report_around(found: object, path: _Path) -> object:
    """Give a report that holds nothing but the list."""
    for part in reversed(path):
        found = {part: found} if isinstance(part, str) else [found]
    return found


def _named(path: _Path) -> str:
    return ".".join(part for part in path if isinstance(part, str))


def _read(form: Format, path: _Path, document: object) -> Report:
    start = join_pointer("", *path)
    try:
        report = form.read(_report_around(document, path))
    except BadInput as error:
        place = error.where.removeprefix(start)
        raise BadInput(error.what, where=place, remedy=error.remedy) from error
    records = _records(report.records, start)
    return replace(report, records=records, is_complete=False, slices=None)


def _records(records: Iterable[Record], start: str) -> Iterator[Record]:
    for record in records:
        yield record_at(record, record.pointer.removeprefix(start))
