"""Resources under construction: what a reader made of one entry, before parts are joined and defaults filled.

A plan, a folder of HCL and a template all become drafts; `aws_joins.py` and `aws_defaults.py` work on these, so that
related resources come together in one way for every input.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tesuri.model.resource import UNKNOWN, Change, Origin, Resource
from tesuri.subjects.planned import Planned, plain

Locate = Callable[[str], Origin]
"""Property pointer → where it is written."""
Link = Callable[[str, str], tuple[str, ...]]
"""Property and type → addresses of the resources of that type that the property means."""
IsSet = Callable[[str], bool | None]
"""Whether somebody wrote a property; None when the input does not tell."""


@dataclass(slots=True)
class Draft:
    """One resource before it is finished."""

    type: str
    address: str
    properties: dict[str, Planned]
    origin: Origin
    locate: Locate
    link: Link
    is_set: IsSet
    provider_type: str = ""
    change: Change = Change.EXISTS
    tags: Mapping[str, str] = field(default_factory=dict)
    module: str = ""
    is_complete: bool = True
    """False when the input leaves out what is not known: an absent property may be set."""
    is_partial: bool = False
    """A part of a resource that the input does not hold: all else of it is unknown."""
    is_secret: bool = True
    """Whether some leaf may be marked as secret."""
    told: frozenset[str] = frozenset()
    """Of a partial whole: the properties that parts may write."""
    joined: dict[str, "Joined"] = field(default_factory=dict)
    """Property pointer → the part that was joined there."""
    defaults: frozenset[str] = frozenset()
    arn: str = ""
    """Where the input tells it."""
    unsure: set[str] = field(default_factory=set)
    """Properties that a part may write which could belong to any of several resources: they have no default."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Where a part of a resource came from."""

    locate: Locate
    pointer: str = ""
    """Property pointer in the part."""


class Origins(Mapping[str, Origin]):
    """Where each property of a resource is written, worked out when somebody asks."""

    __slots__ = ("_joined", "_locate")

    def __init__(self, locate: Locate, joined: Mapping[str, Joined]) -> None:
        self._locate = locate
        self._joined = joined

    def __getitem__(self, pointer: str) -> Origin:
        if not pointer.startswith("/"):
            raise KeyError(pointer)
        prefix = pointer
        while prefix:
            if part := self._joined.get(prefix):
                return part.locate(part.pointer + pointer.removeprefix(prefix))
            prefix = prefix.rpartition("/")[0]
        return self._locate(pointer)

    def __iter__(self) -> Iterator[str]:
        return iter(self._joined)

    def __len__(self) -> int:
        return len(self._joined)


def doubt(draft: Draft, name: str) -> None:
    """Make unknown what a part may or may not write: nobody can tell to which resource the part belongs."""
    present = draft.properties.get(name)
    draft.unsure.add(name)
    if isinstance(present, list):
        draft.properties[name] = [*present, UNKNOWN]
    elif present is None:
        draft.properties[name] = UNKNOWN


def finished(
    draft: Draft, *, account: str = "", arn: str = "", seen_at: datetime | None = None
) -> Resource:
    """Give the resource that a draft became; what runs stands in an account, and was seen at a time."""
    secrets: set[str] = set()
    properties = plain(draft.properties, secrets) if draft.is_secret else draft.properties
    return Resource(
        type=draft.type,
        address=draft.address,
        properties=properties,  # type: ignore[arg-type] # a draft without secrets holds plain values only
        change=draft.change,
        provider_type=draft.provider_type,
        tags=draft.tags,
        module=draft.module,
        origin=draft.origin,
        origins=Origins(draft.locate, draft.joined),
        defaults=draft.defaults,
        sensitive=frozenset(secrets),
        account=account,
        arn=arn or draft.arn,
        seen_at=seen_at,
        told=_told(draft),
    )


def _told(draft: Draft) -> frozenset[str]:
    if not draft.told:
        return draft.told
    known = (name for name, value in draft.properties.items() if value is not UNKNOWN)
    return draft.told.union(known)
