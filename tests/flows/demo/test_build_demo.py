"""The demo company shows every case that a page is there for, and went the same way as a user's own data."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from tesuri.cli.demo import shipped_files
from tesuri.flows.demo.build_demo import DemoSummary, build_demo
from tesuri.flows.demo.cast import LEAKED_KEY
from tesuri.flows.demo.declared import declared_files
from tesuri.flows.demo.plans import BLOCKED, CLEAN, WARNED
from tesuri.flows.demo.site import DemoClock
from tesuri.flows.demo.story_code import OPEN_SSH
from tesuri.flows.demo.story_packages import EXPORT, OPENSSL
from tesuri.flows.site.coverage import stale_sources
from tesuri.flows.site.survey import Survey, coverage_at, late_seconds, state_of
from tesuri.model.control import GateAnswer
from tesuri.model.decision import Outcome
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import Finding, State, Work
from tesuri.model.identifiers import ServiceId
from tesuri.model.objective import PolicyState
from tesuri.model.observation import Kind
from tesuri.routing.ownership import unlabelled, unowned
from tesuri.settings import read_settings
from tesuri.wiring.site import Site, site_at

NOW = datetime(2026, 11, 24, 0, 36, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Company:
    """The built demo with what was read of it."""

    site: Site
    folder: Path
    summary: DemoSummary
    survey: Survey
    events: tuple[Event, ...]

    def open_with(self, advisory: str) -> list[Finding]:
        """Give the open findings of an advisory."""
        return [each for each in self.survey.open_findings if advisory in each.advisories]

    def state(self, service: str) -> PolicyState:
        """Give a service's policy state."""
        return state_of(self.survey, ServiceId(service))[0]


def written(folder: Path) -> Path:
    for path, content in declared_files(shipped_files(), NOW).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    (folder / ".tesuri").mkdir()
    return folder


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """Build the demo once; tests only read it."""
    folder = written(tmp_path_factory.mktemp("demo"))
    clock = DemoClock(NOW)
    site = site_at(folder, read_settings({}, folder))
    site.clock = clock
    summary = build_demo(site, clock, now=NOW)
    with site.survey(NOW) as (survey, reader):
        events = tuple(reader.events())
    yield Company(site, folder, summary, survey, events)
    site.close()


def test_there_are_twelve_services_four_teams_and_three_journeys_in_two_languages(
    company: Company,
) -> None:
    workspace = company.site.workspace
    assert (len(workspace.services), len(workspace.teams), len(workspace.journeys)) == (12, 4, 3)
    titles = [
        *((each.name, each.name_ja) for each in workspace.services.values()),
        *((each.name, each.name_ja) for each in workspace.teams.values()),
        *((each.name, each.name_ja) for each in workspace.journeys.values()),
    ]
    assert all(english and japanese and english != japanese for english, japanese in titles)
    assert all(each.title and each.title_ja for each in workspace.objectives)
    assert not workspace.warnings


def test_the_list_is_as_long_as_a_company_of_this_size_has(company: Company) -> None:
    assert 120 <= len(company.survey.open_findings) <= 180


def test_one_budget_is_spent_one_low_one_unknown_and_the_others_are_ample(company: Company) -> None:
    states = Counter(company.state(service) for service in company.site.workspace.services)
    assert company.state("payouts") is PolicyState.SPENT
    assert company.state("merchant-portal") is PolicyState.LOW
    assert company.state("search-indexer") is PolicyState.UNKNOWN
    assert states[PolicyState.AMPLE] == 9


def test_some_of_the_ample_budgets_were_used(company: Company) -> None:
    budgets = company.survey.budgets.items()
    used = {service for (_, service), budget in budgets if budget.consumed_seconds}
    assert {"payments-api", "sign-in", "checkout-api", "accounts"} <= used


def test_the_exploited_vulnerability_is_the_only_one_that_is_late(company: Company) -> None:
    late = [each for each in company.survey.open_findings if late_seconds(company.survey, each.key)]
    assert [each.advisories for each in late] == [(EXPORT.advisory, EXPORT.alias)]
    assert late_seconds(company.survey, late[0].key) == 34 * 3600
    assert (late[0].service, late[0].outcome) == ("payouts", Outcome.IMMEDIATE)


def test_a_source_of_31_hours_makes_coverage_unknown(company: Company) -> None:
    (quiet,) = stale_sources(company.survey.sources, NOW)
    assert quiet.last_scanned_at is not None
    assert (quiet.tool, NOW - quiet.last_scanned_at) == ("trivy", timedelta(hours=31))
    assert coverage_at(company.survey, ServiceId("search-indexer")).share == Fraction(1, 2)
    assert any(each.is_stale for each in company.survey.open_findings)


def test_the_leaked_key_is_masked_and_nowhere_stored(company: Company) -> None:
    (leak,) = [each for each in company.survey.open_findings if each.kind is Kind.SECRET]
    assert "AKIA…Q7HD" in leak.title
    company.site.store.close()
    stored = [path for path in company.folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in stored)
    for path in stored:
        assert LEAKED_KEY.encode() not in path.read_bytes(), path
        assert LEAKED_KEY[4:-4].encode() not in path.read_bytes(), path


def test_one_asset_has_no_owner_and_one_service_no_label(company: Company) -> None:
    workspace = company.site.workspace
    assert [asset.id for asset in unowned(workspace.assets, workspace)] == ["legacy-export"]
    assert [service.id for service in unlabelled(workspace)] == ["batch-runner"]
    assert any(each.service is None for each in company.survey.open_findings)


def test_every_scanned_thing_is_declared(company: Company) -> None:
    assert all(sight.asset.is_declared for sight in company.survey.sights)
    assert all(sight.seen_at is not None for sight in company.survey.sights)


def test_findings_came_back_within_the_week_and_after_it(company: Company) -> None:
    regressed = [each for each in company.survey.open_findings if each.regression_of]
    assert {each.asset for each in regressed} == {"checkout-api", "repo-shop-reviews"}
    assert all(each.episode == 2 for each in regressed)
    assert any(event.kind is EventKind.REOPENED for event in company.events)


def test_two_scanners_see_one_finding(company: Company) -> None:
    (export,) = company.open_with(EXPORT.advisory)
    assert export.tools == ("grype", "trivy")
    assert EXPORT.alias in export.advisories


def test_one_fix_covers_resources_of_several_services(company: Company) -> None:
    findings = company.open_with(OPENSSL.advisory)
    groups = Counter(each.group for each in findings)
    largest = groups.most_common(1)[0][0]
    services = {each.service for each in findings if each.group == largest}
    assert services == {"payments-api", "payouts", "ledger", "checkout-api"}
    assert {each.work for each in findings} >= {
        Work.NEW,
        Work.IN_PROGRESS,
        Work.AWAITING_VERIFICATION,
    }


def test_a_waiver_is_in_force_and_another_lapses_soon(company: Company) -> None:
    hidden = Counter(
        str(each.waiver) for each in company.survey.findings if each.state is State.WAIVED
    )
    assert hidden["WVR-77"] == 4
    assert hidden["WVR-70"] > 0
    ends = {str(waiver.id): waiver.expires_at - NOW for waiver in company.site.workspace.waivers}
    assert timedelta(0) < ends["WVR-77"] < timedelta(days=7) < ends["WVR-70"]
    assert all(each.requester not in each.approvers for each in company.site.workspace.waivers)


def test_the_open_port_is_seen_live_and_by_the_gate(company: Company) -> None:
    rules = {each.rule for each in company.survey.open_findings}
    assert {OPEN_SSH.check, "aws-ec2-security-group-admin-port-world"} <= rules


def test_past_fixes_tell_how_long_they_took_and_the_usual_pace(company: Company) -> None:
    fixed = [each for each in company.survey.findings if each.state is State.FIXED]
    worked = {
        event.finding
        for event in company.events
        if event.kind is EventKind.WORK_CHANGED and event.actor in _people(company)
    }
    assert len([each for each in fixed if each.key in worked]) >= 20
    assert any(budget.forecast.closings_per_window for budget in company.survey.budgets.values())


def test_what_is_not_a_finding_is_counted(company: Company) -> None:
    summary = company.summary
    assert min(summary.suppressed, summary.informational, summary.skipped) > 0
    with company.site.store.read() as reader:
        assert 0 < reader.skipped_records() < summary.skipped, "of the newest scans only"


def test_the_counts_add_up(company: Company) -> None:
    kinds = Counter(event.kind for event in company.events)
    assert kinds[EventKind.OPENED] == len(company.survey.findings)
    shell = company.site.shell(team=None, now=NOW)
    services = company.site.services(team=None, now=NOW)
    unowned_findings = [each for each in company.survey.open_findings if each.service is None]
    owned = sum(row.open_findings for row in services.rows)
    assert shell.counts.findings == len(company.survey.open_findings)
    assert owned + len(unowned_findings) == shell.counts.findings


def test_about_seven_things_fit_the_week(company: Company) -> None:
    week = company.site.week(team=None, now=NOW)
    assert 6 <= len(week.planned) <= 8
    assert all(
        row.do.title and row.do.title_ja for row in week.planned if "Upgrade" in row.do.title
    )


def test_every_step_is_in_the_past_and_in_order(company: Company) -> None:
    assert max(event.happened_at for event in company.events) <= NOW
    opened = [each.opened_at for each in company.survey.findings]
    assert NOW - timedelta(days=92) < min(opened) < NOW - timedelta(days=88)
    recorded = company.survey.recorded_at
    assert recorded is not None
    assert recorded <= NOW


def test_the_gate_has_warned_and_blocked_before(company: Company) -> None:
    answers = [event.payload for event in company.events if event.kind is EventKind.GATE_ANSWERED]
    assert {str(payload["answer"]) for payload in answers} == {"allow", "warn", "block"}
    for payload in answers:
        is_allowed = payload["answer"] == GateAnswer.ALLOW.value
        assert (payload["failed"] == 0, payload["control"] is None) == (is_allowed, is_allowed)


@pytest.mark.parametrize(
    ("name", "answer"),
    [(CLEAN, GateAnswer.ALLOW), (WARNED, GateAnswer.WARN), (BLOCKED, GateAnswer.BLOCK)],
)
def test_the_same_change_warns_with_budget_and_blocks_without(
    company: Company, name: str, answer: GateAnswer, tmp_path: Path
) -> None:
    """The plans are asked at a copy, so that the company stays as it was built."""
    copy = _copied(company.folder, tmp_path)
    site = site_at(copy, read_settings({}, copy))
    site.clock = DemoClock(NOW)
    data = (copy / "plans" / name).read_bytes()
    report = site.check_plan(data, where=name, repository="", fail_on_unknown=False)
    site.close()
    assert report.answer is answer


def test_the_journal_alone_gives_the_same_rows(company: Company, tmp_path: Path) -> None:
    copy = _copied(company.folder, tmp_path)
    site = site_at(copy, read_settings({}, copy))
    before = site.store.snapshot()
    site.store.rebuild()
    after = site.store.snapshot()
    transactions = site.store.verify()
    site.close()
    assert before == after
    assert transactions > 300


def test_a_tick_right_after_building_finds_nothing_to_do(company: Company, tmp_path: Path) -> None:
    copy = _copied(company.folder, tmp_path)
    site = site_at(copy, read_settings({}, copy))
    site.clock = DemoClock(NOW)
    summary = site.tick()
    site.close()
    assert summary.changes == 0


def _people(company: Company) -> frozenset[str]:
    teams = company.site.workspace.teams.values()
    return frozenset(person for team in teams for person in team.members)


def _copied(folder: Path, to: Path) -> Path:
    for path in folder.rglob("*"):
        if path.is_file():
            place = to / path.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
    return to
