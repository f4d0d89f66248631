"""Build the demo company: 90 days of reports, feeds, gates and people, as if they had happened.

Everything goes the way that a user's own goes: reports through ingest, feeds through their loader, plans through the
gate, and what people do as events of the journal. The clock of the site is set to each step's time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from tesuri.flows.demo.calendar import FIRST_LOOK_HOURS, ROUNDS, Scan, scans
from tesuri.flows.demo.everyday import everyday_faults
from tesuri.flows.demo.faults import Fault
from tesuri.flows.demo.feed_files import epss_file, exploit_file, kev_file
from tesuri.flows.demo.people import ACTS, Act, act_events, fixing_events, incident_events
from tesuri.flows.demo.plans import BLOCKED, CLEAN, WARNED, plan_files
from tesuri.flows.demo.reports import file_name, report_of
from tesuri.flows.demo.site import DemoClock, DemoSite
from tesuri.flows.demo.story import EXPLOITED_DAYS, story
from tesuri.flows.demo.vulnerabilities import everyday_vulnerabilities
from tesuri.flows.intake.ingest_report import IngestOptions, IngestSummary
from tesuri.model.finding import State

_TICKS: Final = (61.5, 29.9, 19.9, 4.0, 2.0, 0.95, 0.66, 0.0)
_GATES: Final = (
    (26.3, CLEAN),
    (12.2, WARNED),
    (5.2, WARNED),
    (3.1, CLEAN),
    (0.9, BLOCKED),
    (0.3, BLOCKED),
)
_INCIDENTS: Final = (64, 12, 9)
_LOOK: Final = FIRST_LOOK_HOURS / 24
_FEED_START_DAYS: Final = 90.9
_FEED_LAST_DAYS: Final = 0.25


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What was taken in."""

    reports: int
    findings: int
    suppressed: int
    informational: int
    skipped: int


@dataclass(slots=True)
class _Building:
    """One building of the demo."""

    site: DemoSite
    clock: DemoClock
    now: datetime
    faults: Sequence[Fault]
    summaries: list[IngestSummary]

    def at(self, age_days: float) -> datetime:
        """Give the instant of an age, in whole seconds."""
        return self.now - timedelta(seconds=round(age_days * 86_400))


_Step = tuple[float, Callable[[_Building], None]]


def build_demo(
    site: DemoSite,
    clock: DemoClock,
    *,
    now: datetime,
    tell: Callable[[int, int], None] = lambda _done, _all: None,
) -> DemoSummary:
    """Fill the site's empty store; equal `now` gives an equal company. `tell` hears of each step.

    **cost** about a thousand transactions.
    """
    faults = (*story(), *everyday_vulnerabilities(), *everyday_faults())
    building = _Building(site, clock, now, faults, [])
    steps = sorted(_steps(), key=lambda step: -step[0])
    for number, (age, step) in enumerate(steps, start=1):
        clock.now = building.at(age)
        step(building)
        tell(number, len(steps))
    clock.now = now
    return DemoSummary(
        reports=len(building.summaries),
        findings=sum(each.findings for each in building.summaries),
        suppressed=sum(each.suppressed for each in building.summaries),
        informational=sum(each.informational for each in building.summaries),
        skipped=sum(each.skipped for each in building.summaries),
    )


def _steps() -> Iterator[_Step]:
    yield from ((scan.age_days, _ingesting(scan)) for scan in scans())
    yield from ((act.age_days, _acting(act)) for act in ACTS)
    yield from (
        (after + _LOOK + 0.01, _fixing(before + _LOOK, after + _LOOK))
        for before, after in pairwise(ROUNDS)
    )
    yield from ((age, _asking(name)) for age, name in _GATES)
    yield from ((age, _tick) for age in _TICKS)
    yield (_FEED_START_DAYS, _feeding(is_exploited=False))
    yield (EXPLOITED_DAYS, _feeding(is_exploited=True))
    yield (_FEED_LAST_DAYS, _feeding(is_exploited=True))
    yield from ((age, _declare) for age in _INCIDENTS)


def _tick(building: _Building) -> None:
    building.site.tick()


def _ingesting(scan: Scan) -> Callable[[_Building], None]:
    def ingest(building: _Building) -> None:
        at = building.at(scan.age_days)
        # A table carries neither time nor target.
        options = IngestOptions(scan.target, scanned_at=at) if scan.is_table else IngestOptions()
        data = report_of(scan, building.faults, at)
        building.summaries.append(
            building.site.ingest(data, where=file_name(scan), options=options)
        )

    return ingest


def _acting(act: Act) -> Callable[[_Building], None]:
    def do(building: _Building) -> None:
        at = building.at(act.age_days)
        with building.site.store.write(building.clock.now) as writer:
            writer.append(act_events(act, writer.findings((State.OPEN,)), at))

    return do


def _fixing(before: float, after: float) -> Callable[[_Building], None]:
    def do(building: _Building) -> None:
        with building.site.store.write(building.clock.now) as writer:
            events = fixing_events(
                building.faults,
                writer.findings((State.OPEN,)),
                building.site.workspace,
                before_days=before,
                after_days=after,
                now=building.now,
            )
            writer.append(events)

    return do


def _asking(name: str) -> Callable[[_Building], None]:
    def ask(building: _Building) -> None:
        files: Mapping[str, bytes] = plan_files()
        building.site.check_plan(
            files[name], where=f"plans/{name}", repository="", fail_on_unknown=False
        )

    return ask


def _feeding(*, is_exploited: bool) -> Callable[[_Building], None]:
    def feed(building: _Building) -> None:
        at = building.clock.now
        started = building.at(EXPLOITED_DAYS) if is_exploited else at
        kev = kev_file(at, exploited_since=started if is_exploited else None)
        building.site.load_feed(kev, where="feeds/kev.json", as_of=None)
        epss = epss_file(at, is_exploited=is_exploited)
        building.site.load_feed(epss, where="feeds/epss.csv", as_of=None)
        building.site.load_feed(exploit_file(at), where="feeds/metasploit.json", as_of=at.date())

    return feed


def _declare(building: _Building) -> None:
    at = building.clock.now
    with building.site.store.write(at) as writer:
        writer.append(incident_events(building.site.workspace, at))
