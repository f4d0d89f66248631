"""The door of this package: compile an expression once, evaluate it often.

The parser and its libraries are loaded by the first expression that is compiled: what was kept as IR needs neither.
"""

from collections.abc import Mapping

from tesuri.expressions.checks import check_tree
from tesuri.expressions.compiled import MAX_COST, Compiled, Evaluation, Undecided, ready
from tesuri.expressions.cost import check_cost
from tesuri.expressions.refusals import BadExpression
from tesuri.expressions.static_types import DYN, Clash, Type, type_of

__all__ = [
    "MAX_COST",
    "Compiled",
    "Evaluation",
    "Undecided",
    "check_types",
    "compile_expression",
    "ready",
]


def compile_expression(source: str, *, where: str, names: frozenset[str] | None = None) -> Compiled:
    """Compile an expression; `names` are the variables that it may use (None: any).

    **raises** BadExpression (a BadInput) with line, column and what was expected.
    """
    from tesuri.expressions.parse import parse  # noqa: PLC0415 - Lark and the grammar cost 0.2 s

    tree = parse(source, where=where)
    check_tree(tree, names, source=source, where=where)
    check_cost(tree, source=source, where=where)
    return ready(tree, source=source, where=where)


def check_types(compiled: Compiled, names: Mapping[str, Type], *, gives: Type = DYN) -> Type:
    """Give the type of an expression over typed variables, the others being of any type.

    **raises** BadExpression for operands that never go together, and when it cannot give what it should.
    """
    source, where = compiled.source, compiled.where
    try:
        found = type_of(compiled.tree, names)
    except Clash as clash:
        raise BadExpression(
            clash.what[0].upper() + clash.what[1:], at=clash.at, source=source, where=where
        ) from clash
    if DYN not in (found, gives) and found.name != gives.name:
        raise BadExpression(
            f"The expression gives {found.name}, not {gives.name}",
            at=compiled.tree.at,
            source=source,
            where=where,
        )
    return found
