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
from typing import NamedTuple

from tesuri.model.identifiers import Identity
from tesuri.model.observation import Kind, Observation
from tesuri.model.ownership import Ownership
from tesuri.model.standing import ScanPlace
from tesuri.model.workspace import Workspace
from tesuri.ports import Writer
from tesuri.routing.ownership import asset_owner
from tesuri.routing.targets import asset_of_target, index_targets
from tesuri.triage.fingerprint import group_key, identity_of, is_numbered
from tesuri.triage.masking import mask
from tesuri.triage.stored_form import StoredForm, hide, stored_form
from tesuri.triage.work_title import work_titles


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
    is_undeployed: bool = False
    """Verdicts on a change: neutral in every budget, and every run that shows them is written down."""


class Seen(NamedTuple):
    """One identity of the report, with all that its row needs; a tuple, because there are a million of them."""

    identity: Identity
    observation: Observation
    asset: str
    owner: Ownership
    canonical: str


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
        self._secret_key = writer.secret_key()
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

    def recognise(self, observations: Sequence[Observation]) -> Recognised:
        """Give the identities of the next batch. **raises** NeedsForeknowledge."""
        self._batches += 1
        self._learn(observations)
        plain = [self._plain(each) for each in observations]
        every = self._numbered(plain)
        unique: dict[Identity, Seen] = {}
        for seen in self._speaking(plain, every):
            before = unique.get(seen.identity)
            if before is not None:
                self.shared.add(seen.identity)
            if before is None or _is_worse(seen.observation, before.observation):
                unique[seen.identity] = seen
        again = self._earlier.keys() & unique.keys()
        self.shared |= again
        for key in again:
            if unique.pop(key).observation.severity.rank < self._earlier[key]:
                raise NeedsForeknowledge
        for key, seen in unique.items():
            self._earlier[key] = seen.observation.severity.rank
        identities = [seen.identity for seen in every]
        return Recognised(list(unique.values()), len(observations) - len(unique), identities)

    def foresee(self, observations: Iterable[Observation], known: Foreknowledge) -> None:
        """Add what a batch tells of the others: names of advisories, and lines."""
        for each in observations:
            if each.advisories:
                known.advisories.add(each.advisories)
            if is_numbered(each):
                known.lines[self._plain(each).identity].add(each.place.line)

    def foresee_worst(self, observations: Sequence[Observation], known: Foreknowledge) -> None:
        """Add which records speak, once every name of an advisory is known."""
        self._learn(observations)
        for each in observations:
            key, rank = _alone(self._plain(each)), each.severity.rank
            known.worst[key] = min(rank, known.worst.get(key, rank))

    def check(self) -> None:
        """Make sure that no batch would have been recognised otherwise. **raises** NeedsForeknowledge."""
        if self._batches < 2 or self._foreknown is not None:
            return
        final = self._writer.aliases_at_once()
        for (rule, advisories), name in self._named.items():
            if final.canonical(rule, advisories) != name:
                raise NeedsForeknowledge

    def identities(self) -> AbstractSet[Identity]:
        """Give every identity of the report so far, each once."""
        return self._earlier.keys()

    def _learn(self, observations: Sequence[Observation]) -> None:
        pairs = {
            (each.rule, each.advisories)
            for each in observations
            if each.advisories or each.kind is Kind.VULNERABILITY
        }
        fresh = pairs - self._named.keys()
        if fresh:
            aliases = self._writer.learn_aliases({names for _, names in fresh if names})
            self._named.update((pair, aliases.canonical(*pair)) for pair in fresh)

    def _plain(self, observation: Observation) -> Seen:
        asset, owner = self._place(observation.target)
        canonical = ""
        if observation.kind is Kind.VULNERABILITY:
            canonical = self._named.get((observation.rule, observation.advisories), "")
        elif observation.kind is Kind.MISCONFIGURATION:
            canonical = self._workspace.rule_controls.get(observation.rule, "")
        identity = identity_of(
            observation,
            asset=asset,
            canonical_advisory=canonical,
            secret_key=self._secret_key,
        )
        return Seen(identity, observation, asset, owner, canonical)

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
        numbered = [seen for seen in plain if is_numbered(seen.observation)]
        if not numbered:
            return plain
        self.numbered.update(seen.identity for seen in numbered)
        lines = self._lines(numbered)
        several = {key: sorted(found) for key, found in lines.items() if len(found) > 1}
        if not several:
            return plain
        given = [
            self._with_number(seen, several[seen.identity].index(seen.observation.place.line))
            if seen.identity in several and is_numbered(seen.observation)
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
            if seen.observation.severity.rank == worst[_alone(before)]
        ]

    def _lines(self, numbered: Sequence[Seen]) -> Mapping[Identity, set[int]]:
        if self._foreknown is not None:
            return {seen.identity: self._foreknown.lines[seen.identity] for seen in numbered}
        lines: dict[Identity, set[int]] = {}
        for seen in numbered:
            if seen.identity in self._earlier:
                raise NeedsForeknowledge
            lines.setdefault(seen.identity, set()).add(seen.observation.place.line)
        return lines

    def _with_number(self, seen: Seen, ordinal: int) -> Seen:
        identity = identity_of(
            seen.observation,
            asset=seen.asset,
            canonical_advisory=seen.canonical,
            secret_key=self._secret_key,
            ordinal=ordinal,
        )
        return seen._replace(identity=identity)


class Named(NamedTuple):
    """What is stored of an observation, and the key and the English and Japanese title of its group."""

    form: StoredForm
    group: str
    titles: tuple[str, str]


class Naming:
    """Names the groups of findings: their keys, and what a person does about them."""

    def __init__(self, titles: Mapping[str, tuple[str, str]], secret_key: bytes) -> None:
        """Take titles by rule that are better than what can be told from an observation."""
        self._titles = titles
        self._secret_key = secret_key

    def named(self, seen: Seen) -> Named:
        """Give what is stored of an observation, and the group that it belongs to."""
        observation, team = seen.observation, seen.owner.team or ""
        text = group_key(
            observation, canonical_advisory=seen.canonical, secret_key=self._secret_key
        )
        given = self._titles.get(observation.rule)
        titles = given or work_titles(observation)
        form = stored_form(observation, (text, *titles))
        if form.is_plain:
            return Named(form, f"{team}|{text}", titles)
        english, japanese = (hide(each, observation.secret) for each in titles)
        return Named(form, f"{team}|{mask(text)}", given or (english, japanese))


def _alone(plain: Seen) -> tuple[Identity, int]:
    """Give what tells findings apart before they have numbers."""
    line = plain.observation.place.line if is_numbered(plain.observation) else 0
    return plain.identity, line


def _is_worse(one: Observation, other: Observation) -> bool:
    return one.severity.rank < other.severity.rank
