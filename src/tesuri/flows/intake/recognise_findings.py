"""Say of each record of a report which finding it is: identity, asset, owner, group.

A report comes in batches. Three things about a record can depend on records of another batch: under which name its
advisory is known, which number it has among equal weaknesses of a file, and whether a worse record of the same finding
speaks in its place. `Foreknowledge` tells them beforehand; without it, what turns out to depend on another batch is
refused with `NeedsForeknowledge`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import count
from typing import NamedTuple

import msgspec

from tesuri.model.identifiers import Identity
from tesuri.model.observation import Kind, Observation
from tesuri.model.ownership import Ownership
from tesuri.model.standing import ScanPlace
from tesuri.model.workspace import Workspace
from tesuri.ports import Writer
from tesuri.routing.ownership import asset_owner
from tesuri.routing.targets import asset_of_target, index_targets
from tesuri.triage.fingerprint import identity_after, identity_beginning
from tesuri.triage.gist import Gist, Gists, Traits
from tesuri.triage.masking import mask, shows_nothing


@dataclass(frozen=True, slots=True)
class Arrival:
    """The observations of one report, or some of them, and the scan that they belong to."""

    observations: Sequence[Observation]
    tool: str
    target: str
    place: ScanPlace
    is_complete: bool
    owners: Mapping[str, Ownership] = field(default_factory=dict)
    """By target, where the caller knows better than the inventory."""
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """By rule: the English and Japanese title of its group, where the caller has better ones."""
    rules: frozenset[str] = frozenset()
    """Rules that ran; empty where nobody knows, and every rule may have."""
    is_undeployed: bool = False
    """Verdicts on a change: neutral in every budget, and every run that shows them is written down."""
    form: str = ""
    """Name of the report's format; empty where it is none."""
    has_other_forms: bool = False
    """Reports of this tool and target come in another form too, which tells the same in other words."""


class Placed(msgspec.Struct, frozen=True, eq=False, gc=False):
    """Traits with what the workspace and the store say of them; one for all findings of a batch that have them."""

    traits: Traits
    rank: int
    """Of their severity."""
    asset: str
    owner: Ownership
    canonical: str
    beginning: blake2b
    """Of their identities."""


class Seen(NamedTuple):
    """One identity of the report, with all that its row needs; a tuple, because there are a million of them."""

    identity: Identity
    gist: Gist
    placed: Placed


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a batch holds: each identity once, in the order of the report."""

    first: Sequence[Seen]
    """Not in an earlier batch of the report."""
    merged: int
    """Records that are no identity of their own."""
    identities: Sequence[Identity]
    """One for each record, in their order."""


@dataclass(slots=True)
class Foreknowledge:
    """What batches have to know of each other; collected in a reading of its own, where it is needed."""

    advisories: set[tuple[str, ...]] = field(default_factory=set)
    lines: dict[Identity, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Of numbered weaknesses, by their identity without a number."""
    worst: dict[tuple[Identity, int], int] = field(default_factory=dict)
    """Rank of the worst severity of each finding, by its identity without a number and its line where it has one."""


class NeedsForeknowledge(Exception):
    """What a batch holds depends on another one."""


class Recognition:
    """Recognises the records of one report; what repeats is looked up once."""

    def __init__(
        self,
        arrival: Arrival,
        writer: Writer,
        workspace: Workspace,
        known: Foreknowledge | None = None,
    ) -> None:
        """Take the report's scan; `arrival.observations` are not looked at here."""
        self._arrival = arrival
        self._writer = writer
        self._workspace = workspace
        self._foreknown = known
        self._links = writer.identity_links()
        self._targets = index_targets(workspace.assets)
        self._places: dict[str, tuple[str, Ownership]] = {}
        self._named: dict[tuple[str, tuple[str, ...]], str] = {}
        self._earlier: dict[Identity, int] = {}
        """With the rank of the severity that each was taken in with."""
        self._batches = 0
        self.shared: set[Identity] = set()
        """Findings that more than one record decides about."""
        self.numbered: set[Identity] = set()
        """Of weaknesses that may be numbered, without their numbers."""
        if known is not None:
            writer.learn_aliases(known.advisories)

    def recognise(self, gists: Gists) -> Recognised:
        """Give the identities of the next batch. **raises** NeedsForeknowledge."""
        self._batches += 1
        plain = self._plain(gists)
        every = self._numbered(plain)
        unique: dict[Identity, Seen] = {}
        for seen in self._speaking(plain, every):
            before = unique.setdefault(seen.identity, seen)
            if before is not seen:
                self.shared.add(seen.identity)
                if seen.placed.rank < before.placed.rank:
                    unique[seen.identity] = seen
        again = self._earlier.keys() & unique.keys()
        self.shared |= again
        for key in again:
            if unique.pop(key).placed.rank < self._earlier[key]:
                raise NeedsForeknowledge
        self._earlier.update((key, seen.placed.rank) for key, seen in unique.items())
        identities = [seen.identity for seen in every]
        return Recognised(list(unique.values()), len(identities) - len(unique), identities)

    def foresee(self, gists: Gists, known: Foreknowledge) -> None:
        """Add what a batch tells of the others: names of advisories, and lines."""
        known.advisories.update(each.advisories for each in gists.traits if each.advisories)
        if any(each.is_numbered for each in gists.each):
            for seen in self._plain(gists, is_learning=False):
                if seen.gist.is_numbered:
                    known.lines[seen.identity].add(seen.gist.line)

    def foresee_worst(self, gists: Gists, known: Foreknowledge) -> None:
        """Add which records speak, once every name of an advisory is known."""
        for seen in self._plain(gists):
            key, rank = _alone(seen), seen.placed.rank
            known.worst[key] = min(rank, known.worst.get(key, rank))

    def check(self) -> None:
        """Make sure that no batch would have been recognised otherwise. **raises** NeedsForeknowledge."""
        if self._batches < 2 or self._foreknown is not None:
            return
        final = self._writer.aliases_at_once()
        for (rule, advisories), name in self._named.items():
            if final.canonical(rule, advisories) != name:
                raise NeedsForeknowledge

    def rename(self, names: Mapping[Identity, Identity]) -> None:
        """Take note that what was recognised under some identities are findings of others."""
        ranks = [(names[each], self._earlier.pop(each)) for each in names if each in self._earlier]
        for identity, rank in ranks:
            self._earlier[identity] = min(rank, self._earlier.get(identity, rank))

    def also(self, names: Mapping[Identity, Identity]) -> None:
        """Take note that what was recognised under some identities are findings of others as well."""
        self._earlier.update((names[each], self._earlier[each]) for each in names)

    def free_number(self, seen: Seen, taken: AbstractSet[Identity]) -> Identity:
        """Give a numbered weakness the first number that leads to none of the taken findings."""
        for ordinal in count():
            identity = identity_after(seen.placed.beginning, seen.gist.tail, ordinal)
            identity = self._links.get(identity, identity)
            if identity not in taken:
                break
        return identity

    def identities(self) -> AbstractSet[Identity]:
        """Give every identity of the report so far, each once."""
        return self._earlier.keys()

    def _learn(self, traits: Iterable[Traits]) -> None:
        pairs = {
            (each.rule, each.advisories)
            for each in traits
            if each.advisories or each.kind is Kind.VULNERABILITY
        }
        fresh = pairs - self._named.keys()
        if fresh:
            aliases = self._writer.learn_aliases({names for _, names in fresh if names})
            self._named.update((pair, aliases.canonical(*pair)) for pair in fresh)

    def _plain(self, gists: Gists, *, is_learning: bool = True) -> list[Seen]:
        """Give each with its identity, not numbered yet."""
        if is_learning:
            self._learn(gists.traits)
        places = [self._placed(each) for each in gists.traits]
        plain = [
            Seen(
                identity_after(
                    (placed := places[gist.traits]).beginning,
                    gist.tail,
                    0 if gist.is_numbered else None,
                ),
                gist,
                placed,
            )
            for gist in gists.each
        ]
        return [self._linked(seen) for seen in plain] if self._links else plain

    def _linked(self, seen: Seen) -> Seen:
        linked = self._links.get(seen.identity)
        return seen if linked is None else seen._replace(identity=linked)

    def _placed(self, traits: Traits) -> Placed:
        asset, owner = self._place(traits.target)
        canonical = ""
        if traits.kind is Kind.VULNERABILITY:
            canonical = self._named.get((traits.rule, traits.advisories), "")
        elif traits.kind is Kind.MISCONFIGURATION:
            canonical = self._workspace.rule_controls.get(traits.rule, "")
        beginning = identity_beginning(traits.kind, asset, traits.head_named(canonical))
        return Placed(traits, traits.severity.rank, asset, owner, canonical, beginning)

    def _place(self, named: str) -> tuple[str, Ownership]:
        known = self._places.get(named)
        if known is None:
            target = named or self._arrival.target
            asset = asset_of_target(mask(target), self._targets)
            owner = self._arrival.owners.get(target) or asset_owner(asset, self._workspace)
            known = self._places[named] = (asset.id, owner)
        return known

    def _numbered(self, plain: Sequence[Seen]) -> Sequence[Seen]:
        """Number equal weaknesses of a file by their lines, whatever the order of the report."""
        numbered = [seen for seen in plain if seen.gist.is_numbered]
        if not numbered:
            return plain
        self.numbered.update(seen.identity for seen in numbered)
        lines = self._lines(numbered)
        several = {key: sorted(found) for key, found in lines.items() if len(found) > 1}
        if not several:
            return plain
        given = [
            self._with_number(seen, several[seen.identity].index(seen.gist.line))
            if seen.identity in several and seen.gist.is_numbered
            else seen
            for seen in plain
        ]
        self.shared.update(
            now.identity
            for now, before in zip(given, plain, strict=True)
            if before.identity in several
        )
        return given

    def _speaking(self, plain: Sequence[Seen], every: Sequence[Seen]) -> Iterable[Seen]:
        """Give those of which no other batch has a worse record."""
        if self._foreknown is None:
            return every
        worst = self._foreknown.worst
        return [
            seen
            for seen, before in zip(every, plain, strict=True)
            if seen.placed.rank == worst[_alone(before)]
        ]

    def _lines(self, numbered: Sequence[Seen]) -> Mapping[Identity, set[int]]:
        if self._foreknown is not None:
            return {seen.identity: self._foreknown.lines[seen.identity] for seen in numbered}
        lines: dict[Identity, set[int]] = {}
        for seen in numbered:
            if seen.identity in self._earlier:
                raise NeedsForeknowledge
            lines.setdefault(seen.identity, set()).add(seen.gist.line)
        return lines

    def _with_number(self, seen: Seen, ordinal: int) -> Seen:
        identity = identity_after(seen.placed.beginning, seen.gist.tail, ordinal)
        return seen._replace(identity=self._links.get(identity, identity))


class Grouped(NamedTuple):
    """Under which key the findings of a batch are grouped, and what the groups are called."""

    keys: Mapping[Placed, str]
    titles: Mapping[str, tuple[str, str]]
    """English and Japanese, by key: of each group the last one."""


def name_groups(opening: Sequence[Seen], given: Mapping[str, tuple[str, str]]) -> Grouped:
    """Name the groups of findings; `given` are titles by rule that are better than what an observation tells."""
    texts = {
        each: each.traits.group_key(each.canonical)
        for each in dict.fromkeys(seen.placed for seen in opening)
    }
    # Nearly always there is nothing to hide in any of them, and one look at all of them tells.
    distinct = set(texts.values())
    is_plain = shows_nothing("\n".join(distinct))
    hidden = {} if is_plain else {text: mask(text) for text in distinct}
    keys = {
        each: f"{each.owner.team or ''}|{hidden.get(text, text)}" for each, text in texts.items()
    }
    titles = {
        keys[placed]: given.get(placed.traits.rule) or (gist.texts.english, gist.texts.japanese)
        for _, gist, placed in opening
    }
    return Grouped(keys, titles)


def _alone(plain: Seen) -> tuple[Identity, int]:
    """Give what tells findings apart before they have numbers."""
    return plain.identity, plain.gist.line if plain.gist.is_numbered else 0
