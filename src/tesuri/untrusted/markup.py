"""Foreign HTML inside a report's field, to plain text and to the addresses in it. Nothing is rendered or fetched."""

import html
import re

from tesuri.untrusted.fix import web_links

# NOTE: each pattern has one way to begin in a run of the same signs; two would take quadratic time.
_BREAK = re.compile(
    r"<\s*(?:/\s*)?(?:p|br|li|ul|ol|div|tr|table|h[1-6]|pre)\b[^<>]*>", re.IGNORECASE
)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--(?:(?!<!--).)*?-->", re.DOTALL)
_EMPTY_LINES = re.compile(r"(?<![ \t])[ \t]*\n\s*")
_ADDRESS = re.compile(r"https?://[^\s\"'<>)\]}]+", re.IGNORECASE)


def plain_text(words: str) -> str:
    """Give the text without tags, one line for each paragraph; text without tags stays as it is."""
    if "<" not in words and "&" not in words:
        return words.strip()
    without = _TAG.sub("", _BREAK.sub("\n", words))
    return _EMPTY_LINES.sub("\n", html.unescape(without)).strip()


def addresses_in(*texts: str) -> tuple[str, ...]:
    """Give each web address that the texts name, once and in order of appearance."""
    found = (part for words in texts for part in _ADDRESS.findall(html.unescape(words)))
    return web_links(part.rstrip(".,;:") for part in found)
