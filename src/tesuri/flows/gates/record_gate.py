"""Remember what a gate answered: one event for each owner, and a finding for each failing verdict.

Such a finding is known by control, service and address, counts in no budget until its resource is seen live,
and is gone 14 days after the last run that showed it (words.md).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tesuri.flows.intake.place_findings import place_arrivals
from tesuri.flows.intake.recognise_findings import Arrival
from tesuri.flows.site.coverage import GATE_TOOL
from tesuri.model.control import Control, GateAnswer, GateReport, Ruling, VerdictKind
from tesuri.model.event import Event, EventKind
from tesuri.model.identifiers import ServiceId
from tesuri.model.observation import Kind, Observation
from tesuri.model.ownership import Ownership
from tesuri.model.rego import POLICY_PREFIX
from tesuri.model.workspace import Workspace
from tesuri.ports import Store
from tesuri.triage.table import DecisionTable


def record_gate(
    report: GateReport,
    *,
    store: Store,
    workspace: Workspace,
    table: DecisionTable,
    now: datetime,
    controls: Sequence[Control] = (),
) -> None:
    """Write the answer and its failing verdicts in one transaction; `controls` give the titles of work."""
    # What was there before decides nothing, and is seen all the same.
    failing = [ruling for ruling in (*report.departing, *report.existing) if is_finding(ruling)]
    target = f"{report.point.value}:{report.subject}"
    with store.write(now) as writer:
        if failing:
            place = writer.place_scan(
                tool=GATE_TOOL,
                target=target,
                configuration=report.point.value,
                scanned_at=now,
                content="",
                is_complete=False,
            )
            arrival = Arrival(
                observations=_observations(failing, report),
                tool=GATE_TOOL,
                target=target,
                place=place,
                is_complete=False,
                owners={_target(ruling): _ownership(ruling) for ruling in failing},
                titles=group_titles(controls),
                is_undeployed=True,
            )
            place_arrivals(arrival, writer=writer, workspace=workspace, table=table, now=now)
        writer.append(_answers(report, now))


def is_finding(ruling: Ruling) -> bool:
    """Whether it fails, and no policy's own exception hides it: no waiver of ours would hide the finding later."""
    is_excepted = ruling.waiver is not None and ruling.waiver.startswith(POLICY_PREFIX)
    return ruling.verdict.kind is VerdictKind.FAIL and not is_excepted


def group_titles(controls: Sequence[Control]) -> Mapping[str, tuple[str, str]]:
    """Give the English and Japanese titles of work, by control."""
    return {
        each.id: (f"Meet “{each.text('en')}”", f"「{each.text('ja')}」を満たす")
        for each in controls
    }


def _observations(failing: Sequence[Ruling], report: GateReport) -> list[Observation]:
    """Give one for each finding: what several messages of a policy say of one resource is one, with all their parts."""
    found: dict[tuple[str, str, str], Observation] = {}
    for ruling in failing:
        place = (ruling.verdict.control, _target(ruling), ruling.verdict.address)
        known = found.get(place)
        if known is None:
            found[place] = _observation(ruling, report)
        else:
            parts = tuple(sorted({*known.parts, *ruling.verdict.parts}))
            found[place] = replace(known, parts=parts)
    return list(found.values())


def _observation(ruling: Ruling, report: GateReport) -> Observation:
    verdict = ruling.verdict
    return Observation(
        kind=Kind.MISCONFIGURATION,
        rule=verdict.control,
        title=ruling.message or verdict.reason or verdict.control,
        severity=verdict.severity,
        pointer=verdict.at.pointer,
        # No path: the finding is known by control, service and address, whatever the plan's file is called.
        description=f"{report.point.value} {verdict.at.file} {verdict.at.pointer}".strip(),
        resource=verdict.address,
        resource_type=verdict.resource_type,
        target=_target(ruling),
        parts=verdict.parts,
        names=verdict.names,
    )


def _target(ruling: Ruling) -> str:
    return f"service/{ruling.service or 'nobody'}"


def _ownership(ruling: Ruling) -> Ownership:
    return Ownership(ruling.service, ruling.owner, ruling.owner_source)


def _answers(report: GateReport, now: datetime) -> Sequence[Event]:
    """Give one event an owner; a change without any verdict is answered once, for nobody."""
    by_owner: dict[ServiceId | None, list[Ruling]] = defaultdict(list)
    for ruling in report.rulings:
        by_owner[ruling.service].append(ruling)
    return [
        Event(
            kind=EventKind.GATE_ANSWERED,
            happened_at=now,
            actor=f"gate:{report.point.value}",
            payload=_payload(report, service, rulings),
        )
        for service, rulings in (by_owner or {None: []}).items()
    ]


def _payload(
    report: GateReport, service: ServiceId | None, rulings: Sequence[Ruling]
) -> Mapping[str, object]:
    deciding = max(rulings, key=lambda ruling: ruling.answer.rank, default=None)
    kinds = [ruling.verdict.kind for ruling in rulings]
    is_allowed = deciding is None or deciding.answer is GateAnswer.ALLOW
    return {
        "change": report.subject,
        "point": report.point.value,
        "answer": deciding.answer.value if deciding else GateAnswer.ALLOW.value,
        "policy_state": deciding.policy_state.value if deciding else "unknown",
        "failed": kinds.count(VerdictKind.FAIL),
        "unknown": kinds.count(VerdictKind.UNKNOWN),
        "control": None if is_allowed or deciding is None else deciding.verdict.control,
        "service": service,
        "waivers": sorted({ruling.waiver for ruling in rulings if ruling.waiver}),
    }
