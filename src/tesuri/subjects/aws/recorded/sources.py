"""Which call of the provider's API tells of which resources: the words of the tables in `aws_live_…`.

A listing call gives the resources of a type. A detail call gives some properties of one of them. Without the answer of
its detail call a property is unknown; with an error that says "there is none" it has the value of having none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tesuri.subjects.aws.recorded.shape import Properties, Rename, shaped

Build = Callable[[object], Properties]


@dataclass(frozen=True, slots=True)
class Listing:
    """A call that lists resources."""

    operation: str
    path: tuple[str, ...]
    """To the list below the answer; "*" goes into each element, an empty path takes the answer itself."""
    kind: str
    names: tuple[str, ...]
    """Properties of an entry that name the resource; the first is its own id."""
    renames: Mapping[str, Rename] = field(default_factory=dict)
    is_passed_over: Callable[[object], str] = lambda _: ""
    """Why an entry is no resource of the customer: what the provider keeps, what is gone."""
    defaults: Mapping[str, object] = field(default_factory=dict)
    """Values of properties that an answer leaves out when they are off."""

    def build(self, entry: object) -> Properties:
        """Give the properties that an entry tells."""
        return shaped(self.kind, entry, self.renames)


@dataclass(frozen=True, slots=True)
class Detail:
    """A call about one resource."""

    operation: str
    kind: str
    parameters: tuple[str, ...]
    """Parameters, or fields of the answer, that name the resource."""
    fills: tuple[str, ...]
    """Properties that it tells."""
    build: Build
    absent: Mapping[str, Properties] = field(default_factory=dict)
    """Error code → what holds then."""
    is_whole: bool = False
    """Whether its answer alone makes a resource, when nobody listed it."""
    tells_one: bool = False
    """Whether each answer tells only the property that was asked for."""
