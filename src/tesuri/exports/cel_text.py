"""The tree of a condition → CEL text for an engine that knows no defaults of ours.

Where the subject fills a documented default, the text asks for the field first: `(has(x.f) ? x.f : default)`. The names of
variables change with it: `resource` becomes whatever the engine calls the object. The text stays inside the subset, so
that our own engine can prove that it means the same.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import singledispatch
from typing import Final, TypeAlias

from tesuri.expressions import ir
from tesuri.model.errors import Unsupported

Defaults: TypeAlias = "Mapping[str, Defaults] | list[Defaults] | bool | int | str | None"
"""As the subject has them: a mapping for an object, a list of one for the entries of a list, else the default."""

# From: https://kubernetes.io/docs/reference/using-api/cel/ (language, extended strings library)
_METHODS: Final = frozenset(
    {
        *("size", "contains", "startsWith", "endsWith", "matches", "split", "replace"),
        *("lowerAscii", "upperAscii", "trim", "charAt", "indexOf", "lastIndexOf", "substring"),
    }
)
_ALWAYS: Final = frozenset({"metadata", "spec"})
"""Parts that every object has which an API server hands to a policy."""
_RESERVED: Final = frozenset(
    {"namespace", "package", "import", "const", "function", "void", "var", "return", "loop"}
)


def first_failing(
    tree: ir.Node, names: Mapping[str, tuple[str, Defaults]]
) -> tuple[str, Defaults] | None:
    """Give the text of the element that makes an `all` false; None for conditions where several could be meant."""
    if not isinstance(tree, ir.Fold) or tree.kind is not ir.FoldKind.ALL or _has_fold(tree.body):
        return None
    known = {name: _Said(*meant) for name, meant in names.items()}
    failing = ir.Fold(
        kind=ir.FoldKind.FILTER,
        range=tree.range,
        variable=tree.variable,
        body=ir.Not(tree.body, tree.at),
        at=tree.at,
        place=tree.place,
    )
    said = _said(failing, known)
    below = said.defaults[0] if isinstance(said.defaults, list) else None
    return f"{said.text}[0]", below


def _has_fold(node: ir.Node) -> bool:
    return isinstance(node, ir.Fold) or any(_has_fold(part) for part in ir.parts_of(node))


@dataclass(frozen=True, slots=True)
class _Said:
    """The text of a tree, and what is filled below its value."""

    text: str
    defaults: Defaults = None


def cel_text(tree: ir.Node, names: Mapping[str, tuple[str, Defaults]]) -> str:
    """Give the text of a condition; `names` says what each variable is called there and what is filled below it.

    A field that stands elsewhere there is named whole: resource.metadata.namespace.

    **raises** Unsupported for what the engine could not say in the same words.
    """
    return _said(tree, {name: _Said(*meant) for name, meant in names.items()}).text


@singledispatch
def _said(node: ir.Node, _names: Mapping[str, _Said]) -> _Said:
    raise TypeError(type(node))


@_said.register(ir.OptionalSelect)
@_said.register(ir.OptionalIndex)
def _(_node: ir.Node, _names: Mapping[str, _Said]) -> _Said:
    raise Unsupported("A policy of the cluster has no optional values.")


@_said.register
def _(node: ir.Literal, _names: Mapping[str, _Said]) -> _Said:
    return _Said(_literal(node.value))


@_said.register
def _(node: ir.Name, names: Mapping[str, _Said]) -> _Said:
    return names.get(node.name, _Said(node.name))


@_said.register
def _(node: ir.Index, names: Mapping[str, _Said]) -> _Said:
    whole = _said(node.operand, names)
    below = whole.defaults[0] if isinstance(whole.defaults, list) else None
    return _Said(f"{whole.text}[{_said(node.index, names).text}]", below)


@_said.register
def _(node: ir.Not, names: Mapping[str, _Said]) -> _Said:
    return _Said(f"!({_said(node.operand, names).text})")


@_said.register
def _(node: ir.Negate, names: Mapping[str, _Said]) -> _Said:
    return _Said(f"-({_said(node.operand, names).text})")


@_said.register
def _(node: ir.And, names: Mapping[str, _Said]) -> _Said:
    return _Said(f"({' && '.join(_said(one, names).text for one in node.operands)})")


@_said.register
def _(node: ir.Or, names: Mapping[str, _Said]) -> _Said:
    return _Said(f"({' || '.join(_said(one, names).text for one in node.operands)})")


@_said.register
def _(node: ir.Conditional, names: Mapping[str, _Said]) -> _Said:
    asked, chosen, other = (
        _said(one, names) for one in (node.condition, node.chosen, node.otherwise)
    )
    return _Said(f"({asked.text} ? {chosen.text} : {other.text})", chosen.defaults)


@_said.register
def _(node: ir.Binary, names: Mapping[str, _Said]) -> _Said:
    first, second = _said(node.left, names), _said(node.right, names)
    return _Said(f"({first.text} {node.operator.value} {second.text})", first.defaults)


@_said.register
def _(node: ir.ListOf, names: Mapping[str, _Said]) -> _Said:
    return _Said(f"[{', '.join(_said(one, names).text for one in node.items)}]")


@_said.register
def _(node: ir.MapOf, names: Mapping[str, _Said]) -> _Said:
    pairs = [f"{_said(key, names).text}: {_said(value, names).text}" for key, value in node.entries]
    return _Said(f"{{{', '.join(pairs)}}}")


def _literal(value: bool | float | str | None) -> str:  # noqa: FBT001 - a value of the language
    if isinstance(value, str):
        return json.dumps(value)
    return json.dumps(value) if value is None or isinstance(value, bool) else repr(value)


def _field(name: str) -> str:
    if not name.isidentifier() or name in _RESERVED:
        raise Unsupported(f"The field {name!r} cannot be named in a policy of the cluster.")
    return name


@_said.register
def _(node: ir.Select, names: Mapping[str, _Said]) -> _Said:
    if moved := names.get(_dotted(node)):
        return moved
    whole = _said(node.operand, names)
    field = f"{whole.text}.{_field(node.field)}"
    if not isinstance(whole.defaults, Mapping) or node.field not in whole.defaults:
        return _Said(field)
    below = whole.defaults[node.field]
    if below is None:
        return _Said(field)
    if isinstance(node.operand, ir.Name) and node.field in _ALWAYS:
        return _Said(field, below)
    return _Said(f"(has({field}) ? {field} : {_default(below)})", below)


def _dotted(node: ir.Node) -> str:
    """Give resource.metadata.namespace for a field of a variable; empty for anything else."""
    if isinstance(node, ir.Name):
        return node.name
    whole = _dotted(node.operand) if isinstance(node, ir.Select) else ""
    return f"{whole}.{node.field}" if whole and isinstance(node, ir.Select) else ""


def _default(below: Defaults) -> str:
    if isinstance(below, Mapping):
        return "{}"
    return "[]" if isinstance(below, list) else _literal(below)


@_said.register
def _(node: ir.Has, names: Mapping[str, _Said]) -> _Said:
    if moved := names.get(_dotted(ir.Select(node.operand, node.field, node.at))):
        return _Said(f"has({moved.text})")
    whole = _said(node.operand, names)
    is_filled = isinstance(whole.defaults, Mapping) and whole.defaults.get(node.field) is not None
    return _Said("true" if is_filled else f"has({whole.text}.{_field(node.field)})")


@_said.register
def _(node: ir.Call, names: Mapping[str, _Said]) -> _Said:
    said = [_said(one, names).text for one in node.arguments]
    if node.is_method:
        if node.function not in _METHODS:
            raise Unsupported(f"A policy of the cluster has no {node.function}().")
        return _Said(f"{said[0]}.{node.function}({', '.join(said[1:])})")
    return _Said(f"{node.function}({', '.join(said)})")


@_said.register
def _(node: ir.Fold, names: Mapping[str, _Said]) -> _Said:
    if node.place or node.kind is ir.FoldKind.TRANSFORM_MAP:
        raise Unsupported("A policy of the cluster has no macro of two variables.")
    whole = _said(node.range, names)
    below = whole.defaults[0] if isinstance(whole.defaults, list) else None
    inner = {**names, node.variable: _Said(node.variable, below)}
    parts = [_said(one, inner).text for one in (node.condition, node.body) if one is not None]
    kept = whole.defaults if node.kind is ir.FoldKind.FILTER else None
    return _Said(f"{whole.text}.{node.kind.value}({node.variable}, {', '.join(parts)})", kept)
