"""Units of work: the open findings of one group, with all that ranking and reasons need of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tesuri.budgets.group import merge_clocks
from tesuri.flows.finding_rows import due_of, in_order
from tesuri.flows.scope import Scope
from tesuri.flows.survey import BudgetKey, Survey, late_seconds
from tesuri.model.clock import Clock
from tesuri.model.decision import Answer, Decision, Outcome
from tesuri.model.estate import Exposure
from tesuri.model.finding import Finding
from tesuri.model.identifiers import FindingKey, GroupKey, ServiceId
from tesuri.model.severity import Severity
from tesuri.ports import Reader
from tesuri.routing.effort import EffortKnowledge, FixSubject, group_effort
from tesuri.routing.week import Candidate, Exploitation

HORIZON = timedelta(days=7)
"""How far ahead it is counted what closing something now saves."""

_WIDEST = (Exposure.OPEN, Exposure.CONTROLLED, Exposure.SMALL)
_WORST = (Exploitation.ACTIVE, Exploitation.POC, Exploitation.NONE)


@dataclass(frozen=True, slots=True)
class WorkUnit:
    """One group with its open findings of the scope."""

    group: GroupKey
    findings: tuple[Finding, ...]
    """Most urgent first; at least one."""
    decisions: Mapping[FindingKey, Decision]
    due_at: datetime | None
    late_seconds: int
    saved: Mapping[BudgetKey, int]
    """Seconds of each budget that closing it now saves within the horizon."""
    late_budgets: int
    """Budgets in which it is late now: each loses a day a day."""

    @property
    def lead(self) -> Finding:
        """The most urgent finding."""
        return self.findings[0]

    @property
    def severity(self) -> Severity:
        """The worst of its findings."""
        return min((each.severity for each in self.findings), key=lambda each: each.rank)

    @property
    def outcome(self) -> Outcome | None:
        """The most urgent one; None while some finding is not triaged."""
        return self.lead.outcome

    @property
    def services(self) -> tuple[ServiceId, ...]:
        """Those concerned, most findings first."""
        counts: dict[ServiceId, int] = defaultdict(int)
        for each in self.findings:
            if each.service is not None:
                counts[each.service] += 1
        return tuple(sorted(counts, key=lambda service: (-counts[service], service)))

    @property
    def open_to_internet(self) -> int:
        """Findings whose exposure somebody declared or the layer makes open."""
        return sum(
            is_open_to_internet(self.decisions[each.key])
            for each in self.findings
            if each.key in self.decisions
        )

    @property
    def defaults(self) -> int:
        """Questions of its decisions that nobody could answer."""
        return len(
            {
                answer.question
                for decision in self.decisions.values()
                for answer in decision.answers
                if answer.is_default
            }
        )

    @property
    def restored_seconds(self) -> int:
        """What closing it now saves of all budgets together."""
        return sum(self.saved.values())


def work_units(scope: Scope, reader: Reader) -> tuple[WorkUnit, ...]:
    """Give every group with open findings of the scope, by key; decisions are read once."""
    grouped: dict[GroupKey, list[Finding]] = defaultdict(list)
    for finding in scope.open_findings:
        grouped[finding.group].append(finding)
    decisions = decisions_of(reader, scope.open_findings)
    return tuple(
        _unit(scope.survey, group, in_order(scope.survey, grouped[group]), decisions)
        for group in sorted(grouped)
    )


def decisions_of(reader: Reader, findings: Iterable[Finding]) -> Mapping[FindingKey, Decision]:
    """Give the stored decision of each finding that has one."""
    keys = {each.key: each.decision for each in findings if each.decision is not None}
    stored = reader.decisions(set(keys.values()))
    return {finding: stored[key] for finding, key in keys.items() if key in stored}


def candidate_of(unit: WorkUnit, knowledge: EffortKnowledge) -> Candidate:
    """Give the unit as ranking sees it; what is not triaged yet counts as immediate."""
    return Candidate(
        group=unit.group,
        outcome=unit.outcome or Outcome.IMMEDIATE,
        effort_minutes=group_effort(fix_subject(unit), knowledge).minutes,
        exposure=_exposure(unit),
        exploitation=_exploitation(unit.decisions.values()),
        resources=len({(each.asset, each.resource) for each in unit.findings}),
        overdue_seconds=unit.late_seconds,
        due_at=unit.due_at,
        restored_seconds=unit.restored_seconds,
    )


def fix_subject(unit: WorkUnit) -> FixSubject:
    """Give what the unit is about, as far as effort depends on it."""
    return FixSubject(
        kind=unit.lead.kind,
        advisories=tuple(sorted({name for each in unit.findings for name in each.advisories})),
        rules=tuple(sorted({each.rule for each in unit.findings})),
        packages=tuple(sorted({each.package for each in unit.findings if each.package})),
    )


def is_open_to_internet(decision: Decision) -> bool:
    """Whether somebody or something says so; a default does not."""
    found = _answer(decision, "exposure")
    return found is not None and not found.is_default and found.value == Exposure.OPEN


def saved_by_closing(
    survey: Survey, findings: Sequence[Finding], horizon: timedelta = HORIZON
) -> Mapping[BudgetKey, int]:
    """Give the overdue seconds from now to the horizon that closing these findings now prevents.

    Counted as budgets count: one group is late once in each budget, on however many resources. Exclusions
    to come, tolerance and cap are not taken off.
    """
    until = survey.now + horizon
    return {
        key: seconds
        for key, clock in _merged_clocks(survey, findings)
        if (seconds := _overdue_between(clock, survey.now, until)) > 0
    }


def _unit(
    survey: Survey,
    group: GroupKey,
    findings: list[Finding],
    decisions: Mapping[FindingKey, Decision],
) -> WorkUnit:
    dues = [due for each in findings if (due := due_of(survey, each)) is not None]
    soon = survey.now + timedelta(seconds=1)
    return WorkUnit(
        group=group,
        findings=tuple(findings),
        decisions={each.key: decisions[each.key] for each in findings if each.key in decisions},
        due_at=min(dues, default=None),
        late_seconds=max(late_seconds(survey, each.key) for each in findings),
        saved=saved_by_closing(survey, findings),
        late_budgets=sum(
            _overdue_between(clock, survey.now, soon) > 0
            for _, clock in _merged_clocks(survey, findings)
        ),
    )


def _merged_clocks(survey: Survey, findings: Sequence[Finding]) -> list[tuple[BudgetKey, Clock]]:
    members: dict[BudgetKey, list[Clock]] = defaultdict(list)
    for each in findings:
        if each.objective is not None and each.key in survey.clocks:
            members[each.objective, each.service].append(survey.clocks[each.key])
    return [(key, clock) for key, clocks in members.items() for clock in merge_clocks(clocks)]


def _overdue_between(clock: Clock, since: datetime, until: datetime) -> int:
    total = timedelta(0)
    for start, end in clock.overdue if clock.is_counted else ():
        begin, stop = max(start, since), until if end is None else min(end, until)
        total += max(stop - begin, timedelta(0))
    return int(total.total_seconds())


def _exposure(unit: WorkUnit) -> Exposure | None:
    """Give the widest exposure of its findings; None where some finding's is a guess."""
    answers = [
        _answer(unit.decisions[each.key], "exposure") if each.key in unit.decisions else None
        for each in unit.findings
    ]
    if any(answer is None or answer.is_default for answer in answers):
        return None
    values = {answer.value for answer in answers if answer is not None}
    return next((each for each in _WIDEST if each.value in values), None)


def _exploitation(decisions: Iterable[Decision]) -> Exploitation:
    values = set()
    for decision in decisions:
        listed = _answer(decision, "in_kev")
        asked = _answer(decision, "exploitation")
        if listed is not None and listed.value == "yes":
            values.add(Exploitation.ACTIVE.value)
        if asked is not None:
            values.add(asked.value)
    return next((each for each in _WORST if each.value in values), Exploitation.NONE)


def _answer(decision: Decision, question: str) -> Answer | None:
    return next((each for each in decision.answers if each.question == question), None)
