from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.flows.sample_survey import (
    DAY,
    HOUR,
    LEDGER,
    NOW,
    PAYMENTS,
    SEARCH,
    Journal,
)
from tesuri.flows.findings.show_findings import show_findings
from tesuri.model.decision import Outcome
from tesuri.model.finding import State
from tesuri.model.observation import Kind
from tesuri.model.severity import Severity
from tesuri.model.views_findings import FindingsView, HiddenReason


@pytest.fixture
def journal() -> Journal:
    """Seven open findings, each with something of its own, and five that are hidden."""
    journal = Journal()
    journal.find(1, finding={"severity": Severity.CRITICAL, "package": "openssl", "has_fix": True})
    journal.find(2, age=9 * DAY, finding={"title": "Batch role can read every ledger"})
    journal.find(3, service=None, finding={"tools": ("gitleaks",), "kind": Kind.SECRET})
    low = {"severity": Severity.LOW, "is_stale": True}
    golang = {"package": "net", "package_namespace": "golang.org/x"}
    journal.find(4, service=SEARCH, finding={**low, **golang})
    journal.find(5, outcome=Outcome.IMMEDIATE, age=HOUR, service=LEDGER)
    journal.find(6, outcome=Outcome.DEFER, age=30 * DAY, finding={"severity": Severity.UNKNOWN})
    journal.find(7, age=2 * DAY, finding={"advisories": ("CVE-2026-10011", "GHSA-aaaa-bbbb-cccc")})
    journal.close(journal.find(8), NOW - HOUR)
    journal.close(journal.find(9), NOW - HOUR, State.GONE)
    journal.close(journal.find(10), NOW - HOUR, State.FALSE_POSITIVE)
    journal.waive(journal.find(11), NOW + 9 * DAY, "WVR-70")
    journal.waive(journal.find(12, service=LEDGER), NOW + 9 * DAY, "WVR-71")
    journal.exploited("CVE-2026-1005", date(2026, 11, 1))
    return journal


def keys(view: FindingsView) -> list[int]:
    return sorted(row.key for row in view.rows)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [1, 2, 3, 4, 5, 6, 7]),
        ("severity:critical", [1]),
        ("severity:>=high", [1, 2, 3, 5, 7]),
        ("severity:<high", [4, 6]),
        ("severity:critical,low", [1, 4]),
        ("-severity:high", [1, 4, 6]),
        ("outcome:immediate", [5]),
        ("outcome:<=out-of-cycle", [1, 2, 3, 4, 6, 7]),
        ("owner:payments", [1, 2, 5, 6, 7]),
        ("owner:Payments", [1, 2, 5, 6, 7]),
        ("owner:基盤チーム", [4]),
        ("owner:none", [3]),
        ("service:ledger", [5]),
        ("service:*e*", [1, 2, 4, 5, 6, 7]),
        ("due:<2d", [2, 5]),
        ("due:>2d", [1, 3, 4, 7]),
        ("due:none", [6]),
        ("age:>8d", [2, 6]),
        ("late:>1d", [2]),
        ("is:late", [2]),
        ("is:unowned", [3]),
        ("is:stale", [4]),
        ("is:new", [1, 3, 4, 5, 7]),
        ("is:exploited", [5]),
        ("has:fix", [1]),
        ("-has:fix is:late", [2]),
        ("has:waiver", [11, 12]),
        ("-has:waiver", [1, 2, 3, 4, 5, 6, 7]),
        ("waiver:wvr-71", [12]),
        ("state:fixed", [8]),
        ("state:fixed,gone", [8, 9]),
        ("kind:secret", [3]),
        ("tool:gitleaks", [3]),
        ("package:openssl", [1]),
        ("PACKAGE:OpenSSL", [1]),
        ("package:golang.org/x/net", [4]),
        ("package:net", [4]),
        ("asset:stray", [3]),
        ("id:FND-4", [4]),
        ("FND-4", [4]),
        ("CVE-2026-1001", [1]),
        ("CVE-2026-100", [1, 2, 3, 4, 5, 6, 7]),
        ("GHSA-aaaa-bbbb-cccc", [7]),
        ("batch ledger", [2]),
        ('"read every"', [2]),
        ('"every read"', []),
        ('-"read every" is:late', []),
        ("severity：critical　openssl", [1]),
        ("100% 'quoted'; drop table", []),
    ],
)
def test_a_query_finds_what_it_says(journal: Journal, query: str, expected: list[int]) -> None:
    view = show_findings(journal.survey(), journal, team=None, query=query)
    assert view.errors == ()
    assert keys(view) == expected
    assert view.total == len(expected)


@pytest.mark.parametrize(
    ("query", "part", "remedy"),
    [
        ("severty:high", "severty:high", "Did you mean severity?"),
        ("severity:hihg", "severity:hihg", "Did you mean high?"),
        ("owner:paymnets", "owner:paymnets", "Did you mean payments?"),
        ("service:serach", "service:serach", "Did you mean search?"),
        ("tool:trivi", "tool:trivi", "Did you mean trivy?"),
        ("is:overdue", "is:overdue", "It is one of"),
        ("due:soon", "due:soon", "Write a length of time"),
        ("due:<99999999d", "due:<99999999d", "Write a length of time"),
        ("kind:>secret", "kind:>secret", "Write kind:secret."),
        ("severity:", "severity:", "Write a value"),
        ("arn:aws:s3:::logs", "arn:aws:s3:::logs", "Put it in quotes"),
        ("-", "-", "Write a word"),
    ],
)
def test_what_nobody_can_follow_is_said_and_left_out(
    journal: Journal, query: str, part: str, remedy: str
) -> None:
    view = show_findings(journal.survey(), journal, team=None, query=f"{query} is:late")
    (error,) = view.errors
    assert error.text == part
    assert remedy in error.remedy
    assert keys(view) == [2]


@pytest.mark.parametrize("query", ["x" * 5_000, "is:late " * 100, '"' * 50, ":::", "-:-", "\x00"])
def test_a_hostile_query_gives_a_page_and_never_a_failure(journal: Journal, query: str) -> None:
    view = show_findings(journal.survey(), journal, team=None, query=query)
    assert isinstance(view, FindingsView)


def test_hidden_rows_are_counted_by_reason_and_their_query_shows_them(journal: Journal) -> None:
    survey = journal.survey()
    view = show_findings(survey, journal, team=None, query="severity:>=high")
    assert {hidden.reason: hidden.count for hidden in view.hidden} == {
        HiddenReason.WAIVED: 2,
        HiddenReason.FALSE_POSITIVE: 1,
        HiddenReason.CLOSED: 2,
    }
    assert view.hidden[0].waivers == ("WVR-70", "WVR-71")
    for hidden in view.hidden:
        shown = show_findings(survey, journal, team=None, query=hidden.query)
        assert shown.total == hidden.count
        assert shown.hidden == ()


def test_only_the_services_of_the_team_are_shown(journal: Journal) -> None:
    view = show_findings(journal.survey(), journal, team=PAYMENTS, query="")
    assert keys(view) == [1, 2, 5, 6, 7]
    assert view.all_findings == 10


def test_pages_join_to_the_whole_list_without_a_row_twice_even_under_ties() -> None:
    journal = Journal()
    for key in range(1, 24):
        journal.find(key)
    survey = journal.survey()
    seen: list[int] = []
    cursor, firsts = "", []
    while True:
        view = show_findings(survey, journal, team=None, query="", cursor=cursor, limit=5)
        seen += [row.key for row in view.rows]
        firsts.append(view.first)
        cursor = view.next_cursor
        if not cursor:
            break
    assert seen == list(range(1, 24))
    assert firsts == [1, 6, 11, 16, 21]


def test_a_cursor_holds_when_its_row_is_closed_in_between(journal: Journal) -> None:
    first = show_findings(journal.survey(), journal, team=None, query="", limit=3)
    whole = show_findings(journal.survey(), journal, team=None, query="")
    last = first.rows[-1]
    journal.close(next(each for each in journal.findings() if each.key == last.key), NOW)
    after = journal.survey()
    second = show_findings(after, journal, team=None, query="", cursor=first.next_cursor)
    assert [row.key for row in second.rows] == [row.key for row in whole.rows[3:]]


@pytest.mark.parametrize(
    "cursor", ["garbage", "e30", "bnVsbA", "W1tbXV1d", "é", "A" * 10_000, "WzEsMiwzLCJ4Il0", "===="]
)
def test_a_cursor_that_nobody_gave_out_is_the_first_page(journal: Journal, cursor: str) -> None:
    view = show_findings(journal.survey(), journal, team=None, query="", cursor=cursor)
    assert (view.first, len(view.rows)) == (1, 7)


def test_rows_stand_by_urgency_then_due_date_and_say_how_late(journal: Journal) -> None:
    view = show_findings(journal.survey(), journal, team=None, query="")
    assert [row.key for row in view.rows] == [5, 2, 7, 1, 3, 4, 6]
    late = view.rows[1]
    assert late.late_seconds == 2 * 86_400
    assert late.due_at == NOW - timedelta(days=2)
    assert [row.is_exploited for row in view.rows][:2] == [True, False]


def test_past_episodes_are_not_listed() -> None:
    journal = Journal()
    journal.find(1, finding={"is_current": False})
    journal.find(2, finding={"regression_of": 1})
    view = show_findings(journal.survey(), journal, team=None, query="is:back")
    assert keys(view) == [2]
    assert view.all_findings == 1


def test_facets_count_the_rows_and_mark_what_is_chosen(journal: Journal) -> None:
    view = show_findings(journal.survey(), journal, team=None, query="kind:secret,vulnerability")
    facet = next(each for each in view.facets if each.field == "kind")
    assert [(each.value, each.count, each.is_chosen) for each in facet.values] == [
        ("vulnerability", 6, True),
        ("secret", 1, True),
    ]
    services = next(each for each in view.facets if each.field == "service")
    assert sum(each.count for each in services.values) == view.total


def test_the_feeds_are_asked_once_for_a_page(journal: Journal) -> None:
    survey = journal.survey()
    show_findings(survey, journal, team=None, query="")
    assert journal.questions == ["signals"]


def test_a_finding_before_deployment_has_no_due_date_yet() -> None:
    journal = Journal()
    journal.find(1, finding={"is_neutral": True})
    survey = journal.survey()
    without_clock = replace(survey, clocks={})
    view = show_findings(without_clock, journal, team=None, query="")
    assert view.rows[0].due_at is None
