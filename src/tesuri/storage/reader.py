"""The store behind the port `Reader`: questions to one transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from tesuri.model.decision import Decision
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import CountedFinding, Finding, State
from tesuri.model.identifiers import FindingKey, GroupKey, ServiceId
from tesuri.model.inventory import Presence, SeenComponent
from tesuri.model.joining import StoredFinding
from tesuri.model.legacy import Product
from tesuri.model.signal import EpssScore, Exploit, FeedHeader, KevEntry, Signals
from tesuri.ports import GroupName, ScanLine
from tesuri.storage import (
    clock_reading,
    feed_entries,
    inventory,
    joining,
    memos,
    product_entries,
    reading,
    words,
)
from tesuri.triage.aliases import Aliases, is_cve, normal_id
from tesuri.triage.signals import SignalIndex, signals_of


class SqlReader:
    """Questions to one connection, all answered of the same moment."""

    def __init__(self, connection: Connection) -> None:
        """Take the connection of the surrounding transaction."""
        self._connection = connection

    def findings(self, states: Sequence[State] | None = None) -> Sequence[Finding]:
        """Give every episode, past ones too, in these states (all without), by key."""
        return reading.findings(self._connection, states)

    def finding(self, key: FindingKey) -> Finding | None:
        """Give one finding, current or past episode, or the one that it is merged into; None when there is none."""
        found = reading.findings_by_key(self._connection, [reading.survivor(self._connection, key)])
        return found[0] if found else None

    def findings_by_key(self, keys: Iterable[FindingKey]) -> Sequence[Finding]:
        """Give these findings, by key; unknown keys are left out."""
        return reading.findings_by_key(self._connection, keys)

    def listed_findings(self, keys: Iterable[FindingKey] | None = None) -> Sequence[Finding]:
        """Give these findings (all without) by key, without what lists do not show."""
        return reading.listed_findings(self._connection, keys)

    def living_findings(self, after: FindingKey, most: int) -> Sequence[Finding]:
        """Give the next open and waived findings by key, without what lists do not show."""
        return reading.living_findings(self._connection, after, most)

    def counted_findings(self, service: ServiceId | None = None) -> Iterable[CountedFinding]:
        """Give what budgets count of every finding under an objective, or of those of one service, by key."""
        return reading.counted_findings(self._connection, service)

    def group_findings(self, key: GroupKey) -> Sequence[Finding]:
        """Give every finding of a group, past episodes too, by key."""
        return reading.group_findings(self._connection, key)

    def stored_findings(self, keys: Iterable[FindingKey]) -> Sequence[StoredFinding]:
        """Give the rows of these findings as they are stored, merged ones too, by key."""
        return joining.stored_findings(self._connection, keys)

    def groups(self, keys: Iterable[GroupKey] | None = None) -> Mapping[GroupKey, GroupName]:
        """Give the names of groups."""
        return reading.groups(self._connection, keys)

    def decisions(self, keys: Iterable[int]) -> Mapping[int, Decision]:
        """Give stored decisions by key."""
        return words.decisions(self._connection, keys)

    def events(
        self,
        *,
        findings: Iterable[FindingKey] | None = None,
        kinds: Iterable[EventKind] | None = None,
        newest: int | None = None,
    ) -> Sequence[Event]:
        """Give journal events in the order of writing; `newest` keeps the last that many."""
        return reading.events(self._connection, findings=findings, kinds=kinds, newest=newest)

    def clock_events(
        self, kinds: Iterable[EventKind], findings: Iterable[FindingKey] | None = None
    ) -> Iterable[tuple[FindingKey, Sequence[Event]]]:
        """Give what clocks need of the events of these kinds, in the order of writing of each finding."""
        return clock_reading.clock_events(self._connection, kinds, findings)

    def memo(self, name: str) -> str:
        """Give a text that was kept under this name; empty when there is none."""
        return memos.memo(self._connection, name)

    def head(self) -> tuple[int, int, int]:
        """Give the newest transaction, scan and feed; zeros where there is none."""
        return reading.head(self._connection)

    def link(self, transaction: int) -> bytes:
        """Give the link of the journal's chain at a transaction; empty where there is none."""
        return reading.link(self._connection, transaction)

    def changed_findings(self, after: int) -> Sequence[FindingKey]:
        """Give the findings that transactions after this one wrote of, by key."""
        return reading.changed_findings(self._connection, after)

    def scans(self) -> Sequence[ScanLine]:
        """Give every scan, by scope and time."""
        return reading.scans(self._connection)

    def signals(self, id_sets: Sequence[tuple[str, ...]]) -> Sequence[Signals]:
        """Give what the newest feeds say of each set of advisory ids, in their order."""
        feeds = feed_entries.advisory_feeds(self._connection)
        cves = {name for ids in id_sets for name in map(normal_id, ids) if is_cve(name)}
        index = _index(
            feed_entries.entries(self._connection, feeds, cves), [header for _, header in feeds]
        )
        return [signals_of(ids, index) for ids in id_sets]

    def feeds(self) -> Sequence[FeedHeader]:
        """Give the newest snapshot of each feed."""
        return [header for _, header in feed_entries.newest_feeds(self._connection)]

    def aliases(self, names: Iterable[str]) -> Aliases:
        """Give the canonical ids of these advisories, as learnt so far."""
        return words.aliases(self._connection, names)

    def products(self) -> Sequence[Product]:
        """Give what is known of ends of support, by name."""
        return product_entries.products(self._connection)

    def inventory(self, wanted: Callable[[SeenComponent], bool]) -> Sequence[Presence]:
        """Give where and when the wanted components were seen."""
        return inventory.presences(self._connection, wanted)

    def inventory_sizes(self) -> Mapping[str, int]:
        """Give how many components each scan target holds now."""
        return inventory.sizes(self._connection)

    def skipped_records(self) -> int:
        """Give how many records could not be read in the newest scan of each scope."""
        return reading.skipped_records(self._connection)

    def recorded_at(self) -> datetime | None:
        """Give when the journal was last written; None when it is empty."""
        return reading.recorded_at(self._connection)


def _index(
    entries: Mapping[str, Sequence[feed_entries.Entry]], snapshots: Sequence[FeedHeader]
) -> SignalIndex:
    kev: dict[str, KevEntry] = {}
    epss: dict[str, EpssScore] = {}
    exploits: dict[str, tuple[Exploit, ...]] = {}
    for cve, found in entries.items():
        for entry in found:
            match entry:
                case KevEntry():
                    kev[cve] = entry
                case EpssScore():
                    epss[cve] = entry
                case Exploit():
                    exploits[cve] = (*exploits.get(cve, ()), entry)
    return SignalIndex(kev, epss, exploits, tuple(snapshots))
