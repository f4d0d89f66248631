"""Which events tell of which resources, and what: the words of the tables in `cloudtrail_calls.py`.

An event tells what the call asked for and what it answered. Everything else of the resource is unknown, except where
the call makes the resource (then the rest has its default) or answers with a description of all of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tesuri.subjects.aws.recorded.shape import Properties, Rename, pick, shaped
from tesuri.untrusted.shape import text

Told = Callable[[object, object], Properties]
"""Request parameters and response elements → the properties that they tell."""


@dataclass(frozen=True, slots=True)
class EventMapping:
    """What the calls of some names do to one type of resource."""

    source: str
    """Service before .amazonaws.com."""
    events: tuple[str, ...]
    kind: str
    names: tuple[str, ...]
    """Fields of request or response, by path with dots, that name the resource; the first found wins. a+b is both."""
    told: Told
    each: tuple[str, ...] = ()
    """Path in the response to the resources, when one call makes several."""
    making: frozenset[str] = frozenset()
    """The calls that make the resource: what they do not say has its default."""
    describing: frozenset[str] = frozenset()
    """The calls that answer with all of the resource: what has no default and is not said is absent."""
    later: tuple[str, ...] = ()
    """Properties that only other calls can set: unknown, however much this one tells."""
    only_with: str = ""
    """Field that the request must have, where calls of two types share a name."""
    only_named: str = ""
    """What the name must contain, where one call is about several types."""


@dataclass(frozen=True, slots=True)
class Shaping:
    """Fits request and response to the type: the usual way."""

    kind: str
    renames: Mapping[str, Rename] = field(default_factory=dict)
    inside: tuple[str, ...] = ()
    """Where the response keeps the resource; the request has it at its top."""

    def __call__(self, request: object, response: object) -> Properties:
        """Give what both tell; the request wins, for it is what was asked."""
        answered = pick(response, *self.inside) if self.inside else response
        asked = pick(request, *self.inside) if self.inside else None
        found = shaped(self.kind, answered, self.renames)
        for part in (asked, request):
            told = shaped(self.kind, part, self.renames)
            found |= {key: value for key, value in told.items() if value not in ([], {})}
        return {key: value for key, value in found.items() if key != "Tags" or value}


def fixed(**properties: object) -> Told:
    """Give what always holds after a call: that it is off."""

    def told(_request: object, _response: object) -> Properties:
        return dict(properties)  # type: ignore[arg-type]  # written as values

    return told


def from_request(build: Callable[[object], Properties], *path: str) -> Told:
    """Give what a part of the request tells."""

    def told(request: object, _response: object) -> Properties:
        return build(pick(request, *path) if path else request)

    return told


def named(request: object, response: object, names: tuple[str, ...]) -> str:
    """Give the first name that a call tells of its resource."""
    for name in names:
        words = [_word(request, response, part) for part in name.split("+")]
        if all(words):
            return "/".join(words)
    return ""


def _word(request: object, response: object, name: str) -> str:
    path = name.split(".")
    return text(pick(response, *path)) or text(pick(request, *path))
