"""What expressions compute with: what is equal and what a map can hold as CEL defines it, on JSON values.

A value is null, bool, int (64 bit), float, str, list, dict, an aware datetime, a timedelta, a `CelType` or `UNKNOWN`.
Python and CEL differ in places that matter: `True == 1`, rounding of division, unbounded integers.

**source** https://github.com/google/cel-spec/blob/master/doc/langdef.md
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from tesuri.model.resource import UNKNOWN, Unknown


class NoValue(Exception):
    """An expression that has no value: a CEL error, or a leaf that is not known.

    `path` names the leaf that is not known; it is empty for an error. `leaf` is what is known of it.
    """

    def __init__(self, reason: str, path: str = "", leaf: Unknown = UNKNOWN) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path
        self.leaf = leaf


class CostExceeded(Exception):
    """The evaluation took more steps than allowed; nothing absorbs it."""


class Meter:
    """Counts the steps of one evaluation."""

    __slots__ = ("left",)

    def __init__(self, limit: int) -> None:
        self.left = limit

    def spend(self, steps: int) -> None:
        """Take steps away; raises CostExceeded when none are left."""
        self.left -= steps
        if self.left < 0:
            raise CostExceeded


@dataclass(frozen=True, slots=True)
class CelType:
    """A type as a value: what `type(x)` gives."""

    name: str


@dataclass(frozen=True, slots=True)
class Optional:
    """A value that may be nothing, which is not null: what `.?` and `optional.of` give."""

    has_value: bool
    value: object = None


NOTHING: Final = Optional(has_value=False)


class BoolKey(Enum):
    """Booleans as keys of maps: Python would take true and 1 for the same key."""

    TRUE = True
    FALSE = False


_KINDS: Final[tuple[tuple[type, str], ...]] = (
    (bool, "bool"),
    (int, "int"),
    (float, "double"),
    (str, "string"),
    (list, "list"),
    (dict, "map"),
    (type(None), "null_type"),
    (datetime, "google.protobuf.Timestamp"),
    (timedelta, "google.protobuf.Duration"),
    (CelType, "type"),
    (Optional, "optional_type"),
)
_SIMPLE: Final = frozenset({bool, int, str})
"""Of which two of one type are equal as Python says."""
TYPE_NAMES: Final = frozenset(name for _, name in _KINDS)


def kind_of(value: object) -> str:
    """Give the CEL name of a value's type."""
    return next((name for python, name in _KINDS if isinstance(value, python)), "unknown")


def map_key(key: object) -> object:
    """Give the form in which a map holds a key; raises NoValue for what cannot be one."""
    if isinstance(key, bool):
        return BoolKey(key)
    if isinstance(key, float) and key.is_integer():
        return int(key)
    if isinstance(key, str | int):
        return key
    raise NoValue(f"a {kind_of(key)} is no key of a map")


def key_value(key: object) -> object:
    """Give back the key that `map_key` stored."""
    return key.value if isinstance(key, BoolKey) else key


def equal(left: object, right: object) -> bool:
    """Whether two values are equal; different types are not; raises NoValue when a leaf decides it."""
    if left.__class__ is right.__class__ and left.__class__ in _SIMPLE:
        return left == right
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        if not _may_be_equal(left, right):
            return False
        raise NoValue("a compared value is not known yet", "a compared value")
    if isinstance(left, list) and isinstance(right, list):
        pairs = list(zip(left, right, strict=False))
        return len(left) == len(right) and all_equal(pairs)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all_equal([(left[key], right[key]) for key in left])
    if isinstance(left, Optional) and isinstance(right, Optional):
        both = left.has_value and right.has_value
        return equal(left.value, right.value) if both else left.has_value == right.has_value
    is_comparable = type(left) is type(right) or (_is_number(left) and _is_number(right))
    return is_comparable and left == right


def _may_be_equal(left: object, right: object) -> bool:
    if isinstance(left, Unknown):
        return isinstance(right, Unknown) or left.may_be(right)
    return not isinstance(right, Unknown) or right.may_be(left)


def all_equal(pairs: list[tuple[object, object]]) -> bool:
    """Whether each pair is equal: one difference decides, whatever the others are."""
    undecided: NoValue | None = None
    for left, right in pairs:
        try:
            if not equal(left, right):
                return False
        except NoValue as missing:
            undecided = undecided or missing
    if undecided:
        raise undecided
    return True


def contains(member: object, container: object) -> bool:
    """Give `member in container` for lists (values) and maps (keys)."""
    if isinstance(container, dict):
        return is_key(member) and map_key(member) in container
    if not isinstance(container, list):
        raise NoValue(f"'in' does not take {kind_of(member)} and {kind_of(container)}")
    undecided: NoValue | None = None
    for item in container:
        try:
            if equal(member, item):
                return True
        except NoValue as missing:
            undecided = undecided or missing
    if undecided:
        raise undecided
    return False


def is_key(value: object) -> bool:
    """Whether a value can be a key of a map."""
    return isinstance(value, bool | int | str) or (isinstance(value, float) and value.is_integer())


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
