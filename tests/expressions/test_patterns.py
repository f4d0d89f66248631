"""Patterns find what Python's own engine finds, the first time and when they are asked again."""

import re

import pytest

from tesuri.expressions.patterns import compile_pattern
from tesuri.expressions.values import Meter

_TEXTS = ("", "a", "ba", "ab", "aab", "b\na", "abc", "x" * 300 + "a", "A-1", "a.b")
_PATTERNS = (
    "^a",
    "^a|b$",
    "(^a)?b",
    "(^|-)1",
    "^$",
    "a$",
    "^[a-z]+$",
    "(?m)^a",
    r"\ba\b",
    "^x*a$",
    r"^(a|ab)(c|bcd)?$",
)


@pytest.mark.parametrize("source", _PATTERNS)
def test_a_pattern_finds_what_other_engines_find(source: str) -> None:
    pattern = compile_pattern(source)
    # RE2 and CEL take $ as the end of the text; Python also before a last line break.
    wanted = [re.search(source, text) is not None for text in _TEXTS]
    for _ in range(2):
        assert [pattern.is_found_in(text, Meter(100_000)) for text in _TEXTS] == wanted
