"""Properties that nobody wrote get what AWS does then, so that an absent property is not an unknown one.

An absent list is an empty one; what else is documented is in the tables of `documented_defaults.py`. What a resource
takes from a snapshot, from its cluster or from an account is not assumed.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from tesuri.model.resource import UNKNOWN, Change, Unknown
from tesuri.model.resource_shape import resource_shape
from tesuri.subjects.aws.documented_defaults import DEFAULTS, INHERITED, OF_ITS_CLUSTER, PROVIDER
from tesuri.subjects.drafts import Draft
from tesuri.subjects.planned import Planned

_DECLARED: Final = "Declared"
_BY_AGE: Final = frozenset({"PublicAccessBlockConfiguration", "OwnershipControls"})
"""Defaults of buckets made since April 2023: nobody knows them for a bucket that was there before."""


@cache
def _flat(kind: str, provider_type: str) -> Mapping[str, Planned]:
    """Give the defaults of the resource's own properties; an absent list is an empty one."""
    lists: dict[str, Planned] = {
        name: [] for name, shape in (resource_shape(kind) or {}).items() if isinstance(shape, list)
    }
    own = {name: value for name, value in DEFAULTS.get(kind, {}).items() if "." not in name}
    provider = {
        name: value for name, value in PROVIDER.get(provider_type, {}).items() if "." not in name
    }
    return {**lists, **own, **provider}


@cache
def defaulted_names(kind: str) -> frozenset[str]:
    """Give the own properties of a type that have a default: lists, and what is documented."""
    return frozenset(_flat(kind, ""))


@cache
def _deep(kind: str, provider_type: str) -> tuple[tuple[tuple[str, ...], Planned], ...]:
    table = {**DEFAULTS.get(kind, {}), **PROVIDER.get(provider_type, {})}
    return tuple((tuple(path.split(".")), value) for path, value in table.items() if "." in path)


@cache
def _marks(names: frozenset[str]) -> frozenset[str]:
    return frozenset(f"/{name}" for name in names)


def fill_defaults(draft: Draft) -> None:
    """Add what nobody wrote to a draft, and mark it."""
    if draft.is_partial:
        return
    table = _flat(draft.type, draft.provider_type)
    for path, value in _deep(draft.type, draft.provider_type):
        _fill(draft.properties, path, value)
    properties = draft.properties
    if draft.type == "AWS::RDS::DBInstance" and "DBClusterIdentifier" in properties:
        table = {name: value for name, value in table.items() if name not in OF_ITS_CLUSTER}
    for name in _unwritten(draft):
        del properties[name]
    if _DECLARED in (resource_shape(draft.type) or {}) and _DECLARED not in properties:
        properties[_DECLARED] = _declared(draft)
    _inherit(draft)
    missing = table.keys() - properties.keys()
    for name in missing:
        properties[name] = table[name]
    for name in _not_told(draft, missing):
        properties[name] = UNKNOWN
    draft.defaults |= _marks(frozenset(missing))


def _inherit(draft: Draft) -> None:
    """Say of what comes from a snapshot or another source that nobody knows it."""
    name, sources = INHERITED.get(draft.type, ("", frozenset()))
    if any(draft.properties.get(one) is not None for one in sources):
        draft.properties.setdefault(name, UNKNOWN)


def _declared(draft: Draft) -> Planned:
    """Give the names of the properties that somebody wrote: a control may ask for them although the default is good."""
    found: list[Planned] = []
    for name, value in draft.properties.items():
        is_doubted = name in draft.unsure and isinstance(value, Unknown)
        found.append(UNKNOWN if is_doubted else name)
    return found


def _unwritten(draft: Draft) -> list[str]:
    """Give the unknown properties that nobody wrote: the plan only says that the provider computes them.

    They are absent in source and templates, too; what a part wrote, or may have written, stays unknown.
    """
    return [
        name
        for name, value in draft.properties.items()
        if isinstance(value, Unknown)
        and not value.flaw
        and f"/{name}" not in draft.joined
        and name not in draft.unsure
        and draft.is_set(name) is False
    ]


def _not_told(draft: Draft, missing: set[str]) -> Iterator[str]:
    """Give the missing properties whose default nobody may assume here."""
    is_old = draft.change in (Change.UPDATE, Change.NO_CHANGE)
    if draft.is_complete and not (is_old and draft.type == "AWS::S3::Bucket"):
        return
    for name in missing:
        is_by_age = is_old and draft.type == "AWS::S3::Bucket" and name in _BY_AGE
        if is_by_age or (not draft.is_complete and draft.is_set(name) is not False):
            yield name


def _fill(place: Planned, path: tuple[str, ...], value: Planned) -> None:
    """Add a default below objects that are there."""
    name = path[0].removesuffix("[]")
    if not isinstance(place, dict):
        return
    if len(path) == 1:
        # NOTE: a volume that is made of a snapshot is as encrypted as the snapshot.
        is_copy = name == "Encrypted" and place.get("SnapshotId") is not None
        place.setdefault(name, UNKNOWN if is_copy else value)
        return
    below = place.get(name)
    for part in below if isinstance(below, list) else [below]:
        _fill(part, path[1:], value)
