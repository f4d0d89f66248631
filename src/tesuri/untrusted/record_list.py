"""The records of a list in a foreign document, each with its JSON pointer; what is no record says so itself.

Nothing is dropped: a wrong value where a list or a mapping is expected is one skipped record.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from tesuri.model.observation import Skipped
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
            place = join_pointer(here, index)
            if isinstance(part, dict):
                yield Entry(place, part)
            else:
                yield Skipped(place, f"the record is {shape_name(part)}, not a mapping")
    elif found is not None:
        yield Skipped(here, f"a list is expected, not {shape_name(found)}")


def mappings_in(document: object, *path: str | int) -> list[Mapping[str, object]]:
    """Give only the mappings that `records_at` finds, for the envelope of a report."""
    found = records_at(document, *path)
    return [entry.fields for entry in found if isinstance(entry, Entry)]


def first_mappings(document: object, *path: str | int) -> list[Mapping[str, object]]:
    """Give those of the first fifty records that are mappings: enough to tell a format by."""
    return probe(records_at(document, *path))


def probe(found: Iterator[Entry | Skipped]) -> list[Mapping[str, object]]:
    """Give the mappings among the first fifty records of an iterator, and look at no more of it."""
    return [entry.fields for entry in islice(found, _PROBE) if isinstance(entry, Entry)]
