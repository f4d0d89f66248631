"""What the flows need of the outside world, as Protocols. `wiring` brings the adapters."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tesuri.model.decision import Decision
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import CountedFinding, Finding, State
from tesuri.model.identifiers import FindingKey, GroupKey, Identity, ServiceId
from tesuri.model.inventory import InventoryFigures, Presence, SeenComponent
from tesuri.model.joining import StoredFinding
from tesuri.model.legacy import Product
from tesuri.model.objects import BucketAddress, StoredObject
from tesuri.model.opening import Openings
from tesuri.model.record_memory import MemoryPart
from tesuri.model.report_form import FormReport, StandingPlace
from tesuri.model.signal import Feed, FeedHeader, Signals
from tesuri.model.standing import ReportFigures, ScanPlace, Standing, Unseen
from tesuri.triage.aliases import Aliases

Clock = Callable[[], datetime]
"""Gives the present instant, aware UTC."""


class Ahead(Protocol):
    """Works items out beside whoever takes them."""

    def __call__(self, items: Iterator[bytes]) -> Generator[bytes]:
        """Give the same items in their order; whoever takes no more of them closes what is given.

        **raises** whatever TesuriError the items raise, Unavailable when the work was ended from outside.
        """
        ...


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
        """Give one finding, current or past episode, or the one that it is merged into; None when there is none."""
        ...

    def findings_by_key(self, keys: Iterable[FindingKey]) -> Sequence[Finding]:
        """Give these findings, by key; unknown ones are left out, and those that are merged into others."""
        ...

    def listed_findings(self, keys: Iterable[FindingKey] | None = None) -> Sequence[Finding]:
        """Give these findings (all without), past episodes too, by key, without what lists do not show.

        Description, remedy and links are left out, and equal texts are one: so a million fit into memory.
        """
        ...

    def living_findings(self, after: FindingKey, most: int) -> Sequence[Finding]:
        """Give the next open and waived findings by key, as `listed_findings` gives them."""
        ...

    def counted_findings(self, service: ServiceId | None = None) -> Iterable[CountedFinding]:
        """Give what budgets count of every finding under an objective, or of those of one service, by key."""
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

    def clock_events(
        self, kinds: Iterable[EventKind], findings: Iterable[FindingKey] | None = None
    ) -> Iterable[tuple[FindingKey, Sequence[Event]]]:
        """Give what clocks need of the events of these kinds, row by row in the order of writing of each finding.

        Finding, reason and actor are left out of the events, and of payloads all but what a clock listens to: so
        rows that say the same give the same value.
        """
        ...

    def memo(self, name: str) -> str:
        """Give a text that was kept under this name; empty when there is none."""
        ...

    def head(self) -> tuple[int, int, int]:
        """Give the newest transaction, scan and feed; zeros where there is none."""
        ...

    def link(self, transaction: int) -> bytes:
        """Give the link of the journal's chain at a transaction; empty where there is none."""
        ...

    def changed_findings(self, after: int) -> Sequence[FindingKey]:
        """Give the findings that transactions after this one wrote of, by key."""
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

    def products(self) -> Sequence[Product]:
        """Give what is known of ends of support, by name; nothing where no copy is loaded."""
        ...

    def inventory(self, wanted: Callable[[SeenComponent], bool]) -> Sequence[Presence]:
        """Give where and when the wanted components were seen, by scope."""
        ...

    def inventory_sizes(self) -> Mapping[str, int]:
        """Give how many components each scan target holds now."""
        ...

    def skipped_records(self) -> int:
        """Give how many records could not be read in the newest scan of each scope."""
        ...

    def recorded_at(self) -> datetime | None:
        """Give when the journal was last written; None when it is empty."""
        ...


class Writer(Reader, Protocol):
    """One transaction of the store: all of it is kept, or nothing."""

    def keep_memo(self, name: str, value: str) -> None:
        """Keep a text in place of the one before: no history, no truth, safe to lose."""
        ...

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

    def record_inventory(
        self, place: ScanPlace, listed: Iterable[SeenComponent], *, is_whole: bool
    ) -> InventoryFigures:
        """Keep what a scan lists of what runs; where it lists all, what it leaves out is gone."""
        ...

    def learn_aliases(self, sets: Iterable[tuple[str, ...]]) -> Aliases:
        """Learn which advisory ids mean the same; an id keeps the canonical one it was given.

        Gives the table of all that this transaction has learnt or found so far.
        """
        ...

    def aliases_at_once(self) -> Aliases:
        """Give what this transaction would have learnt, had all its sets been told at once."""
        ...

    def joined_names(self) -> Mapping[str, str]:
        """Give the canonical names in this transaction that mean the same as another, each with one for all."""
        ...

    def findings_to_join(self, names: Mapping[str, str]) -> Sequence[FindingKey]:
        """Give the current findings of joined names that this transaction opened, or whose name it joined, by key."""
        ...

    def stored_findings(self, keys: Iterable[FindingKey]) -> Sequence[StoredFinding]:
        """Give the rows of these findings as they are stored, merged ones too, by key."""
        ...

    def undeployed(self) -> Sequence[StoredFinding]:
        """Give the current findings from before deployment whose resources were not seen live, by key."""
        ...

    def misconfigurations(self, after: FindingKey, most: int) -> Sequence[StoredFinding]:
        """Give the next current misconfigurations, by key."""
        ...

    def identity_links(self) -> Mapping[Identity, Identity]:
        """Give under which identity a finding is kept that goes by several; mostly nothing."""
        ...

    def report_forms(self, scope: int) -> Sequence[FormReport]:
        """Give the reports of the same tool about the same target as this scope, by the time of their scans."""
        ...

    def scopes_of(self, scope: int, targets: Iterable[str]) -> Sequence[int]:
        """Give the scopes of the same tool as this one that have one of these targets."""
        ...

    def targets_beside(self, scope: int) -> Sequence[str]:
        """Give the other targets that the tool of this scope looked at, the newest first."""
        ...

    def standing_places(self, scope: int) -> Sequence[StandingPlace]:
        """Give where findings stand that are not closed, and that this tool shows of this target; by key."""
        ...

    def parted_identities(self) -> AbstractSet[frozenset[Identity]]:
        """Give the pairs that somebody told apart."""
        ...

    def has_findings(self) -> bool:
        """Whether there is any finding."""
        ...

    def standings(self, scope: int, identities: Sequence[Identity]) -> Mapping[Identity, Standing]:
        """Give what is known of some identities."""
        ...

    def add_content(self, place: ScanPlace, identities: Iterable[Identity]) -> None:
        """Keep which findings a part of a scan contains, for `unseen`."""
        ...

    def unseen(self, place: ScanPlace) -> Sequence[Unseen]:
        """Give what the scope saw before, and neither a part of the scan nor a later scan has."""
        ...

    def seen_after(self, place: ScanPlace) -> frozenset[Identity]:
        """Give what later scans of the scope contain."""
        ...

    def unseen_among(self, place: ScanPlace, identities: Iterable[Identity]) -> Sequence[Unseen]:
        """Give the same as `unseen`, of findings that the scan is known to lack."""
        ...

    def memory(self, place: ScanPlace, mark: str) -> Sequence[MemoryPart]:
        """Give what the records of the scan just before this one came to; nothing where nobody knows.

        The mark stands for all else that it depends on.
        """
        ...

    def keep_memory(self, place: ScanPlace, mark: str, parts: Iterable[MemoryPart] | None) -> None:
        """Keep what the records of this scan came to; None where it is what is remembered already."""
        ...

    def forget_memory(self, place: ScanPlace) -> None:
        """Forget what records of the scan's scope came to."""
        ...

    def unsettled(self, scope: int) -> AbstractSet[Identity]:
        """Give the findings of a scope that a new sighting would change something about."""
        ...

    def missed_once(self, scope: int) -> AbstractSet[Identity]:
        """Give the findings that the scope lacked in its newest complete scan, for the first time."""
        ...

    def group_keys(self, titles: Mapping[str, tuple[str, str]]) -> Mapping[str, GroupKey]:
        """Find or make groups by their text key; titles are English and Japanese."""
        ...

    def move_groups(self, moves: Mapping[str, str]) -> Mapping[str, GroupKey]:
        """Give groups another text key, the oldest first; give the group that has it already, by the key that ends."""
        ...

    def settle_groups(self) -> None:
        """Write the titles that groups were last asked for under, and an event for each that had another before."""
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

    def open_findings(self, openings: Openings) -> None:
        """Write what a scan opens, as an event each for opening and decision would."""
        ...

    def attempt(self) -> AbstractContextManager[None]:
        """Take back what is written inside when an exception leaves it; the transaction goes on."""
        ...


class Rehearsal(Writer, Protocol):
    """One transaction of which nothing is kept: it shows what a writer would change."""

    @property
    def appended(self) -> Sequence[Event]:
        """Give the events that it would have written so far, in their order."""
        ...


class ObjectStore(Protocol):
    """Buckets of objects, to be read."""

    def listed(self, address: BucketAddress) -> Iterator[StoredObject]:
        """Give the objects whose keys begin with the address, by key."""
        ...

    def parts(self, stored: StoredObject) -> Iterator[bytes]:
        """Give the bytes of an object as it was listed, in parts. **raises** Unavailable when it changed since."""
        ...


class Store(Protocol):
    """The store, opened."""

    def read(self) -> AbstractContextManager[Reader]:
        """Open one consistent reading."""
        ...

    def write(
        self, recorded_at: datetime, *, in_bulk: bool = False
    ) -> AbstractContextManager[Writer]:
        """Open one transaction whose events carry this time of recording.

        `in_bulk` where much is going to be written: others may have to wait for its end to read an empty store.
        """
        ...

    def rehearse(self, recorded_at: datetime) -> AbstractContextManager[Rehearsal]:
        """Open one transaction that is always taken back at its end."""
        ...
