"""The string extension of CEL: positions are Unicode code points, a position outside of the text is an error.

**source** https://github.com/google/cel-go/blob/master/ext/README.md#strings
"""

from typing import Final

from tesuri.expressions.formatting import formatted
from tesuri.expressions.signatures import Arguments, Function, integer_of, text_of
from tesuri.expressions.values import Meter, NoValue, kind_of

# What Unicode calls White_Space; Python's strip() would also take four separators of ASCII.
WHITE_SPACE: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
UPPER: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWER: Final = "abcdefghijklmnopqrstuvwxyz"
_TO_LOWER: Final = str.maketrans(UPPER, LOWER)
_TO_UPPER: Final = str.maketrans(LOWER, UPPER)
_QUOTED: Final = str.maketrans(
    {
        '"': '\\"',
        "\\": "\\\\",
        "\a": "\\a",
        "\b": "\\b",
        "\f": "\\f",
        "\n": "\\n",
        "\r": "\\r",
        "\t": "\\t",
        "\v": "\\v",
    }
)


def _within(position: int, size: int) -> int:
    if not 0 <= position <= size:
        raise NoValue(f"the position {position} is outside of the string")
    return position


def _char_at(arguments: Arguments, _: Meter) -> str:
    text = text_of("charAt", arguments[0])
    place = _within(integer_of("charAt", arguments[1]), len(text))
    return text[place : place + 1]


def _index_of(arguments: Arguments, meter: Meter) -> int:
    text, part = (text_of("indexOf", value) for value in arguments[:2])
    start = integer_of("indexOf", arguments[2]) if len(arguments) == 3 else 0
    meter.spend(1 + len(text) // 64)
    return text.find(part, _within(start, len(text)))


def _last_index_of(arguments: Arguments, meter: Meter) -> int:
    text, part = (text_of("lastIndexOf", value) for value in arguments[:2])
    last = integer_of("lastIndexOf", arguments[2]) if len(arguments) == 3 else len(text)
    meter.spend(1 + len(text) // 64)
    return text.rfind(part, 0, _within(last, len(text)) + len(part))


def _substring(arguments: Arguments, meter: Meter) -> str:
    text = text_of("substring", arguments[0])
    start = _within(integer_of("substring", arguments[1]), len(text))
    end = len(text)
    if len(arguments) == 3:
        end = _within(integer_of("substring", arguments[2]), len(text))
    if start > end:
        raise NoValue(f"substring() begins at {start}, after its end {end}")
    meter.spend(1 + (end - start) // 64)
    return text[start:end]


def _replace(arguments: Arguments, meter: Meter) -> str:
    text, old, new = (text_of("replace", value) for value in arguments[:3])
    limit = integer_of("replace", arguments[3]) if len(arguments) == 4 else -1
    meter.spend(1 + len(text) + text.count(old) * len(new))
    return text.replace(old, new, max(limit, -1))


def _split(arguments: Arguments, meter: Meter) -> list[object]:
    text, separator = (text_of("split", value) for value in arguments[:2])
    limit = integer_of("split", arguments[2]) if len(arguments) == 3 else -1
    meter.spend(1 + len(text))
    if limit == 0:
        return []
    if separator:
        return [*text.split(separator, limit - 1 if limit > 0 else -1)]
    if 0 < limit < len(text):
        return [*text[: limit - 1], text[limit - 1 :]]
    return [*text]


def _join(arguments: Arguments, meter: Meter) -> str:
    items = arguments[0]
    separator = text_of("join", arguments[1]) if len(arguments) == 2 else ""
    if not isinstance(items, list):
        raise NoValue(f"join() does not take {kind_of(items)}")
    texts = [text_of("join", item) for item in items]
    meter.spend(1 + sum(map(len, texts)) + len(separator) * len(texts))
    return separator.join(texts)


def _lower_ascii(arguments: Arguments, meter: Meter) -> str:
    text = text_of("lowerAscii", arguments[0])
    meter.spend(1 + len(text) // 64)
    return text.translate(_TO_LOWER)


def _upper_ascii(arguments: Arguments, meter: Meter) -> str:
    text = text_of("upperAscii", arguments[0])
    meter.spend(1 + len(text) // 64)
    return text.translate(_TO_UPPER)


def _trim(arguments: Arguments, meter: Meter) -> str:
    text = text_of("trim", arguments[0])
    meter.spend(1 + len(text) // 64)
    return text.strip(WHITE_SPACE)


def _reverse(arguments: Arguments, meter: Meter) -> str:
    text = text_of("reverse", arguments[0])
    meter.spend(1 + len(text) // 64)
    return text[::-1]


def _quote(arguments: Arguments, meter: Meter) -> str:
    text = text_of("strings.quote", arguments[0])
    meter.spend(1 + len(text))
    return f'"{text.translate(_QUOTED)}"'


def _format(arguments: Arguments, meter: Meter) -> str:
    pattern, values = text_of("format", arguments[0]), arguments[1]
    if not isinstance(values, list):
        raise NoValue(f"format() does not take {kind_of(values)}")
    return formatted(pattern, values, meter)


STRING_FUNCTIONS: Final[dict[str, Function]] = {
    "charAt": Function(_char_at, as_method=(2,)),
    "indexOf": Function(_index_of, as_method=(2, 3)),
    "lastIndexOf": Function(_last_index_of, as_method=(2, 3)),
    "substring": Function(_substring, as_method=(2, 3)),
    "replace": Function(_replace, as_method=(3, 4)),
    "split": Function(_split, as_method=(2, 3)),
    "join": Function(_join, as_method=(1, 2)),
    "lowerAscii": Function(_lower_ascii, as_method=(1,)),
    "upperAscii": Function(_upper_ascii, as_method=(1,)),
    "trim": Function(_trim, as_method=(1,)),
    "reverse": Function(_reverse, as_method=(1,)),
    "format": Function(_format, as_method=(2,)),
    "strings.quote": Function(_quote, as_function=(1,)),
}
