"""Values that follow each other without a break, as one file."""

import pytest
from msgspec import Raw

from tesuri.model.errors import BadInput
from tesuri.untrusted.byte_source import CHUNK_BYTES
from tesuri.untrusted.json_texts import texts_of


def values(data: bytes) -> list[bytes]:
    found = texts_of(data, where="joined.json")
    assert found is not None
    return [bytes(piece) for _, piece in found() if isinstance(piece, Raw)]


def test_a_value_ends_where_another_begins_and_not_within_a_text() -> None:
    first, second = b'{"a": "}{ \\\\\\" }{", "n": [{"k": 1}, {"k": 2}]}', b'{"b": 1}'
    assert values(b"{}" + first + b" \t" + second) == [b"{}", first, second]


@pytest.mark.parametrize("short", range(12))
def test_a_text_and_a_break_may_lie_across_two_parts_of_the_file(short: int) -> None:
    long = b'{"a": "' + b"x" * (CHUNK_BYTES - 15 - short) + b'}{\\"}{"}'
    assert values(b"{}" + long + b' {"b": "}{"}') == [b"{}", long, b'{"b": "}{"}']


def test_a_long_text_full_of_breaks_is_looked_at_once() -> None:
    with pytest.raises(BadInput, match="was cut off"):
        values(b'{}{"a": "' + b"}{" * 3_000_000)


def test_a_broken_value_is_named_by_its_number() -> None:
    with pytest.raises(BadInput, match="Value 2 of the file is not JSON"):
        values(b'{"a": 1}{"b" 2}{"c": 3}')
