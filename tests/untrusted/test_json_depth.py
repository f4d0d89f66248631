"""A depth that is told from the text never lets through what the decoded value shows to be too deep."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tesuri.model.errors import BadInput
from tesuri.untrusted.json_depth import is_shallow
from tesuri.untrusted.json_document import read_json, read_json_without
from tesuri.untrusted.json_pieces import MAX_DEPTH, refuse_depth

_VALUES = st.recursive(
    st.none() | st.integers(0, 9) | st.text(alphabet='[{]}"\\', max_size=4),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet="[{x", max_size=2), inner),
    max_leaves=30,
)


def _is_deep(value: object, room: int) -> bool:
    try:
        refuse_depth(value, room)
    except BadInput:
        return True
    return False


@settings(deadline=None)
@given(_VALUES, st.integers(1, 6))
def test_what_is_told_to_be_shallow_is_shallow(value: object, room: int) -> None:
    if is_shallow(orjson.dumps(value), room):
        assert not _is_deep(value, room)


def test_a_large_shallow_document_is_told_by_its_parts() -> None:
    rows = [{"id": number, "names": [["a"], {"b": []}]} for number in range(5_000)]
    assert is_shallow(orjson.dumps({"rows": rows}), 6)
    assert not is_shallow(orjson.dumps({"rows": rows}), 5)


@pytest.mark.parametrize("text", [b'{"a": [[[[1, 2', b"[[[[[[[[[[[[[[[[", b'"' + b"[" * 90 + b'"'])
def test_what_cannot_be_taken_apart_is_left_to_the_value(text: bytes) -> None:
    assert is_shallow(text, 3) is text.startswith(b'"')


def test_a_deep_branch_of_a_large_document_is_refused() -> None:
    branch: object = 1
    for _ in range(MAX_DEPTH):
        branch = [branch]
    document = orjson.dumps({"rows": [{"id": number} for number in range(20_000)], "x": branch})
    with pytest.raises(BadInput, match="nests deeper than 200 levels"):
        read_json(document, where="deep.json")
    with pytest.raises(BadInput, match="nests deeper than 200 levels"):
        read_json_without(document, {"rows": "x"}, where="deep.json")


@pytest.mark.parametrize("other", [b"[1]", b"7", b'{"d": 1}'])
def test_a_member_that_another_one_repeats_is_left_empty(other: bytes) -> None:
    data = b'{"a": {"b": [1]}, "c": %s}' % other
    whole = orjson.loads(data)
    assert read_json_without(data, {"a": "c"}, where="f") == {**whole, "a": {}}
    assert read_json_without(data, {"a": "x"}, where="f") == whole
    without = b'{"a": {"b": [1]}, "c": null}'
    assert read_json_without(without, {"a": "c"}, where="f") == orjson.loads(without)


@pytest.mark.parametrize("data", [b'{"a": [}, "c": 1}', b'{"a": [1], "c": 1', b"", b'{"c": 1} x'])
def test_what_is_passed_over_is_still_json(data: bytes) -> None:
    with pytest.raises(BadInput):
        read_json_without(data, {"a": "c"}, where="f")
    assert read_json_without(b"[1]", {"a": "c"}, where="f") == [1]
