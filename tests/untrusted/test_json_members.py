"""Members of JSON objects that are read without decoding the others."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tesuri.untrusted.json_members import MemberReader, Told, told_at
from tesuri.untrusted.json_pieces import MAX_DEPTH

READER = MemberReader([("name",), ("who", "type"), ("who", "by"), ("what",), ("what", "deep")])


def told(text: str | bytes, *path: str) -> Told:
    members = READER.read(text.encode() if isinstance(text, str) else text)
    assert members is not None
    held = READER.holder(path)
    assert held is not None
    return told_at(members, READER.steps(held))


def test_a_name_inside_of_another_member_is_not_mistaken_for_one() -> None:
    text = '{"other": {"name": "inner", "who": {"type": "x"}}, "note": "\\"name\\": 1", "name": "outer"}'

    assert told(text, "name") == b'"outer"'
    assert told(text, "who", "type") == -1


def test_the_last_of_two_members_of_a_name_counts_however_it_is_written() -> None:
    assert told('{"name": 1, "n\\u0061me": 2}', "name") == b"2"


def test_absent_null_and_empty_holders_are_three_things() -> None:
    texts = ['{"who": {}}', '{"who": {"type": null}}', '{"who": null}', "{}"]

    assert len({told(text, "who", "type") for text in texts}) == 4


def test_what_stands_below_a_whole_member_is_held_by_it() -> None:
    assert READER.holder(("what", "deep", "deeper")) == ("what",)
    assert READER.holder(("who",)) is None
    assert READER.holder(("else",)) is None
    assert told('{"what": {"deep": [1, 2]}}', "what", "deep") == b'{"deep": [1, 2]}'


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b'"name"',
        b'{"name": 1',
        b'{"who": []}',
        b'{"who": "x"}',
        b'{"x": ' + b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1) + b"}",
    ],
)
def test_what_is_no_such_object_has_to_be_decoded(text: bytes) -> None:
    assert READER.read(text) is None


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["name", "type", ""]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["name", "who", "type", "by", "what", "deep"]), inner)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["name", "who", "what", "else"]), _VALUES))
def test_members_are_those_of_the_decoded_object(value: dict[str, object]) -> None:
    text = json.dumps(value)
    members = READER.read(text.encode())
    who = value.get("who")
    if not isinstance(who, dict | None):
        assert members is None
        return
    assert members is not None
    for name in ("name", "what"):
        found = told(text, name)
        assert isinstance(found, bytes)
        assert (json.loads(found) if found else "absent") == value.get(name, "absent")
    found = told(text, "who", "type")
    if who is None:
        assert isinstance(found, int)
    else:
        assert isinstance(found, bytes)
        assert (json.loads(found) if found else "absent") == who.get("type", "absent")
