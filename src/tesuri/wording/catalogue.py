"""The catalogue of translations, read once from its .po file; English is the message id itself.

Nothing is compiled: `ja.po` is the source and the shipped file. A sentence that is missing is shown in
English; a test refuses that for every sentence in our own code.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog


class Language(StrEnum):
    """Languages of both faces."""

    EN = "en"
    JA = "ja"


SAID = "said"
"""Context of sentences that other code wrote into a record, with holes for its values.

A hole of this name holds a sentence that is translated in its turn."""

_HOLE = re.compile(r"\\\{(\w+)\\\}")


@lru_cache(maxsize=1)
def japanese_catalogue() -> "Catalog":
    """Read the Japanese catalogue; kept for the life of the process."""
    from babel.messages.pofile import read_po  # noqa: PLC0415 - English needs none of it: 20 ms

    return read_po(BytesIO((files("tesuri.wording") / "ja.po").read_bytes()), locale="ja")


@lru_cache(maxsize=1)
def _japanese() -> Mapping[tuple[str, str], str]:
    return {
        (message.context or "", _first(message.id)): _first(message.string)
        for message in japanese_catalogue()
        if message.id and message.context != SAID
    }


def _first(text: str | list[str] | tuple[str, ...] | None) -> str:
    """Give the text, or its first plural form: Japanese has only one."""
    if text is None or isinstance(text, str):
        return text or ""
    return text[0] if text else ""


@lru_cache(maxsize=1)
def _said() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Give the recorded sentences as patterns: those around another first, then the longest, so that the closest one wins."""
    rows = [
        (str(message.id), str(message.string))
        for message in japanese_catalogue()
        if message.id and message.context == SAID
    ]
    rows.sort(key=lambda row: (f"{{{SAID}}}" not in row[0], -len(row[0])))
    return tuple((_pattern(english), japanese) for english, japanese in rows)


def _pattern(english: str) -> re.Pattern[str]:
    body = _HOLE.sub(r"(?P<\1>.+?)", re.escape(english))
    return re.compile(body, re.DOTALL)


def translate(language: Language, message: str, *, context: str = "") -> str:
    """Give the sentence with its holes in `language`; English where it has no translation."""
    if language is Language.EN:
        return message
    return _japanese().get((context, message)) or message


def translate_said(language: Language, sentence: str) -> str:
    """Give a finished English sentence in `language` when its pattern is known, else unchanged."""
    if language is Language.EN or not sentence:
        return sentence
    for pattern, japanese in _said():
        match = pattern.fullmatch(sentence)
        if match:
            return japanese.format(
                **{
                    name: translate_said(language, value) if name == SAID else value
                    for name, value in match.groupdict().items()
                }
            )
    return translate(language, sentence)
