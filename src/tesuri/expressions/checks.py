"""What is wrong with a tree whatever the document is: unknown variables, wrong calls, patterns that cannot be used."""

from collections.abc import Iterator

from tesuri.expressions import ir
from tesuri.expressions.functions import FUNCTIONS
from tesuri.expressions.patterns import PatternError, compile_pattern
from tesuri.expressions.refusals import BadExpression
from tesuri.expressions.values import TYPE_NAMES


def check_tree(tree: ir.Node, names: frozenset[str] | None, *, source: str, where: str) -> None:
    """Raise BadExpression for the first thing that can never be evaluated; `names` None: any variable."""
    for node, bound in _with_variables(tree, frozenset()):
        wrong = _wrong_call(node) if isinstance(node, ir.Call) else None
        if isinstance(node, ir.Name) and names is not None and node.name not in names | bound:
            wrong = _wrong_name(node.name, names)
        if wrong:
            raise BadExpression(wrong, at=node.at, source=source, where=where)


def _with_variables(
    node: ir.Node, bound: frozenset[str]
) -> Iterator[tuple[ir.Node, frozenset[str]]]:
    """Give every node with the variables of the macros around it."""
    yield node, bound
    if not isinstance(node, ir.Fold):
        for part in ir.parts_of(node):
            yield from _with_variables(part, bound)
        return
    yield from _with_variables(node.range, bound)
    inner = bound | {node.variable, node.place}
    for part in ir.parts_of(node)[1:]:
        yield from _with_variables(part, inner)


def _wrong_name(name: str, names: frozenset[str]) -> str | None:
    if name in TYPE_NAMES:
        return None
    return f"There is no variable '{name}'; known here: {', '.join(sorted(names))}"


def _wrong_call(node: ir.Call) -> str | None:
    function = FUNCTIONS.get(node.function)
    if function is None:
        return f"There is no function '{node.function}'"
    counts = function.as_method if node.is_method else function.as_function
    if len(node.arguments) not in counts:
        return f"{node.function}() is not called this way"
    pattern = node.arguments[-1] if node.arguments else None
    if node.function == "matches" and isinstance(pattern, ir.Literal):
        try:
            compile_pattern(str(pattern.value))
        except PatternError as error:
            return str(error)
    return None
