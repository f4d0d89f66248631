"""Decide what to do about findings, by when, and why; write it down only where it changed.

A first decision is dated at the opening; a later one at the time when its inputs changed, so that a deadline
is never moved into the past.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tesuri.budgets.assignment import assign
from tesuri.budgets.clock import run_clock
from tesuri.flows.clocks.clock_facts import clock_past, fix_past
from tesuri.model.clock import ClockFact, Decided, Opened
from tesuri.model.decision import Decision
from tesuri.model.estate import Asset
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import FindingKey
from tesuri.model.objective import ClockStart, Objective
from tesuri.model.observation import Cvss
from tesuri.model.signal import Signals
from tesuri.model.workspace import Workspace
from tesuri.ports import Writer
from tesuri.routing.targets import asset_of_target, index_targets
from tesuri.triage.decide import answers_of, decide
from tesuri.triage.facts import Facts
from tesuri.triage.table import DecisionTable

_UNDECIDED = (State.OPEN, State.WAIVED)


@dataclass(frozen=True, slots=True)
class _Judgement:
    """A finding with what triage says of it now."""

    finding: Finding
    decision: Decision
    objective: Objective | None


def triage(
    keys: Iterable[FindingKey],
    *,
    writer: Writer,
    workspace: Workspace,
    table: DecisionTable,
    now: datetime,
    actor: str = "triage",
) -> Sequence[Event]:
    """Give the events that decide these findings; none for a finding whose decision stands.

    Findings that are closed keep their last decision. **raises** nothing of its own.
    """
    return triage_findings(
        writer.findings_by_key(keys),
        writer=writer,
        workspace=workspace,
        table=table,
        now=now,
        actor=actor,
    )


def triage_findings(
    findings: Sequence[Finding],
    *,
    writer: Writer,
    workspace: Workspace,
    table: DecisionTable,
    now: datetime,
    actor: str = "triage",
) -> Sequence[Event]:
    """Give the same as `triage` for findings that were just read."""
    found = [each for each in findings if each.decision is None or each.state in _UNDECIDED]
    judgements = _judged(found, writer, workspace, table)
    known_keys = {each.decision for each in found if each.decision is not None}
    stored = writer.decisions(known_keys)
    changed = [each for each in judgements if _is_news(each, stored)]
    decision_keys = writer.decision_keys(each.decision for each in changed)
    past = _past(changed, writer)
    return [
        _event(each, decision_keys[each.decision], past[each.finding.key], now, actor)
        for each in changed
    ]


def _judged(
    found: Sequence[Finding], writer: Writer, workspace: Workspace, table: DecisionTable
) -> Sequence[_Judgement]:
    """Decide each; equal facts are decided once, and each asset is looked up once."""
    signals = writer.signals([each.advisories for each in found])
    index = index_targets(workspace.assets)
    assets = {name: asset_of_target(name, index) for name in {each.asset for each in found}}
    decided: dict[Facts, Decision] = {}
    judgements: list[_Judgement] = []
    for finding, known in zip(found, signals, strict=True):
        facts = _facts(finding, known, workspace, assets[finding.asset])
        decision = decided.get(facts)
        if decision is None:
            decision = decided[facts] = decide(answers_of(facts), table)
        objective = assign(finding, decision, workspace.objectives)
        judgements.append(_Judgement(finding, decision, objective))
    return judgements


def _facts(finding: Finding, signals: Signals, workspace: Workspace, asset: Asset) -> Facts:
    service = workspace.services.get(finding.service) if finding.service else None
    cvss = (
        Cvss(finding.cvss_score or 0.0, finding.cvss_vector)
        if finding.cvss_vector or finding.cvss_score is not None
        else None
    )
    return Facts(
        kind=finding.kind,
        severity=finding.severity,
        # Whether any CVE was looked up is a fact, which one is not: so equal findings are decided once.
        signals=Signals(
            kev=signals.kev,
            epss=signals.epss,
            exploits=signals.exploits,
            snapshots=signals.snapshots,
            cves=signals.cves and ("CVE",),
        ),
        cvss=cvss,
        weaknesses=finding.weaknesses,
        asset=asset,
        service=service,
        seen_at=finding.opened_at,
        report=", ".join(finding.tools),
    )


def _is_news(judgement: _Judgement, stored: Mapping[int, Decision]) -> bool:
    """Whether the objective, the row, or why an answer is what it is has changed.

    A newer copy of a feed that says the same is no news: a decision keeps the source that it was made with.
    """
    finding, objective = judgement.finding, judgement.objective
    before = stored.get(finding.decision) if finding.decision is not None else None
    if before is None or finding.objective != (objective.id if objective else None):
        return True
    if _start(judgement) is not ClockStart.DETECTED and _has_fix_at_last(finding):
        return True
    return _gist(before) != _gist(judgement.decision)


def _has_fix_at_last(finding: Finding) -> bool:
    """Whether it has no due date, because it waited for a fix that there is now."""
    return finding.due_at is None and (bool(finding.has_fix) or bool(finding.fixed_versions))


def _gist(decision: Decision) -> tuple[object, ...]:
    answers = (
        (each.question, each.value, each.reason, each.is_default) for each in decision.answers
    )
    return (decision.table, decision.row, *answers)


def _past(
    judgements: Sequence[_Judgement], writer: Writer
) -> Mapping[FindingKey, Sequence[ClockFact]]:
    past: dict[FindingKey, list[ClockFact]] = {
        each.finding.key: [Opened(each.finding.opened_at)] for each in judgements
    }
    # What was just opened has no other past, and a first report has many of them.
    older = [each.finding.key for each in judgements if not _is_fresh(each.finding)]
    from_fix = [each.finding.key for each in judgements if _start(each) is not ClockStart.DETECTED]
    for found in (clock_past(writer, older), fix_past(writer, from_fix)):
        for key, facts in found.items():
            past[key] += facts
    return past


def _start(judgement: _Judgement) -> ClockStart:
    return judgement.objective.clock if judgement.objective else ClockStart.DETECTED


def _is_fresh(finding: Finding) -> bool:
    return finding.decision is None and finding.state is State.OPEN and not finding.is_neutral


def _event(
    judgement: _Judgement, key: int, past: Sequence[ClockFact], now: datetime, actor: str
) -> Event:
    finding, decision, objective = judgement.finding, judgement.decision, judgement.objective
    at = finding.opened_at if finding.decision is None else max(now, finding.opened_at)
    seconds = objective.objective_seconds if objective else None
    start = _start(judgement)
    clock = run_clock([*past, Decided(at, seconds, start)])
    # Left out where it is the usual one, so that a journal says the same as before there was another.
    said = {} if start is ClockStart.DETECTED else {"clock": start.value}
    return Event(
        kind=EventKind.DECIDED,
        happened_at=at,
        actor=actor,
        finding=finding.key,
        reason=f"{decision.table}, row {decision.row + 1} of {decision.rows}",
        payload={
            "set": {
                "outcome": decision.outcome.value,
                "decision": key,
                "objective": objective.id if objective else None,
                "due_at": int(clock.due_at.timestamp()) if clock.due_at else None,
            },
            "objective_seconds": seconds,
            **said,
            "outcome_before": finding.outcome.value if finding.outcome else None,
        },
    )
