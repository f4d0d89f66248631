"""The store behind the port `Writer`: one transaction, and one that is taken back at its end."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from tesuri.model.decision import Decision
from tesuri.model.event import Event
from tesuri.model.identifiers import FindingKey, GroupKey, Identity
from tesuri.model.inventory import InventoryFigures, SeenComponent
from tesuri.model.joining import StoredFinding
from tesuri.model.opening import Openings
from tesuri.model.record_memory import MemoryPart
from tesuri.model.report_form import FormReport, StandingPlace
from tesuri.model.signal import Feed
from tesuri.model.standing import ReportFigures, ScanPlace, Standing, Unseen
from tesuri.storage import (
    alias_links,
    feed_entries,
    intake,
    inventory,
    joining,
    journal,
    memos,
    projection,
    record_memory,
    report_forms,
    words,
)
from tesuri.storage.deferred_indexes import DeferredIndexes
from tesuri.storage.grouping import Grouping
from tesuri.storage.openings import events_of, open_findings
from tesuri.storage.reader import SqlReader
from tesuri.storage.texts import short_key
from tesuri.triage.aliases import Aliases

_FINDING = "finding"
_IS_LARGE = 1000
_RESERVED = 100_000
"""Keys that are taken at once, so that a large import asks for none in between; the rest is given back."""


class SqlWriter(SqlReader):
    """One transaction of the store."""

    def __init__(self, connection: Connection, recorded_at: datetime) -> None:
        """Take the connection and the time of recording for everything in the transaction."""
        super().__init__(connection)
        self._recorded_at = recorded_at
        self._first_opened: FindingKey | None = None
        self._forget()

    def _forget(self) -> None:
        self._reserved = range(0)
        self._aliases = words.AliasLearning(self._connection)
        self._grouping = Grouping(self._connection)
        self._indexes = DeferredIndexes(self._connection)

    def settle(self) -> None:
        """Bring back what was put off until the end of the transaction."""
        self._give_back()
        self._indexes.restore()

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Take back what is written inside when an exception leaves it; the transaction goes on."""
        nested = self._connection.begin_nested()
        try:
            yield
        except BaseException:
            # A full disk has taken the whole transaction back already: what it said is what counts.
            with suppress(DBAPIError):
                nested.rollback()
            self._forget()
            raise
        nested.commit()

    def keep_memo(self, name: str, value: str) -> None:
        """Keep a text in place of the one before."""
        memos.keep_memo(self._connection, name, value)

    def secret_key(self) -> bytes:
        """Give this store's own key for hashing secrets, made at first use."""
        return words.secret_key(self._connection)

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
        return intake.place_scan(
            self._connection,
            tool=short_key(tool),
            target=short_key(target),
            configuration=short_key(configuration),
            scanned_at=scanned_at,
            content=content,
            is_complete=is_complete,
            recorded_at=self._recorded_at,
        )

    def has_report(self, scan: int, digest: str) -> bool:
        """Whether this very file is already part of this scan."""
        return intake.has_report(self._connection, scan, digest)

    def add_report(self, scan: int, figures: ReportFigures) -> None:
        """Keep what a report said of itself."""
        intake.add_report(self._connection, scan, figures)

    def record_inventory(
        self, place: ScanPlace, listed: Iterable[SeenComponent], *, is_whole: bool
    ) -> InventoryFigures:
        """Keep what a scan lists of what runs; where it lists all, what it leaves out is gone."""
        return inventory.record(self._connection, place, listed, is_whole=is_whole)

    def learn_aliases(self, sets: Iterable[tuple[str, ...]]) -> Aliases:
        """Learn which advisory ids mean the same; an id keeps the canonical one it was given."""
        return self._aliases.learn(sets)

    def aliases_at_once(self) -> Aliases:
        """Give what this transaction would have learnt, had all its sets been told at once."""
        return self._aliases.at_once()

    def joined_names(self) -> Mapping[str, str]:
        """Give the canonical names in this transaction that mean the same as another, each with one for all."""
        return alias_links.same_vulnerabilities(self._connection, self._aliases.names)

    def findings_to_join(self, names: Mapping[str, str]) -> Sequence[FindingKey]:
        """Give the current findings of joined names that this transaction opened, or whose name it joined."""
        turned = {names[name] for name in self._aliases.linked if name in names}
        known = {name for name, one in names.items() if one in turned}
        found = joining.vulnerabilities_named(self._connection, known, since=None) if known else []
        opened = self._first_opened
        if opened is not None and (others := names.keys() - known):
            found += joining.vulnerabilities_named(self._connection, others, since=opened)
        return sorted(found)

    def undeployed(self) -> Sequence[StoredFinding]:
        """Give the current findings from before deployment, by key."""
        return joining.undeployed(self._connection)

    def misconfigurations(self, after: FindingKey, most: int) -> Sequence[StoredFinding]:
        """Give the next current misconfigurations, by key."""
        return joining.misconfigurations(self._connection, after, most)

    def identity_links(self) -> Mapping[Identity, Identity]:
        """Give under which identity a finding is kept that goes by several."""
        return joining.identity_links(self._connection)

    def report_forms(self, scope: int) -> Sequence[FormReport]:
        """Give the reports of the same tool about the same target, by the time of their scans."""
        return report_forms.report_forms(self._connection, scope)

    def scopes_of(self, scope: int, targets: Iterable[str]) -> Sequence[int]:
        """Give the scopes of the same tool as this one that have one of these targets."""
        return report_forms.scopes_of(self._connection, scope, targets)

    def targets_beside(self, scope: int) -> Sequence[str]:
        """Give the other targets that the tool of this scope looked at, the newest first."""
        return report_forms.targets_beside(self._connection, scope)

    def standing_places(self, scope: int) -> Sequence[StandingPlace]:
        """Give where findings of the same tool and target stand that are not closed, by key."""
        self._indexes.restore()
        return report_forms.standing_places(self._connection, scope)

    def parted_identities(self) -> AbstractSet[frozenset[Identity]]:
        """Give the pairs that somebody told apart."""
        return joining.parted_identities(self._connection)

    def has_findings(self) -> bool:
        """Whether there is any finding."""
        return intake.has_findings(self._connection)

    def standings(self, scope: int, identities: Sequence[Identity]) -> Mapping[Identity, Standing]:
        """Give what is known of some identities."""
        if identities:
            self._indexes.restore()
        return intake.standings(self._connection, scope, identities)

    def add_content(self, place: ScanPlace, identities: Iterable[Identity]) -> None:
        """Keep which findings a part of a scan contains."""
        intake.add_content(self._connection, place.scan, identities)

    def unseen(self, place: ScanPlace) -> Sequence[Unseen]:
        """Give what the scope saw before, and neither a part of the scan nor a later scan has."""
        return intake.unseen(self._connection, place)

    def seen_after(self, place: ScanPlace) -> frozenset[Identity]:
        """Give what later scans of the scope contain."""
        return intake.seen_after(self._connection, place)

    def unseen_among(self, place: ScanPlace, identities: Iterable[Identity]) -> Sequence[Unseen]:
        """Give the same as `unseen`, of findings that the scan is known to lack."""
        return intake.unseen_among(self._connection, place, identities)

    def memory(self, place: ScanPlace, mark: str) -> Sequence[MemoryPart]:
        """Give what the records of the scan just before this one came to."""
        return record_memory.load(self._connection, place, mark)

    def keep_memory(self, place: ScanPlace, mark: str, parts: Iterable[MemoryPart] | None) -> None:
        """Keep what the records of this scan came to."""
        record_memory.keep(self._connection, place, mark, parts)

    def forget_memory(self, place: ScanPlace) -> None:
        """Forget what records of the scan's scope came to."""
        record_memory.forget(self._connection, place.scope)

    def unsettled(self, scope: int) -> AbstractSet[Identity]:
        """Give the findings of a scope that a new sighting would change something about."""
        return record_memory.unsettled(self._connection, scope)

    def missed_once(self, scope: int) -> AbstractSet[Identity]:
        """Give the findings that the scope lacked in its newest complete scan, for the first time."""
        return record_memory.missed_once(self._connection, scope)

    def group_keys(self, titles: Mapping[str, tuple[str, str]]) -> Mapping[str, GroupKey]:
        """Find or make groups by their text key; titles are English and Japanese."""
        return self._grouping.keys(titles)

    def move_groups(self, moves: Mapping[str, str]) -> Mapping[str, GroupKey]:
        """See `ports.Writer`."""
        return self._grouping.move(moves)

    def settle_groups(self) -> None:
        """Write the titles that groups were last asked for under."""
        self.append(self._grouping.settle(self._recorded_at))

    def decision_keys(self, decisions: Iterable[Decision]) -> Mapping[Decision, int]:
        """Store each distinct decision once and give the keys."""
        return words.decision_keys(self._connection, decisions)

    def reserve_findings(self, count: int) -> FindingKey:
        """Take `count` consecutive finding keys and give the first."""
        if count > len(self._reserved):
            self._give_back()
            most = count if count < _IS_LARGE else max(count, _RESERVED)
            first = journal.reserve(self._connection, _FINDING, most)
            self._reserved = range(first, first + most)
        first = self._reserved.start
        self._reserved = self._reserved[count:]
        self._first_opened = FindingKey(first) if self._first_opened is None else self._first_opened
        return FindingKey(first)

    def _give_back(self) -> None:
        """Leave no keys out, where nobody else could take any meanwhile."""
        if self._reserved:
            journal.reserve(self._connection, _FINDING, -len(self._reserved))
        self._reserved = range(0)

    def add_feed(self, feed: Feed) -> bool:
        """Keep a feed's snapshot; False when this very file is known."""
        return feed_entries.add_feed(self._connection, feed, self._recorded_at)

    def append(self, events: Sequence[Event]) -> None:
        """Write events to the journal and bring the current rows up to date."""
        journal.append(self._connection, events, self._recorded_at)
        projection.apply(self._connection, events)
        joining.settle(self._connection, events)

    def open_findings(self, openings: Openings) -> None:
        """Write what a scan opens, as an event each for opening and decision would."""
        self._indexes.before(len(openings.findings))
        open_findings(self._connection, openings, self._recorded_at)


class SqlRehearsal(SqlWriter):
    """A transaction that is taken back at its end, and remembers what it would have written."""

    def __init__(self, connection: Connection, recorded_at: datetime) -> None:
        """Take the connection and the time of recording, as a writer does."""
        super().__init__(connection, recorded_at)
        self.appended: list[Event] = []

    def append(self, events: Sequence[Event]) -> None:
        """Write events where the same rehearsal sees them, and nobody later."""
        self.appended += events
        super().append(events)

    def open_findings(self, openings: Openings) -> None:
        """Write what a scan opens, where the same rehearsal sees it."""
        self.appended += events_of(openings)
        super().open_findings(openings)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Take back what is written inside when an exception leaves it, and forget it."""
        so_far = len(self.appended)
        try:
            with super().attempt():
                yield
        except BaseException:
            del self.appended[so_far:]
            raise
