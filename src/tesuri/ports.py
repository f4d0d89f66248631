"""What the flows need of the outside world, as Protocols. `wiring` brings the adapters."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tesuri.model.decision import Decision
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import FindingKey, GroupKey, Identity
from tesuri.model.signal import Feed, FeedHeader, Signals
from tesuri.model.standing import ReportFigures, ScanPlace, Standing, Unseen
from tesuri.triage.aliases import Aliases

Clock = Callable[[], datetime]
"""Gives the present instant, aware UTC."""


@dataclass(frozen=True, slots=True)
class GroupName:
    """A group's key and titles as stored."""

    key: GroupKey
    text: str
    title: str
    title_ja: str


@dataclass(frozen=True, slots=True)
class ScanLine:
    """One recorded scan of a scope."""

    tool: str
    target: str
    configuration: str
    scanned_at: datetime
    is_complete: bool


class Reader(Protocol):
    """Questions to the store; every answer is of one consistent moment."""

    def findings(self, states: Sequence[State] | None = None) -> Sequence[Finding]:
        """Give every episode, past ones too, in these states (all without), by key."""
        ...

    def finding(self, key: FindingKey) -> Finding | None:
        """Give one finding, current or past episode; None when there is none."""
        ...

    def findings_by_key(self, keys: Iterable[FindingKey]) -> Sequence[Finding]:
        """Give these findings, by key; unknown keys are left out."""
        ...

    def group_findings(self, key: GroupKey) -> Sequence[Finding]:
        """Give every finding of a group, past episodes too, by key."""
        ...

    def groups(self, keys: Iterable[GroupKey] | None = None) -> Mapping[GroupKey, GroupName]:
        """Give the names of groups."""
        ...

    def decisions(self, keys: Iterable[int]) -> Mapping[int, Decision]:
        """Give stored decisions by key."""
        ...

    def events(
        self,
        *,
        findings: Iterable[FindingKey] | None = None,
        kinds: Iterable[EventKind] | None = None,
        newest: int | None = None,
    ) -> Sequence[Event]:
        """Give journal events in the order of writing; `newest` keeps the last that many."""
        ...

    def scans(self) -> Sequence[ScanLine]:
        """Give every scan, by scope and time."""
        ...

    def signals(self, id_sets: Sequence[tuple[str, ...]]) -> Sequence[Signals]:
        """Give what the newest feeds say of each set of advisory ids, in their order."""
        ...

    def feeds(self) -> Sequence[FeedHeader]:
        """Give the newest snapshot of each feed."""
        ...

    def aliases(self, names: Iterable[str]) -> Aliases:
        """Give the canonical ids of these advisories, as learnt so far."""
        ...

    def skipped_records(self) -> int:
        """Give how many records could not be read in the newest scan of each scope."""
        ...

    def recorded_at(self) -> datetime | None:
        """Give when the journal was last written; None when it is empty."""
        ...


class Writer(Reader, Protocol):
    """One transaction of the store: all of it is kept, or nothing."""

    def secret_key(self) -> bytes:
        """Give this store's own key for hashing secrets, made at first use."""
        ...

    def place_scan(
        self,
        *,
        tool: str,
        target: str,
        configuration: str,
        scanned_at: datetime | None,
        content: str,
        is_complete: bool,
    ) -> ScanPlace:
        """Find or make the scan that a report belongs to."""
        ...

    def has_report(self, scan: int, digest: str) -> bool:
        """Whether this very file is already part of this scan."""
        ...

    def add_report(self, scan: int, figures: ReportFigures) -> None:
        """Keep what a report said of itself."""
        ...

    def learn_aliases(self, sets: Iterable[tuple[str, ...]]) -> Aliases:
        """Learn which advisory ids mean the same; an id keeps the canonical one it was given."""
        ...

    def stage(self, identities: Iterable[Identity], scan: int) -> None:
        """Hold the identities of the report at hand for `standings`; they are a part of the scan."""
        ...

    def standings(self, scope: int) -> Mapping[Identity, Standing]:
        """Give what is known of the staged identities."""
        ...

    def unseen(self, place: ScanPlace) -> Sequence[Unseen]:
        """Give what the scope saw before, and neither a part of the scan nor a later scan has."""
        ...

    def group_keys(self, titles: Mapping[str, tuple[str, str]]) -> Mapping[str, GroupKey]:
        """Find or make groups by their text key; titles are English and Japanese."""
        ...

    def decision_keys(self, decisions: Iterable[Decision]) -> Mapping[Decision, int]:
        """Store each distinct decision once and give the keys."""
        ...

    def reserve_findings(self, count: int) -> FindingKey:
        """Take `count` consecutive finding keys and give the first."""
        ...

    def add_feed(self, feed: Feed) -> bool:
        """Keep a feed's snapshot; False when this very file is known."""
        ...

    def append(self, events: Sequence[Event]) -> None:
        """Write events to the journal and bring the current rows up to date."""
        ...


class Rehearsal(Writer, Protocol):
    """One transaction of which nothing is kept: it shows what a writer would change."""

    @property
    def appended(self) -> Sequence[Event]:
        """Give the events that it would have written so far, in their order."""
        ...


class Store(Protocol):
    """The store, opened."""

    def read(self) -> AbstractContextManager[Reader]:
        """Open one consistent reading."""
        ...

    def write(self, recorded_at: datetime) -> AbstractContextManager[Writer]:
        """Open one transaction whose events carry this time of recording."""
        ...

    def rehearse(self, recorded_at: datetime) -> AbstractContextManager[Rehearsal]:
        """Open one transaction that is always taken back at its end."""
        ...
