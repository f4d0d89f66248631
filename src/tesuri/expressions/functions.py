"""The functions of the subset: sizes, strings, conversions, times.

Each takes its arguments (a method's receiver first) and the meter, and raises NoValue for wrong types or values.
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from tesuri.expressions.operators import bounded
from tesuri.expressions.optionals import OPTIONAL_FUNCTIONS
from tesuri.expressions.patterns import PatternError, compile_pattern
from tesuri.expressions.signatures import Arguments, Function
from tesuri.expressions.strings import STRING_FUNCTIONS
from tesuri.expressions.times import (
    GETTERS,
    duration_of,
    duration_text,
    part_of_time,
    timestamp_of,
    timestamp_text,
)
from tesuri.expressions.values import CelType, Meter, NoValue, kind_of

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,38}", re.ASCII)
_SETS: Final = re.compile(r"\\.|\[\^?\]?(?:[^\]\\]|\\.)*\]")
"""What is no anchor in a pattern, though it may look so: escaped characters and sets."""
_DOUBLE: Final = re.compile(
    r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?|inf|infinity|nan)",
    re.ASCII | re.IGNORECASE,
)


def _size(arguments: Arguments, _: Meter) -> int:
    value = arguments[0]
    if isinstance(value, str | list | dict):
        return len(value)
    raise NoValue(f"size() does not take {kind_of(value)}")


def _of_strings(name: str, test: Callable[[str, str], bool]) -> Function:
    def apply(arguments: Arguments, meter: Meter) -> bool:
        text, other = arguments
        if isinstance(text, str) and isinstance(other, str):
            meter.spend(1 + len(text) // 64)
            return test(text, other)
        raise NoValue(f"{name}() does not take {kind_of(text)} and {kind_of(other)}")

    return Function(apply, as_method=(2,))


def _matches(arguments: Arguments, meter: Meter) -> bool:
    text, pattern = arguments
    if not (isinstance(text, str) and isinstance(pattern, str)):
        raise NoValue(f"matches() does not take {kind_of(text)} and {kind_of(pattern)}")
    try:
        return compile_pattern(pattern).is_found_in(text, meter)
    except PatternError as error:
        raise NoValue(str(error)) from error


def found_in_pieces(
    function: str, pieces: tuple[str, ...], wanted: str, meter: Meter
) -> bool | None:
    """Search in a text of which only pieces are known; None when what is not known decides."""
    first, last = pieces[0], pieces[-1]
    match function:
        case "startsWith":
            may_fit = first.startswith(wanted) or wanted.startswith(first)
            return True if first.startswith(wanted) else None if may_fit else False
        case "endsWith":
            may_fit = last.endswith(wanted) or wanted.endswith(last)
            return True if last.endswith(wanted) else None if may_fit else False
        case "contains":
            return True if any(wanted in piece for piece in pieces) else None
        case _:
            bare = _SETS.sub("", wanted)
            is_free = "^" not in bare and "$" not in bare
            is_found = is_free and any(_matches((piece, wanted), meter) for piece in pieces)
            return True if is_found else None


def _int(arguments: Arguments, _: Meter) -> int:
    value = arguments[0]
    match value:
        case bool():
            raise NoValue("int() does not take bool")
        case int():
            return value
        case float() if math.isfinite(value) and abs(value) < 2**63:
            return int(value)
        case str():
            return _parsed(value)
        case datetime():
            return math.floor((value - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(seconds=1))
        case _:
            raise NoValue(f"int() cannot convert this {kind_of(value)}")


def _parsed(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise NoValue(f"'{text[:40]}' is no integer")
    return bounded(int(text))


def _double(arguments: Arguments, _: Meter) -> float:
    value = arguments[0]
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise NoValue(f"double() does not take {kind_of(value)}")
    if isinstance(value, str) and not _DOUBLE.fullmatch(value):
        raise NoValue(f"'{value[:40]}' is no number")
    return float(value)


def _string(arguments: Arguments, _: Meter) -> str:
    value = arguments[0]
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int():
            return str(value)
        case float():
            return repr(value).removesuffix(".0")
        case datetime():
            return timestamp_text(value)
        case timedelta():
            return duration_text(value)
        case _:
            raise NoValue(f"string() does not take {kind_of(value)}")


def _bool(arguments: Arguments, _: Meter) -> bool:
    value = arguments[0]
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in ("true", "True", "TRUE", "t", "1"):
        return True
    if isinstance(value, str) and value in ("false", "False", "FALSE", "f", "0"):
        return False
    raise NoValue(f"bool() cannot convert this {kind_of(value)}")


def _timestamp(arguments: Arguments, _: Meter) -> datetime:
    value = arguments[0]
    if isinstance(value, str):
        return timestamp_of(value)
    if isinstance(value, datetime):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value)
        except OverflowError as error:
            raise NoValue("timestamp out of range") from error
    raise NoValue(f"timestamp() does not take {kind_of(value)}")


def _duration(arguments: Arguments, _: Meter) -> timedelta:
    value = arguments[0]
    if isinstance(value, str):
        return duration_of(value)
    if isinstance(value, timedelta):
        return value
    raise NoValue(f"duration() does not take {kind_of(value)}")


def _getter(name: str) -> Function:
    def apply(arguments: Arguments, _: Meter) -> int:
        return part_of_time(name, arguments[0], arguments[1] if len(arguments) > 1 else None)

    return Function(apply, as_method=(1, 2))


FUNCTIONS: Final[dict[str, Function]] = {
    "size": Function(_size, as_function=(1,), as_method=(1,)),
    "contains": _of_strings("contains", lambda text, part: part in text),
    "startsWith": _of_strings("startsWith", lambda text, part: text.startswith(part)),
    "endsWith": _of_strings("endsWith", lambda text, part: text.endswith(part)),
    "matches": Function(_matches, as_function=(2,), as_method=(2,)),
    "int": Function(_int, as_function=(1,)),
    "double": Function(_double, as_function=(1,)),
    "string": Function(_string, as_function=(1,)),
    "bool": Function(_bool, as_function=(1,)),
    "type": Function(lambda arguments, _: CelType(kind_of(arguments[0])), as_function=(1,)),
    "dyn": Function(lambda arguments, _: arguments[0], as_function=(1,)),
    "timestamp": Function(_timestamp, as_function=(1,)),
    "duration": Function(_duration, as_function=(1,)),
    **{name: _getter(name) for name in GETTERS},
    **STRING_FUNCTIONS,
    **OPTIONAL_FUNCTIONS,
}
FUNCTION_NAMES: Final = frozenset(FUNCTIONS)
