"""A value that may be known, come later or be secret, as every kind of change gives them.

Unknown and secret leaves are marked where they stand; everything else is as JSON has it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tesuri.model.resource import Unknown, Value
from tesuri.untrusted.shape import join_pointer


@dataclass(frozen=True, slots=True)
class Sensitive:
    """A leaf that may be compared but never shown."""

    value: bool | int | float | str


Planned = (
    bool | int | float | str | None | Unknown | Sensitive | list["Planned"] | dict[str, "Planned"]
)
"""A value with its unknown and its secret leaves marked."""


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


def planned(value: Value) -> Planned:
    """Give a plain value as one whose leaves could be marked."""
    return value  # type: ignore[return-value] # each Value is a Planned; only the lists' types differ


def secret(value: Value) -> Planned:
    """Mark every leaf of a value as secret."""
    if isinstance(value, dict):
        return {key: secret(part) for key, part in value.items()}
    if isinstance(value, list):
        return [secret(part) for part in value]
    return Sensitive(value) if isinstance(value, bool | int | float | str) else value


def together(first: Planned, second: Planned) -> Planned:
    """Give one value of two that were written apart: lists follow each other, objects unite, known beats unknown."""
    if isinstance(first, list) and isinstance(second, list):
        return [*first, *second]
    if isinstance(first, dict) and isinstance(second, dict):
        united = dict(first)
        for key, value in second.items():
            united[key] = together(united[key], value) if key in united else value
        return united
    return first if isinstance(second, Unknown) else second
