"""A list that is decoded piece by piece is the list; what decoding would refuse is refused all the same."""

import json

import orjson
import pytest

from tesuri.model.errors import BadInput
from tesuri.untrusted.json_document import read_json, split_json, split_json_lines
from tesuri.untrusted.json_pieces import (
    RecordList,
    holds_only_lists,
    pieces,
    plain_value,
    split_members,
    value_of,
)
from tesuri.untrusted.shape import at

ROWS: list[object] = [{"id": number, "names": ["a", "b"]} for number in range(120)]


def _list(rows: list[object]) -> list[object]:
    found = split_json(orjson.dumps(rows), where="f", split=0)
    assert isinstance(found, RecordList)
    return found


def test_an_undecoded_list_answers_like_a_list() -> None:
    rows = _list(ROWS)
    assert (len(rows), bool(rows)) == (120, True)
    assert list(rows) == ROWS == list(rows)
    assert (rows[0], rows[70], rows[-1]) == (ROWS[0], ROWS[70], ROWS[-1])
    assert (rows[:50], rows[60:63], rows[::40]) == (ROWS[:50], ROWS[60:63], ROWS[::40])
    assert list(reversed(rows)) == ROWS[::-1]
    assert ROWS[3] in rows
    assert (rows == ROWS, rows != ROWS, rows == []) == (True, False, False)
    assert at(rows, 5, "names", 1) == "b"
    assert plain_value({"rows": rows}) == {"rows": ROWS}
    with pytest.raises(IndexError):
        rows[120]


@pytest.mark.parametrize(
    ("rows", "expected"), [([[1], []], True), ([[1], {"a": []}], False), ([], True), ([1], False)]
)
def test_a_list_of_pages_is_told_without_decoding_them(
    rows: list[object], *, expected: bool
) -> None:
    assert holds_only_lists(_list(rows)) is holds_only_lists(rows) is expected


def test_an_empty_list_is_false() -> None:
    assert not _list([])


def test_pieces_are_bytes_until_somebody_wants_their_value() -> None:
    ((first, batch),) = pieces(_list(ROWS))
    assert (first, len(batch)) == (0, 120)
    assert value_of(batch[7]) == ROWS[7]
    members = split_members(batch[7])
    assert members is not None
    assert isinstance(members["names"], RecordList)
    assert members == ROWS[7]
    ((_, numbers),) = pieces(_list([1]))
    assert split_members(numbers[0]) is None


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[1,",
        b"[1,]",
        b'{"a": 01}',
        b'{"a": NaN}',
        b'["\xff"]',
        b"[1] 2",
        b'{"a" 1}',
        b"[" * 300 + b"]" * 300,
        b'{"a": ' * 300 + b"1" + b"}" * 300,
        b"[" * 100_000,
    ],
)
def test_what_is_no_json_is_refused_in_the_same_sentence(text: bytes) -> None:
    with pytest.raises(BadInput) as whole:
        read_json(text, where="f")
    with pytest.raises(BadInput) as split:
        plain_value(split_json(text, where="f", split=0))
    assert split.value.what == whole.value.what


def test_a_number_that_no_computer_holds_is_refused_when_it_is_met() -> None:
    rows = split_json(b'[{"a": 1}, {"a": 1e999}]', where="f", split=0)
    assert isinstance(rows, list)
    with pytest.raises(BadInput, match="infinity"):
        list(rows)


def test_lines_are_split_alike_and_a_broken_one_is_named() -> None:
    text = b"\n".join(orjson.dumps(row) for row in ROWS) + b"\n\n"
    assert split_json_lines(text, where="f") == ROWS
    with pytest.raises(BadInput, match="line 2"):
        split_json_lines(b'{"a": 1}\n{"a": \n', where="f")
    with pytest.raises(BadInput, match="line 1"):
        split_json_lines(b'{"a": 1} {"a": 2}\n', where="f")


def test_a_key_given_twice_keeps_its_last_value() -> None:
    assert split_json(b'{"a": [1], "a": [2]}', where="f", split=0) == json.loads('{"a": [2]}')
