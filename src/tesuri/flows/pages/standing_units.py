"""What ranking needs of every unit of work, made once for all instants: only lateness is read as of one.

`work_units` gives the units that a page shows, whole; there are few of those.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tesuri.budgets.group import merge_clocks
from tesuri.budgets.instants import seconds_of
from tesuri.budgets.window import Span, StepCurve, curve_of
from tesuri.flows.findings.finding_rows import in_order
from tesuri.flows.findings.query_fields import Subject
from tesuri.flows.findings.show_findings import columns_of, subject_of
from tesuri.flows.pages.effort_samples import effort_samples
from tesuri.flows.pages.work_units import (
    HORIZON,
    exploitation_of,
    exposure_of,
    fix_subject,
)
from tesuri.flows.site.lasting import Change
from tesuri.flows.site.owner_budgets import BudgetKey
from tesuri.flows.site.scope import Scope, scope_of
from tesuri.flows.site.survey import Survey, derive_lasting, findings_by_group, seconds_late
from tesuri.model.clock import Clock, Interval
from tesuri.model.decision import Decision, Outcome
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import FindingKey, GroupKey, TeamId
from tesuri.model.observation import Kind
from tesuri.ports import Reader
from tesuri.routing.effort import EffortKnowledge, group_effort, learnt_minutes
from tesuri.routing.week import Candidate


@dataclass(frozen=True, slots=True)
class StandingUnit:
    """The open findings of one group in a scope, as long as nothing is written of them."""

    findings: tuple[Finding, ...]
    """Most urgent first; at least one."""
    candidate: Candidate
    """As ranking sees it where nothing is late and closing it saves nothing."""
    lateness: tuple[Interval, ...]
    """When its findings were, are or will be late last; each once."""
    late: StepCurve
    """In how many budgets it counts as late at once."""

    def candidate_at(self, now: datetime) -> Candidate:
        """Give the unit as ranking sees it at an instant."""
        second = seconds_of(now)
        horizon = HORIZON // timedelta(seconds=1)
        return replace(
            self.candidate,
            overdue_seconds=max((seconds_late(each, now) for each in self.lateness), default=0),
            restored_seconds=self.late.area(second, second + horizon),
        )


Units = Mapping[GroupKey, StandingUnit]


@dataclass(frozen=True, slots=True)
class _Standing:
    """All units, with what was learnt of efforts when they were made."""

    units: Mapping[TeamId | None, Units]
    """Of everything, and of each team; a group of one team's findings alone is the same unit in both."""
    learnt: Mapping[Kind, int]


def standing_units(scope: Scope, reader: Reader) -> Units:
    """Give every group with open findings of the scope, by key.

    **cost** one pass over the open findings, once for all scopes; later over those of the groups that were written of.
    """
    survey = scope.survey
    made = derive_lasting(
        survey,
        "standing units",
        lambda: _all_units(survey, reader),
        lambda known, change: _units_after(known, change, survey, reader),
    )
    return made.units.get(scope.team, {})


def effort_knowledge(survey: Survey, reader: Reader) -> EffortKnowledge:
    """Give what is declared and what past fixes took."""
    return derive_lasting(
        survey,
        "efforts",
        lambda: EffortKnowledge(survey.workspace.efforts, effort_samples(survey, reader)),
        # Only what is fixed is a sample, and who took it into work wrote of it.
        lambda known, change: (
            None if any(each.state is State.FIXED for each in change.findings) else known
        ),
    )


def _all_units(survey: Survey, reader: Reader) -> _Standing:
    grouped: dict[GroupKey, list[Subject]] = defaultdict(list)
    for subject in columns_of(scope_of(survey, None)).subjects:
        if subject.finding.state is State.OPEN:
            grouped[subject.finding.group].append(subject)
    keys = {each.decision for each in survey.findings if each.decision is not None}
    making = _Making(survey, reader.decisions(keys), effort_knowledge(survey, reader))
    found: dict[TeamId | None, dict[GroupKey, StandingUnit]] = defaultdict(dict)
    for group in sorted(grouped):
        for team, unit in making.units(group, grouped[group]):
            found[team][group] = unit
    return _Standing(found, learnt_minutes(making.knowledge))


def _units_after(
    standing: _Standing, change: Change, survey: Survey, reader: Reader
) -> _Standing | None:
    """Give the units after a change: those of the groups that it touches are made again.

    None where efforts were learnt otherwise, which all units may depend on.
    """
    knowledge = effort_knowledge(survey, reader)
    if learnt_minutes(knowledge) != standing.learnt:
        return None
    groups = {each.group for each in change.findings}
    members = findings_by_group(survey)
    grouped = {
        group: in_order(survey, filter(_is_open, members.get(group, ()))) for group in groups
    }
    keys = {each.decision for own in grouped.values() for each in own if each.decision is not None}
    making = _Making(survey, reader.decisions(keys), knowledge)
    again: dict[TeamId | None, dict[GroupKey, StandingUnit]] = defaultdict(dict)
    for group, findings in grouped.items():
        subjects = [subject_of(survey, each) for each in findings]
        for team, unit in making.units(group, subjects) if subjects else ():
            again[team][group] = unit
    found = dict(standing.units)
    for team in {*found, *again}:
        known = found.get(team, {})
        if team in again or not groups.isdisjoint(known):
            kept = {group: unit for group, unit in known.items() if group not in groups}
            found[team] = {**kept, **again[team]}
    return _Standing(found, standing.learnt)


def _is_open(finding: Finding) -> bool:
    return finding.is_current and finding.state is State.OPEN


def _by_team(subjects: Sequence[Subject]) -> Mapping[TeamId, Sequence[Subject]]:
    parts: dict[TeamId, list[Subject]] = defaultdict(list)
    for each in subjects:
        parts[TeamId(each.team)].append(each)
    return parts


@dataclass(frozen=True, slots=True)
class _Making:
    """What all units are made with."""

    survey: Survey
    decisions: Mapping[int, Decision]
    knowledge: EffortKnowledge

    def units(
        self, group: GroupKey, subjects: Sequence[Subject]
    ) -> Iterator[tuple[TeamId | None, StandingUnit]]:
        """Make that of everything, and those of the teams; the subjects are in order."""
        whole = self.unit(group, subjects)
        yield None, whole
        parts = _by_team(subjects)
        for team, part in parts.items():
            yield team, whole if len(parts) == 1 else self.unit(group, part)

    def unit(self, group: GroupKey, subjects: Sequence[Subject]) -> StandingUnit:
        """Make one; the subjects are in order."""
        findings = tuple(each.finding for each in subjects)
        keys = dict.fromkeys(each.decision for each in findings)
        decisions = [None if key is None else self.decisions.get(key) for key in keys]
        return StandingUnit(
            findings=findings,
            candidate=Candidate(
                group=group,
                outcome=findings[0].outcome or Outcome.IMMEDIATE,
                effort_minutes=group_effort(fix_subject(findings), self.knowledge).minutes,
                exposure=exposure_of(decisions),
                exploitation=exploitation_of(each for each in decisions if each is not None),
                resources=len({(each.asset, each.resource) for each in findings}),
                due_at=min((due for each in subjects if (due := each.due_at)), default=None),
            ),
            lateness=tuple(dict.fromkeys(each.late for each in subjects if each.late)),
            late=curve_of(_late_spans(findings, self.survey.clocks)),
        )


def _late_spans(findings: Iterable[Finding], clocks: Mapping[FindingKey, Clock]) -> Iterable[Span]:
    members: dict[BudgetKey, list[Clock]] = defaultdict(list)
    for each in findings:
        if each.objective is not None and (clock := clocks.get(each.key)) is not None:
            members[each.objective, each.service].append(clock)
    for own in members.values():
        for clock in own if len(own) == 1 else merge_clocks(own):
            for start, end in clock.overdue if clock.is_counted else ():
                yield seconds_of(start), None if end is None else seconds_of(end)
