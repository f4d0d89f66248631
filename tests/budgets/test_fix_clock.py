"""`clock: fix-available`: time counts from when there was a fix; hours after the first instant."""

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.budgets.history import HOUR, IMMEDIATE, NOW, at, closed, in_hours, late_hours
from tesuri.budgets.clock import run_clock
from tesuri.budgets.evaluate import evaluate_budget
from tesuri.budgets.group import merge_clocks
from tesuri.budgets.load import changed_objective, objectives_from
from tesuri.budgets.objective_file import read_objectives
from tesuri.exports.objective_items import render_objectives
from tesuri.model.budget import Budget, Exclusion, Owner, OwnerKind
from tesuri.model.clock import (
    Clock,
    ClockFact,
    Decided,
    FixKnown,
    NoFixYet,
    Opened,
    Reopened,
    Waived,
)
from tesuri.model.errors import BadInput
from tesuri.model.objective import ClockStart

FROM_FIX = replace(IMMEDIATE, clock=ClockStart.FIX_AVAILABLE)


def fix(seen: float, since: float | None = None) -> FixKnown:
    return FixKnown(at(seen), at(seen if since is None else since))


def judged(hours: float, objective_hours: int = 48) -> Decided:
    return Decided(at(hours), objective_hours * HOUR, ClockStart.FIX_AVAILABLE)


def clock(*facts: ClockFact, opened: float = 100) -> Clock:
    return run_clock([Opened(at(opened)), *facts, judged(opened)])


def budget(*clocks: Clock, now: float = NOW, exclusions: tuple[Exclusion, ...] = ()) -> Budget:
    return evaluate_budget(
        FROM_FIX,
        [(str(number), each) for number, each in enumerate(clocks)],
        now=at(now),
        owner=Owner(OwnerKind.SERVICE, "shop"),
        coverage=Fraction(1),
        exclusions=exclusions,
    )


def test_time_counts_from_the_fix_that_came_later() -> None:
    found = clock(NoFixYet(at(100)), fix(200))
    assert (in_hours(found.due_at), in_hours(found.fix_at)) == (248, 200)
    assert late_hours(found) == [(248, None)]


def test_a_fix_older_than_the_finding_counts_but_nothing_is_late_before_it_was_opened() -> None:
    found = clock(fix(100, since=80))
    assert in_hours(found.due_at) == 128
    assert late_hours(clock(fix(100, since=10))) == [(100, None)]


def test_without_a_fix_nothing_is_due_and_the_finding_is_counted_as_waiting() -> None:
    found = clock(NoFixYet(at(100)))
    assert (found.due_at, found.overdue, found.is_waiting_for_fix) == (None, (), True)
    told = budget(found)
    assert told.consumed_seconds == 0
    assert (told.due, told.waiting_for_fix) == (0, 1)
    assert told.open_not_due == told.exposed_seconds == 0
    assert budget(clock(NoFixYet(at(100)), closed(300))).waiting_for_fix == 0


def test_silence_about_a_fix_is_no_word_that_there_is_none() -> None:
    found = clock()
    assert (in_hours(found.due_at), found.is_waiting_for_fix, found.fix_at) == (148, False, None)


def test_a_date_that_is_told_later_moves_the_due_date_but_never_into_the_past() -> None:
    assert in_hours(clock(fix(100), fix(120, since=90)).due_at) == 138
    assert in_hours(clock(fix(100), fix(140, since=50)).due_at) == 140
    assert in_hours(clock(fix(100), fix(200, since=50)).due_at) == 148


def test_a_date_in_the_future_of_the_observation_is_that_of_the_observation() -> None:
    assert in_hours(clock(fix(100, since=900)).due_at) == 148


def test_the_order_of_what_was_told_changes_nothing() -> None:
    facts: list[ClockFact] = [
        Opened(at(100)),
        NoFixYet(at(100)),
        fix(150, since=140),
        judged(100),
        closed(400),
    ]
    assert run_clock(list(reversed(facts))) == run_clock(facts)


def test_a_waiver_before_there_was_a_fix_held_nothing() -> None:
    waived = Waived(at(110), at(190))
    assert in_hours(clock(NoFixYet(at(100)), waived, fix(200)).due_at) == 248
    expired = clock(NoFixYet(at(100)), waived)
    assert (expired.due_at, expired.overdue) == (None, ())


def test_a_waiver_that_runs_when_the_fix_comes_holds_the_clock_from_then() -> None:
    found = clock(NoFixYet(at(100)), Waived(at(110), at(300)), fix(200))
    assert in_hours(found.due_at) == 300  # due at once on expiry, like every waiver
    assert late_hours(found) == [(300, None)]


def test_an_objective_that_begins_to_count_from_the_fix_refunds_nothing() -> None:
    detected = Decided(at(100), 48 * HOUR)
    facts: list[ClockFact] = [Opened(at(100)), NoFixYet(at(100)), detected, judged(200)]
    assert late_hours(run_clock(facts)) == [(148, 200)]
    assert late_hours(run_clock([*facts, fix(300)])) == [(148, 200), (348, None)]


def test_consumed_hours_and_the_allowance_are_exact() -> None:
    fixed = clock(NoFixYet(at(100)), fix(150), closed(210))
    told = budget(fixed, clock(NoFixYet(at(100))))
    assert told.consumed_seconds == 12 * HOUR
    assert told.allowance_seconds == Fraction(672, 20) * HOUR
    assert (told.due, told.on_time) == (1, 0)


def test_known_vulnerable_hours_run_from_the_fix_to_the_end_on_time_or_late() -> None:
    late, early = clock(fix(150), closed(250)), clock(fix(110, since=5), closed(120))
    assert budget(late, early).exposed_seconds == 120 * HOUR
    out = Exclusion(at(160), at(170), "audit", "ciso")
    assert budget(late, exclusions=(out,)).exposed_seconds == 90 * HOUR
    back = clock(fix(100), closed(120), Reopened(at(150)), closed(170))
    assert budget(back).exposed_seconds == 40 * HOUR


def test_known_vulnerable_hours_roll_out_of_the_window() -> None:
    found = clock(fix(100), closed(110))
    assert budget(found, now=100 + 672 + 4).exposed_seconds == 6 * HOUR


def test_a_budget_that_counts_from_detection_says_no_known_vulnerable_hours() -> None:
    plain = evaluate_budget(
        IMMEDIATE, [], now=at(NOW), owner=Owner(OwnerKind.SERVICE, ""), coverage=Fraction(1)
    )
    assert plain.exposed_seconds is None


def test_a_group_waits_only_where_all_of_it_waits() -> None:
    waiting, running = clock(NoFixYet(at(100))), clock(fix(150))
    (both,) = merge_clocks([waiting, running])
    assert (both.is_waiting_for_fix, in_hours(both.due_at)) == (False, 198)
    (none,) = merge_clocks([waiting, clock(NoFixYet(at(120)), opened=120)])
    assert none.is_waiting_for_fix


def declared(**more: str) -> dict[str, object]:
    item = {
        "id": "patched",
        "title": "Patched within 14 days of the fix",
        "outcome": "scheduled",
        "within": "14d",
        "target": "95%",
        "window": "90d",
        "clock": "fix-available",
        **more,
    }
    return {"objectives": [item]}


def test_the_clock_of_a_file_is_read_and_written_as_it_was() -> None:
    (objective,) = objectives_from(declared(), where="o.yaml")
    assert objective.clock is ClockStart.FIX_AVAILABLE
    written = render_objectives([objective]).encode()
    assert read_objectives(written, where="o.yaml") == (replace(objective, source="o.yaml"),)
    assert (
        changed_objective(objective, {"clock": "detected"}, where="-").clock is ClockStart.DETECTED
    )


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"clock": "kev"}, "'kev' is no start of a clock. Use one of detected, fix-available."),
        ({"where": "!finding.has_fix"}, "0 of them could ever be late"),
        (
            {"where": 'finding.kind == "secret" && finding.cvss > 1.0'},
            "no vulnerability with a fix",
        ),
    ],
)
def test_a_clock_that_cannot_run_is_refused(more: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence.replace(".", r"\.")):
        objectives_from(declared(**more), where="o.yaml")


def test_what_may_have_a_fix_is_taken() -> None:
    where = "finding.has_fix || finding.cvss >= 9.0"
    assert objectives_from(declared(where=where), where="o.yaml")
