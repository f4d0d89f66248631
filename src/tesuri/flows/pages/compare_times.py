"""Say what is otherwise now than it was then: facts from the journal, figures from both surveys.

Declared files are those of now on both sides, so a tier, an exposure or an objective that was declared otherwise
shows only where a decision recorded it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from tesuri.flows.budgets.restate_budgets import restated_budgets
from tesuri.flows.findings.finding_rows import signals_by_key
from tesuri.flows.pages.work_units import decisions_of
from tesuri.flows.site.owner_budgets import BudgetKey
from tesuri.flows.site.survey import Survey, services_of_team, state_of
from tesuri.model.budget import Budget
from tesuri.model.decision import Decision
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import FindingKey, ServiceId, TeamId
from tesuri.model.signal import Signals
from tesuri.model.views_changes import (
    AnswerChange,
    BudgetChange,
    Changes,
    DecisionChange,
    FeedChange,
    FindingChanges,
    InputChange,
    Moved,
    StateChange,
)
from tesuri.model.views_explanation import ExplainedInput, Explanation
from tesuri.ports import Reader

T = TypeVar("T")

_LIVING = (State.OPEN, State.WAIVED)


@dataclass(frozen=True, slots=True)
class Sight:
    """A survey with the reading that it was made of."""

    survey: Survey
    reader: Reader


def compare_findings(
    then: Explanation | None, now: Explanation, *, surveys: Moved[Survey], since: datetime
) -> FindingChanges:
    """Compare one finding with itself; `then` is None where nobody had recorded it."""
    if then is None:
        return FindingChanges(since, is_new=True)
    before, after = then.finding, now.finding
    return FindingChanges(
        since=since,
        state=_moved(before.state, after.state),
        severity=_moved(before.severity, after.severity),
        outcome=_moved(before.outcome, after.outcome),
        due_at=_moved(before.due_at, after.due_at),
        service=_moved(before.service, after.service),
        answers=tuple(_answers(then, now)),
        inputs=tuple(_inputs(then, now)),
        budget=_burnt(then, now, surveys),
    )


def compare_surveys(then: Sight, now: Sight, *, team: TeamId | None, since: datetime) -> Changes:
    """Compare everything in the scope of a team (None: of everybody)."""
    services = services_of_team(now.survey.workspace, team)
    before = {each.key: each for each in then.survey.findings if each.service in services}
    after = {each.key: each for each in now.survey.findings if each.service in services}
    both = [(before[key], each) for key, each in after.items() if key in before]
    was_open = [(old, new) for old, new in both if old.state is State.OPEN and old.is_current]
    listed, rescored = _signals(was_open, then.reader, now.reader)
    return Changes(
        since=since,
        is_empty=not (then.survey.recorded_at or then.reader.scans() or then.reader.feeds()),
        opened=tuple(key for key in after if key not in before),
        reopened=tuple(
            new.key for old, new in both if old.state not in _LIVING and new.state in _LIVING
        ),
        closed=tuple(
            new.key for old, new in both if old.state in _LIVING and new.state not in _LIVING
        ),
        decided=tuple(_decided(both, then.reader, now.reader)),
        feeds=tuple(_feeds(then.reader, now.reader)),
        listed=listed,
        rescored=rescored,
        services=tuple(_states(then.survey, now.survey, services)),
        budgets=tuple(_budgets(then.survey.budgets, now.survey.budgets, services)),
        restated=tuple(
            _budgets(then.survey.budgets, restated_budgets(then.survey, now.reader), services)
        ),
    )


def _moved(before: T, after: T) -> Moved[T] | None:
    return None if before == after else Moved(before, after)


def _answers(then: Explanation, now: Explanation) -> Iterator[AnswerChange]:
    old, new = (
        {each.question: each for each in explained.decision.answers} if explained.decision else {}
        for explained in (then, now)
    )
    for question in dict.fromkeys((*old, *new)):
        before, after = old.get(question), new.get(question)
        gists = [
            (each.value, each.reason, each.source, each.is_default) if each else None
            for each in (before, after)
        ]
        if gists[0] != gists[1]:
            yield AnswerChange(question, before, after)


def _inputs(then: Explanation, now: Explanation) -> Iterator[InputChange]:
    old, new = ({_place(each): each for each in explained.inputs} for explained in (then, now))
    for place in dict.fromkeys((*old, *new)):
        before, after = old.get(place), new.get(place)
        known = after or before
        said = [each.value if each else "" for each in (before, after)]
        if known is not None and said[0] != said[1]:
            yield InputChange(
                known.name,
                known.source,
                said[0],
                said[1],
                before.as_of if before else None,
                after.as_of if after else None,
            )


def _place(each: ExplainedInput) -> tuple[str, str]:
    """Tell inputs apart: the tools of a report may change, a feed's name does not."""
    return each.name.value, "" if each.as_of is None else each.source


def _burnt(then: Explanation, now: Explanation, surveys: Moved[Survey]) -> BudgetChange | None:
    explained = now if now.burning else then
    if explained.burning is None:
        return None
    key = (explained.burning.objective, explained.finding.service)
    return _budget(key, surveys.before.budgets.get(key), surveys.after.budgets.get(key))


def _budget(key: BudgetKey, before: Budget | None, after: Budget | None) -> BudgetChange | None:
    if before is None or after is None:
        return None
    objective, service = key
    return BudgetChange(
        objective,
        service,
        state=Moved(before.state, after.state),
        remaining_seconds=Moved(before.remaining_seconds // 1, after.remaining_seconds // 1),
        allowance_seconds=Moved(before.allowance_seconds // 1, after.allowance_seconds // 1),
    )


def _budgets(
    before: Mapping[BudgetKey, Budget],
    after: Mapping[BudgetKey, Budget],
    services: frozenset[ServiceId | None],
) -> Iterator[BudgetChange]:
    for key, budget in after.items():
        change = _budget(key, before.get(key), budget) if key[1] in services else None
        if change and any(
            moved.before != moved.after for moved in (change.state, change.remaining_seconds)
        ):
            yield change


def _states(
    then: Survey, now: Survey, services: frozenset[ServiceId | None]
) -> Iterator[StateChange]:
    for service in now.workspace.services:
        before, after = state_of(then, service)[0], state_of(now, service)[0]
        if service in services and before is not after:
            yield StateChange(service, Moved(before, after))


def _decided(
    both: list[tuple[Finding, Finding]], then: Reader, now: Reader
) -> Iterator[DecisionChange]:
    redecided = [
        (old, new)
        for old, new in both
        if (old.decision, old.outcome) != (new.decision, new.outcome)
    ]
    before = decisions_of(then, [old for old, _ in redecided])
    after = decisions_of(now, [new for _, new in redecided])
    for old, new in redecided:
        questions = _questions(before.get(old.key), after.get(new.key))
        yield DecisionChange(new.key, Moved(old.outcome, new.outcome), questions)


def _questions(before: Decision | None, after: Decision | None) -> tuple[str, ...]:
    old, new = (
        {each.question: (each.value, each.reason) for each in decision.answers} if decision else {}
        for decision in (before, after)
    )
    return tuple(each for each in dict.fromkeys((*old, *new)) if old.get(each) != new.get(each))


def _feeds(then: Reader, now: Reader) -> Iterator[FeedChange]:
    old = {header.name: header.as_of for header in then.feeds()}
    for header in now.feeds():
        if old.get(header.name) != header.as_of:
            yield FeedChange(header.name, old.get(header.name), header.as_of)


def _signals(
    was_open: list[tuple[Finding, Finding]], then: Reader, now: Reader
) -> tuple[tuple[str, ...], int]:
    """Give the CVEs that were listed since, and how many findings have another EPSS score."""
    findings = [old for old, _ in was_open]
    before, after = signals_by_key(then, findings), signals_by_key(now, findings)
    keys: list[FindingKey] = [each.key for each in findings]
    listed = {entry.cve for key in keys if (entry := after[key].kev) and before[key].kev is None}
    rescored = sum(_score(before[key]) != _score(after[key]) for key in keys)
    return tuple(sorted(listed)), rescored


def _score(signals: Signals) -> float | None:
    return signals.epss.score if signals.epss else None
