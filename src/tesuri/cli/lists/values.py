"""View records as JSON values: names as people type them, instants in UTC, exact numbers."""

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from fractions import Fraction

from tesuri.model.identifiers import FindingKey, GroupKey, finding_name, group_name

_FINDINGS = frozenset({"key", "finding", "regression_of"})
_GROUPS = frozenset({"group"})


def values_of(record: object) -> dict[str, object]:
    """Give a view record as a JSON object, field by field."""
    assert is_dataclass(record)
    return {each.name: value_of(getattr(record, each.name), each.name) for each in fields(record)}


def value_of(value: object, name: str = "") -> object:
    """Give one value as JSON: keys become FND-1 and GRP-1, shares numbers, instants RFC 3339 in UTC."""
    match value:
        case datetime():
            plain: object = value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            plain = value.isoformat()
        case Enum():
            plain = value.value
        case Fraction():
            plain = float(value)
        case list() | tuple():
            plain = [value_of(each, name) for each in value]
        case dict():
            plain = {str(key): value_of(each) for key, each in value.items()}
        case _:
            plain = values_of(value) if is_dataclass(value) else _named(value, name)
    return plain


def _named(value: object, name: str) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        if name in _FINDINGS:
            return finding_name(FindingKey(value))
        if name in _GROUPS:
            return group_name(GroupKey(value))
    return value
