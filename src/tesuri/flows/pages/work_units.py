"""Units of work: the open findings of one group, with all that ranking and reasons need of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from tesuri.budgets.group import merge_clocks
from tesuri.flows.findings.finding_rows import due_of
from tesuri.flows.site.owner_budgets import BudgetKey
from tesuri.flows.site.survey import Survey, late_seconds
from tesuri.model.clock import Clock
from tesuri.model.decision import Answer, Decision, Outcome
from tesuri.model.estate import Exposure
from tesuri.model.finding import Finding
from tesuri.model.identifiers import FindingKey, GroupKey, ServiceId
from tesuri.model.severity import Severity
from tesuri.ports import Reader
from tesuri.routing.effort import FixSubject
from tesuri.routing.week import Exploitation

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
    services: tuple[ServiceId, ...]
    """Those concerned, most findings first."""
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
    def open_to_internet(self) -> int:
        """Findings whose exposure somebody declared or the layer makes open."""
        # Few decisions are those of many findings.
        known = {id(each): each for each in self.decisions.values()}
        counts = Counter(map(id, self.decisions.values()))
        return sum(counts[name] for name, each in known.items() if is_open_to_internet(each))

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


def work_units(
    survey: Survey, reader: Reader, groups: Sequence[Sequence[Finding]]
) -> tuple[WorkUnit, ...]:
    """Give the units of these groups, whose open findings are in order; decisions are read once."""
    decisions = decisions_of(reader, chain.from_iterable(groups))
    return tuple(_unit(survey, findings, decisions) for findings in groups)


def decisions_of(reader: Reader, findings: Iterable[Finding]) -> Mapping[FindingKey, Decision]:
    """Give the stored decision of each finding that has one."""
    keys = {each.key: each.decision for each in findings if each.decision is not None}
    stored = reader.decisions(set(keys.values()))
    return {finding: stored[key] for finding, key in keys.items() if key in stored}


def fix_subject(findings: Sequence[Finding]) -> FixSubject:
    """Give what a unit is about, as far as effort depends on it; its findings are in order."""
    advisories = {each.advisories for each in findings}
    return FixSubject(
        kind=findings[0].kind,
        advisories=tuple(sorted({name for names in advisories for name in names})),
        rules=tuple(sorted({each.rule for each in findings})),
        packages=tuple(sorted({each.package for each in findings if each.package})),
    )


def is_open_to_internet(decision: Decision) -> bool:
    """Whether somebody or something says so; a default does not."""
    found = _answer(decision, "exposure")
    return found is not None and not found.is_default and found.value == Exposure.OPEN


def _saved(survey: Survey, merged: Iterable[tuple[BudgetKey, Clock]]) -> Mapping[BudgetKey, int]:
    """Give the overdue seconds from now to the horizon that closing these clocks' findings now prevents.

    Counted as budgets count: one group is late once in each budget, on however many resources. Exclusions
    to come, tolerance and cap are not taken off.
    """
    until = survey.now + HORIZON
    return {
        key: seconds
        for key, clock in merged
        if (seconds := _overdue_between(clock, survey.now, until)) > 0
    }


def _unit(
    survey: Survey, findings: Sequence[Finding], decisions: Mapping[FindingKey, Decision]
) -> WorkUnit:
    dues = [due for each in findings if (due := due_of(survey, each)) is not None]
    merged = _merged_clocks(survey, findings)
    soon = survey.now + timedelta(seconds=1)
    return WorkUnit(
        group=findings[0].group,
        findings=tuple(findings),
        services=_services(findings),
        decisions={each.key: decisions[each.key] for each in findings if each.key in decisions},
        due_at=min(dues, default=None),
        late_seconds=max(late_seconds(survey, each.key) for each in findings),
        saved=_saved(survey, merged),
        late_budgets=sum(_overdue_between(clock, survey.now, soon) > 0 for _, clock in merged),
    )


def _services(findings: Sequence[Finding]) -> tuple[ServiceId, ...]:
    counts = Counter(each.service for each in findings if each.service is not None)
    return tuple(sorted(counts, key=lambda service: (-counts[service], service)))


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


def exposure_of(decisions: Iterable[Decision | None]) -> Exposure | None:
    """Give the widest exposure; None where some finding's is a guess, or was not decided."""
    answers = [None if each is None else _answer(each, "exposure") for each in decisions]
    if any(answer is None or answer.is_default for answer in answers):
        return None
    values = {answer.value for answer in answers if answer is not None}
    return next((each for each in _WIDEST if each.value in values), None)


def exploitation_of(decisions: Iterable[Decision]) -> Exploitation:
    """Give the worst exploitation that some decision knows of."""
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
