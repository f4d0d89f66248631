"""However a report is read, whole, in small batches or only where it is new, the store holds the same afterwards."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.reports import Books, day, decision_table
from tesuri.flows.intake.place_findings import Judges, Placement
from tesuri.flows.intake.recognise_findings import Arrival
from tesuri.flows.intake.take_records import take_records
from tesuri.model.observation import (
    Cvss,
    Informational,
    Kind,
    Observation,
    Package,
    Place,
    Record,
    Report,
    Skipped,
    Suppressed,
)
from tesuri.model.report_slices import SliceBatch
from tesuri.model.severity import Severity
from tesuri.ports import Ahead

_KEYS = ("decision", "work_group")


@dataclass
class Cut:
    """Records cut into slices, as a reader of large files does; it counts those that are read."""

    records: Sequence[Record]
    size: int
    reader: str = "test/1"
    read: list[int] = field(default_factory=list)

    def batches(self) -> Iterator[SliceBatch[Record]]:
        for start in range(0, len(self.records), self.size):
            some = self.records[start : start + self.size]
            digests = [hashlib.blake2b(repr(each).encode(), digest_size=16) for each in some]
            yield SliceBatch([each.digest() for each in digests], partial(self._of, some))

    def _of(self, some: Sequence[Record], positions: Sequence[int]) -> Sequence[Record]:
        self.read.extend(positions)
        return [some[position] for position in positions]


@dataclass(frozen=True)
class Scan:
    """What one tool says at one time."""

    tool: str
    hour: int
    records: tuple[Record, ...]
    is_complete: bool = True


def elsewhere(items: Iterator[bytes]) -> Generator[bytes]:
    """Give the items as another process does: as nothing but bytes."""
    yield from items


def take(
    books: Books,
    scan: Scan,
    *,
    batch: int,
    size: int | None = None,
    ahead: Ahead | None = None,
) -> Placement:
    """Take a scan in; with `size` as slices of so many records."""

    def report() -> Report:
        cut = None if size is None else Cut(scan.records, size)
        at = day(scan.hour / 24)
        records = iter(scan.records)
        return Report("test", "1", scan.tool, "", "shop", "", at, records, slices=cut)

    return placed(books, scan, report, batch, ahead)


def placed(
    books: Books,
    scan: Scan,
    report: Callable[[], Report],
    batch: int,
    ahead: Ahead | None = None,
) -> Placement:
    at: datetime = day(scan.hour / 24)
    with books.store.write(day(100)) as writer:
        place = writer.place_scan(
            tool=scan.tool,
            target="shop",
            configuration="",
            scanned_at=at,
            content="",
            is_complete=scan.is_complete,
        )
        arrival = Arrival((), scan.tool, "shop", place, scan.is_complete)
        judges = Judges(writer, books.workspace, decision_table(), day(100), batch, ahead)
        tally, placement = take_records(report(), arrival, judges, reopen=report)
    assert tally.findings == sum(isinstance(each, Observation) for each in scan.records)
    assert tally.records == len(scan.records)
    return placement


def everything(books: Books) -> tuple[object, ...]:
    """Give all rows and the journal, with names in place of keys that depend on the order of writing."""
    groups = {row[0]: row[1:] for row in books.rows("work_group")}
    decisions = {row[0]: row[2] for row in books.rows("decision")}
    findings, sightings = books.store.snapshot()
    names = {row["id"]: (repr(row["identity"]), row["episode"]) for row in findings}
    names[None] = ("", 0)

    def named(value: object) -> object:
        if isinstance(value, dict):
            return sorted((key, _name(key, each)) for key, each in value.items())
        return value

    def _name(key: str, value: object) -> str:
        if key == "work_group":
            return repr(groups[value])
        if key == "decision":
            return repr(decisions.get(value))
        if key in ("regression_of", "id", "finding") and not isinstance(value, dict):
            return repr(names.get(value))
        return repr(named(value))

    events = Counter(
        (kind, names[finding], at, actor, reason, repr(named(json.loads(str(payload)))))
        for _, _, kind, finding, at, actor, reason, payload in books.rows("journal")
    )
    return (
        sorted(repr(named(dict(row))) for row in findings),
        sorted(repr(named(dict(row))) for row in sightings),
        events,
        sorted(map(repr, books.rows("alias"))),
    )


_severities = st.sampled_from((Severity.LOW, Severity.HIGH, Severity.CRITICAL))
_ids = st.sampled_from(
    ("CVE-2026-0001", "CVE-2026-0002", "GHSA-aaaa-bbbb-cccc", "GHSA-dddd-eeee-ffff")
)


@st.composite
def _flaws(draw: st.DrawFn) -> Observation:
    rule = draw(_ids)
    return Observation(
        kind=Kind.VULNERABILITY,
        rule=rule,
        title=draw(st.sampled_from(("A flaw", "Another: password=hunter2hunter2"))),
        severity=draw(_severities),
        pointer="",
        advisories=draw(
            st.sampled_from(((rule,), (), (rule, "CVE-2026-0001"), (rule, "CVE-2026-0002")))
        ),
        package=Package(draw(st.sampled_from(("openssl", "zlib"))), "1.0", "deb", "", ("1.1",)),
        cvss=draw(
            st.sampled_from((None, Cvss(8.1, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")))
        ),
    )


@st.composite
def _weaknesses(draw: st.DrawFn) -> Observation:
    return Observation(
        kind=Kind.WEAKNESS,
        rule=draw(st.sampled_from(("eval", "exec"))),
        title="Unsafe",
        severity=draw(_severities),
        pointer="",
        place=Place(path=draw(st.sampled_from(("a.py", "b.py"))), line=draw(st.integers(1, 3))),
    )


_others = st.sampled_from(
    (Suppressed("", "nosec"), Informational("", "passed"), Skipped("/0", "no rule"))
)
_records: st.SearchStrategy[list[Record]] = st.lists(
    st.one_of(_flaws(), _flaws(), _weaknesses(), _others), max_size=9
)


@st.composite
def _scans(draw: st.DrawFn) -> list[Scan]:
    """Give scans of two tools that keep most of their records from time to time."""
    scans: list[Scan] = []
    kept: list[Record] = draw(_records)
    for hour in draw(st.lists(st.integers(0, 400), min_size=1, max_size=6, unique=True)):
        if draw(st.booleans()):
            kept = [each for each in kept if draw(st.integers(0, 3))] + draw(_records)
        tool = draw(st.sampled_from(("trivy", "trivy", "trivy", "grype")))
        scans.append(Scan(tool, hour, tuple(kept), draw(st.integers(0, 5)) > 0))
    in_order = draw(st.booleans())
    return sorted(scans, key=lambda scan: scan.hour) if in_order else scans


def a_flaw(number: int, severity: Severity = Severity.HIGH) -> Observation:
    rule = f"CVE-2026-{number:04}"
    package = Package("openssl", "1.0", "deb")
    return Observation(
        Kind.VULNERABILITY, rule, "A flaw", severity, "", advisories=(rule,), package=package
    )


def take_cut(books: Books, hour: int, *records: Record) -> tuple[Placement, int]:
    """Take a scan in as slices, and say how many of its records were read."""
    scan, cut = Scan("trivy", hour, records), Cut(records, 2)
    report = Report("t", "1", "trivy", "", "shop", "", day(hour / 24), iter(records), slices=cut)
    return placed(books, scan, lambda: report, 10), len(cut.read)


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    books = Books(database_url)
    yield books
    books.store.close()


def test_records_that_are_remembered_are_not_read_again(books: Books) -> None:
    records = (a_flaw(1), a_flaw(2), a_flaw(3), Suppressed("", "nosec"), Informational("", "ok"))
    first, read = take_cut(books, 1, *records)
    assert (first.new, read) == (3, 5)
    for hour in (2, 3):
        again, read = take_cut(books, hour, *records)
        assert (again.known, again.new, read) == (3, 0, 0)


def test_a_record_that_is_gone_is_missed_though_none_is_read(books: Books) -> None:
    take_cut(books, 1, a_flaw(1), a_flaw(2))
    missing, read = take_cut(books, 2, a_flaw(1))
    assert (missing.known, missing.missed, read) == (1, 1, 0)
    closing, read = take_cut(books, 3, a_flaw(1))
    assert (closing.known, closing.closed, read) == (1, 1, 0)


def test_a_record_that_another_tells_of_differently_is_read(books: Books) -> None:
    take_cut(books, 1, a_flaw(1, Severity.LOW), a_flaw(2))
    worse, read = take_cut(books, 2, a_flaw(1, Severity.CRITICAL), a_flaw(2))
    assert (worse.known, worse.missed, read) == (2, 0, 1)
    severities = {each.rule: each.severity for each in books.findings()}
    assert severities["CVE-2026-0001"] is Severity.CRITICAL


def test_a_finding_that_was_closed_meanwhile_is_read_and_reopened(books: Books) -> None:
    take_cut(books, 1, a_flaw(1), a_flaw(2))
    books.by_hand("UPDATE finding SET state = 'gone', closed_at = opened_at")
    back, read = take_cut(books, 2, a_flaw(1), a_flaw(2))
    assert (back.reopened, read) == (2, 2)


def test_a_number_that_no_other_program_writes_comes_from_another_process_too(books: Books) -> None:
    place = Place("a.py", line=2**70)
    odd = Observation(Kind.WEAKNESS, "eval", "Unsafe", Severity.LOW, "", place=place)
    assert take(books, Scan("bandit", 1, (odd, a_flaw(1))), batch=9, ahead=elsewhere).new == 2
    assert 2**70 in {each.line for each in books.findings()}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_scans())
def test_batches_and_memory_change_nothing(scans: list[Scan]) -> None:
    with TemporaryDirectory() as name:
        roads: tuple[tuple[int, int | None, Ahead | None], ...] = (
            (1000, None, None),
            (2, None, None),
            (1000, 1000, None),
            (2, 2, None),
            (2, None, elsewhere),
            (2, 2, elsewhere),
        )
        found = []
        for number, (batch, size, ahead) in enumerate(roads):
            folder = Path(name) / str(number)
            folder.mkdir()
            books = Books(folder)
            placements = [take(books, scan, batch=batch, size=size, ahead=ahead) for scan in scans]
            assert books.store.verify() >= 0
            found.append((placements, everything(books)))
            books.store.close()
        for other in found[1:]:
            assert other == found[0]
