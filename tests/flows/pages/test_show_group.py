from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

from tests.flows.sample_survey import DAY, HOUR, LEDGER, NOW, Journal, table
from tesuri.flows.pages.explain_finding import explain_finding
from tesuri.flows.pages.show_group import show_group
from tesuri.model.decision import Outcome
from tesuri.model.event import EventKind
from tesuri.model.finding import State, Work
from tesuri.model.identifiers import FindingKey, GroupKey
from tesuri.model.severity import Severity
from tesuri.model.views_explanation import InputName
from tesuri.model.views_findings import GroupView, HiddenReason, HistoryKind


def group(journal: Journal, key: int = 1) -> GroupView:
    view = show_group(journal.survey(), journal, GroupKey(key), table=table())
    assert view is not None
    return view


def test_the_path_shows_every_answer_the_chosen_one_and_what_would_change_it() -> None:
    journal = Journal()
    found = journal.find(1)
    decision = journal.answer(found, exploitation="poc", exposure="controlled", automatable="no")
    path = group(journal).decision
    assert path is not None
    assert (path.table, path.row, path.rows) == (decision.table, decision.row, 72)
    assert [(each.question, each.value, each.is_default) for each in path.answers] == [
        ("exploitation", "poc", False),
        ("exposure", "controlled", False),
        ("automatable", "no", False),
        ("human_impact", "low", True),
    ]
    assert path.answers[0].options == ("active", "poc", "none")
    assert path.answers[0].observed_at == NOW - HOUR
    assert path.answers[0].reason == "exploitation is poc."
    assert path.answers[3].reason_ja.startswith("回答がない")
    assert path.decided_at == found.opened_at
    assert path.would_change
    assert all(step.outcome is not path.outcome for step in path.would_change)
    ranks = [step.outcome.rank for step in path.would_change]
    assert ranks == sorted(ranks)


def test_a_decision_of_another_table_keeps_its_answers_and_guesses_nothing() -> None:
    journal = Journal()
    journal.answer(journal.find(1), exploitation="poc")
    newer = replace(table(), version="9.9.9")
    view = show_group(journal.survey(), journal, GroupKey(1), table=newer)
    assert view is not None
    assert view.decision is not None
    assert len(view.decision.answers) == 4
    assert view.decision.would_change == ()


def test_a_group_adds_up_its_findings_and_counts_what_it_hides() -> None:
    journal = Journal()
    journal.find(1, finding={"cvss_score": 7.5, "work": Work.IN_PROGRESS})
    journal.find(2, group=1, age=9 * DAY, service=LEDGER, finding={"severity": Severity.CRITICAL})
    journal.waive(journal.find(3, group=1), NOW + 9 * DAY, "WVR-70")
    journal.exploited("CVE-2026-1002", date(2026, 11, 21))
    journal.likely("CVE-2026-1001", 0.42)
    view = group(journal)
    assert [row.key for row in view.rows] == [2, 1]
    assert (view.total, view.services, view.severity) == (2, ("checkout", "ledger"), "critical")
    assert view.work is Work.TRIAGED
    assert view.late_seconds == 2 * 86_400
    assert view.first_seen_at == NOW - 9 * DAY
    assert [(each.reason, each.count, each.query) for each in view.hidden] == [
        (HiddenReason.WAIVED, 1, "group:GRP-1 state:waived")
    ]
    assert view.exploited_since == datetime(2026, 11, 21, tzinfo=UTC)
    assert view.epss == Fraction(42, 100)
    assert view.cvss_score == 7.5
    assert (view.do.title, view.do.title_ja) == ("Upgrade part 1", "部品 1 を更新")


def test_lateness_costs_a_day_a_day_in_each_budget_however_many_resources() -> None:
    journal = Journal()
    journal.find(1, age=9 * DAY)
    journal.find(2, group=1)
    journal.find(3, group=1, service=LEDGER)
    journal.find(4, age=9 * DAY)
    effect = group(journal).effect
    assert effect is not None
    assert (effect.objective, effect.service) == ("out-of-cycle-7d", "checkout")
    assert effect.cost_seconds_a_day == 2 * 86_400
    assert effect.late_others == 1
    allowance_seconds = 28 * 86_400 // 20
    assert effect.remaining_seconds == allowance_seconds - 2 * 2 * 86_400


def test_the_history_folds_what_happened_at_once_and_ends_with_the_next_scan() -> None:
    journal = Journal()
    journal.find(1)
    journal.find(2, group=1)
    third = journal.find(3, group=1)
    journal.close(third, NOW - HOUR)
    lines = group(journal).history
    assert [(line.kind, line.count) for line in lines] == [
        (EventKind.OPENED, 3),
        (EventKind.DECIDED, 3),
        (EventKind.CLOSED, 1),
        (HistoryKind.NEXT_SCAN, 1),
    ]
    assert lines[-1].is_to_come
    assert lines[-1].at == NOW + 22 * HOUR
    assert not any(line.is_to_come for line in lines[:-1])


def test_a_closed_group_shows_its_findings_and_hides_none() -> None:
    journal = Journal()
    journal.close(journal.find(1), NOW - 2 * HOUR)
    journal.close(journal.find(2, group=1), NOW - HOUR)
    view = group(journal)
    assert (view.state, view.total, view.hidden) == (State.FIXED, 2, ())
    assert view.closed_at == NOW - HOUR
    assert view.effect is None


def test_links_that_are_no_web_addresses_are_left_out() -> None:
    journal = Journal()
    links = ("https://example.com/a", "javascript:alert(1)", "https://example.com/a")
    journal.find(1, finding={"links": links, "remedy": "Upgrade.", "fixed_versions": ("3.0.16",)})
    remedy = group(journal).remedy
    assert remedy.links == ("https://example.com/a",)
    assert (remedy.text, remedy.fixed_versions) == ("Upgrade.", ("3.0.16",))


def test_unknown_groups_and_findings_lead_to_nothing() -> None:
    journal = Journal()
    journal.find(5, group=2)
    survey = journal.survey()
    assert show_group(survey, journal, GroupKey(77), table=table()) is None
    assert explain_finding(survey, journal, FindingKey(4), table=table()) is None


def test_an_explanation_names_inputs_with_their_age_the_due_date_and_what_it_burnt() -> None:
    journal = Journal()
    found = journal.find(1, age=8 * DAY, finding={"cvss_score": 9.8, "tools": ("grype", "trivy")})
    journal.answer(found, exploitation="active")
    journal.exploited("CVE-2026-1001", date(2026, 11, 21))
    said = explain_finding(journal.survey(), journal, FindingKey(1), table=table())
    assert said is not None
    assert [(each.name, each.value, each.as_of) for each in said.inputs] == [
        (InputName.SEVERITY, "high", None),
        (InputName.CVSS, "9.8", None),
        (InputName.KEV, "2026-11-21", date(2026, 11, 23)),
        (InputName.EPSS, "", date(2026, 11, 23)),
    ]
    assert said.inputs[0].source == "grype, trivy"
    assert said.due is not None
    assert said.due.due_at == NOW - DAY
    assert (said.due.objective_seconds, said.due.late_seconds) == (7 * 86_400, 86_400)
    assert said.due.clock_started_at == NOW - 8 * DAY
    assert said.burning is not None
    assert said.burning.used_seconds == 86_400
    assert said.burning.share == Fraction(86_400 * 20, 28 * 86_400)
    assert said.decision is not None
    assert said.decision.outcome is Outcome.OUT_OF_CYCLE or said.decision.would_change
    assert [line.kind for line in said.history][:2] == [EventKind.OPENED, EventKind.DECIDED]


def test_a_waiver_that_held_the_clock_is_in_the_explanation() -> None:
    journal = Journal()
    journal.waive(journal.find(1, age=2 * DAY), NOW - DAY, "WVR-66")
    said = explain_finding(journal.survey(), journal, FindingKey(1), table=table())
    assert said is not None
    assert said.due is not None
    assert said.due.paused_seconds == 86_400


def test_a_scan_that_should_have_come_already_is_not_announced() -> None:
    journal = Journal()
    journal.find(1)
    later = journal.survey(now=NOW + 23 * HOUR)
    view = show_group(later, journal, GroupKey(1), table=table())
    assert view is not None
    assert not any(line.is_to_come for line in view.history)
