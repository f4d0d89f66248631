"""Clock facts by finding, with findings that turned out to be one told together; undone, they are two again."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from tesuri.budgets.joint_history import joint_facts
from tesuri.model.clock import ClockFact, Decided
from tesuri.model.event import Event, EventKind
from tesuri.model.identifiers import FindingKey

JOIN_KINDS = (EventKind.MERGED, EventKind.UNMERGED)
"""Events that join histories or part them."""


@dataclass(frozen=True, slots=True)
class _Join:
    """Another finding that one took up."""

    position: int
    """How many facts the one had then."""
    other: FindingKey


@dataclass(slots=True)
class Histories:
    """The facts of each finding alone, and which of them belong together."""

    facts: dict[FindingKey, list[ClockFact]] = field(default_factory=lambda: defaultdict(list))
    _joins: dict[FindingKey, list[_Join]] = field(default_factory=lambda: defaultdict(list))
    merged: set[FindingKey] = field(default_factory=set)
    """Those that others took up: they have no clock of their own."""

    def join(self, key: FindingKey, event: Event) -> None:
        """Take one of `JOIN_KINDS` of a finding in, in the order of writing of each finding."""
        payload = event.payload
        is_merged = event.kind is EventKind.MERGED
        if "into" in payload:
            (self.merged.add if is_merged else self.merged.discard)(key)
        if "merged" in payload:
            other = FindingKey(int(str(payload["merged"])))
            if is_merged:
                self._joins[key].append(_Join(len(self.facts[key]), other))
            else:
                self._part(key, other)

    def _part(self, key: FindingKey, other: FindingKey) -> None:
        """Forget the joining, and what was decided of both together since."""
        joins, facts = self._joins[key], self.facts[key]
        place = max((n for n, join in enumerate(joins) if join.other == other), default=None)
        if place is None:
            return
        start = joins[place].position

        def kept(since: Iterable[ClockFact]) -> list[ClockFact]:
            return [fact for fact in since if not isinstance(fact, Decided)]

        later = [
            _Join(start + len(kept(facts[start : join.position])), join.other)
            for join in joins[place + 1 :]
        ]
        self._joins[key] = [*joins[:place], *later]
        self.facts[key] = [*facts[:start], *kept(facts[start:])]

    def members(self, keys: Iterable[FindingKey]) -> set[FindingKey]:
        """Give the findings that these took up, and those that they had taken up."""
        found: set[FindingKey] = set()
        rest = list(keys)
        while rest:
            fresh = {join.other for join in self._joins.get(rest.pop(), ())} - found
            found |= fresh
            rest += fresh
        return found

    def whole(self, key: FindingKey) -> list[ClockFact]:
        """Give the facts of a finding with those of all that it took up."""
        own = self.facts.get(key, [])
        joins = self._joins.get(key)
        if not joins:
            return own
        told: list[ClockFact] = []
        start = 0
        for join in joins:
            told = joint_facts([*told, *own[start : join.position]], self.whole(join.other))
            start = join.position
        return [*told, *own[start:]]
