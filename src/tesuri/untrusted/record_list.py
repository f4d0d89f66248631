"""The records of a list in a foreign document, each with its JSON pointer; what is no record says so itself.

Nothing is dropped: a wrong value where a list or a mapping is expected is one skipped record. A document that is one
list may be written down as a list, as JSON Lines, as a lone mapping where there was one thing only, or as a list of
lists by a client that fetched several pages.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from tesuri.model.observation import Skipped
from tesuri.untrusted.json_pieces import holds_only_lists
from tesuri.untrusted.repeated_reading import read_again
from tesuri.untrusted.shape import at, join_pointer, shape_name

_PROBE = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One mapping of the list."""

    pointer: str
    fields: Mapping[str, object]


def records_at(document: object, *path: str | int, pointer: str = "") -> Iterator[Entry | Skipped]:
    """Give the mappings of the list at the path, a lone mapping as a list of one, and nothing for null.

    `pointer` is where the document itself stands in the report.
    """
    found = at(document, *path)
    here = join_pointer(pointer, *path)
    if isinstance(found, dict):
        yield Entry(here, found)
    elif isinstance(found, list):
        for index, part in enumerate(found):
            yield _entry(part, join_pointer(here, index))
    elif found is not None:
        yield Skipped(here, f"a list is expected, not {shape_name(found)}")


def listed_records(document: object, *keys: str) -> Iterator[Entry | Skipped]:
    """Give the mappings of a document that is one list; `keys` name a list that may wrap them in a mapping."""
    if isinstance(document, dict):
        wrapping = next((key for key in keys if isinstance(document.get(key), list)), None)
        yield from records_at(document, *([wrapping] if wrapping else []))
    elif isinstance(document, list):
        # Only where everything is a list these are pages; a list among records is a wrong record.
        is_paged = holds_only_lists(document)
        for index, part in enumerate(document):
            if is_paged:
                yield from records_at(part, pointer=join_pointer("", index))
            else:
                yield _entry(part, join_pointer("", index))


def first_records(document: object, *keys: str) -> list[Mapping[str, object]]:
    """Give the mappings among the first fifty of `listed_records`: enough to tell a format by."""
    return probe(listed_records(document, *keys))


def mappings_in(document: object, *path: str | int) -> Sequence[Mapping[str, object]]:
    """Give only the mappings that `records_at` finds, for the envelope of a report; of a streamed one anew each time."""
    return fields_of(lambda: records_at(document, *path), at(document, *path))


def fields_of(
    read: Callable[[], Iterator[Entry | Skipped]], document: object
) -> Sequence[Mapping[str, object]]:
    """Give the mappings among records; those of a streamed document are read anew by each walk."""
    return read_again(
        lambda: (entry.fields for entry in read() if isinstance(entry, Entry)), document
    )


def first_mappings(document: object, *path: str | int) -> list[Mapping[str, object]]:
    """Give those of the first fifty records that are mappings: enough to tell a format by."""
    return probe(records_at(document, *path))


def probe(found: Iterator[Entry | Skipped]) -> list[Mapping[str, object]]:
    """Give the mappings among the first fifty records of an iterator, and look at no more of it."""
    return [entry.fields for entry in islice(found, _PROBE) if isinstance(entry, Entry)]


def _entry(part: object, pointer: str) -> Entry | Skipped:
    if isinstance(part, dict):
        return Entry(pointer, part)
    return Skipped(pointer, f"the record is {shape_name(part)}, not a mapping")
