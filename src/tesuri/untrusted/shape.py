"""Typed looks into foreign values of any shape: `object` in, a known type out.

The lenient ones give an empty value where the shape is another one, because scanners leave out what they
do not know; the `need_…` ones raise BadInput that names the pointer. Nothing here knows any format.
"""

from collections.abc import Iterable, Mapping
from math import isfinite

from tesuri.model.errors import BadInput

_EMPTY: Mapping[str, object] = {}
_LARGEST_WHOLE = 2**31 - 1
"""No line or count of a report is larger, and it is what PostgreSQL keeps in an integer."""


def at(value: object, *path: str | int) -> object:
    """Give what stands at a path of keys and indexes; None where the path leads nowhere."""
    for part in path:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int):
            value = value[part] if -len(value) <= part < len(value) else None
        else:
            return None
    return value


def mapping(value: object, *path: str | int) -> Mapping[str, object]:
    """Give the mapping at the path; an empty one when there is none."""
    found = at(value, *path) if path else value
    return found if isinstance(found, dict) else _EMPTY


def items(value: object, *path: str | int) -> list[object]:
    """Give the list at the path; an empty one when there is none."""
    found = at(value, *path) if path else value
    return found if isinstance(found, list) else []


def text(value: object, *path: str | int) -> str:
    """Give the text at the path without surrounding space; numbers as written, else empty."""
    found = value
    for part in path:
        # The usual step stands here, too: this function is called some thirty times for each record.
        if type(found) is not dict:
            found = at(value, *path)
            break
        found = found.get(part)
    if isinstance(found, str):
        return found.strip()
    if found is None:
        return ""
    is_number = isinstance(found, (int, float)) and not isinstance(found, bool)
    return str(found) if is_number else ""


def texts(value: object, *path: str | int) -> tuple[str, ...]:
    """Give the texts of the list at the path, without empty ones; a lone text counts as a list of one."""
    found = at(value, *path)
    if found is None:
        return ()
    parts = found if isinstance(found, list) else [found]
    return tuple([word for part in parts if (word := text(part))])


def stripped(words: Iterable[str] | None) -> list[str]:
    """Give the words without surrounding space, and without empty ones; nothing for None."""
    if not words:
        return []
    return [word for part in words if (word := part.strip())]


def number(value: object, *path: str | int) -> float | None:
    """Give the finite number at the path, also when it is written as text; else None."""
    found = at(value, *path)
    if found is None or isinstance(found, bool) or not isinstance(found, (int, float, str)):
        return None
    try:
        result = float(found)
    except (ValueError, OverflowError):
        return None
    return result if isfinite(result) else None


def whole(value: object, *path: str | int) -> int:
    """Give the whole number at the path, 0 when there is none that is positive and below 2^31."""
    found = number(value, *path)
    return int(found) if found is not None and 0 < found <= _LARGEST_WHOLE else 0


def flag(value: object, *path: str | int) -> bool | None:
    """Give the truth value at the path, also when it is written as a word; None when it is neither."""
    found = at(value, *path)
    if isinstance(found, bool):
        return found
    word = text(found).lower()
    if word in {"true", "t", "yes", "y", "1", "on"}:
        return True
    return False if word in {"false", "f", "no", "n", "0", "off"} else None


def is_empty_list(value: object) -> bool:
    """Whether the value is a list that holds nothing, as a tool writes that found nothing."""
    # NOTE: not `== []`, which a list that is read from its file in parts is, too.
    return isinstance(value, list) and not len(value)


def need_mapping(value: object, *, where: str) -> Mapping[str, object]:
    """Give the value as a mapping.

    **raises** BadInput when it is something else.
    """
    if not isinstance(value, dict):
        raise BadInput(f"A mapping is expected, not {shape_name(value)}.", where=where)
    return value


def need_items(value: object, *, where: str) -> list[object]:
    """Give the value as a list.

    **raises** BadInput when it is something else.
    """
    if not isinstance(value, list):
        raise BadInput(f"A list is expected, not {shape_name(value)}.", where=where)
    return value


def need_text(value: object, key: str, *, where: str) -> str:
    """Give the text that a mapping must have under a key.

    **raises** BadInput when it is missing, empty or something else.
    """
    found = text(value, key)
    if not found:
        raise BadInput(f"The key {key!r} needs a text.", where=where)
    return found


def shape_name(value: object) -> str:
    """Give the JSON word for the kind of a value, with its article: "a list"."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a truth value"
    for kind, name in ((dict, "a mapping"), (list, "a list"), (str, "a text")):
        if isinstance(value, kind):
            return name
    return "a number" if isinstance(value, (int, float)) else "another kind of value"


def join_pointer(pointer: str, *parts: str | int) -> str:
    """Give the JSON pointer of what stands under another one.

    **source** RFC 6901, section 3.
    """
    for part in parts:
        word = str(part)
        if "~" in word or "/" in word:
            word = word.replace("~", "~0").replace("/", "~1")
        pointer = f"{pointer}/{word}"
    return pointer
