"""Verdicts on what runs: the finding that a scanner would tell, ended when the control passes there."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.flows.reports import Books, day, decision_table
from tesuri.flows.gates.record_running import Keeping, record_report
from tesuri.model.control import GateAnswer, GateReport, Point, Ruling, Verdict, VerdictKind
from tesuri.model.finding import Finding, State
from tesuri.model.gate_record import GateRecord
from tesuri.model.identifiers import ControlId
from tesuri.model.objective import PolicyState
from tesuri.model.severity import Severity

CONTROL = ControlId("aws-ec2-security-group-remote-access")
ACCOUNT, GROUP = "111122223333", "sg-0123456789abcdef0"
ARN = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:security-group/{GROUP}"
FAILING = Ruling(
    Verdict(
        CONTROL,
        "1",
        "AWS::EC2::SecurityGroup",
        f"{ACCOUNT}/eu-west-1/{GROUP}",
        VerdictKind.FAIL,
        Severity.HIGH,
        account=ACCOUNT,
    ),
    GateAnswer.WARN,
    None,
    None,
    "nobody",
    PolicyState.UNKNOWN,
    "no budget",
    message="Port 22 is open to everyone.",
)
FIXED = GateRecord(fixed=1)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    books = Books(tmp_path)
    yield books
    books.store.close()


def answered(ruling: Ruling, kind: VerdictKind, control: str = CONTROL) -> Ruling:
    return replace(ruling, verdict=replace(ruling.verdict, kind=kind, control=ControlId(control)))


def record(
    books: Books, now: datetime, *rulings: Ruling, point: Point = Point.LIVE
) -> GateRecord | None:
    report = GateReport(point, "recorded", GateAnswer.WARN, rulings)
    return record_report(report, Keeping(books.store, books.workspace, decision_table(), now))


def only(books: Books) -> Finding:
    (found,) = books.findings()
    return found


def prowler(rule: str) -> bytes:
    """Give Prowler's record of the same group."""
    columns = {
        "AUTH_METHOD": "profile",
        "TIMESTAMP": "2026-09-02T03:00:00Z",
        "ACCOUNT_UID": ACCOUNT,
        "PROVIDER": "aws",
        "CHECK_ID": rule,
        "CHECK_TITLE": "Port 22 is not open",
        "STATUS": "FAIL",
        "STATUS_EXTENDED": "Port 22 is open.",
        "MUTED": "False",
        "SEVERITY": "high",
        "RESOURCE_UID": ARN,
        "RESOURCE_TYPE": "AwsEc2SecurityGroup",
        "REGION": "eu-west-1",
        "PROWLER_VERSION": "5.1.0",
        "FINDING_UID": "x",
    }
    return f"{';'.join(columns)}\n{';'.join(columns.values())}\n".encode()


def test_failing_live_verdict_is_a_finding_that_counts_from_its_detection(books: Books) -> None:
    assert record(books, day(0), FAILING) == GateRecord(new=1)
    found = only(books)
    assert (found.rule, found.resource, found.asset) == (CONTROL, ARN, ACCOUNT)
    clock = books.clocks()[found.key]
    assert (clock.is_counted, clock.started_at) == (True, day(0))


def test_a_later_pass_of_the_same_control_fixes_it(books: Books) -> None:
    record(books, day(0), FAILING)
    assert record(books, day(2), FAILING) == GateRecord(known=1)
    assert record(books, day(3), answered(FAILING, VerdictKind.PASS)) == FIXED
    assert (only(books).state, only(books).closed_at) == (State.FIXED, day(3))
    assert record(books, day(4), FAILING) == GateRecord(returned=1)
    assert only(books).state is State.OPEN


@pytest.mark.parametrize(
    "later",
    [
        (),
        (answered(FAILING, VerdictKind.UNKNOWN),),
        (answered(FAILING, VerdictKind.PASS, "another-control"),),
        (answered(FAILING, VerdictKind.PASS), answered(FAILING, VerdictKind.UNKNOWN)),
    ],
    ids=["not recorded", "unknown", "another control", "told twice"],
)
def test_nothing_else_fixes_it(books: Books, later: tuple[Ruling, ...]) -> None:
    record(books, day(0), FAILING)
    for number in (1, 2, 3):
        assert (record(books, day(number), *later) or GateRecord()).fixed == 0
    assert only(books).state is State.OPEN


def test_event_opens_and_never_fixes(books: Books) -> None:
    assert record(books, day(0), FAILING, point=Point.EVENT) == GateRecord(new=1)
    passing = answered(FAILING, VerdictKind.PASS)
    assert record(books, day(1), passing, point=Point.EVENT) == GateRecord()
    assert record(books, day(2), passing) == FIXED


def seen(ruling: Ruling, at: datetime) -> Ruling:
    return replace(ruling, verdict=replace(ruling.verdict, seen_at=at))


def test_the_clock_begins_when_the_recording_says(books: Books) -> None:
    record(books, day(5), seen(FAILING, day(1)), point=Point.EVENT)
    found = only(books)
    assert (found.opened_at, books.clocks()[found.key].started_at) == (day(1), day(1))
    assert record(books, day(6), seen(FAILING, day(1)), point=Point.EVENT) == GateRecord(known=1)


def test_what_passed_before_it_began_ends_nothing(books: Books) -> None:
    passing = answered(FAILING, VerdictKind.PASS)
    record(books, day(5), seen(FAILING, day(4)))
    assert record(books, day(6), seen(passing, day(3))) == GateRecord()
    assert record(books, day(6), seen(passing, day(5))) == FIXED
    assert only(books).closed_at == day(5)


def test_what_was_seen_since_is_not_ended_by_an_older_recording(books: Books) -> None:
    passing = answered(FAILING, VerdictKind.PASS)
    record(books, day(1), seen(FAILING, day(1)))
    record(books, day(6), seen(FAILING, day(5)), point=Point.EVENT)
    assert record(books, day(7), seen(passing, day(3))) == GateRecord()
    assert only(books).state is State.OPEN


def test_an_older_recording_ends_what_nobody_has_seen_since(books: Books) -> None:
    passing = answered(FAILING, VerdictKind.PASS)
    other = replace(
        FAILING, verdict=replace(FAILING.verdict, address=f"{ACCOUNT}/eu-west-1/sg-other")
    )
    record(books, day(1), seen(FAILING, day(1)))
    record(books, day(6), seen(other, day(5)), point=Point.EVENT)
    assert record(books, day(7), seen(passing, day(3))) == FIXED


def test_live_verdict_and_a_scanners_record_are_one_finding(books: Books) -> None:
    rule = "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22"
    books.workspace = replace(books.workspace, rule_controls={rule: CONTROL})
    books.ingest(prowler(rule), now=day(1))
    assert record(books, day(2), FAILING) == GateRecord(known=1)
    assert set(only(books).tools) == {"prowler", "tesuri"}
    assert record(books, day(3), answered(FAILING, VerdictKind.PASS)) == FIXED


def planned(books: Books, now: datetime, **changes: object) -> None:
    verdict = replace(
        FAILING.verdict, address="aws_security_group.web", account="", names=("address web",)
    )
    ruling = replace(FAILING, verdict=replace(verdict, **changes))  # type: ignore[arg-type]  # names of fields
    assert record(books, now, ruling, point=Point.PLAN) is None


TAGGED = replace(FAILING, verdict=replace(FAILING.verdict, names=(ARN, "address web")))


def test_finding_of_a_plan_counts_from_when_its_resource_is_seen_live(books: Books) -> None:
    planned(books, day(0))
    assert not books.clocks()[only(books).key].is_counted
    assert record(books, day(2), TAGGED) == GateRecord(known=1, linked=1)
    linked = only(books)
    clock = books.clocks()[linked.key]
    assert (clock.is_counted, clock.started_at, linked.is_neutral) == (True, day(2), False)
    assert linked.due_at == clock.due_at
    books.tick(day(30))
    assert only(books).state is State.OPEN
    assert record(books, day(31), answered(FAILING, VerdictKind.PASS)) == FIXED
    before = books.everything()
    books.store.rebuild()
    assert books.everything() == before


def test_a_plan_of_what_was_fixed_live_waits_to_be_seen_live_again(books: Books) -> None:
    planned(books, day(0))
    record(books, day(1), TAGGED)
    record(books, day(2), answered(FAILING, VerdictKind.PASS))
    planned(books, day(3))
    assert [(each.state, each.is_neutral) for each in books.findings()] == [
        (State.FIXED, False),
        (State.OPEN, True),
    ]
    assert record(books, day(4), FAILING) == GateRecord(known=1, linked=1)
    assert books.clocks()[books.findings()[1].key].started_at == day(4)


def test_live_finding_takes_up_the_plans_and_keeps_its_clock(books: Books) -> None:
    planned(books, day(0))
    record(books, day(1), FAILING)
    assert record(books, day(5), TAGGED) == GateRecord(known=1, linked=1)
    (kept,) = [each for each in books.findings() if each.is_current]
    assert (kept.resource, kept.is_neutral, kept.opened_at) == (ARN, False, day(1))
    clock = books.clocks()[kept.key]
    assert (clock.is_counted, clock.started_at) == (True, day(1))
    planned(books, day(6))
    assert len([each for each in books.findings() if each.is_current]) == 1


@pytest.mark.parametrize(
    "changes",
    [{"names": ("address other",)}, {"names": ()}, {"control": ControlId("another-control")}],
    ids=["another name", "no name", "another control"],
)
def test_what_is_not_certain_is_not_linked(books: Books, changes: dict[str, object]) -> None:
    planned(books, day(0), **changes)
    kept = record(books, day(1), TAGGED)
    assert kept is not None
    assert (kept.new, kept.linked, kept.unlinked) == (1, 0, int("control" not in changes))
    assert sum(each.is_neutral for each in books.findings()) == 1


def test_two_resources_with_the_name_leave_it_unlinked(books: Books) -> None:
    planned(books, day(0))
    address = TAGGED.verdict.address.replace(ACCOUNT, "444455556666")
    elsewhere = replace(TAGGED.verdict, address=address, account="444455556666")
    kept = record(books, day(1), TAGGED, replace(TAGGED, verdict=elsewhere))
    assert kept == GateRecord(new=2, unlinked=1)


def test_rebuild_is_equal_after_snapshots(books: Books) -> None:
    record(books, day(0), FAILING)
    record(books, day(3), answered(FAILING, VerdictKind.PASS))
    before = books.everything()
    books.store.rebuild()
    assert books.everything() == before
    assert json.dumps([event.reason for event in books.events()]).count("passes") == 1


USER = replace(
    FAILING,
    verdict=replace(
        FAILING.verdict,
        control=ControlId("aws-iam-user-mfa"),
        resource_type="AWS::IAM::User",
        address=f"arn:aws:iam::{ACCOUNT}:user/eng/ops/ana",
        arn=f"arn:aws:iam::{ACCOUNT}:user/eng/ops/ana",
    ),
)
"""A user with a path, as a snapshot tells it."""
BARE = replace(USER, verdict=replace(USER.verdict, address=f"{ACCOUNT}/us-east-1/ana", arn=""))
"""The same, as an event does."""


def test_an_events_bare_name_is_the_finding_that_a_snapshot_knows_with_its_path(
    books: Books,
) -> None:
    record(books, day(0), USER)
    assert record(books, day(1), BARE, point=Point.EVENT) == GateRecord(known=1)
    assert only(books).resource == USER.verdict.arn
    assert record(books, day(2), answered(USER, VerdictKind.PASS, USER.verdict.control)) == FIXED


def test_a_snapshot_takes_up_what_an_event_knew_by_its_bare_name(books: Books) -> None:
    record(books, day(0), BARE, point=Point.EVENT)
    record(books, day(1), USER)
    found = [one for one in books.findings() if one.state is State.OPEN]
    assert len(found) == 1
    assert record(books, day(2), BARE, point=Point.EVENT) == GateRecord(known=1)
    assert record(books, day(3), USER) == GateRecord(known=1)


def test_two_users_of_one_name_in_a_recording_stay_two(books: Books) -> None:
    """A name is given once: a recording that holds both was put together from two times."""
    other = replace(USER, verdict=replace(USER.verdict, arn=f"arn:aws:iam::{ACCOUNT}:user/ana"))
    record(books, day(0), USER, other)
    assert record(books, day(1), USER, other) == GateRecord(known=2)
