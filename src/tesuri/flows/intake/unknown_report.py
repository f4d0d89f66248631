"""What is said of a document that no format claims: what it looks like, and how to map it."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from tesuri.flows.intake.decode_reports import REPORT_WANTED
from tesuri.formats.generic.mapping import suggested_mapping
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.untrusted.csv_document import Table
from tesuri.untrusted.shape import is_empty_list, mapping, shape_name, text
from tesuri.untrusted.xml_document import Element

_MAX_NAMES: Final = 10
_MAX_MAPPED: Final = 40
"""Columns that are looked at for a mapping; a table of a hostile file may have a million."""


def holds_nothing(document: object) -> bool:
    """Whether a document holds nothing, or only lists and mappings that hold nothing."""
    if isinstance(document, dict):
        return all(value is None or value in ([], {}) for value in document.values())
    return is_empty_list(document)


def unknown_report(
    kind: str, document: object, scored: Sequence[tuple[Likeness, Format]]
) -> BadInput:
    """Say what a document looks like that no format claims, and what makes it readable."""
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
            remedy=REPORT_WANTED,
        )
    return BadInput(
        f"No known format: this is {_description(kind, document)}.{hint}",
        remedy="It holds nothing; name the format of the tool that ran: --as osv-scanner."
        if holds_nothing(document)
        else _how_to_map(document),
    )


def _how_to_map(document: object) -> str:
    """Say which file makes a home-made report readable, and what may stand in it."""
    path, records = "", document
    if isinstance(document, dict):
        lists = [name for name, value in document.items() if _has_mappings(value)]
        path, records = (lists[0], document[lists[0]]) if lists else ("", None)
    columns: Iterable[str] = ()
    if isinstance(records, Table):
        columns = records.columns
    elif isinstance(records, list) and _has_mappings(records):
        columns = mapping(records[0])
    if not columns:
        return "Declare which column or path means what in mappings/<name>.yaml of the workspace."
    where = f"records: {path}, " if path else ""
    return (
        "Declare which column or path means what in mappings/<name>.yaml of the workspace, such as "
        f"{{{where}{suggested_mapping(islice(columns, _MAX_MAPPED))}}}; fields and form: docs/workspace.md"
    )


def _has_mappings(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


_ABOUT_ERROR = ("error", "errors", "headers")
"""What stands beside an error message without being a record, such as the answer's headers of npm."""


def _error_in(document: object) -> str:
    root = mapping(document)
    for key in ("error", "errors", "message", "detail", "errorMessage"):
        rest = [value for other, value in root.items() if other not in {key, *_ABOUT_ERROR}]
        found = root.get(key)
        first = found[0] if isinstance(found, list) and found else found
        inner = (text(first, name) for name in ("message", "summary", "detail"))
        words = text(first) or next((word for word in inner if word), "")
        # A report with records tells of its errors too; then its records matter.
        if words and not any(value and isinstance(value, (dict, list)) for value in rest):
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
