"""Small reports as scanners write them, and a store in a temporary folder to take them into."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, select

from tests.storage.databases import fresh_sqlite
from tesuri.budgets.load import objectives_from
from tesuri.feeds.read import recognise_feed
from tesuri.flows.clocks.clock_facts import read_clocks
from tesuri.flows.intake.ingest_report import IngestOptions, IngestSummary, ingest_report
from tesuri.flows.intake.inspect_reports import open_report
from tesuri.flows.lifecycle.load_feeds import FeedSummary, load_feed
from tesuri.flows.site.idle_tick import TickSummary
from tesuri.flows.site.tick import tick
from tesuri.model.clock import Clock
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import FindingKey, WaiverId
from tesuri.model.waiver import Waiver
from tesuri.model.workspace import Workspace
from tesuri.storage.database import open_engine
from tesuri.storage.store import SqlStore
from tesuri.storage.tables import metadata
from tesuri.triage.table import DecisionTable, read_table
from tesuri.untrusted.yaml_document import read_yaml

IMAGE = "shop/web"
DAY = timedelta(days=1)
DAY_0 = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
_SOURCES = Path(__file__).parents[2] / "src" / "tesuri"


def day(number: float) -> datetime:
    """Give the instant so many days after the first of the tests."""
    return DAY_0 + number * DAY


@dataclass(frozen=True, slots=True)
class Flaw:
    """A vulnerability in a Debian package, as both scanners report it."""

    cve: str = "CVE-2026-0001"
    package: str = "openssl"
    severity: str = "HIGH"
    version: str = "3.0.1"
    score: float = 8.1

    @property
    def purl(self) -> str:
        return f"pkg:deb/debian/{self.package}@{self.version}"


A, B, C = (Flaw(f"CVE-2026-000{number}") for number in (1, 2, 3))


def trivy(*flaws: Flaw, at: datetime | None = None, image: str = IMAGE, mark: str = "") -> bytes:
    """Give a Trivy report of an image; `mark` makes another file of the same scan."""
    document: dict[str, object] = {
        "SchemaVersion": 2,
        "ArtifactName": image,
        "ArtifactType": "container_image",
        "Metadata": {"Mark": mark},
        "Results": [
            {
                "Target": f"{image} (debian 12.5)",
                "Class": "os-pkgs",
                "Type": "debian",
                "Vulnerabilities": [_trivy_entry(flaw) for flaw in flaws],
            }
        ],
    }
    if at is not None:
        document["CreatedAt"] = at.isoformat()
    return json.dumps(document).encode()


def _trivy_entry(flaw: Flaw) -> dict[str, object]:
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    return {
        "VulnerabilityID": flaw.cve,
        "PkgName": flaw.package,
        "PkgIdentifier": {"PURL": flaw.purl},
        "InstalledVersion": flaw.version,
        "FixedVersion": "3.0.9",
        "Status": "fixed",
        "Severity": flaw.severity,
        "Title": f"{flaw.package}: a flaw",
        "Description": f"A flaw in {flaw.package} lets others in.",
        "CVSS": {"nvd": {"V3Vector": vector, "V3Score": flaw.score}},
    }


def grype(*flaws: Flaw, at: datetime | None = None, image: str = IMAGE) -> bytes:
    """Give a Grype report of an image."""
    descriptor: dict[str, object] = {"name": "grype", "version": "0.80.0"}
    if at is not None:
        descriptor["timestamp"] = at.isoformat()
    matches = [
        {
            "vulnerability": {
                "id": flaw.cve,
                "severity": flaw.severity.title(),
                "description": f"A flaw in {flaw.package}.",
                "fix": {"state": "fixed", "versions": ["3.0.9"]},
            },
            "relatedVulnerabilities": [],
            "artifact": {
                "name": flaw.package,
                "version": flaw.version,
                "type": "deb",
                "purl": flaw.purl,
            },
        }
        for flaw in flaws
    ]
    return json.dumps(
        {
            "matches": matches,
            "source": {"type": "image", "target": {"userInput": image}},
            "distro": {"name": "debian", "version": "12"},
            "descriptor": descriptor,
        }
    ).encode()


def sarif(*results: Mapping[str, object], tool: str = "gitleaks") -> bytes:
    """Give a SARIF log of one run."""
    rules = [{"id": str(each["ruleId"])} for each in results]
    run = {"tool": {"driver": {"name": tool, "rules": rules}}, "results": list(results)}
    return json.dumps({"version": "2.1.0", "runs": [run]}).encode()


def kev(*flaws: Flaw, on: date) -> bytes:
    """Give CISA's catalogue as of a day, with these entries."""
    entries = [
        {"cveID": flaw.cve, "vulnerabilityName": flaw.package, "dateAdded": on.isoformat()}
        for flaw in flaws
    ]
    return json.dumps(
        {
            "catalogVersion": f"{on:%Y.%m.%d}",
            "dateReleased": on.isoformat(),
            "vulnerabilities": entries,
        }
    ).encode()


@cache
def decision_table() -> DecisionTable:
    path = _SOURCES / "triage" / "tables" / "ssvc-deployer.yaml"
    return read_table(path.read_bytes(), where=path.name)


@cache
def plain_workspace() -> Workspace:
    """Give a workspace in which nobody declared anything but the built-in objectives."""
    path = _SOURCES / "budgets" / "presets" / "default.yaml"
    objectives = objectives_from(read_yaml(path.read_bytes(), where=path.name), where=path.name)
    return Workspace(objectives=tuple(objectives))


@dataclass
class Books:
    """A store, with the flows that write to it."""

    place: Path | str
    """A folder for a SQLite file, or the URL of an empty store."""
    workspace: Workspace = field(default_factory=plain_workspace)

    def __post_init__(self) -> None:
        self.url = fresh_sqlite(self.place) if isinstance(self.place, Path) else self.place
        self.store = SqlStore(open_engine(self.url))

    @property
    def path(self) -> Path:
        """Give the file of a store in SQLite."""
        return Path(self.url.removeprefix("sqlite:///"))

    def by_hand(self, *statements: str) -> None:
        """Change the store behind Tesuri's back."""
        engine = create_engine(self.url)
        with engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        engine.dispose()

    def rows(self, name: str) -> Sequence[Sequence[object]]:
        """Give all that a table holds."""
        engine = create_engine(self.url)
        with engine.connect() as connection:
            rows = [tuple(row) for row in connection.execute(select(metadata.tables[name]))]
        engine.dispose()
        return rows

    def every_cell(self) -> str:
        """Give all that is stored, as one text."""
        rows = [row for name in metadata.tables for row in self.rows(name)]
        return "\n".join(str(cell) for row in rows for cell in row)

    def ingest(
        self, data: bytes, *, now: datetime | None = None, **options: object
    ) -> IngestSummary:
        """Take a report in, at the time that it tells or now; options are those of `IngestOptions`."""
        told = [options.get("scanned_at"), open_report(data, where="report.json").scanned_at]
        known = [each for each in told if isinstance(each, datetime)]
        now = now or max(DAY_0, *known) if known else now or DAY_0
        return ingest_report(
            data,
            where="report.json",
            store=self.store,
            workspace=self.workspace,
            table=decision_table(),
            now=now,
            options=IngestOptions(**options),  # type: ignore[arg-type]  # checked by the tests that pass them
        )

    def tick(self, now: datetime) -> TickSummary:
        return tick(store=self.store, workspace=self.workspace, table=decision_table(), now=now)

    def load(self, data: bytes, now: datetime) -> FeedSummary:
        """Load a feed."""
        return load_feed(
            recognise_feed(data, where="feed.json"),
            store=self.store,
            workspace=self.workspace,
            table=decision_table(),
            now=now,
        )

    def findings(self) -> Sequence[Finding]:
        with self.store.read() as reader:
            return reader.findings()

    def finding(self, flaw: Flaw = A) -> Finding:
        """Give the current episode of a flaw."""
        found = [each for each in self.findings() if each.rule == flaw.cve and each.is_current]
        assert len(found) == 1, f"{flaw.cve} is there {len(found)} times"
        return found[0]

    def clocks(self) -> Mapping[FindingKey, Clock]:
        """Give the clock of every finding."""
        with self.store.read() as reader:
            return read_clocks(reader)

    def states(self) -> dict[str, str]:
        return {each.rule: each.state.value for each in self.findings() if each.is_current}

    def events(self) -> Sequence[Event]:
        with self.store.read() as reader:
            return reader.events()

    def append(self, *events: Event, now: datetime = DAY_0) -> None:
        with self.store.write(now) as writer:
            writer.append(events)

    def everything(self) -> tuple[object, ...]:
        """Give all that must stay equal where nothing changed."""
        return (*self.store.snapshot(), len(self.events()), self.store.verify())


def a_waiver(**changes: object) -> Waiver:
    """Give a waiver of flaw A, asked for and approved on day 1, until day 61."""
    given = Waiver(
        id=WaiverId("WVR-1"),
        scope="finding.rule == 'CVE-2026-0001'",
        reason="The replacement comes in October.",
        requester="sato",
        approvers=("suzuki",),
        created_at=day(1),
        approved_at=day(1),
        expires_at=day(61),
    )
    return replace(given, **changes)  # type: ignore[arg-type]  # names of fields


def closing(finding: Finding, state: State, at: datetime) -> Event:
    """Give what a person writes who decides that a finding is none, or is held by something else."""
    return Event(
        kind=EventKind.CLOSED,
        happened_at=at,
        actor="sato",
        finding=finding.key,
        payload={"set": {"state": state.value, "closed_at": int(at.timestamp())}},
    )


@contextmanager
def fresh_books() -> Iterator[Books]:
    """Give a store of its own, for one example of a property."""
    with TemporaryDirectory() as folder:
        books = Books(Path(folder))
        try:
            yield books
        finally:
            books.store.close()
