"""The findings of an AWS file, whatever stands around them: an answer of the API, pages of it, or events.

An answer is `{"Findings": [...]}`, an event of EventBridge has them under `detail`, an export is one finding on each line.
"""

from collections.abc import Iterator, Mapping

from tesuri.model.observation import Skipped
from tesuri.untrusted.record_list import Entry, listed_records, probe, records_at
from tesuri.untrusted.shape import join_pointer, mapping

_LISTS = ("Findings", "findings")


def entries_of(document: object) -> Iterator[Entry | Skipped]:
    """Give the findings of a file; a mapping that wraps none is taken for one itself."""
    for part in listed_records(document):
        yield from [part] if isinstance(part, Skipped) else _unwrapped(part)


def first_findings(document: object) -> list[Mapping[str, object]]:
    """Give some of them, enough to tell a format by."""
    return probe(entries_of(document))


def is_last_page(document: object) -> bool:
    """Whether no page of the answer says that more follow; an event tells of one finding, never of all."""
    pages = (part.fields for part in listed_records(document) if isinstance(part, Entry))
    return not any(map(_tells_of_more, pages))


def pages_of(document: object) -> Iterator[tuple[bool, Iterator[Entry | Skipped]]]:
    """Give the findings of each page of a file, and whether more of them are told elsewhere: all in one walk."""
    for part in listed_records(document):
        if isinstance(part, Entry):
            yield _tells_of_more(part.fields), _unwrapped(part)


def _tells_of_more(page: Mapping[str, object]) -> bool:
    return bool(page.get("NextToken") or page.get("nextToken")) or _is_event(page)


def _is_event(fields: Mapping[str, object]) -> bool:
    return "detail-type" in fields and isinstance(fields.get("detail"), dict)


def _unwrapped(part: Entry) -> Iterator[Entry | Skipped]:
    fields, pointer = part.fields, part.pointer
    if _is_event(fields):
        fields, pointer = mapping(fields, "detail"), join_pointer(pointer, "detail")
    for key in _LISTS:
        if isinstance(fields.get(key), list):
            yield from records_at(fields, key, pointer=pointer)
            return
    yield Entry(pointer, fields)
