"""What controls said of resources whose properties were the same: a recording repeats itself, and is judged once.

A judgement follows from the properties that a control reads, from the time where it asks for ages, and from nothing
else. What may follow from more (secret values, ages) is not remembered.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from operator import itemgetter
from typing import Final

import orjson

from tesuri.controls.compiled import CompiledControl
from tesuri.controls.evaluate import Examined, Judgement, judgement
from tesuri.expressions.chains import chains_read, names_read
from tesuri.model.resource import Change, Resource, Unknown, Value

MOST_REMEMBERED: Final = 2_000
"""Different sets of properties that are kept for one control."""

_VARIABLES: Final = frozenset({"now"})
"""What a requirement may read beside the resource."""
_CHANGE: Final = "\0change"
_UNKNOWN: Final = "\0unknown"
"""No property is called so, and no member of one."""
_LONGEST: Final = 48
"""Bytes from which a digest stands for a property."""

Judgements = tuple[Judgement | None, ...]
"""One for each control, in order; None where the resource passes."""
_Written = Mapping[str, bytes | bool | None]


class Remembered:
    """The judgements of some controls of one type of resource."""

    def __init__(self, controls: Sequence[CompiledControl]) -> None:
        self.controls = tuple(controls)
        self._memories = tuple(_Memory(each) for each in self.controls)
        self._reads = frozenset[str]().union(*(each.reads or () for each in self._memories))

    def judgements(self, examined: Examined) -> Judgements:
        """Give what each control says of a resource."""
        written = self._written(examined.resource)
        return tuple([each.judged(examined, written) for each in self._memories])

    def _written(self, resource: Resource) -> _Written | None:
        """Give what the judgements follow from; None where nobody can tell."""
        if resource.sensitive:
            return None
        properties = resource.properties
        try:
            found: dict[str, bytes | bool | None] = {
                name: _written(properties, name) for name in self._reads
            }
        except (TypeError, RecursionError):
            # What stands in it is no JSON value.
            return None
        found[_CHANGE] = resource.change is Change.EXISTS
        return found


class _Memory:
    """What one control said."""

    def __init__(self, compiled: CompiledControl) -> None:
        self._compiled = compiled
        self.reads = _properties(compiled)
        """Every property that it can look at; None where that cannot be told."""
        self._key = itemgetter(_CHANGE, *(self.reads or ()))
        self._known: dict[object, Judgement | None] = {}
        self._hits = 0

    def judged(self, examined: Examined, written: _Written | None) -> Judgement | None:
        """Give what it says of a resource, of which some properties are written out."""
        if written is None or self.reads is None:
            return judgement(self._compiled, examined)
        key = self._key(written)
        if key in self._known:
            self._hits += 1
            return self._known[key]
        if len(self._known) >= MOST_REMEMBERED:
            self._begin_anew()
        found = self._known[key] = judgement(self._compiled, examined)
        return found

    def _begin_anew(self) -> None:
        """Forget everything; what hardly ever repeats itself is not worth remembering at all."""
        if self._hits < MOST_REMEMBERED:
            self.reads = None
        self._hits = 0
        self._known.clear()


def _written(properties: Mapping[str, Value], name: str) -> bytes | None:
    """Give a property as bytes, or a digest of them; None where it is absent."""
    if name not in properties:
        return None
    written = orjson.dumps(properties[name], _leaf)
    return written if len(written) <= _LONGEST else blake2b(written, digest_size=16).digest()


def _leaf(value: object) -> object:
    """Write what is not known, and what is known of it."""
    if isinstance(value, Unknown):
        return {_UNKNOWN: value.pieces}
    raise TypeError


def _properties(compiled: CompiledControl) -> tuple[str, ...] | None:
    found: set[str] = set()
    for tree in (compiled.require.tree, compiled.message.tree):
        chains = chains_read(tree)
        if chains is None or names_read(tree) & _VARIABLES:
            return None
        found.update(chain[0] for chain in chains)
    return tuple(sorted(found))
