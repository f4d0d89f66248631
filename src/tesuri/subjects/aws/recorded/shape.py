"""Values of the provider's API → the canonical shape: published names, whatever case and wrapping the reply has.

The API, AWS Config and CloudTrail say the same names as PascalCase, camelCase and wrapped lists. A name that the shape
does not have is left out; a value of another kind than the shape's is unknown, never absent.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from tesuri.model.resource import UNKNOWN, Unknown, Value
from tesuri.model.resource_shape import Shape, resource_shape
from tesuri.subjects.aws.policy import normal_policy
from tesuri.untrusted.shape import text

Properties = dict[str, Value]
Rename = tuple[str, ...] | Callable[[object], Value]
"""Where the API keeps a property: a path of names, or a function over the entry."""

_LIST_KEYS: Final = ("items", "item", "member", "members")
_TAG_HOLDERS: Final = ("Tags", "TagList", "TagSet", "Tag")


def pick(value: object, *path: str) -> object:
    """Give what stands at a path of names, in whatever case; None where it leads nowhere."""
    for name in path:
        if not isinstance(value, dict):
            return None
        if name in value:
            value = value[name]
            continue
        other, wanted = _spellings(name)
        if other in value:
            value = value[other]
            continue
        size = len(wanted)
        for key, part in value.items():
            # NOTE: names are ASCII, so that those of another length are others; to fold all of them is dear.
            if len(str(key)) == size and str(key).casefold() == wanted:
                value = part
                break
        else:
            return None
    return value


@lru_cache(maxsize=4_096)
def _spellings(name: str) -> tuple[str, str]:
    """Give a name with its first letter in the other case, as most recordings have it, and in one case."""
    return name[:1].swapcase() + name[1:], name.casefold()


def entries(value: object) -> list[object]:
    """Give the elements of a list, also of one that is wrapped: {items: […]}, {Quantity, Items}."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        for key in _LIST_KEYS:
            inner = pick(value, key)
            if isinstance(inner, list):
                return inner
    return []


def parts_of(value: object) -> list[object]:
    """Give the elements of a list as `entries` does; where something else stands, one that nobody knows."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and len(value) == 1 and "items" in value:
        return parts_of(value["items"])
    if _is_wrapped(value):
        inner = (pick(value, key) for key in _LIST_KEYS)
        return parts_of(next((part for part in inner if part is not None), None))
    return [] if value is None else [UNKNOWN]


def shaped(kind: str, entry: object, renames: Mapping[str, Rename] | None = None) -> Properties:
    """Give the properties of a type that an API entry tells."""
    shape = resource_shape(kind) or {}
    found = _mapping(entry, shape)
    for name, source in (renames or {}).items():
        inner = shape.get(name, "map")
        told = source(entry) if callable(source) else fitted(pick(entry, *source), inner)
        if told is not None:
            found[name] = told
    if "Tags" in shape and isinstance(shape["Tags"], list):
        found["Tags"] = [{"Key": key, "Value": value} for key, value in tags_of(entry).items()]
    return found


def fitted(value: object, shape: Shape) -> Value:
    """Give a value in its shape; UNKNOWN when it is of another kind, None when there is none."""
    if value is None:
        return None
    if isinstance(shape, list):
        is_list = isinstance(value, list) or _is_wrapped(value)
        return [fitted(part, shape[0]) for part in entries(value)] if is_list else UNKNOWN
    if isinstance(shape, dict):
        return _mapping(value, shape) if isinstance(value, dict) else UNKNOWN
    return _leaf(value, shape)


def _is_wrapped(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    keys = {str(key).casefold() for key in value}
    return "quantity" in keys or bool(keys & {"items", "member"}) or keys <= {*_LIST_KEYS}


def _mapping(value: object, shape: Mapping[str, Shape]) -> Properties:
    if not isinstance(value, dict):
        return {}
    folded = {str(key).casefold(): part for key, part in value.items()}
    found: Properties = {}
    for name, inner in shape.items():
        told = fitted(value.get(name, folded.get(name.casefold())), inner)
        if told is not None:
            found[name] = told
    return found


def _leaf(value: object, word: str) -> Value:
    read = _LEAVES.get(word)
    if read is not None:
        return read(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    known = moment_of(value) or (text(value) if isinstance(value, str | int | float) else None)
    return UNKNOWN if known is None else known


def _truth(value: object) -> Value:
    if isinstance(value, bool):
        return value
    words: Mapping[str, bool] = {"true": True, "false": False, "enabled": True, "disabled": False}
    return words.get(text(value).casefold(), UNKNOWN)


def _number(value: object) -> Value:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value) if isinstance(value, float) and value.is_integer() else value
    digits = text(value)
    return int(digits) if digits.lstrip("-").isdecimal() and len(digits) < 19 else UNKNOWN


def moment_of(value: object) -> str:
    """Give an instant of a recording as text: ISO 8601 as it is, a datetime that was taken apart put together."""
    if pick(value, "__class__") != "datetime":
        return ""
    parts = [pick(value, name) for name in ("year", "month", "day", "hour", "minute", "second")]
    if not all(isinstance(part, int) for part in parts):
        return ""
    try:
        moment = datetime(*[int(str(part)) for part in parts], tzinfo=UTC)  # type: ignore[arg-type,misc]  # six whole numbers
    except ValueError:
        return ""
    return moment.isoformat().replace("+00:00", "Z")


def plain(value: object) -> Value:
    """Give any JSON value as one, without nulls in mappings."""
    if isinstance(value, dict):
        moment = moment_of(value) if "__class__" in value else ""
        if moment:
            return moment
        return {
            str(key): part if isinstance(part, str) else plain(part)
            for key, part in value.items()
            if part is not None
        }
    if isinstance(value, list):
        return [plain(part) for part in value]
    return value if isinstance(value, bool | int | float | str | Unknown) else None


def tags_of(entry: object) -> dict[str, str]:
    """Give the tags of an entry, as a list of pairs or as a mapping."""
    found: dict[str, str] = {}
    for holder in _TAG_HOLDERS:
        value = pick(entry, holder)
        for pair in entries(value):
            key = text(pick(pair, "Key")) or text(pick(pair, "TagKey"))
            if key:
                found[key] = text(pick(pair, "Value")) or text(pick(pair, "TagValue"))
        if isinstance(value, dict) and not _is_wrapped(value):
            found |= {str(key): text(part) for key, part in value.items() if isinstance(part, str)}
    return found


_LEAVES: Final[Mapping[str, Callable[[object], Value]]] = {
    "policy": normal_policy,
    "map": plain,
    "boolean": _truth,
    "integer": _number,
    "number": _number,
}


def names(value: object, *path: str) -> list[Value]:
    """Give one name of each element of a list: the group ids of groups; UNKNOWN for what is no name."""
    found: list[Value] = []
    for part in parts_of(value):
        told = pick(part, *path)
        if told is None and isinstance(part, dict):
            continue
        found.append(UNKNOWN if not isinstance(told, str) else text(told))
    return [name for name in found if name != ""]
