"""`sprintf` as the reference implementation prints: the verbs of Go's package fmt. Runs in the child process only.

The engine's own knows fewer verbs, drops what it cannot print and stops where arguments and verbs are not as many.
Numbers are whole numbers or floats, everything else is text by the time it is printed.

**source** https://pkg.go.dev/fmt
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_VERB: Final = re.compile(
    r"%(?P<flags>[-+# 0]*)(?P<width>\d+)?(?:\.(?P<precision>\d*))?(?:\[(?P<place>\d+)\])?(?P<verb>.?)",
    re.DOTALL,
)
_MOST_WIDTH: Final = 10_000
_BASES: Final = {"b": "b", "o": "o", "O": "o", "x": "x", "X": "X", "d": "d", "v": "d"}
_PREFIXES: Final = {"b": "0b", "o": "0", "x": "0x", "X": "0X"}
_GO_WIDE: Final = 21
"""From: strconv.FormatFloat as %v uses it: exponents from this one on are written as such."""
_GO_NARROW: Final = -4

Argument = int | float | str


@dataclass(frozen=True, slots=True)
class _Form:
    """How one verb is to be printed."""

    verb: str
    flags: str = ""
    width: int = 0
    precision: int | None = None


def formatted(template: str, given: Sequence[tuple[str, str]]) -> str:
    """Give `sprintf`; each argument is the name of its type and its text."""
    arguments = [_argument(kind, words) for kind, words in given]
    parts: list[str] = []
    at = place = reached = 0
    has_order = False
    for found in _VERB.finditer(template):
        parts.append(template[at : found.start()])
        at = found.end()
        verb = found["verb"]
        if verb in ("", "%"):
            parts.append(verb or "%!(NOVERB)")
            continue
        if found["place"]:
            has_order, place = True, int(found["place"]) - 1
        parts.append(_one(_form(found), arguments, place))
        place += 1
        reached = max(reached, place)
    parts.append(template[at:])
    if reached < len(arguments) and not has_order:
        extra = ", ".join(f"{_type(one)}={_value(one)}" for one in arguments[reached:])
        parts.append(f"%!(EXTRA {extra})")
    return "".join(parts)


def _form(found: "re.Match[str]") -> _Form:
    precision = found["precision"]
    return _Form(
        found["verb"],
        found["flags"],
        min(int(found["width"] or 0), _MOST_WIDTH),
        None if precision is None else min(int(precision or 0), _MOST_WIDTH),
    )


def _argument(kind: str, words: str) -> Argument:
    if kind != "number":
        return words
    return float(words) if set(words) & set(".eE") else int(words)


def _one(form: _Form, arguments: Sequence[Argument], place: int) -> str:
    if not 0 <= place < len(arguments):
        return f"%!{form.verb}(MISSING)" if place >= len(arguments) else f"%!{form.verb}(BADINDEX)"
    value = arguments[place]
    words = _type(value) if form.verb == "T" else _printed(form, value)
    if words is None:
        whole = _printed(_Form("v", form.flags, form.width, form.precision), value)
        return f"%!{form.verb}({_type(value)}={whole})"
    return words


def _printed(form: _Form, value: Argument) -> str | None:
    """Give a value as its verb prints it; None where the verb is not for such a value."""
    if isinstance(value, str):
        words = _text(form, value)
        return None if words is None else _padded(form, words, is_number=False)
    sign, words = "-" if value < 0 else "", _number(form, abs(value))
    if words is None:
        return None
    if not sign:
        sign = next((flag for flag in "+ " if flag in form.flags), "")
    return _padded(form, words, sign=sign)


def _text(form: _Form, value: str) -> str | None:
    if form.verb in ("x", "X"):
        digits = value.encode("utf-8", "surrogatepass").hex()
        return digits.upper() if form.verb == "X" else digits
    if form.verb == "q" or (form.verb == "v" and "#" in form.flags):
        return json.dumps(value[: form.precision], ensure_ascii=False)
    return value[: form.precision] if form.verb in ("v", "s") else None


def _number(form: _Form, value: float) -> str | None:
    if isinstance(value, int):
        return _whole(form, value)
    if form.verb == "v" or (form.verb in ("g", "G") and form.precision is None):
        return _shortest(value, _GO_WIDE)
    if form.verb in tuple("eEfFgG"):
        precision = 6 if form.precision is None else form.precision
        return format(value, f".{precision}{form.verb}")
    return None


def _whole(form: _Form, value: int) -> str | None:
    if form.verb == "U":
        return f"U+{value:04X}"
    if form.verb in ("c", "q"):
        letter = chr(value) if value <= 0x10FFFF else "\ufffd"
        return letter if form.verb == "c" else f"'{letter}'"
    if form.verb not in _BASES:
        return None
    digits = format(value, _BASES[form.verb]).rjust(form.precision or 0, "0")
    prefix = "0o" if form.verb == "O" else _PREFIXES.get(form.verb, "") if "#" in form.flags else ""
    return prefix + digits


def _shortest(value: float, widest: int) -> str:
    mantissa, _, exponent = f"{value!r}e0".partition("e")
    digits = mantissa.replace(".", "").lstrip("0") or "0"
    shift = int(exponent.partition("e")[0])
    point = len(mantissa.partition(".")[0].lstrip("0")) + shift
    if not mantissa.partition(".")[0].strip("0") and value:
        fraction = mantissa.partition(".")[2]
        point = shift - (len(fraction) - len(fraction.lstrip("0")))
    power = point - 1 if value else 0
    digits = digits.rstrip("0") or "0"
    if power < _GO_NARROW or power >= widest:
        tail = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{digits[0]}{tail}e{'-' if power < 0 else '+'}{abs(power):02d}"
    if point <= 0:
        return f"0.{'0' * -point}{digits}"
    whole, part = digits[:point].ljust(point, "0"), digits[point:]
    return f"{whole}.{part}" if part else whole


def _padded(form: _Form, words: str, *, sign: str = "", is_number: bool = True) -> str:
    missing = form.width - len(words) - len(sign)
    if missing <= 0:
        return sign + words
    if "-" in form.flags:
        return sign + words + " " * missing
    if ("0" in form.flags and is_number and form.precision is None) or (
        "0" in form.flags and "." in words
    ):
        return sign + "0" * missing + words
    return " " * missing + sign + words


def _type(value: Argument) -> str:
    if isinstance(value, str):
        return "string"
    if isinstance(value, float):
        return "float64"
    return "int64" if -(2**63) <= value < 2**63 else "*big.Int"


def _value(value: Argument) -> str:
    return _printed(_Form("v"), value) or ""
