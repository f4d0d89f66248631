"""Optional values: what may be nothing, which is neither null nor an error.

**source** https://github.com/google/cel-spec/wiki/proposal-246
"""

from typing import Final

from tesuri.expressions.signatures import Arguments, Function
from tesuri.expressions.values import (
    NOTHING,
    Meter,
    NoValue,
    Optional,
    is_key,
    kind_of,
    map_key,
)


def optional_of(name: str, value: object) -> Optional:
    """Give a value back when it is optional; raises NoValue that names the function."""
    if isinstance(value, Optional):
        return value
    raise NoValue(f"{name}() does not take {kind_of(value)}")


def field_of(holder: object, field: str) -> Optional:
    """Give a field of a map or of an optional map; nothing when there is none."""
    if isinstance(holder, Optional):
        return field_of(holder.value, field) if holder.has_value else NOTHING
    if not isinstance(holder, dict):
        raise NoValue(f"a {kind_of(holder)} has no field {field}")
    return Optional(has_value=True, value=holder[field]) if field in holder else NOTHING


def element_of(holder: object, key: object) -> Optional:
    """Give an element of a list, an entry of a map, or of an optional one of them."""
    if isinstance(holder, Optional):
        return element_of(holder.value, key) if holder.has_value else NOTHING
    if isinstance(holder, dict):
        found = is_key(key) and map_key(key) in holder
        return Optional(has_value=True, value=holder[map_key(key)]) if found else NOTHING
    if not isinstance(holder, list):
        raise NoValue(f"a {kind_of(holder)} has no elements")
    if isinstance(key, bool) or not isinstance(key, int):
        raise NoValue(f"a {kind_of(key)} is no index of a list")
    return Optional(has_value=True, value=holder[key]) if 0 <= key < len(holder) else NOTHING


def _value(arguments: Arguments, _: Meter) -> object:
    found = optional_of("value", arguments[0])
    if not found.has_value:
        raise NoValue("an optional value is nothing")
    return found.value


def _of_non_zero(arguments: Arguments, _: Meter) -> Optional:
    value = arguments[0]
    is_zero = value is None or (
        isinstance(value, bool | int | float | str | list | dict) and not value
    )
    return NOTHING if is_zero else Optional(has_value=True, value=value)


def _never(_: Arguments, __: Meter) -> object:
    raise NoValue("or() and orValue() are evaluated by their closure")


OPTIONAL_FUNCTIONS: Final[dict[str, Function]] = {
    "optional.of": Function(
        lambda arguments, _: Optional(has_value=True, value=arguments[0]), as_function=(1,)
    ),
    "optional.none": Function(lambda _, __: NOTHING, as_function=(0,)),
    "optional.ofNonZeroValue": Function(_of_non_zero, as_function=(1,)),
    "hasValue": Function(
        lambda arguments, _: optional_of("hasValue", arguments[0]).has_value, as_method=(1,)
    ),
    "value": Function(_value, as_method=(1,)),
    # Their second argument is evaluated only when the first is nothing: see closures.
    "or": Function(_never, as_method=(2,)),
    "orValue": Function(_never, as_method=(2,)),
}
LAZY: Final = ("or", "orValue")
