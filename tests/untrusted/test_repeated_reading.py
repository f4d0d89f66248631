"""What is walked over twice: kept where it is in memory, read again where it is not."""

from collections.abc import Iterator

import orjson

from tesuri.untrusted.byte_source import HeldBytes
from tesuri.untrusted.json_document import split_json
from tesuri.untrusted.json_stream import stream_json
from tesuri.untrusted.record_list import mappings_in
from tesuri.untrusted.repeated_reading import RepeatedReading, is_streamed

DATA = orjson.dumps({"rows": [{"id": number} for number in range(99)]})


def test_the_mappings_of_a_streamed_list_are_read_again_and_are_the_same() -> None:
    streamed = stream_json(HeldBytes(DATA), where="f", chunk=100)
    held = split_json(DATA, where="f", split=0)
    assert (is_streamed(streamed), is_streamed(held)) == (True, False)
    again = mappings_in(streamed, "rows")
    assert isinstance(again, RepeatedReading)
    assert list(again) == list(again) == mappings_in(held, "rows")
    assert (len(again), bool(again), again[98], again[-1]) == (99, True, {"id": 98}, {"id": 98})
    assert again[:2] == [{"id": 0}, {"id": 1}]
    assert again[97:] == [{"id": 97}, {"id": 98}]


def test_only_as_much_is_read_as_is_asked_for() -> None:
    asked: list[int] = []

    def read() -> Iterator[int]:
        for number in range(1000):
            asked.append(number)
            yield number

    numbers = RepeatedReading(read)
    assert numbers[:3] == [0, 1, 2]
    assert len(asked) <= 3
    assert numbers
    assert len(asked) <= 4
    nothing: RepeatedReading[int] = RepeatedReading(lambda: iter(()))
    assert not nothing
