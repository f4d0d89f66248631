"""A small company for the tests of pages: its workspace, a journal that tests write, and a reader of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

from tesuri.flows.site.survey import Survey, take_survey
from tesuri.model.decision import Answer, Decision, Outcome
from tesuri.model.estate import Asset, DataClass, Exposure, Service, Team
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import CountedFinding, Finding, State, Work
from tesuri.model.identifiers import (
    AssetId,
    FindingKey,
    GroupKey,
    Identity,
    ObjectiveId,
    ServiceId,
    TeamId,
)
from tesuri.model.inventory import Presence, SeenComponent
from tesuri.model.legacy import Product
from tesuri.model.objective import Objective
from tesuri.model.observation import Kind
from tesuri.model.severity import Severity
from tesuri.model.signal import EpssScore, FeedHeader, FeedName, KevEntry, Signals
from tesuri.model.workspace import Workspace
from tesuri.ports import GroupName, ScanLine
from tesuri.triage.aliases import Aliases
from tesuri.triage.decide import decide
from tesuri.triage.table import DecisionTable, read_table

NOW = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
"""A Tuesday morning in Tokyo, still Monday nowhere that matters here."""

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PAYMENTS, PLATFORM = TeamId("payments"), TeamId("platform")
CHECKOUT, LEDGER, SEARCH = ServiceId("checkout"), ServiceId("ledger"), ServiceId("search")
IMMEDIATE, URGENT = ObjectiveId("immediate-48h"), ObjectiveId("out-of-cycle-7d")
SECONDS = {Outcome.IMMEDIATE: 48 * 3600, Outcome.OUT_OF_CYCLE: 7 * 86_400}
_TABLE = Path(__file__).parents[2] / "src/tesuri/triage/tables/ssvc-deployer.yaml"


def objective(key: ObjectiveId, outcome: Outcome, title: str) -> Objective:
    return Objective(
        id=key,
        title=title,
        title_ja=f"{title} (ja)",
        outcome=outcome,
        objective_seconds=SECONDS[outcome],
        target=Fraction(95, 100),
        window_seconds=28 * 86_400,
    )


def table() -> DecisionTable:
    return read_table(_TABLE.read_bytes(), where=_TABLE.name)


def workspace() -> Workspace:
    services = [
        Service(
            CHECKOUT,
            "Checkout",
            "決済",
            PAYMENTS,
            1,
            Exposure.OPEN,
            data_class=DataClass.RESTRICTED,
        ),
        Service(LEDGER, "Ledger", "台帳", PAYMENTS, 2, Exposure.CONTROLLED),
        Service(SEARCH, "Search", "検索", PLATFORM),
    ]
    return Workspace(
        name="Hamabe Market",
        name_ja="はまべマーケット",
        language="ja",
        services={each.id: each for each in services},
        teams={
            PAYMENTS: Team(PAYMENTS, "Payments", "決済チーム", capacity_minutes=120),
            PLATFORM: Team(PLATFORM, "Platform", "基盤チーム"),
        },
        assets=tuple(
            Asset(AssetId(f"{each.id}-image"), f"{each.id}-image", each.id) for each in services
        ),
        objectives=(
            objective(IMMEDIATE, Outcome.IMMEDIATE, "Immediate findings are fixed within 48 h"),
            objective(URGENT, Outcome.OUT_OF_CYCLE, "Urgent findings are fixed within 7 days"),
        ),
    )


@dataclass
class Journal:
    """What was found and what happened: the reader that the pages ask."""

    _findings: dict[FindingKey, Finding] = field(default_factory=dict)
    _events: list[Event] = field(default_factory=list)
    _decisions: dict[int, Decision] = field(default_factory=dict)
    _kev: dict[str, date] = field(default_factory=dict)
    _epss: dict[str, float] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)
    """Every question that was asked, to count them."""

    def find(
        self,
        key: int,
        *,
        outcome: Outcome = Outcome.OUT_OF_CYCLE,
        age: timedelta = DAY,
        service: ServiceId | None = CHECKOUT,
        group: int = 0,
        finding: Mapping[str, object] | None = None,
    ) -> Finding:
        """Open and decide a finding; its group is its own number unless given."""
        opened_at = NOW - age
        seconds = SECONDS.get(outcome)
        made = Finding(
            key=FindingKey(key),
            identity=Identity(key.to_bytes(16)),
            episode=1,
            kind=Kind.VULNERABILITY,
            rule=f"CVE-2026-{1000 + key}",
            title=f"Flaw {key}",
            severity=Severity.HIGH,
            state=State.OPEN,
            work=Work.TRIAGED,
            group=GroupKey(group or key),
            opened_at=opened_at,
            asset=AssetId(f"{service}-image" if service else "stray-host"),
            service=service,
            owner_source="inventory" if service else "nobody",
            outcome=outcome,
            objective={Outcome.IMMEDIATE: IMMEDIATE, Outcome.OUT_OF_CYCLE: URGENT}.get(outcome),
            due_at=opened_at + timedelta(seconds=seconds) if seconds else None,
            advisories=(f"CVE-2026-{1000 + key}",),
            tools=("trivy",),
        )
        made = replace(made, **(finding or {}))  # type: ignore[arg-type]  # tests name the fields
        self._findings[made.key] = made
        row = {"finding": {"is_neutral": made.is_neutral}}
        self._say(made, EventKind.OPENED, opened_at, actor="scan:trivy", payload=row)
        payload = {"objective_seconds": seconds, "set": {"objective": made.objective}}
        self._say(made, EventKind.DECIDED, opened_at, actor="triage", payload=payload)
        return made

    def take(self, finding: Finding, at: datetime) -> None:
        payload = {"set": {"work": Work.IN_PROGRESS.value}}
        self._say(finding, EventKind.WORK_CHANGED, at, actor="Ken Tanaka", payload=payload)

    def close(self, finding: Finding, at: datetime, state: State = State.FIXED) -> Finding:
        closed = replace(finding, state=state, closed_at=at)
        self._findings[finding.key] = closed
        payload = {"set": {"state": state.value}}
        self._say(closed, EventKind.CLOSED, at, actor="scan:trivy", payload=payload)
        return closed

    def waive(self, finding: Finding, until: datetime, waiver: str) -> Finding:
        waived = replace(finding, state=State.WAIVED, waiver=waiver)  # type: ignore[arg-type]  # an id
        self._findings[finding.key] = waived
        payload = {"expires_at": int(until.timestamp())}
        self._say(waived, EventKind.WAIVED, finding.opened_at, actor="sato", payload=payload)
        return waived

    def answer(self, finding: Finding, **answers: str) -> Decision:
        """Store the decision that these answers lead to; what is left out takes the default."""
        given = [
            Answer(name, value, f"{name} is {value}.", "report", NOW - HOUR)
            for name, value in answers.items()
        ]
        decision = decide(given, table())
        key = len(self._decisions) + 1
        self._decisions[key] = decision
        self._findings[finding.key] = replace(self._findings[finding.key], decision=key)
        return decision

    def exploited(self, cve: str, since: date) -> None:
        self._kev[cve] = since

    def likely(self, cve: str, score: float) -> None:
        self._epss[cve] = score

    def gate(self, payload: Mapping[str, object], at: datetime) -> None:
        self._events.append(
            Event(EventKind.GATE_ANSWERED, at, f"gate:{payload['point']}", payload=payload)
        )

    def survey(self, space: Workspace | None = None, now: datetime = NOW) -> Survey:
        survey = take_survey(self, space or workspace(), now)
        self.questions.clear()
        return survey

    def _say(
        self,
        finding: Finding,
        kind: EventKind,
        at: datetime,
        *,
        actor: str,
        payload: Mapping[str, object] | None = None,
    ) -> None:
        self._events.append(Event(kind, at, actor, finding.key, payload=payload or {}))

    def findings(self, states: Sequence[State] | None = None) -> Sequence[Finding]:
        return [
            self._findings[key]
            for key in sorted(self._findings)
            if states is None or self._findings[key].state in states
        ]

    def finding(self, key: FindingKey) -> Finding | None:
        self.questions.append("finding")
        return self._findings.get(key)

    def findings_by_key(self, keys: Iterable[FindingKey]) -> Sequence[Finding]:
        self.questions.append("findings_by_key")
        return [self._findings[key] for key in sorted(keys) if key in self._findings]

    def listed_findings(self, keys: Iterable[FindingKey] | None = None) -> Sequence[Finding]:
        self.questions.append("listed_findings")
        wanted = self._findings if keys is None else keys
        return [
            replace(self._findings[key], description="", remedy="", links=())
            for key in sorted(wanted)
            if key in self._findings
        ]

    def living_findings(self, after: FindingKey, most: int) -> Sequence[Finding]:
        states = (State.OPEN, State.WAIVED)
        return [each for each in self.findings(states) if each.key > after][:most]

    def counted_findings(self, service: ServiceId | None = None) -> Iterable[CountedFinding]:
        return [
            CountedFinding(each.key, each.objective, each.service, each.group)
            for each in self.findings()
            if each.objective is not None and service in (None, each.service)
        ]

    def group_findings(self, key: GroupKey) -> Sequence[Finding]:
        self.questions.append("group_findings")
        return [each for each in self.findings() if each.group == key]

    def groups(self, keys: Iterable[GroupKey] | None = None) -> Mapping[GroupKey, GroupName]:
        self.questions.append("groups")
        known = {each.group for each in self._findings.values()}
        wanted = known if keys is None else known & set(keys)
        return {
            key: GroupName(key, f"group {key}", f"Upgrade part {key}", f"部品 {key} を更新")
            for key in wanted
        }

    def decisions(self, keys: Iterable[int]) -> Mapping[int, Decision]:
        self.questions.append("decisions")
        return {key: self._decisions[key] for key in keys if key in self._decisions}

    def events(
        self,
        *,
        findings: Iterable[FindingKey] | None = None,
        kinds: Iterable[EventKind] | None = None,
        newest: int | None = None,
    ) -> Sequence[Event]:
        self.questions.append("events")
        wanted_findings = None if findings is None else set(findings)
        wanted_kinds = None if kinds is None else set(kinds)
        found = [
            event
            for event in self._events
            if (wanted_findings is None or event.finding in wanted_findings)
            and (wanted_kinds is None or event.kind in wanted_kinds)
        ]
        return found if newest is None else found[-newest:]

    def clock_events(
        self, kinds: Iterable[EventKind], findings: Iterable[FindingKey] | None = None
    ) -> Iterable[tuple[FindingKey, Sequence[Event]]]:
        found = self.events(kinds=kinds, findings=findings)
        return [(each.finding, [each]) for each in found if each.finding is not None]

    def head(self) -> tuple[int, int, int]:
        return len(self._events), 0, 0

    def memo(self, name: str) -> str:
        raise NotImplementedError(name)

    def link(self, transaction: int) -> bytes:
        return bytes([transaction % 256])

    def changed_findings(self, after: int) -> Sequence[FindingKey]:
        return sorted({each.finding for each in self._events[after:] if each.finding is not None})

    def aliases(self, names: Iterable[str]) -> Aliases:
        self.questions.append("aliases")
        return Aliases({name: name for name in names})

    def scans(self) -> Sequence[ScanLine]:
        return [
            ScanLine("trivy", target, "", NOW - hours * HOUR, is_complete=True)
            for target in ("checkout-image", "ledger-image", "search-image", "stray-host")
            for hours in (50, 26, 2)
            if target != "stray-host" or hours == 50
        ]

    def signals(self, id_sets: Sequence[tuple[str, ...]]) -> Sequence[Signals]:
        self.questions.append("signals")
        return [self._signals(ids) for ids in id_sets]

    def _signals(self, ids: tuple[str, ...]) -> Signals:
        listed = [KevEntry(cve, self._kev[cve]) for cve in ids if cve in self._kev]
        scored = [EpssScore(cve, self._epss[cve]) for cve in ids if cve in self._epss]
        return Signals(
            kev=listed[0] if listed else None,
            epss=scored[0] if scored else None,
            snapshots=tuple(self.feeds()),
            cves=ids,
        )

    def feeds(self) -> Sequence[FeedHeader]:
        return [
            FeedHeader(name, date(2026, 11, 23), "0" * 64, 1)
            for name in (FeedName.KEV, FeedName.EPSS)
        ]

    def products(self) -> Sequence[Product]:
        return ()

    def inventory(self, wanted: Callable[[SeenComponent], bool]) -> Sequence[Presence]:
        _ = wanted
        return ()

    def inventory_sizes(self) -> Mapping[str, int]:
        return {}

    def skipped_records(self) -> int:
        return 3

    def recorded_at(self) -> datetime | None:
        return NOW - HOUR if self._findings else None
