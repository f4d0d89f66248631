"""Everything of a variable that a tree can look at, as chains of fields: what stands elsewhere cannot change its value.

`paths.py` names what is read, for people and digests; this is what a memory of answers may rely on, so that it says
*nobody can tell* (None) wherever the variable itself is passed on, indexed, or goes by another name.
"""

from collections.abc import Iterator
from typing import Final

from tesuri.expressions import ir

Chain = tuple[str, ...]
_LINKS: Final = (ir.Select, ir.Has, ir.OptionalSelect)


def chains_read(tree: ir.Node, name: str = "resource") -> frozenset[Chain] | None:
    """Give the longest chains of fields below a variable; what stands below their ends is read, too. None: all of it."""
    found = list(_read(tree, name))
    return None if () in found else frozenset(found)


def names_read(tree: ir.Node) -> frozenset[str]:
    """Give every name of a variable or type that a tree uses."""
    held = frozenset({tree.name}) if isinstance(tree, ir.Name) else frozenset[str]()
    return held.union(*map(names_read, ir.parts_of(tree)))


def _read(node: ir.Node, name: str) -> Iterator[Chain]:
    chain = _chain(node, name)
    if chain is not None:
        yield chain
        return
    if isinstance(node, ir.Fold) and name in (node.variable, node.place):
        yield ()
    for part in ir.parts_of(node):
        yield from _read(part, name)


def _chain(node: ir.Node, name: str) -> Chain | None:
    """Give the fields between a variable and a node; None for what is no chain of fields from it."""
    fields: list[str] = []
    while isinstance(node, _LINKS):
        fields.append(node.field)
        node = node.operand
    return tuple(reversed(fields)) if isinstance(node, ir.Name) and node.name == name else None
