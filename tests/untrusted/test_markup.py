"""HTML inside a report's field: its text and its addresses."""

import pytest

from tesuri.untrusted.markup import addresses_in, plain_text


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("", ""),
        ("1 < 2", "1 < 2"),
        ("plain\n\n  text ", "plain\n\n  text"),
        ("<p>One &amp; only.</p><p>Two.</p>", "One & only.\nTwo."),
        ("a<br/>b<LI>c", "a\nb\nc"),
        ("the <b>q</b> value &lt;script&gt;", "the q value <script>"),
        ("<!-- hidden -->seen", "seen"),
        ("<" * 5000, "<" * 5000),
    ],
)
def test_text_comes_without_tags_and_with_its_paragraphs(words: str, text: str) -> None:
    assert plain_text(words) == text


def test_addresses_come_once_and_without_what_stands_around_them() -> None:
    html = '<a href="https://example.org/a?x=1&amp;y=2">x</a> (https://example.org/b), javascript:1'
    found = ("https://example.org/a?x=1&y=2", "https://example.org/b")
    assert addresses_in(html, "see https://example.org/b.") == found
