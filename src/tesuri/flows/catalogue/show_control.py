"""One control: why, how it is met and mended, where it acts, what it answers to, and what stands against it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tesuri.controls.cases import Case
from tesuri.exports.catalogue_markdown import yaml_text
from tesuri.flows.catalogue.control_area import area_of
from tesuri.flows.catalogue.control_coverage import cells_of
from tesuri.flows.catalogue.control_standings import control_standings, findings_by_control
from tesuri.flows.catalogue.show_guardrails import hiding_waivers, scope_state
from tesuri.flows.findings.finding_rows import due_of
from tesuri.flows.gates.gate_states import gate_rows
from tesuri.flows.site.scope import Scope
from tesuri.flows.site.survey import late_seconds
from tesuri.model.control import Control, VerdictKind
from tesuri.model.finding import Finding, State
from tesuri.model.framework import Framework
from tesuri.model.identifiers import ControlId
from tesuri.model.objective import PolicyState
from tesuri.model.views_control import (
    AgainstControl,
    AnsweredRequirement,
    CatalogueEntry,
    ControlView,
    Example,
)
from tesuri.model.views_guardrails import ControlStanding
from tesuri.ports import Reader

_FINDINGS_SHOWN: Final = 50
_PLACES: Final = ("console", "cli", "terraform", "kubernetes")
_STATES: Final = (
    PolicyState.AMPLE,
    PolicyState.LOW,
    PolicyState.UNKNOWN,
    PolicyState.SPENT,
    PolicyState.BREACHED,
)


def catalogue_entry(
    control: Control, cases: Sequence[Case], frameworks: Sequence[Framework]
) -> CatalogueEntry:
    """Give what the catalogue says of a control."""
    by_id = {framework.id: framework for framework in frameworks}
    return CatalogueEntry(
        control=control.id,
        version=control.version,
        title=control.title,
        statement=control.statement,
        severity=control.severity,
        resource=control.resource,
        area=area_of(control),
        require=control.require.strip(),
        answerable=control.answerable,
        is_always_blocking=control.is_always_blocking,
        points={state: cells_of(control, state) for state in _STATES},
        remedy=_in_order(control.remedy),
        answers_to=tuple(
            answered
            for name in sorted(control.maps.keys() & by_id.keys())
            for answered in _answered(by_id[name], control.maps[name])
        ),
        same_as={name: ids for name, ids in sorted(control.maps.items()) if name not in by_id},
        good=_examples(cases, VerdictKind.PASS),
        bad=_examples(cases, VerdictKind.FAIL),
    )


def show_control(
    entry: CatalogueEntry, scope: Scope, reader: Reader, known: frozenset[ControlId]
) -> ControlView:
    """Give a control with what stands against it in a scope."""
    named = entry.control
    found = [
        each
        for each in findings_by_control(scope, known).get(named, ())
        if each.state in (State.OPEN, State.WAIVED)
    ]
    found.sort(key=lambda each: (each.state is not State.OPEN, each.is_neutral, each.key))
    waivers = {each.id: each for each in scope.survey.workspace.waivers}
    return ControlView(
        entry=entry,
        current=scope_state(scope),
        standing=control_standings(scope, reader, known).get(named, ControlStanding()),
        findings=tuple(_against(scope, each) for each in found[:_FINDINGS_SHOWN]),
        findings_total=len(found),
        waivers=tuple(
            (name, waivers[name].expires_at)
            for name in sorted(hiding_waivers(scope, known).get(named, ()))
            if name in waivers
        ),
        answers=tuple(row for row in gate_rows(reader, scope.services) if row.control == named)[
            :10
        ],
    )


def _in_order(remedy: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
    known = [place for place in _PLACES if place in remedy]
    return {place: remedy[place] for place in (*known, *sorted(remedy.keys() - set(known)))}


def _answered(framework: Framework, ids: Iterable[str]) -> Iterable[AnsweredRequirement]:
    wanted = set(ids)
    return [
        AnsweredRequirement(framework.id, framework.title, requirement.id, requirement.title)
        for requirement in framework.requirements
        if requirement.id in wanted
    ]


def _examples(cases: Iterable[Case], kind: VerdictKind) -> tuple[Example, ...]:
    """Give the first case of a verdict at each point."""
    found: dict[str, Example] = {}
    for case in cases:
        if case.verdict is kind and case.point not in found:
            found[case.point] = Example(
                point=case.point,
                name=case.name,
                verdict=case.verdict,
                address=case.address,
                message=case.message,
                text=yaml_text(case.input),
            )
    return tuple(found.values())


def _against(scope: Scope, finding: Finding) -> AgainstControl:
    return AgainstControl(
        finding=finding.key,
        title=finding.title,
        resource=finding.resource or finding.asset,
        service=finding.service,
        state=finding.state,
        waiver=finding.waiver,
        is_undeployed=finding.is_neutral,
        opened_at=finding.opened_at,
        due_at=due_of(scope.survey, finding),
        late_seconds=late_seconds(scope.survey, finding.key),
    )
