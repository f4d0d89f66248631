"""A JSON object with a list `findings` whose items have ordinary names.

Many tools have a list of that name; it is taken for this format only where most keys of its records are usual ones.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from tesuri.formats.generic.mapping import RECORDS, check_mapping, look_up, mapped_fields
from tesuri.formats.generic.record import (
    FIELD_OF,
    known_share,
    named_fields,
    record_of,
    spelling_of,
)
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Record, Report, Skipped
from tesuri.untrusted.shape import at, items, join_pointer, mapping, shape_name, text

_SHARE = 0.75
_SHARE_OF_PLAIN = 0.6
"""Enough where each record has a title, a severity and a description: people add keys of their own to such a list."""

_PLAIN = frozenset({"title", "severity", "description"})
_ENVELOPE = frozenset(
    ("findings", "name", "type", "description", "version", "tool", "scanner", "target", "date")
)
_Fields = Callable[[Mapping[str, object]], Mapping[str, object]]


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    if not isinstance(root.get("findings"), list):
        return Likeness(0)
    records = [mapping(record) for record in items(root, "findings")[:50]]
    columns = list(dict.fromkeys(column for record in records for column in record))
    if not columns:
        # An empty `findings` alone is the empty report of several tools: the envelope has to speak.
        is_named = root.keys() <= _ENVELOPE and bool(root.keys() & {"tool", "scanner", "type"})
        has_records = bool(records) and root.keys() <= _ENVELOPE
        score = 45 if is_named or has_records else 20
        return Likeness(score, ("a list `findings` without content",))
    fields = {FIELD_OF[name] for column in columns if (name := spelling_of(column)) in FIELD_OF}
    share = known_share(columns)
    signs = ("a list `findings`", f"{share:.0%} of its keys are usual ones")
    needed = _SHARE_OF_PLAIN if fields >= _PLAIN else _SHARE
    return Likeness(45 + int(30 * share) if share >= needed and "title" in fields else 20, signs)


def _read(document: object) -> Report:
    root = mapping(document)
    if not isinstance(root.get("findings"), list):
        found = shape_name(root.get("findings"))
        raise BadInput(f"A generic report has a list `findings`, not {found}.", where="/findings")
    return _report(root, items(root, "findings"), "/findings", named_fields)


def read_mapped(document: object, mapping: Mapping[str, str]) -> Report:
    """Read a JSON document whose paths a workspace has declared (our field → path in a record).

    `records` names the list; without it the document itself or its `findings` is the list.

    **raises** BadInput when the mapping names an unknown field or there is no such list.
    """
    check_mapping(mapping)
    path = mapping.get(RECORDS, "")
    found = look_up(document, path) if path else document
    records = found if isinstance(found, list) else at(found, "findings")
    if not isinstance(records, list):
        place = path or "the top or at findings"
        raise BadInput(f"The mapping expects a list at {place}; there is {shape_name(found)}.")
    return _report(document, records, path, lambda record: mapped_fields(record, mapping))


def mapped_format(name: str, mapping: Mapping[str, str]) -> Format:
    """Give the format that a declared mapping makes: it wins where its records can be read by it."""

    def recognise(document: object) -> Likeness:
        try:
            report = read_mapped(document, mapping)
        except BadInput:
            return Likeness(0)
        first = list(islice(report.records, 20))
        is_fit = bool(first) and not any(isinstance(record, Skipped) for record in first)
        return Likeness(90, ("all paths of the mapping",)) if is_fit else Likeness(0)

    def read(document: object) -> Report:
        report = read_mapped(document, mapping)
        tool = report.tool if "tool" in mapping else name
        return replace(report, format=name, tool=tool)

    title = f"{name} (declared mapping)"
    return Format(
        name=name, title=title, documents=("json", "jsonl"), recognise=recognise, read=read
    )


def _report(root: object, records: list[object], pointer: str, fields_of: _Fields) -> Report:
    first = fields_of(mapping(records, 0))
    tool = text(root, "tool") or text(root, "scanner") or text(root, "type") or text(first, "tool")
    return Report(
        format="generic-json",
        version=text(root, "version"),
        tool=tool.lower() or "generic",
        tool_version="",
        target=text(root, "target"),
        configuration="",
        scanned_at=None,
        records=_records(records, pointer, fields_of),
    )


def _records(records: list[object], pointer: str, fields_of: _Fields) -> Iterator[Record]:
    for index, record in enumerate(records):
        here = join_pointer(pointer, index)
        if isinstance(record, dict):
            yield record_of(fields_of(record), here)
        else:
            yield Skipped(here, f"the record is {shape_name(record)}, not a mapping")


FORMAT = Format(
    name="generic-json",
    title="Generic findings JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)
