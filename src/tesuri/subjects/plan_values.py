"""The planned values of one resource: what is known, what is known after apply, what is secret.

Terraform writes three parallel trees: `after`, `after_unknown` (true where the value comes with apply) and
`after_sensitive` (true where it must not be shown). Here they become one.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tesuri.model.resource import UNKNOWN, Unknown, Value
from tesuri.untrusted.shape import join_pointer


@dataclass(frozen=True, slots=True)
class Sensitive:
    """A leaf that may be compared but never shown."""

    value: bool | int | float | str


Planned = (
    bool | int | float | str | None | Unknown | Sensitive | list["Planned"] | dict[str, "Planned"]
)
"""A value with its unknown and its secret leaves marked."""


def merge(after: object, unknown: object, sensitive: object) -> Planned:
    """Give one tree out of the three."""
    if unknown is True:
        return UNKNOWN
    if isinstance(after, dict) or (after is None and isinstance(unknown, dict) and unknown):
        return _merge_mapping(after, unknown, sensitive)
    if isinstance(after, list):
        return [
            merge(item, _below(unknown, index), _below(sensitive, index))
            for index, item in enumerate(after)
        ]
    if isinstance(after, bool | int | float | str):
        return Sensitive(after) if sensitive is True else after
    return None


def _merge_mapping(after: object, unknown: object, sensitive: object) -> Planned:
    values = after if isinstance(after, dict) else {}
    late = unknown if isinstance(unknown, dict) else {}
    keys = [*values, *(key for key in late if key not in values and _is_any_unknown(late[key]))]
    return {str(key): merge(values.get(key), late.get(key), _below(sensitive, key)) for key in keys}


def _is_any_unknown(mark: object) -> bool:
    if isinstance(mark, dict):
        return any(_is_any_unknown(part) for part in mark.values())
    if isinstance(mark, list):
        return any(_is_any_unknown(part) for part in mark)
    return mark is True


def _below(marks: object, key: int | str) -> object:
    """Give the mark of a part; a mark on the whole holds for each part."""
    if isinstance(marks, dict):
        return marks.get(key)
    if isinstance(marks, list):
        return marks[key] if isinstance(key, int) and key < len(marks) else None
    return marks is True


def changed(leaf: Planned, change: Callable[[object], Value]) -> Planned:
    """Apply a function to a known leaf, keeping its mark."""
    if isinstance(leaf, Unknown):
        return leaf
    if isinstance(leaf, Sensitive):
        inner = change(leaf.value)
        return Sensitive(inner) if isinstance(inner, bool | int | float | str) else None
    found = change(leaf)
    return found if isinstance(found, bool | int | float | str | Unknown) else None


def plain(value: Planned, secrets: set[str], pointer: str = "") -> Value:
    """Give the value without marks, and note the pointers of the secret leaves."""
    if isinstance(value, Sensitive):
        secrets.add(pointer)
        return value.value
    if isinstance(value, dict):
        return {
            key: plain(part, secrets, join_pointer(pointer, key)) for key, part in value.items()
        }
    if isinstance(value, list):
        return [
            plain(part, secrets, join_pointer(pointer, index)) for index, part in enumerate(value)
        ]
    return value
