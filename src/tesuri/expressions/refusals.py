"""The error of an expression: one sentence, its line and column, and the line itself with a caret below the place."""

from typing import Final

from tesuri.expressions import ir
from tesuri.model.errors import BadInput

_WIDTH: Final = 100
"""Characters of the source line that are shown."""


class BadExpression(BadInput):
    """An expression that cannot be used, and the place in its text."""

    def __init__(self, what: str, *, at: ir.Position, source: str, where: str) -> None:
        super().__init__(f"{what} (line {at.line}, column {at.column}).", where=where)
        self.line = at.line
        self.column = at.column
        self.excerpt = excerpt_of(source, at)

    def __str__(self) -> str:
        """Give the sentence, and below it the line of the source with a caret."""
        return f"{super().__str__()}\n{self.excerpt}" if self.excerpt else super().__str__()


def excerpt_of(source: str, at: ir.Position) -> str:
    """Give the line of a position and a caret below it; empty when the text has no such line."""
    lines = source.split("\n")
    if not source.strip() or not 1 <= at.line <= len(lines):
        return ""
    line = "".join(char if char.isprintable() else " " for char in lines[at.line - 1])
    start = max(0, at.column - 1 - _WIDTH // 2)
    shown = line[start : start + _WIDTH]
    return f"  {shown.rstrip()}\n  {' ' * (at.column - 1 - start)}^"
