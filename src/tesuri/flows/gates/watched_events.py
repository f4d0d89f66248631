"""Which controls watch an event, found out once for each name, and which events pass without being decoded.

An event passes unseen when another one did of which the controls read the same: they were asked then. Nothing else is
told so: an event on which any of them fails, or of which nobody can tell, is decoded and judged.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from tesuri.controls.compiled import CompiledControl
from tesuri.controls.remembered import Remembered
from tesuri.expressions.chains import Chain, chains_read, names_read
from tesuri.flows.gates.judge_resources import Gate
from tesuri.model.control import Point
from tesuri.subjects.cloudtrail.events import EventReader, Glance
from tesuri.subjects.cloudtrail.mapping import EventMapping
from tesuri.subjects.cloudtrail.resources import (
    EVENT,
    SIGN_IN,
    events_of_types,
    mappings_of,
    possible_kinds,
)
from tesuri.untrusted.json_members import Steps, Told
from tesuri.untrusted.shape import texts

_EVERY: Final = "*"

_MOST: Final = 20_000
"""Names of events, and different sets of what controls read of one, that are kept; then it begins anew."""

ReadParts = tuple[Told, ...]
"""What controls read of an event, as it is written."""


@dataclass(slots=True)
class Watch:
    """What is to be looked at when an event of one name tells something."""

    controls: Remembered
    """On the event itself."""
    mappings: tuple[EventMapping, ...]
    """What it tells of that some control watches here."""
    is_sign_in: bool
    steps: tuple[Steps, ...] | None
    """The members that the controls on the event read; None where that cannot be told of them."""
    _passing: set[ReadParts] = field(default_factory=set)

    def key(self, glance: Glance) -> ReadParts | None:
        """Give what the verdicts on the event itself follow from; None where it has to be decoded."""
        if self.steps is None or self.is_sign_in:
            return None
        return glance.told(self.steps)

    def is_passing(self, key: ReadParts | None) -> bool:
        """Whether an event of which the controls read the same passed all of them."""
        return key in self._passing

    def remember(self, key: ReadParts | None) -> None:
        """Keep that an event passed all of them."""
        if key is not None:
            if len(self._passing) >= _MOST:
                self._passing.clear()
            self._passing.add(key)


class Watches:
    """Which controls of a gate look at what an event tells."""

    def __init__(self, gate: Gate) -> None:
        self._controls = gate.controls
        self._seen: dict[tuple[str, str], Watch] = {}
        self._of: dict[tuple[str, str], Remembered] = {}
        reads = (_chains((one,)) or () for one in gate.controls.get(EVENT, ()))
        self.reader = EventReader(chain.from_iterable(reads))

    def of(self, kind: str, name: str) -> Remembered:
        """Give the controls that look at a type of resource when an event of some name tells of it."""
        found = self._of.get((kind, name))
        if found is None:
            found = self._of[kind, name] = Remembered(
                [one for one in self._controls.get(kind, ()) if _is_watching(one, name)]
            )
        return found

    def watch(self, name: str, source: str) -> Watch:
        """Give what is to be looked at when an event of a service tells something."""
        found = self._seen.get((name, source))
        if found is None:
            if len(self._seen) >= _MOST:
                self._seen.clear()
            found = self._seen[name, source] = self._made(name, source)
        return found

    def _made(self, name: str, source: str) -> Watch:
        controls = self.of(EVENT, name)
        chains = _chains(controls.controls)
        mappings = mappings_of(name, source)
        return Watch(
            controls=controls,
            mappings=tuple(one for one in mappings if self._is_watched(one, name)),
            is_sign_in=name == SIGN_IN,
            steps=None if chains is None else self._steps(chains),
        )

    def _is_watched(self, one: EventMapping, name: str) -> bool:
        return any(self.of(kind, name).controls for kind in possible_kinds(one))

    def _steps(self, chains: Collection[Chain]) -> tuple[Steps, ...] | None:
        found = [self.reader.steps(path) for path in sorted(chains)]
        known = tuple([steps for steps in found if steps is not None])
        return known if len(known) == len(found) else None


def wanted_events(gate: Gate) -> frozenset[str] | None:
    """Give the names of the events that some control watches; None when one watches them all."""
    wanted: set[str] = set()
    for kind, controls in gate.controls.items():
        for compiled in controls:
            names = _named(compiled)
            if names == () and kind == EVENT:
                return None
            wanted.update(names or events_of_types(frozenset({kind})))
    return None if _EVERY in wanted else frozenset(wanted)


def _is_watching(compiled: CompiledControl, name: str) -> bool:
    names = _named(compiled)
    return not names or name in names or _EVERY in names


def _named(compiled: CompiledControl) -> tuple[str, ...]:
    return texts(compiled.control.points.get(Point.EVENT, {}), "on")


def _chains(controls: Iterable[CompiledControl]) -> frozenset[Chain] | None:
    """Give what some requirements read of an event; None where one reads all of it, or the time."""
    found: set[Chain] = set()
    for compiled in controls:
        chains = chains_read(compiled.require.tree)
        if chains is None or "now" in names_read(compiled.require.tree):
            return None
        found |= chains
    return frozenset(found)
