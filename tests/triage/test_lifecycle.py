"""The transitions by themselves, one state and one scan at a time."""

from datetime import UTC, datetime, timedelta

import pytest

from tesuri.model.finding import State, Work
from tesuri.model.identifiers import FindingKey, Identity
from tesuri.model.severity import Severity
from tesuri.model.standing import ScanPlace, Standing, Unseen
from tesuri.triage.lifecycle import REOPENING, Absence, Sight, on_missed, on_seen

CLOSED_AT = datetime(2026, 9, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def place(at: datetime, *, scan: int = 9, is_older: bool = False) -> ScanPlace:
    later = ((10, at + DAY),) if is_older else ()
    return ScanPlace(1, scan, at, is_new_scan=True, is_newest=not is_older, clean_after=later)


def standing(
    state: State,
    *,
    here: str | None = "{}",
    is_missed: bool = False,
    absent_scan: int | None = None,
) -> Standing:
    is_closed = state in (State.FIXED, State.GONE, State.MITIGATED)
    return Standing(
        key=FindingKey(1),
        identity=Identity(bytes(16)),
        episode=1,
        state=state,
        work=Work.NEW,
        opened_at=CLOSED_AT - 9 * DAY,
        closed_at=CLOSED_AT if is_closed else None,
        severity=Severity.HIGH,
        detail="{}",
        detail_here=here,
        is_missed_here=is_missed,
        absent_scan=absent_scan,
    )


def unseen(
    state: State,
    *,
    missed_at: datetime | None = CLOSED_AT,
    is_visible: bool = False,
    clean_elsewhere_at: datetime | None = None,
) -> Unseen:
    return Unseen(FindingKey(1), state, Work.NEW, missed_at, 1, is_visible, clean_elsewhere_at, 1)


def test_what_nobody_knows_opens() -> None:
    assert on_seen(None, place(CLOSED_AT)) is Sight.OPENS


@pytest.mark.parametrize("state", [State.FIXED, State.GONE])
@pytest.mark.parametrize(
    ("after", "sight"),
    [
        (-DAY, Sight.PREDATES),
        (0 * DAY, Sight.PREDATES),
        (timedelta(seconds=1), Sight.REOPENS),
        (REOPENING, Sight.REOPENS),
        (REOPENING + timedelta(seconds=1), Sight.REGRESSES),
    ],
)
def test_seven_days_divide_the_same_episode_from_the_next(
    state: State, after: timedelta, sight: Sight
) -> None:
    assert on_seen(standing(state), place(CLOSED_AT + after)) is sight


@pytest.mark.parametrize("state", [State.FIXED, State.GONE])
def test_scan_with_a_later_clean_one_brings_nothing_back(state: State) -> None:
    assert on_seen(standing(state), place(CLOSED_AT + DAY, is_older=True)) is Sight.PREDATES


def test_part_of_the_scan_that_closed_it_takes_the_closing_back() -> None:
    closed = standing(State.FIXED, absent_scan=9)
    assert on_seen(closed, place(CLOSED_AT + 30 * DAY, scan=9)) is Sight.STAYS
    assert on_seen(closed, place(CLOSED_AT + 30 * DAY, scan=8)) is Sight.REGRESSES


@pytest.mark.parametrize(
    "state",
    [State.OPEN, State.WAIVED, State.FALSE_POSITIVE, State.NOT_AFFECTED, State.MITIGATED],
)
def test_what_is_open_or_decided_goes_on_as_it_is(state: State) -> None:
    at = place(CLOSED_AT + 99 * DAY)
    assert on_seen(standing(state), at) is Sight.CONTINUES
    assert on_seen(standing(state, is_missed=True), at) is Sight.RETURNS
    assert on_seen(standing(state, here=None), at) is Sight.SEEN_BY_ANOTHER


def test_older_scan_does_not_call_back_what_was_missed_since() -> None:
    missed = standing(State.OPEN, is_missed=True)
    assert on_seen(missed, place(CLOSED_AT, is_older=True)) is Sight.CONTINUES


@pytest.mark.parametrize("state", list(State))
def test_first_clean_scan_closes_nothing(state: State) -> None:
    assert on_missed(unseen(state, missed_at=None), CLOSED_AT) == Absence(
        is_absent=False, closed_at=None
    )


@pytest.mark.parametrize("state", list(State))
def test_second_clean_scan_closes_what_is_open_or_waived_and_no_decision(state: State) -> None:
    absence = on_missed(unseen(state), CLOSED_AT + DAY)
    is_closed = state in (State.OPEN, State.WAIVED)
    assert absence == Absence(is_absent=True, closed_at=CLOSED_AT if is_closed else None)


def test_what_another_scope_sees_stays_open() -> None:
    assert on_missed(unseen(State.OPEN, is_visible=True), CLOSED_AT + DAY).closed_at is None


def test_closing_is_dated_when_the_last_scope_was_clean_first() -> None:
    later = CLOSED_AT + 3 * DAY
    absence = on_missed(unseen(State.OPEN, clean_elsewhere_at=later), CLOSED_AT + 4 * DAY)
    assert absence.closed_at == later
