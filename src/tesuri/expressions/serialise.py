"""IR ⇄ bytes, so that expressions are compiled once, kept in a file and loaded without a parser.

The bytes are one JSON text, `[version, node]`, equal for equal trees. A node is a list that begins with its tag; what
`ir.py` declares follows. Another version is refused, never guessed at.
"""

from typing import Final, Literal, cast

import msgspec

from tesuri.expressions import ir
from tesuri.model.errors import BadInput

VERSION: Final = 1
"""Raised when a node changes its fields; whoever keeps IR compiles it again."""

_Document = tuple[Literal[1], ir.Node]
_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(_Document)
# NOTE: msgspec's stub does not see through the union, so both readers say the type themselves.


def dump_ir(node: ir.Node) -> bytes:
    """Write a tree as one line of JSON."""
    return _ENCODER.encode((VERSION, node))


def load_ir(data: bytes | msgspec.Raw, *, where: str = "compiled expressions") -> ir.Node:
    """Read what `dump_ir` wrote.

    **raises** BadInput when it is something else or of another version.
    """
    try:
        return cast(ir.Node, _DECODER.decode(data)[1])
    except (msgspec.DecodeError, RecursionError) as error:
        raise _refusal(error, where) from error


def _refusal(error: Exception, where: str) -> BadInput:
    return BadInput(
        f"The compiled expression cannot be read: {error}.",
        where=where,
        remedy="Compile it again.",
    )
