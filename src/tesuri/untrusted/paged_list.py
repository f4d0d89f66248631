"""The records of documents that are one list, however the list was written down.

A tool that writes one record after another leaves JSON Lines; when it saw one thing only, that is a lone mapping;
a client that fetched several pages leaves a list of lists.
"""

from collections.abc import Iterator, Mapping
from itertools import islice

from tesuri.untrusted.shape import join_pointer

_PROBE = 50


def listed_records(document: object, *keys: str) -> Iterator[tuple[str, object]]:
    """Give each record with its pointer; `keys` name a list that may wrap them in a mapping."""
    if isinstance(document, dict):
        yield from _of_mapping(document, keys)
    elif isinstance(document, list):
        # Only where everything is a list these are pages; a list among records is a wrong record.
        is_paged = all(isinstance(entry, list) for entry in document)
        for index, entry in enumerate(document):
            pointer = join_pointer("", index)
            if is_paged and isinstance(entry, list):
                for inner, record in enumerate(entry):
                    yield join_pointer(pointer, inner), record
            else:
                yield pointer, entry


def first_records(document: object, *keys: str) -> list[Mapping[str, object]]:
    """Give those of the first fifty records that are mappings: enough to tell a format by."""
    found = islice(listed_records(document, *keys), _PROBE)
    return [record for _, record in found if isinstance(record, dict)]


def _of_mapping(document: dict[str, object], keys: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    for key in keys:
        wrapped = document.get(key)
        if isinstance(wrapped, list):
            for index, record in enumerate(wrapped):
                yield join_pointer("", key, index), record
            return
    yield "", document
