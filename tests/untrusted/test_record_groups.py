"""Slices of a report: equal bytes in an equal context have an equal digest, and only what is asked for is read."""

from collections.abc import Iterator

import orjson

from tesuri.untrusted.json_document import split_json
from tesuri.untrusted.json_pieces import Piece, value_of
from tesuri.untrusted.record_groups import GroupedSlices, RecordGroup, grouped, records_of

ROWS = [{"id": 1}, {"id": 2}, {"id": 1}]


class _Reader:
    def __init__(self) -> None:
        self.seen: list[str] = []

    def read(self, piece: Piece, pointer: str) -> str:
        self.seen.append(pointer)
        return f"{pointer} {value_of(piece)}"


def _slices(reader: _Reader, context: bytes = b"") -> GroupedSlices[str]:
    document = split_json(orjson.dumps(ROWS), where="r", split=0)

    def groups() -> Iterator[RecordGroup[str] | str]:
        yield "a line of its own"
        yield from grouped(document, "/rows", reader.read, context)

    return GroupedSlices("sample/1", groups)


def test_only_the_slices_that_are_asked_for_are_read_each_with_its_pointer() -> None:
    reader = _Reader()
    (batch,) = _slices(reader).batches()
    assert reader.seen == []
    assert batch.read([2, 0]) == ["/rows/2 {'id': 1}", "/rows/0 {'id': 1}"]
    assert reader.seen == ["/rows/2", "/rows/0"]
    assert list(batch.others) == ["a line of its own"]


def test_a_digest_tells_the_bytes_and_the_context_but_not_the_place() -> None:
    (batch,) = _slices(_Reader()).batches()
    first, second, third = batch.digests
    assert first == third != second
    (other,) = _slices(_Reader(), b"another list").batches()
    assert other.digests[0] != first


def test_what_is_decoded_already_is_read_and_no_slice() -> None:
    reader = _Reader()
    slices: GroupedSlices[str] = GroupedSlices("sample/1", lambda: grouped(ROWS, "", reader.read))
    (batch,) = slices.batches()
    assert (list(batch.digests), len(batch.others)) == ([], 3)


def test_a_large_list_comes_in_batches_of_ten_thousand() -> None:
    document = split_json(orjson.dumps([*range(25_000)]), where="r", split=0)
    slices: GroupedSlices[str] = GroupedSlices(
        "sample/1", lambda: grouped(document, "", _Reader().read)
    )
    assert [len(batch.digests) for batch in slices.batches()] == [10_000, 10_000, 5_000]
    assert len(list(records_of(slices.groups))) == 25_000
