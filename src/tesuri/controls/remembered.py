"""What controls said of resources whose properties were the same: a recording repeats itself, and is judged once.

A judgement follows from the properties that a control reads, from the time where it asks for ages, and from nothing
else. What may follow from more (secret values, ages, leaves that are partly known) is not remembered.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import orjson

from tesuri.controls.compiled import CompiledControl
from tesuri.controls.evaluate import Examined, Judgement, judgement
from tesuri.expressions.chains import chains_read, names_read
from tesuri.model.resource import UNKNOWN, Change, Resource, Value

MOST_REMEMBERED: Final = 2_000
"""Different sets of properties that are kept for one group of controls: a set of large ones takes 8 kB."""

_VARIABLES: Final = frozenset({"now"})
"""What a requirement may read beside the resource."""

Judgements = tuple[Judgement | None, ...]
"""One for each control, in order; None where the resource passes."""
_Key = tuple[bytes | bool | None, ...]


class Remembered:
    """The judgements of some controls of one type of resource."""

    def __init__(self, controls: Sequence[CompiledControl]) -> None:
        self.controls = tuple(controls)
        self._reads = _properties(self.controls)
        self._known: dict[_Key, Judgements] = {}
        self._hits = 0

    def judgements(self, examined: Examined) -> Judgements:
        """Give what each control says of a resource."""
        key = self._key(examined.resource)
        if key is None:
            return self._judged(examined)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._begin_anew()
            found = self._known[key] = self._judged(examined)
        else:
            self._hits += 1
        return found

    def _begin_anew(self) -> None:
        """Forget everything; what hardly ever repeats itself is not worth remembering at all."""
        if self._hits < MOST_REMEMBERED:
            self._reads = None
        self._hits = 0
        self._known.clear()

    def _judged(self, examined: Examined) -> Judgements:
        return tuple([judgement(compiled, examined) for compiled in self.controls])

    def _key(self, resource: Resource) -> _Key | None:
        """Give what the judgements follow from; None where nobody can tell."""
        if self._reads is None or resource.sensitive:
            return None
        properties = resource.properties
        try:
            parts = [_written(properties, name) for name in self._reads]
        except (TypeError, RecursionError):
            # A leaf inside is not known, or is no JSON value.
            return None
        return (resource.change is Change.EXISTS, *parts)


def _written(properties: Mapping[str, Value], name: str) -> bytes | bool | None:
    """Give a property as bytes, None where it is absent, and false where it is not known."""
    if name not in properties:
        return None
    value = properties[name]
    return False if value is UNKNOWN else orjson.dumps(value)


def _properties(controls: Sequence[CompiledControl]) -> tuple[str, ...] | None:
    """Give every property that some controls can look at; None where that cannot be told."""
    found: set[str] = set()
    for compiled in controls:
        for tree in (compiled.require.tree, compiled.message.tree):
            chains = chains_read(tree)
            if chains is None or names_read(tree) & _VARIABLES:
                return None
            found.update(chain[0] for chain in chains)
    return tuple(sorted(found))
