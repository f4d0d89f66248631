"""Decide what to do about findings, by when, and why; write it down only where it changed.

A first decision is dated at the opening; a later one at the time when its inputs changed, so that a deadline
is never moved into the past.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tesuri.budgets.assignment import assign
from tesuri.budgets.clock import run_clock
from tesuri.flows.clocks.clock_facts import clock_past, fix_past
from tesuri.model.clock import ClockFact, Decided, Opened
from tesuri.model.decision import Decision
from tesuri.model.estate import Asset
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import AssetId, FindingKey
from tesuri.model.objective import ClockStart, Objective
from tesuri.model.observation import Cvss, Kind
from tesuri.model.signal import Signals
from tesuri.model.workspace import Workspace
from tesuri.ports import Writer
from tesuri.routing.targets import TargetIndex, asset_of_target, index_targets
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
    targets: TargetIndex | None = None,
) -> Sequence[Event]:
    """Give the same as `triage` for findings that were just read; `targets` are those of the workspace, where made before."""
    found = [each for each in findings if each.decision is None or each.state in _UNDECIDED]
    if not found:
        return ()
    known = targets or index_targets(workspace.assets)
    assets = {name: asset_of_target(name, known) for name in {each.asset for each in found}}
    judgements = _judged(found, assets, writer, workspace, table)
    known_keys = {each.decision for each in found if each.decision is not None}
    stored = writer.decisions(known_keys)
    standing = _Standing(stored)
    changed = [each for each in judgements if standing.is_news(each)]
    # By their places in memory: most findings share a decision, and comparing those is slow.
    distinct = {id(each.decision): each.decision for each in changed}
    keys = writer.decision_keys(distinct.values())
    key_of = {place: keys[decision] for place, decision in distinct.items()}
    past = _past(changed, writer)
    clocks = _Clocks()
    return [
        _event(
            each,
            key_of[id(each.decision)],
            clocks.due(each, past[each.finding.key], now),
            now,
            actor,
        )
        for each in changed
    ]


def _judged(
    found: Sequence[Finding],
    assets: Mapping[AssetId, Asset],
    writer: Writer,
    workspace: Workspace,
    table: DecisionTable,
) -> Sequence[_Judgement]:
    """Decide each; equal facts are decided once."""
    known = _signals({each.advisories for each in found}, writer)
    asked = frozenset(question.name for question in table.questions)
    decided: dict[tuple[object, ...], Decision] = {}
    judgements: list[_Judgement] = []
    for finding in found:
        signals = known[finding.advisories]
        facts = _gist_of_facts(finding, signals)
        decision = decided.get(facts)
        if decision is None:
            whole = _facts(finding, signals, workspace, assets[finding.asset])
            decision = decided[facts] = decide(answers_of(whole, asked), table)
        objective = assign(finding, decision, workspace.objectives)
        judgements.append(_Judgement(finding, decision, objective))
    return judgements


def _signals(
    id_sets: Iterable[tuple[str, ...]], writer: Writer
) -> Mapping[tuple[str, ...], Signals]:
    """Ask the feeds once for each set of ids; what says the same is one value."""
    asked = list(id_sets)
    shared: dict[Signals, Signals] = {}
    found: dict[tuple[str, ...], Signals] = {}
    for ids, said in zip(asked, writer.signals(asked), strict=True):
        # Whether any CVE was looked up is a fact, which one is not: so equal findings are decided once.
        gist = replace(said, cves=said.cves and ("CVE",))
        found[ids] = shared.setdefault(gist, gist)
    return found


def _gist_of_facts(finding: Finding, signals: Signals) -> tuple[object, ...]:
    """Give what tells the facts of one finding from those of another, in no time.

    No question is answered from a score, and from weaknesses only where they are all that there is.
    """
    return (
        finding.kind,
        finding.severity,
        id(signals),
        finding.cvss_vector,
        finding.weaknesses if finding.kind is Kind.WEAKNESS else (),
        finding.asset,
        finding.service,
        finding.opened_at,
        finding.tools,
    )


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
        signals=signals,
        cvss=cvss,
        weaknesses=finding.weaknesses,
        asset=asset,
        service=service,
        seen_at=finding.opened_at,
        report=", ".join(finding.tools),
    )


class _Standing:
    """The decisions that findings have, to be compared with those that they would have now."""

    def __init__(self, stored: Mapping[int, Decision]) -> None:
        self._stored = stored
        self._is_same: dict[tuple[int, int], bool] = {}

    def is_news(self, judgement: _Judgement) -> bool:
        """Whether the objective, the row, or why an answer is what it is has changed.

        A newer copy of a feed that says the same is no news: a decision keeps the source that it was made with.
        """
        finding, objective = judgement.finding, judgement.objective
        if finding.objective != (objective.id if objective else None):
            return True
        if _start(judgement) is not ClockStart.DETECTED and _has_fix_at_last(finding):
            return True
        return finding.decision is None or not self._says(finding.decision, judgement.decision)

    def _says(self, key: int, decision: Decision) -> bool:
        pair = (key, id(decision))
        if pair not in self._is_same:
            before = self._stored.get(key)
            self._is_same[pair] = before is not None and _gist(before) == _gist(decision)
        return self._is_same[pair]


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


class _Clocks:
    """Runs clocks; equal histories run once, and what one scan found has many."""

    def __init__(self) -> None:
        self._run: dict[tuple[ClockFact, ...], datetime | None] = {}

    def due(
        self, judgement: _Judgement, past: Sequence[ClockFact], now: datetime
    ) -> datetime | None:
        """Give when a finding is due once it is decided so."""
        objective = judgement.objective
        seconds = objective.objective_seconds if objective else None
        decided = Decided(_decided_at(judgement.finding, now), seconds, _start(judgement))
        facts = (*past, decided)
        if facts not in self._run:
            self._run[facts] = run_clock(facts).due_at
        return self._run[facts]


def _decided_at(finding: Finding, now: datetime) -> datetime:
    return finding.opened_at if finding.decision is None else max(now, finding.opened_at)


def _event(
    judgement: _Judgement, key: int, due_at: datetime | None, now: datetime, actor: str
) -> Event:
    finding, decision, objective = judgement.finding, judgement.decision, judgement.objective
    start = _start(judgement)
    # Left out where it is the usual one, so that a journal says the same as before there was another.
    said = {} if start is ClockStart.DETECTED else {"clock": start.value}
    return Event(
        kind=EventKind.DECIDED,
        happened_at=_decided_at(finding, now),
        actor=actor,
        finding=finding.key,
        reason=f"{decision.table}, row {decision.row + 1} of {decision.rows}",
        payload={
            "set": {
                "outcome": decision.outcome.value,
                "decision": key,
                "objective": objective.id if objective else None,
                "due_at": int(due_at.timestamp()) if due_at else None,
            },
            "objective_seconds": objective.objective_seconds if objective else None,
            **said,
            "outcome_before": finding.outcome.value if finding.outcome else None,
        },
    )
