"""Source text → IR, with errors that say line, column and what was expected."""

from functools import cache
from typing import Final, NoReturn

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from tesuri.expressions import ir
from tesuri.expressions.build import Builder, Refused
from tesuri.expressions.grammar import GRAMMAR, TOKEN_WORDS
from tesuri.expressions.refusals import BadExpression
from tesuri.model.errors import BadInput

MAX_LENGTH: Final = 20_000
"""Characters of one expression; longer ones are data, not rules."""


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", propagate_positions=True, maybe_placeholders=True)


def parse(source: str, *, where: str) -> ir.Node:
    """Turn an expression into its tree.

    **raises** BadInput with line and column when the text is not an expression of the subset.
    """
    if not source.strip():
        raise BadInput("The expression is empty.", where=where)
    if len(source) > MAX_LENGTH:
        raise BadInput(f"The expression is longer than {MAX_LENGTH:,} characters.", where=where)
    if any("\ud800" <= char <= "\udfff" for char in source):
        raise BadInput("The expression has half of a character (a lone surrogate).", where=where)
    try:
        tree = _parser().parse(source)
    except UnexpectedInput as error:
        _refuse(error, source, where)
    try:
        return Builder().build(_as_tree(tree))
    except Refused as refused:
        raise BadExpression(refused.what, at=refused.at, source=source, where=where) from refused


def _as_tree(tree: "Tree[Token] | Token") -> "Tree[Token]":
    assert isinstance(tree, Tree)
    return tree


def _refuse(error: UnexpectedInput, source: str, where: str) -> NoReturn:
    line, column, found = _place(error, source)
    expected = _expected(error)
    hint = f", expected {expected}" if expected else ""
    raise BadExpression(
        f"The expression cannot be read: found {found}{hint}",
        at=ir.Position(line, column),
        source=source,
        where=where,
    ) from error


def _place(error: UnexpectedInput, source: str) -> tuple[int, int, str]:
    is_end = isinstance(error, UnexpectedEOF) or (
        isinstance(error, UnexpectedToken) and error.token.type == "$END"
    )
    if is_end:
        lines = source.rstrip().split("\n")
        return len(lines), len(lines[-1]) + 1, "the end"
    if isinstance(error, UnexpectedToken):
        return error.line, error.column, f"'{error.token}'"
    char = source.split("\n")[error.line - 1][error.column - 1 : error.column]
    return error.line, error.column, f"'{char}'"


def _expected(error: UnexpectedInput) -> str:
    names: set[str] = set()
    if isinstance(error, UnexpectedToken):
        names = error.accepts or error.expected
    elif isinstance(error, UnexpectedCharacters):
        names = error.allowed or set()
    words = sorted({TOKEN_WORDS[name] for name in names if name in TOKEN_WORDS})
    if "a string" in words and "a name" in words:
        return "a value"
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
