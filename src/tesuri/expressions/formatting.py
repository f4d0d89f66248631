"""`'%s of %d'.format([…])`: values as text, as the string extension of CEL writes them.

**source** https://github.com/google/cel-go/blob/master/ext/README.md#format
"""

import math
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from tesuri.expressions.times import duration_text, timestamp_text
from tesuri.expressions.values import CelType, Meter, NoValue, key_value, kind_of

_CLAUSE: Final = re.compile(r"%(?:\.(\d{1,3}))?([\s\S]?)")
_PRECISION: Final = 6


def formatted(pattern: str, values: list[object], meter: Meter) -> str:
    """Fill the clauses of a pattern; raises NoValue for a wrong clause or value."""
    rest = iter(values)

    def filled(match: re.Match[str]) -> str:
        precision, clause = match.groups()
        if clause == "%":
            return "%"
        if clause not in _CLAUSES:
            raise NoValue(f"format() does not know %{clause}")
        try:
            value = next(rest)
        except StopIteration:
            raise NoValue("format() has fewer values than clauses") from None
        text = _CLAUSES[clause](value, int(precision) if precision else _PRECISION)
        meter.spend(1 + len(text))
        return text

    meter.spend(1 + len(pattern))
    return _CLAUSE.sub(filled, pattern)


def _special(value: object) -> str | None:
    """Name what is no finite number."""
    if not isinstance(value, float) or math.isfinite(value):
        return None
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _text(value: object, _: int = 0) -> str:
    match value:
        case bool() | None:
            return {True: "true", False: "false", None: "null"}[value]
        case str() | int():
            return str(value)
        case float():
            return _special(value) or repr(value).removesuffix(".0")
        case CelType(name=name):
            return name
        case _:
            return _text_of_compound(value)


def _text_of_compound(value: object) -> str:
    match value:
        case datetime():
            return timestamp_text(value)
        case timedelta():
            return duration_text(value)
        case list():
            return f"[{', '.join(_text(item) for item in value)}]"
        case dict():
            entries = sorted((_text(key_value(key)), _text(item)) for key, item in value.items())
            return f"{{{', '.join(f'{key}: {item}' for key, item in entries)}}}"
        case _:
            raise NoValue(f"format() does not write {kind_of(value)}")


def _integer(clause: str, value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise NoValue(f"%{clause} does not take {kind_of(value)}")


def _decimal(value: object, _: int) -> str:
    return _special(value) or str(_integer("d", value))


def _fixed(value: object, precision: int) -> str:
    return _special(value) or f"{_number('f', value):.{precision}f}"


def _exponent(value: object, precision: int) -> str:
    return _special(value) or f"{_number('e', value):.{precision}e}"


def _number(clause: str, value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise NoValue(f"%{clause} does not take {kind_of(value)}")


def _binary(value: object, _: int) -> str:
    return f"{int(value) if isinstance(value, bool) else _integer('b', value):b}"


def _octal(value: object, _: int) -> str:
    return f"{_integer('o', value):o}"


def _hexadecimal(value: object, _: int) -> str:
    return value.encode().hex() if isinstance(value, str) else f"{_integer('x', value):x}"


def _upper_hexadecimal(value: object, precision: int) -> str:
    return _hexadecimal(value, precision).upper()


_CLAUSES: Final[dict[str, Callable[[object, int], str]]] = {
    "s": _text,
    "d": _decimal,
    "f": _fixed,
    "e": _exponent,
    "b": _binary,
    "o": _octal,
    "x": _hexadecimal,
    "X": _upper_hexadecimal,
}
