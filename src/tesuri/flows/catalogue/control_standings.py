"""What stands against each control: its findings, by whatever tool, and when something last spoke of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime

from tesuri.flows.site.scope import Scope
from tesuri.flows.site.survey import derive
from tesuri.model.control import Point
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import AssetId, ControlId
from tesuri.model.observation import Kind
from tesuri.model.views_guardrails import ControlStanding
from tesuri.ports import Reader
from tesuri.untrusted.shape import text

_EVENTS_READ = 1_000
"""Newest answers of gates that are looked through."""


def control_of(
    finding: Finding, known: AbstractSet[ControlId], rules: Mapping[str, str]
) -> ControlId | None:
    """Give the control that a finding fails: its own rule, or the one that says what the tool's rule says."""
    if finding.kind is not Kind.MISCONFIGURATION:
        return None
    named = ControlId(finding.rule)
    if named in known:
        return named
    same = ControlId(rules.get(finding.rule, ""))
    return same if same in known else None


def findings_by_control(
    scope: Scope, known: AbstractSet[ControlId]
) -> Mapping[ControlId, tuple[Finding, ...]]:
    """Give the current findings of each control in a scope, in any state.

    **cost** one pass over the findings of the scope, once for each survey and team.
    """

    def collected() -> Mapping[ControlId, tuple[Finding, ...]]:
        found: dict[ControlId, list[Finding]] = defaultdict(list)
        rules = scope.survey.workspace.rule_controls
        for finding in scope.findings:
            control = control_of(finding, known, rules)
            if control is not None:
                found[control].append(finding)
        return {control: tuple(each) for control, each in found.items()}

    return derive(scope.survey, ("findings-by-control", scope.team, len(known)), collected)


def control_standings(
    scope: Scope, reader: Reader, known: AbstractSet[ControlId]
) -> Mapping[ControlId, ControlStanding]:
    """Give the standing of each control that anything ever spoke of."""

    def standings() -> Mapping[ControlId, ControlStanding]:
        findings = findings_by_control(scope, known)
        answered = _answered_at(gate_answers(reader))
        scanned = {
            (source.tool, source.asset): source.last_at
            for source in scope.sources
            if source.last_at is not None
        }
        return {
            control: _standing(findings.get(control, ()), scanned, answered.get(control))
            for control in findings.keys() | (answered.keys() & known)
        }

    return derive(scope.survey, ("control-standings", scope.team, len(known)), standings)


def gate_answers(reader: Reader) -> tuple[Event, ...]:
    """Give the last thousand answers of gates, oldest first."""
    return tuple(reader.events(kinds=(EventKind.GATE_ANSWERED,), newest=_EVENTS_READ))


def points_answered_at(answers: Iterable[Event]) -> Mapping[Point, datetime]:
    """Give when each gate last answered; a point of another version is left out."""
    found: dict[Point, datetime] = {}
    for event in answers:
        name = text(event.payload.get("point"))
        if name in set(Point):
            point = Point(name)
            found[point] = max(found.get(point, event.happened_at), event.happened_at)
    return found


def _answered_at(answers: Iterable[Event]) -> Mapping[ControlId, datetime]:
    """Give when each control last decided an answer."""
    found: dict[ControlId, datetime] = {}
    for event in answers:
        name = text(event.payload.get("control"))
        if name:
            control = ControlId(name)
            found[control] = max(found.get(control, event.happened_at), event.happened_at)
    return found


def _standing(
    findings: Iterable[Finding],
    scanned: Mapping[tuple[str, AssetId], datetime],
    answered_at: datetime | None,
) -> ControlStanding:
    still = [each for each in findings if each.state is State.OPEN]
    times = [answered_at] if answered_at else []
    for finding in findings:
        times.append(finding.closed_at or finding.opened_at)
        if finding.state in (State.OPEN, State.WAIVED) and not finding.is_neutral:
            times += [
                scanned[tool, finding.asset]
                for tool in finding.tools
                if (tool, finding.asset) in scanned
            ]
    return ControlStanding(
        open=len(still),
        undeployed=sum(each.is_neutral for each in still),
        waived=sum(each.state is State.WAIVED for each in findings),
        observed_at=max(times, default=None),
    )
