"""The store behind the ports: transactions that are kept whole or not at all."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, Engine

from tesuri.model.decision import Decision
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import FindingKey, GroupKey, Identity
from tesuri.model.signal import EpssScore, Exploit, Feed, FeedHeader, KevEntry, Signals
from tesuri.model.standing import ReportFigures, ScanPlace, Standing, Unseen
from tesuri.ports import GroupName, ScanLine
from tesuri.storage import feed_entries, intake, journal, past, projection, reading, words
from tesuri.storage.database import WAIT_SECONDS
from tesuri.storage.refusals import one_sentence
from tesuri.storage.texts import short_key, storable
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
        """Give one finding, current or past episode; None when there is none."""
        found = reading.findings_by_key(self._connection, [key])
        return found[0] if found else None

    def findings_by_key(self, keys: Iterable[FindingKey]) -> Sequence[Finding]:
        """Give these findings, by key; unknown keys are left out."""
        return reading.findings_by_key(self._connection, keys)

    def group_findings(self, key: GroupKey) -> Sequence[Finding]:
        """Give every finding of a group, past episodes too, by key."""
        return reading.group_findings(self._connection, key)

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

    def scans(self) -> Sequence[ScanLine]:
        """Give every scan, by scope and time."""
        return reading.scans(self._connection)

    def signals(self, id_sets: Sequence[tuple[str, ...]]) -> Sequence[Signals]:
        """Give what the newest feeds say of each set of advisory ids, in their order."""
        feeds = feed_entries.newest_feeds(self._connection)
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

    def skipped_records(self) -> int:
        """Give how many records could not be read in the newest scan of each scope."""
        return reading.skipped_records(self._connection)

    def recorded_at(self) -> datetime | None:
        """Give when the journal was last written; None when it is empty."""
        return reading.recorded_at(self._connection)


class SqlWriter(SqlReader):
    """One transaction of the store."""

    def __init__(self, connection: Connection, recorded_at: datetime) -> None:
        """Take the connection and the time of recording for everything in the transaction."""
        super().__init__(connection)
        self._recorded_at = recorded_at

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

    def learn_aliases(self, sets: Iterable[tuple[str, ...]]) -> Aliases:
        """Learn which advisory ids mean the same; an id keeps the canonical one it was given."""
        return words.learn_aliases(self._connection, sets)

    def stage(self, identities: Iterable[Identity], scan: int) -> None:
        """Hold the identities of the report at hand for `standings`; they are a part of the scan."""
        intake.stage(self._connection, identities, scan)

    def standings(self, scope: int) -> Mapping[Identity, Standing]:
        """Give what is known of the staged identities."""
        return intake.standings(self._connection, scope)

    def unseen(self, place: ScanPlace) -> Sequence[Unseen]:
        """Give what the scope saw before, and neither a part of the scan nor a later scan has."""
        return intake.unseen(self._connection, place)

    def group_keys(self, titles: Mapping[str, tuple[str, str]]) -> Mapping[str, GroupKey]:
        """Find or make groups by their text key; titles are English and Japanese."""
        stored = {text: short_key(text) for text in titles}
        found, renamings = intake.groups(
            self._connection,
            {stored[text]: (storable(en), storable(ja)) for text, (en, ja) in titles.items()},
        )
        self.append(
            [
                Event(EventKind.GROUP_RENAMED, self._recorded_at, "policy", payload=each)
                for each in renamings
            ]
        )
        return {text: found[key] for text, key in stored.items()}

    def decision_keys(self, decisions: Iterable[Decision]) -> Mapping[Decision, int]:
        """Store each distinct decision once and give the keys."""
        return words.decision_keys(self._connection, decisions)

    def reserve_findings(self, count: int) -> FindingKey:
        """Take `count` consecutive finding keys and give the first."""
        return FindingKey(journal.reserve(self._connection, "finding", count))

    def add_feed(self, feed: Feed) -> bool:
        """Keep a feed's snapshot; False when this very file is known."""
        return feed_entries.add_feed(self._connection, feed, self._recorded_at)

    def append(self, events: Sequence[Event]) -> None:
        """Write events to the journal and bring the current rows up to date."""
        journal.append(self._connection, events, self._recorded_at)
        projection.apply(self._connection, events)


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


class SqlStore:
    """A store on an open engine (`database.open_engine`)."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; nothing is asked of it yet."""
        self._engine = engine

    @contextmanager
    def read(self) -> Iterator[SqlReader]:
        """Open one consistent reading."""
        with one_sentence(), self._reads().begin() as connection:
            yield SqlReader(connection)

    @contextmanager
    def rehearse(self, recorded_at: datetime) -> Iterator[SqlRehearsal]:
        """Open one transaction of which nothing is kept, to see what it would change."""
        with one_sentence(), self._engine.connect() as connection:
            transaction = connection.begin()
            try:
                _be_the_only_writer(connection)
                yield SqlRehearsal(connection, recorded_at)
            finally:
                transaction.rollback()

    @contextmanager
    def write(self, recorded_at: datetime) -> Iterator[SqlWriter]:
        """Open one transaction whose events carry this time of recording."""
        with one_sentence(), self._engine.begin() as connection:
            _be_the_only_writer(connection)
            yield SqlWriter(connection, recorded_at)

    def past(self, recorded_by: datetime) -> "SqlStore":
        """Give the store as it was recorded by then, to be read and closed; what is written to it is lost."""
        with one_sentence(), self._reads().begin() as connection:
            return SqlStore(past.open_past(connection, recorded_by))

    def rebuild(self) -> None:
        """Make the current rows again from the journal."""
        with one_sentence(), self._engine.begin() as connection:
            _be_the_only_writer(connection)
            projection.rebuild(connection)

    def verify(self) -> int:
        """Recompute the journal's chain; give the number of transactions."""
        with one_sentence(), self._reads().begin() as connection:
            return journal.verify(connection)

    def snapshot(self) -> tuple[Sequence[projection.Row], Sequence[projection.Row]]:
        """Give every cached row, to compare a rebuild with."""
        with one_sentence(), self._reads().begin() as connection:
            return projection.snapshot(connection)

    def _reads(self) -> Engine:
        if self._engine.dialect.name == "postgresql":
            return self._engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        return self._engine.execution_options(tesuri_reads=True)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def _be_the_only_writer(connection: Connection) -> None:
    """One writer at a time, as in SQLite: the chain has one end. Readers go on."""
    if connection.dialect.name == "postgresql":
        from tesuri.storage.postgresql import lock_writers  # noqa: PLC0415 - its driver is an extra

        lock_writers(connection, WAIT_SECONDS)


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
