"""Keys that are given twice in one object."""

import pytest

from tesuri.model.errors import BadInput
from tesuri.untrusted.json_keys import repeated_keys


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1, "b": {"a": 2}}', ()),
        ('{"a": 1, "a": 2}', ("/a",)),
        ('[{"a": {"x/y": 1, "x/y": 2}}, {"b": 1, "b": 2, "b": 3}]', ("/0/a/x~1y", "/1/b")),
        ("7", ()),
    ],
)
def test_each_repeated_key_is_named_by_its_pointer(text: str, found: tuple[str, ...]) -> None:
    assert repeated_keys(text.encode(), where="x.json", max_bytes=1_000) == found


@pytest.mark.parametrize("text", ["{", "[" * 500 + "]" * 500, '"' + "x" * 2_000 + '"'])
def test_what_is_no_json_or_a_monster_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=r"x\.json"):
        repeated_keys(text.encode(), where="x.json", max_bytes=1_000)
