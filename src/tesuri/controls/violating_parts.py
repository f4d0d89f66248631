"""Which parts of a resource violate a control, each known by its path and by what the control reads of it.

A part is "SecurityGroupIngress[] 3f9ab2c1d0e4f567": the path without positions, and a digest. So a violation is the
same after lines moved, lists were reordered, or a property changed that the control does not look at; and it is another
one when the part itself changed, or when one more part violates. Values are hashed, never shown; sensitive and unknown
leaves are hashed by a word.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

import orjson

from tesuri.expressions.compiled import Compiled, Evaluation, Undecided
from tesuri.expressions.paths import ELEMENT, paths_read
from tesuri.model.resource import Unknown, Value

MOST_PARTS: Final = 100
"""Parts that are told apart in one resource; what violates beyond them is one part together."""

_NAMES: Final = ("name", "Name")
_DIGITS: Final = 16
_NAMED: Final = 3
"""Properties that the path of a whole resource names."""
_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+)\]")

_OTHERWISE: Final = re.compile(rb"\x7f|\de")
"""Beside letters beyond ASCII what the two encoders may write in two ways: DEL, and exponents."""
_WRITE: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode

_Step = str | int
_Fields = dict[str, "_Fields"]


def violating_parts(
    require: Compiled,
    real: Mapping[str, Value],
    shown: Mapping[str, Value],
    said: Evaluation,
    *,
    beside: Mapping[str, object],
) -> tuple[str, ...]:
    """Give every part that violates, sorted; `shown` is `real` with sensitive values replaced by a word.

    `beside` are the variables beside the resource. They are no part of a digest: an age is the same violation tomorrow.

    Elements that decide are taken out one after another until nothing violates any more. **cost** one evaluation for
    each part.
    """
    fields = _fields_read(require)
    if not said.witness and said.is_false:
        return (_whole(fields, shown),)
    found: list[str] = []
    left, left_shown = dict(real), dict(shown)
    while said.is_false:
        steps = _steps(said.witness)
        if not steps or len(found) >= MOST_PARTS or _at(left, steps) is None:
            found.append(_whole(fields, left_shown))
            break
        found.append(_part(steps, fields, left_shown))
        left, left_shown = _without(left, steps), _without(left_shown, steps)
        said = require.evaluate({"resource": left, **beside})
    if isinstance(said.value, Undecided):
        found.append(unknown_part(said.value, left))
    return tuple(sorted(_numbered(found)))


def unknown_part(missing: Undecided, properties: Mapping[str, Value]) -> str:
    """Give the part that nobody knows."""
    return f"{_path_text(_steps(missing.path), properties) or 'resource'} unknown"


def _numbered(found: Sequence[str]) -> Iterator[str]:
    """Tell equal parts apart by their count, so that one more of them is one more."""
    seen: dict[str, int] = {}
    for part in found:
        seen[part] = seen.get(part, 0) + 1
        yield part if seen[part] == 1 else f"{part} {seen[part]}"


def _part(steps: Sequence[_Step], fields: _Fields, properties: Mapping[str, Value]) -> str:
    value = _at(properties, steps)
    inner: _Fields = fields
    for step in steps:
        inner = inner.get(step if isinstance(step, str) and step in inner else ELEMENT, {})
    return f"{_path_text(steps, properties)} {_digest(_read(value, inner))}"


def _whole(fields: _Fields, properties: Mapping[str, Value]) -> str:
    names = ", ".join(sorted(fields)[:_NAMED]) or "resource"
    whole = properties if isinstance(properties, dict) else dict(properties)
    return f"{names} {_digest(_read(whole, fields))}"


@lru_cache(maxsize=2_048)
def _fields_read(require: Compiled) -> _Fields:
    fields: _Fields = {}
    for path in paths_read(require.tree):
        inner = fields
        for step in path.steps:
            inner = inner.setdefault(step, {})
    return fields


def _read(value: Value, fields: _Fields) -> object:
    """Give what is read of a value: its fields, or all of it where no field is named."""
    if not fields:
        return _plain(value)
    if isinstance(value, dict):
        inner = fields.get(ELEMENT)
        if inner is not None:
            return {key: _read(part, inner) for key, part in value.items()}
        return {key: _read(value[key], inner) for key, inner in fields.items() if key in value}
    if isinstance(value, list):
        return _in_order([_read(part, fields.get(ELEMENT, {})) for part in value])
    return _plain(value)


def _plain(value: Value) -> object:
    if isinstance(value, Unknown):
        return "(unknown)"
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return _in_order([_plain(part) for part in value])
    return value


def _in_order(parts: list[object]) -> list[object]:
    return sorted(parts, key=written)


def written(value: object) -> bytes:
    """Write a value as JSON with sorted keys, always in the same letters: waivers keep digests of them."""
    try:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONEncodeError, RecursionError):
        return _WRITE(value).encode()
    return text if text.isascii() and not _OTHERWISE.search(text) else _WRITE(value).encode()


def _digest(value: object) -> str:
    return hashlib.sha256(written(value)).hexdigest()[:_DIGITS]


def _steps(path: str) -> tuple[_Step, ...]:
    """Give the steps of resource.Rules[0].Port; none for a path of anything else."""
    if not path.startswith("resource"):
        return ()
    found = _STEP.finditer(path.removeprefix("resource"))
    return tuple(step[1] or int(step[2]) for step in found)


def _at(value: Value | Mapping[str, Value], steps: Sequence[_Step]) -> Value:
    here: object = value
    for step in steps:
        if isinstance(here, Mapping) and isinstance(step, str):
            here = here.get(step)
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
        else:
            return None
    return here  # type: ignore[return-value]  # a part of a value is one


def _path_text(steps: Sequence[_Step], properties: Mapping[str, Value]) -> str:
    """Write a path without positions; an element that has a name is known by it: containers[web]."""
    text = ""
    for number, step in enumerate(steps):
        if isinstance(step, int):
            text += f"[{_name_of(_at(properties, steps[: number + 1]))}]"
        else:
            text += f".{step}" if text else step
    return text


def _name_of(value: Value) -> str:
    if isinstance(value, dict):
        for key in _NAMES:
            if isinstance(found := value.get(key), str):
                return found
    return ""


def _without(value: Mapping[str, Value], steps: Sequence[_Step]) -> dict[str, Value]:
    """Give a copy without one element or key that is there."""
    left = _removed(dict(value), steps)
    assert isinstance(left, dict)
    return left


def _removed(value: Value, steps: Sequence[_Step]) -> Value:
    step, *rest = steps
    if isinstance(value, dict) and isinstance(step, str):
        others = {key: part for key, part in value.items() if key != step}
        return others | {step: _removed(value[step], rest)} if rest else others
    if isinstance(value, list) and isinstance(step, int):
        inner = [_removed(value[step], rest)] if rest else []
        return [*value[:step], *inner, *value[step + 1 :]]
    return value
