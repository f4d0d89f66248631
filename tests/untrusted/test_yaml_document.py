"""YAML is read as Kubernetes reads it, and nothing in it is executed or expanded without end."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tesuri.model.errors import BadInput
from tesuri.untrusted.yaml_document import read_yaml, read_yaml_documents, read_yaml_lines

_BOMB = b"a: &a [x, x, x, x, x, x, x, x, x, x]\n" + b"".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n".encode()
    for old, new in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: yes", {"a": True}),
        ("on: off", {"on": False}),
        ("80: ~", {"80": None}),
        ("a: 0644", {"a": 420}),
        ("a: 098765432109", {"a": "098765432109"}),
        ("a: 22:22", {"a": "22:22"}),
        ("a: 2026-01-02", {"a": "2026-01-02"}),
        ("a: '5'", {"a": "5"}),
        ("a: !!str 5", {"a": "5"}),
        ("a: 1e999", {"a": "1e999"}),
        ("a: [1, 2.5, 0x1f]", {"a": [1, 2.5, 31]}),
        ("a: &x {b: 1}\nc: {<<: *x, d: 2}", {"a": {"b": 1}, "c": {"b": 1, "d": 2}}),
        ("", None),
    ],
)
def test_values_are_plain_json(text: str, value: object) -> None:
    assert read_yaml(f"{text}\n".encode(), where="f") == value


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"a: 1\nb: 2\na: 3", "line 3: The key 'a' is given twice"),
        (b"a:\n  - !!python/object:os.system x", "line 2: The tag"),
        (b"a: !Ref x", "line 1: The tag !Ref"),
        (b"a: *b", "line 1: The alias \\*b"),
        (b"a: &a [*a]", "names no finished value"),
        (_BOMB, "expands to more than 1,000,000 values"),
        (b"[" * 4000, "deeper than 100 levels"),
        (b"? [a]\n: b", "only text can be a key"),
        (b"a: [1", "line 2: This is not YAML"),
        (b"a: 1\n---\nb: 2", "2 YAML documents"),
        (b"<<: 3", "needs a mapping"),
        (b"", "empty"),
    ],
)
def test_refusals_name_the_line(data: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_yaml(data, where="f")


def test_listed_tags_become_mappings() -> None:
    tags = {"!Ref": "Ref", "!Sub": "Fn::Sub"}
    assert read_yaml(b"a: !Ref b\nc: !Sub [x, {d: 1}]", where="f", tags=tags) == {
        "a": {"Ref": "b"},
        "c": {"Fn::Sub": ["x", {"d": 1}]},
    }


def test_every_value_has_its_line() -> None:
    lines = read_yaml_lines(b"a: 1\nb:\n  - c/d: 2\n", where="f")
    assert (lines["/a"], lines["/b/0/c~1d"]) == (1, 3)


def test_a_stream_gives_its_documents_in_order() -> None:
    assert read_yaml_documents(b"a: 1\n---\n- 2\n", where="f") == ({"a": 1}, [2])


@given(text=st.text(alphabet=st.sampled_from("ab:-[]{}&*!<|>'\"#%?,\n 01~"), max_size=40))
@settings(max_examples=400)
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(BadInput):
        read_yaml(text.encode(), where="f")
