"""What surveys keep of what no instant changes, and how it follows what was written.

What was made of all findings is not made again where some were written of: whoever made it says how to put the new state of
those in place of the old one. Nothing is changed in place, since others still read the last survey. Where nobody says how,
or the way gives up, it is made anew.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TypeVar, cast

from tesuri.model.clock import Clock
from tesuri.model.finding import Finding
from tesuri.model.identifiers import FindingKey

ValueT = TypeVar("ValueT")
KeyT = TypeVar("KeyT")


@dataclass(frozen=True, slots=True)
class Change:
    """What became otherwise from one register to the next, finding by finding."""

    before: Mapping[FindingKey, Finding]
    """Those that were written of, as they were, by key; new ones were not."""
    after: Mapping[FindingKey, Finding]
    """The same as they are, by key; what others took up is no finding any more."""
    clocks_before: Mapping[FindingKey, Clock]
    """All clocks as they were."""
    clocks: Mapping[FindingKey, Clock]
    """All clocks as they are."""

    @property
    def keys(self) -> AbstractSet[FindingKey]:
        """Give what was written of."""
        return self.before.keys() | self.after.keys()

    @property
    def findings(self) -> Iterable[Finding]:
        """Give them as they were, and as they are."""
        return (*self.before.values(), *self.after.values())


@dataclass(slots=True)
class Lasting:
    """What was made of findings, clocks and the workspace alone, by name."""

    _made: dict[object, object] = field(default_factory=dict)
    _earlier: tuple[Mapping[object, object], Change] | None = None
    """What was made before the last change, until `settle`."""

    def get(
        self,
        name: object,
        make: Callable[[], ValueT],
        follow: Callable[[ValueT, Change], ValueT | None] | None = None,
    ) -> ValueT:
        """Give what `make` makes, made once; what was made before the last change is followed where it can be."""
        if name not in self._made:
            followed = None if follow is None else self._followed(name, follow)
            self._made[name] = make() if followed is None else followed
        return cast(ValueT, self._made[name])

    def _followed(
        self, name: object, follow: Callable[[ValueT, Change], ValueT | None]
    ) -> ValueT | None:
        earlier = self._earlier
        if earlier is None or name not in earlier[0]:
            return None
        return follow(cast(ValueT, earlier[0][name]), earlier[1])

    def after(self, change: Change) -> "Lasting":
        """Give what follows from this by a change."""
        return Lasting({}, (self._made, change))

    def settle(self) -> None:
        """Forget what was before the last change: what nobody asked for since is made anew."""
        self._earlier = None


def patched(
    findings: tuple[Finding, ...],
    change: Change,
    keeps: Callable[[Finding], bool] = lambda _finding: True,
) -> tuple[Finding, ...]:
    """Give findings, by key, with the new state of what changed in place of the old; only those that it `keeps`.

    **cost** one copy, beside what changed.
    """
    renewed = list(findings)
    gone: list[int] = []
    fresh: list[Finding] = []
    after = change.after
    for key in sorted(change.keys):
        place = bisect_left(findings, key, key=lambda each: each.key)
        is_held = place < len(findings) and findings[place].key == key
        own = after.get(key)
        if own is not None and keeps(own):
            if is_held:
                renewed[place] = own
            else:
                fresh.append(own)
        elif is_held:
            gone.append(place)
    if gone:
        renewed = spliced_list(renewed, gone)
    is_sorted = not fresh or not renewed or renewed[-1].key < fresh[0].key
    renewed += fresh
    return tuple(renewed if is_sorted else sorted(renewed, key=lambda each: each.key))


def spliced_list(values: list[ValueT], gone: Iterable[int]) -> list[ValueT]:
    """Give a list without the values at these places, which rise."""
    kept: list[ValueT] = []
    start = 0
    for place in gone:
        kept += values[start:place]
        start = place + 1
    return kept + values[start:]


def sorted_out(
    findings: Iterable[Finding], read: Callable[[Finding], KeyT]
) -> Mapping[KeyT, Sequence[Finding]]:
    """Give findings by what is read of them, each in the order in which it came."""
    found: dict[KeyT, list[Finding]] = defaultdict(list)
    for each in findings:
        found[read(each)].append(each)
    return dict(found)


def sorted_anew(
    known: Mapping[KeyT, Sequence[Finding]], change: Change, read: Callable[[Finding], KeyT]
) -> Mapping[KeyT, Sequence[Finding]]:
    """Give what `sorted_out` gives of the same findings, by key, after a change."""
    found = dict(known)
    written = change.keys
    added = sorted_out(change.after.values(), read)
    for name in dict.fromkeys(map(read, change.findings)):
        kept = [each for each in found.get(name, ()) if each.key not in written]
        own = sorted([*kept, *added.get(name, ())], key=lambda each: each.key)
        if own:
            found[name] = own
        else:
            found.pop(name, None)
    return found
