"""Condition operators by name: what each compares, and whether it is negated, for sets, or only if the key exists.

**source** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Final

from tesuri.controls.scp.wildcards import Pattern, Piece, pattern_of
from tesuri.untrusted.instant import instant

Compare = Callable[[str, tuple[Piece, ...]], bool]
"""Value of the request, value of the policy → whether they match."""

_Reader = Callable[[str], Decimal | None]
_Order = Callable[[Decimal, Decimal], bool]

_IF_EXISTS: Final = "IfExists"
_ARN_PARTS: Final = 6


class SetKind(StrEnum):
    """How several values of the request are taken."""

    SINGLE = ""
    ANY = "ForAnyValue"
    ALL = "ForAllValues"


@dataclass(frozen=True, slots=True)
class Operator:
    """One condition operator."""

    name: str
    """As Amazon spells it, without prefix and IfExists."""
    compare: Compare | None
    """None for Null, which compares nothing."""
    is_negated: bool = False
    set_kind: SetKind = SetKind.SINGLE
    is_if_exists: bool = False


def operator_named(written: str) -> Operator | None:
    """Give the operator of a name in any case; None when Amazon has none of this name."""
    prefix, colon, rest = written.rpartition(":")
    kind = next((each for each in SetKind if each.value.lower() == prefix.lower()), None)
    if kind is None or bool(colon) != bool(prefix):
        return None
    is_if_exists = rest.lower().endswith(_IF_EXISTS.lower())
    name = _SPELLED.get(rest[: -len(_IF_EXISTS)].lower() if is_if_exists else rest.lower())
    if name is None or (name == "Null" and (is_if_exists or colon)):
        return None
    positive = _POSITIVES.get(name, name)
    return Operator(name, _COMPARES.get(positive), positive != name, kind, is_if_exists)


def spelled(written: str) -> str:
    """Give a known operator's name as Amazon spells it."""
    found = operator_named(written)
    if found is None:
        return written
    prefix = f"{found.set_kind.value}:" if found.set_kind.value else ""
    return f"{prefix}{found.name}{_IF_EXISTS if found.is_if_exists else ''}"


def takes_variables(operator: Operator) -> bool:
    """Whether ${…} means a variable in its values: only where texts or ARNs are compared."""
    return operator.name.startswith(("String", "Arn", "Bool"))


def is_comparable(operator: Operator, value: str) -> bool:
    """Whether a value of a policy has the form that the operator can compare with."""
    check = next((each for start, each in _FORMS.items() if operator.name.startswith(start)), None)
    return check is None or check(value)


def _text(pieces: tuple[Piece, ...]) -> str:
    return "".join(piece.text for piece in pieces)


def _equals(actual: str, wanted: tuple[Piece, ...]) -> bool:
    return actual == _text(wanted)


def _equals_ignoring_case(actual: str, wanted: tuple[Piece, ...]) -> bool:
    return actual.casefold() == _text(wanted).casefold()


def _is_like(actual: str, wanted: tuple[Piece, ...]) -> bool:
    return pattern_of(wanted).matches(actual)


def _arn_is_like(actual: str, wanted: tuple[Piece, ...]) -> bool:
    """Compare each of the six parts by itself; ArnEquals and ArnLike are the same."""
    patterns = _arn_patterns(wanted)
    if len(patterns) < _ARN_PARTS:
        # What is no ARN matches nothing; only a lone star is taken as any.
        return _text(wanted) == "*"
    parts = actual.split(":", _ARN_PARTS - 1)
    return len(parts) == _ARN_PARTS and all(
        pattern.matches(part) for pattern, part in zip(patterns, parts, strict=True)
    )


@lru_cache(maxsize=4096)
def _arn_patterns(wanted: tuple[Piece, ...]) -> tuple[Pattern, ...]:
    parts: list[list[Piece]] = [[]]
    for piece in wanted:
        first, *rest = piece.text.split(":", _ARN_PARTS - len(parts))
        parts[-1].append(Piece(first, piece.is_literal))
        parts += [[Piece(each, piece.is_literal)] for each in rest]
    return tuple(pattern_of(tuple(each)) for each in parts)


def _ordered(read: _Reader, compare: _Order) -> Compare:
    def compared(actual: str, wanted: tuple[Piece, ...]) -> bool:
        one, other = read(actual), read(_text(wanted))
        return one is not None and other is not None and compare(one, other)

    return compared


def _decimal(text: str) -> Decimal | None:
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _seconds(text: str) -> Decimal | None:
    found = instant(text)
    return None if found is None else Decimal(found.timestamp())


def _binary_equals(actual: str, wanted: tuple[Piece, ...]) -> bool:
    one, other = _decoded(actual), _decoded(_text(wanted))
    return one is not None and one == other


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _is_in_network(actual: str, wanted: tuple[Piece, ...]) -> bool:
    try:
        return ip_address(actual.strip()) in ip_network(_text(wanted).strip(), strict=False)
    except (ValueError, TypeError):
        return False


def _is_network(value: str) -> bool:
    try:
        ip_network(value.strip(), strict=False)
    except ValueError:
        return False
    return True


_ORDERS: Final[Mapping[str, _Order]] = {
    "Equals": lambda one, other: one == other,
    "LessThan": lambda one, other: one < other,
    "LessThanEquals": lambda one, other: one <= other,
    "GreaterThan": lambda one, other: one > other,
    "GreaterThanEquals": lambda one, other: one >= other,
}
_COMPARES: Final[Mapping[str, Compare]] = {
    "StringEquals": _equals,
    "StringEqualsIgnoreCase": _equals_ignoring_case,
    "StringLike": _is_like,
    "Bool": _equals_ignoring_case,
    "BinaryEquals": _binary_equals,
    "IpAddress": _is_in_network,
    "ArnEquals": _arn_is_like,
    "ArnLike": _arn_is_like,
    **{f"Numeric{name}": _ordered(_decimal, compare) for name, compare in _ORDERS.items()},
    **{f"Date{name}": _ordered(_seconds, compare) for name, compare in _ORDERS.items()},
}
_POSITIVES: Final[Mapping[str, str]] = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
OPERATORS: Final = (*_COMPARES, *_POSITIVES, "Null")
_SPELLED: Final[Mapping[str, str]] = {name.lower(): name for name in OPERATORS}
_FORMS: Final[Mapping[str, Callable[[str], bool]]] = {
    "Numeric": lambda value: _decimal(value) is not None,
    "Date": lambda value: instant(value) is not None,
    "Bool": lambda value: value.lower() in {"true", "false"} or "${" in value,
    "Null": lambda value: value.lower() in {"true", "false"},
    "Binary": lambda value: _decoded(value) is not None,
    "Arn": lambda value: value == "*" or value.count(":") >= _ARN_PARTS - 1,
    "IpAddress": _is_network,
    "NotIpAddress": _is_network,
}
