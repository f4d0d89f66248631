"""Why a verdict stands: each part of its condition with its truth, and each value that it read with its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson

from tesuri.controls.compiled import CompiledControl
from tesuri.controls.evaluate import origin_of, pointer_of, shown_properties, value_at
from tesuri.exports.cel_text import cel_text
from tesuri.expressions import ir
from tesuri.expressions.compiled import Undecided, ready
from tesuri.expressions.paths import ELEMENT, paths_read
from tesuri.model.control import Ruling
from tesuri.model.errors import Unsupported
from tesuri.model.ownership import PolicyStanding
from tesuri.model.resource import Origin, Resource, Unknown, Value

_DEEPEST: Final = 6
_LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class Judged:
    """A ruling with all that it was made of."""

    compiled: CompiledControl
    resource: Resource
    ruling: Ruling
    standing: PolicyStanding
    now: datetime


@dataclass(frozen=True, slots=True)
class PartTruth:
    """One part of a condition."""

    depth: int
    text: str
    truth: str
    """true, false or unknown."""
    reason: str = ""
    """Why it is unknown, or of which element it is said."""


@dataclass(frozen=True, slots=True)
class LeafValue:
    """One value that a condition read."""

    path: str
    value: str
    """As JSON, cut where it is long; empty where there is none."""
    standing: str
    """known, default, unknown or absent."""
    at: Origin


def truths(judged: Judged) -> tuple[PartTruth, ...]:
    """Give the parts of the condition, each below the one that it belongs to."""
    return tuple(_truths(judged.compiled.require.tree, _names(judged), judged, 0))


def _names(judged: Judged) -> Mapping[str, object]:
    return {"resource": dict(judged.resource.properties), "now": judged.now}


def leaves(judged: Judged) -> tuple[LeafValue, ...]:
    """Give the values that the condition read; of lists the element that decided, else the list."""
    said = judged.compiled.require.evaluate(_names(judged))
    paths = dict.fromkeys(
        _place(read.steps, said.witness) for read in paths_read(judged.compiled.require.tree)
    )
    longer = [*paths]
    kept = [path for path in paths if not any(_is_below(other, path) for other in longer)]
    return tuple(_leaf(path, judged.resource) for path in kept)


def _truths(
    node: ir.Node, names: Mapping[str, object], judged: Judged, depth: int, of: str = ""
) -> Iterator[PartTruth]:
    said = ready(node, source="", where="").evaluate(names)
    missing = said.value if isinstance(said.value, Undecided) else None
    truth = "unknown" if missing else str(said.value).lower()
    text = _text(node, names, judged, is_whole=depth == 0)
    yield PartTruth(depth, text, truth, _why(missing, judged.resource) if missing else of)
    if depth >= _DEEPEST:
        return
    if isinstance(node, ir.And | ir.Or):
        for part in node.operands:
            yield from _truths(part, names, judged, depth + 1)
    elif isinstance(node, ir.Not):
        yield from _truths(node.operand, names, judged, depth + 1)
    elif isinstance(node, ir.Fold) and said.witness.startswith("resource") and not node.place:
        element = value_at(dict(judged.resource.properties), said.witness)
        inner = {**names, node.variable: element}
        yield from _truths(node.body, inner, judged, depth + 1, said.witness)


def _text(node: ir.Node, names: Mapping[str, object], judged: Judged, *, is_whole: bool) -> str:
    if is_whole:
        return " ".join(judged.compiled.control.require.split())
    try:
        text = cel_text(node, {name: (name, None) for name in names})
    except Unsupported:
        return "…"
    is_told_below = isinstance(node, ir.And | ir.Or | ir.Not | ir.Fold)
    return f"{text[: _LONGEST - 1]}…" if is_told_below and len(text) > _LONGEST else text


def _why(missing: Undecided, resource: Resource) -> str:
    # NOTE: an error may quote the value that it stumbled over.
    is_secret = not missing.path and bool(resource.sensitive)
    return "an error on values that are sensitive" if is_secret else missing.reason


def _place(steps: tuple[str, ...], witness: str) -> str:
    """Write a path; the element of a list is the one that decided, and without one the list ends the path."""
    path = "resource"
    for step in steps:
        if step != ELEMENT:
            path += f".{step}"
        elif witness.startswith(f"{path}[") and "]" in witness:
            path = witness[: witness.index("]", len(path)) + 1]
        else:
            return path
    return path


def _is_below(path: str, other: str) -> bool:
    return path.startswith((f"{other}.", f"{other}["))


def _leaf(path: str, resource: Resource) -> LeafValue:
    pointer = pointer_of(path)
    found, is_there = _found(shown_properties(resource), pointer)
    is_filled = any(pointer == one or pointer.startswith(f"{one}/") for one in resource.defaults)
    if not is_there:
        standing, value = "absent", ""
    elif isinstance(found, Unknown):
        standing, value = "unknown", ""
    else:
        standing, value = ("default" if is_filled else "known"), _json(found)
    return LeafValue(path.removeprefix("resource."), value, standing, origin_of(resource, pointer))


def _found(value: Value, pointer: str) -> tuple[Value, bool]:
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None, False
    return value, True


def _json(value: object) -> str:
    text = orjson.dumps(value, default=lambda _: "unknown").decode()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
