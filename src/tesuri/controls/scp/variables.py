"""Policy variables: ${aws:username}, ${aws:PrincipalTag/team, 'none'}, and ${*}, ${?}, ${$} as plain signs.

**source** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tesuri.controls.scp.wildcards import Piece
from tesuri.model.scp import ScpRequest

VARIABLE: Final = re.compile(r"\$\{([^{}]*)\}")
_WITH_DEFAULT: Final = re.compile(r"\s*([^,\s]+)\s*,\s*'([^']*)'\s*")
_SIGNS: Final = frozenset("*?$")


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A value that cannot be compared, because a variable in it has no value."""

    variable: str
    is_unknown: bool
    """The request may have carried it; nobody knows."""


def pieces_of(
    value: str, request: ScpRequest, *, has_variables: bool
) -> tuple[Piece, ...] | Unresolved:
    """Give a value of a policy with its variables replaced; a replaced part has no wildcards."""
    if not has_variables or "${" not in value:
        return (Piece(value),)
    found: list[Piece] = []
    end = 0
    for match in VARIABLE.finditer(value):
        found.append(Piece(value[end : match.start()]))
        replaced = _replaced(match[1], request)
        if isinstance(replaced, Unresolved):
            return replaced
        found.append(Piece(replaced, is_literal=True))
        end = match.end()
    return (*found, Piece(value[end:]))


def variables_in(value: str) -> Iterator[tuple[str, str]]:
    """Give each variable of a value as it is written, with the key that it names; plain signs are none."""
    for match in VARIABLE.finditer(value):
        if match[1] not in _SIGNS:
            with_default = _WITH_DEFAULT.fullmatch(match[1])
            yield match[0], with_default[1] if with_default else match[1].strip()


def _replaced(inner: str, request: ScpRequest) -> str | Unresolved:
    if inner in _SIGNS:
        return inner
    with_default = _WITH_DEFAULT.fullmatch(inner)
    key = (with_default[1] if with_default else inner.strip()).lower()
    values = request.context.get(key, ())
    # A key with several values cannot be a variable.
    if len(values) == 1:
        return values[0]
    is_key = ":" in key
    is_unknown = is_key and not values and not request.is_complete and key not in request.absent
    if with_default and not is_unknown:
        return with_default[2]
    return Unresolved(f"${{{inner}}}", is_unknown)
