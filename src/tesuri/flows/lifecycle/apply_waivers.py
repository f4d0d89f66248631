"""Let declared waivers hide what they cover, and bring it back when they end or become void."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tesuri.budgets.assignment import finding_subject
from tesuri.budgets.clock import run_clock
from tesuri.controls.waivers import (
    VOID,
    CompiledWaiver,
    Consideration,
    Terms,
    compile_waiver,
    consider,
)
from tesuri.flows.clocks.clock_facts import clock_past
from tesuri.model.clock import ClockFact, Waived, WaiverEnded
from tesuri.model.decision import Decision
from tesuri.model.estate import Exposure
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import FindingKey, WaiverId
from tesuri.model.observation import Kind
from tesuri.model.waiver import Waiver
from tesuri.model.workspace import Workspace
from tesuri.ports import Reader, Writer
from tesuri.triage.aliases import linkable
from tesuri.untrusted.shape import text

_Granted = Mapping[FindingKey, Mapping[WaiverId, Exposure]]
_BY_RULE = re.compile(r"\bfinding\.(rule|control)\b")
_EXPOSURES = {each.value: each for each in Exposure}


class Waiving:
    """Waives what declared waivers cover as of one instant, and reopens what they no longer do.

    The evaluator is that of the gates. A waiver without a declared exposure covers no wider one than that of when it was
    first applied. **raises** BadInput for a scope that cannot be read.
    """

    def __init__(self, writer: Writer, workspace: Workspace, now: datetime) -> None:
        """Take the waivers that are declared; the journal is asked once how wide each was granted."""
        self._writer = writer
        self._now = now
        self._waivers = {each.id: each for each in workspace.waivers}
        self._compiled = [compile_waiver(each) for each in workspace.waivers]
        self._terms = Terms(now, workspace.longest_waiver_seconds)
        self._granted = _granted(writer, self._waivers)
        self._is_by_rule = any(_BY_RULE.search(each.scope) for each in workspace.waivers)

    def concerns(self, finding: Finding) -> bool:
        """Whether a waiver may cover it, or does."""
        return bool(self._compiled) or finding.state is State.WAIVED

    def events(self, findings: Sequence[Finding]) -> Sequence[Event]:
        """Give the events that waive what is covered, renew what is renewed, and reopen what no longer is."""
        asked = [each for each in findings if self.concerns(each)]
        decisions = self._writer.decisions(
            {each.decision for each in asked if each.decision is not None}
        )
        changes = [
            change for each in asked if (change := self._change(each, decisions)) is not None
        ]
        past = _past([finding.key for finding, _, _ in changes], self._writer)
        events: list[Event] = []
        for finding, waiver, reason in changes:
            facts = past[finding.key]
            if waiver is None:
                events.append(_ended(finding, reason, facts, self._waivers, self._now))
            elif not _is_held(finding, waiver, facts):
                shortened = _shortened(finding, waiver, facts, self._now)
                events += shortened
                ends = [WaiverEnded(each.happened_at) for each in shortened]
                exposure = _exposure(finding, decisions)
                events.append(_waived(finding, waiver, [*facts, *ends], exposure))
        return events

    def _change(
        self, finding: Finding, decisions: Mapping[int, Decision]
    ) -> tuple[Finding, Waiver | None, str] | None:
        """Give what holds it from now on, or None and why nothing does any more; None where it stays open."""
        decision = decisions.get(finding.decision or -1)
        names = _under_its_names(finding) if self._is_by_rule else [finding]
        found = _considered(
            self._compiled,
            [finding_subject(each, decision) for each in names],
            self._terms,
            self._granted.get(finding.key, {}),
            finding.waiver,
        )
        if found.waiver is not None:
            return finding, self._waivers[found.waiver], ""
        if finding.state is not State.WAIVED:
            return None
        return finding, None, _why_ended(finding, self._waivers, found, self._now)


def _considered(
    waivers: Sequence[CompiledWaiver],
    subjects: Sequence[Mapping[str, object]],
    terms: Terms,
    granted: Mapping[WaiverId, Exposure],
    holder: WaiverId | None,
) -> Consideration:
    """Give what covers a finding under one of its names; what the last says where none does."""
    *others, last = subjects
    for subject in others:
        found = consider(waivers, subject, terms, granted=granted, holder=holder)
        if found.waiver is not None:
            return found
    return consider(waivers, last, terms, granted=granted, holder=holder)


def _under_its_names(finding: Finding) -> Sequence[Finding]:
    """Give a vulnerability under each id that it goes by, its own last: that one says why no waiver covers it."""
    others = (
        [name for name in linkable(finding.advisories) if name != finding.rule]
        if finding.kind is Kind.VULNERABILITY
        else []
    )
    return [*(replace(finding, rule=name) for name in others), finding]


def exploited_places(
    findings: Iterable[Finding], reader: Reader
) -> frozenset[tuple[str, str, str]]:
    """Give control, service and address of misconfigurations that were decided as known to be exploited."""
    decided = [
        each
        for each in findings
        if each.is_current and each.kind is Kind.MISCONFIGURATION and each.decision is not None
    ]
    decisions = reader.decisions({each.decision for each in decided if each.decision is not None})
    return frozenset(
        (each.rule, each.service or "", each.resource)
        for each in decided
        if _answer(decisions.get(each.decision or -1), "exploitation") == "active"
    )


def _granted(writer: Writer, waivers: Mapping[WaiverId, Waiver]) -> _Granted:
    """Give the exposure at which each waiver, as it was last approved, was first applied to a finding."""
    found: dict[FindingKey, dict[WaiverId, Exposure]] = defaultdict(dict)
    if not any(waiver.exposure is None for waiver in waivers.values()):
        return found
    for event in writer.events(kinds=(EventKind.WAIVED,)):
        changed = event.payload.get("set")
        waiver = waivers.get(WaiverId(text(changed, "waiver")))
        exposure = _EXPOSURES.get(text(event.payload, "exposure"))
        if waiver is None or waiver.exposure is not None or exposure is None:
            continue
        if event.payload.get("approved_at") == int(waiver.approved_at.timestamp()):
            assert event.finding is not None
            found[event.finding].setdefault(waiver.id, exposure)
    return found


def _past(keys: Sequence[FindingKey], writer: Writer) -> Mapping[FindingKey, Sequence[ClockFact]]:
    known = clock_past(writer, keys)
    return {key: known.get(key, []) for key in keys}


def _is_held(finding: Finding, waiver: Waiver, past: Sequence[ClockFact]) -> bool:
    """Whether this very waiver, with this very end, holds the finding already."""
    given = [fact.expires_at for fact in past if isinstance(fact, Waived)]
    is_same = finding.waiver == waiver.id and given[-1:] == [waiver.expires_at]
    return finding.state is State.WAIVED and is_same


def _shortened(
    finding: Finding, waiver: Waiver, past: Sequence[ClockFact], now: datetime
) -> Sequence[Event]:
    """Give the end of what held it longer than the waiver that holds it from now on."""
    given = [fact.expires_at for fact in past if isinstance(fact, Waived)]
    if finding.state is not State.WAIVED or not given or given[-1] <= waiver.expires_at:
        return ()
    reason = f"{waiver.id} ends sooner than was agreed before."
    return (_ended(finding, reason, past, {}, now),)


def _exposure(finding: Finding, decisions: Mapping[int, Decision]) -> str:
    return _answer(decisions.get(finding.decision or -1), "exposure")


def _answer(decision: Decision | None, question: str) -> str:
    answers = decision.answers if decision else ()
    return next((each.value for each in answers if each.question == question), "")


def _why_ended(
    finding: Finding, waivers: Mapping[WaiverId, Waiver], found: Consideration, now: datetime
) -> str:
    waiver = waivers.get(finding.waiver) if finding.waiver else None
    if waiver is None:
        return f"{finding.waiver} is no longer declared."
    outcome = dict(found.considered).get(waiver.id, "")
    if outcome.startswith(VOID):
        return f"{waiver.id} is void: {outcome.removeprefix(VOID)}."
    if waiver.expires_at <= now:
        return f"{waiver.id} expired."
    if outcome.startswith(("covers", "lasts")):
        return f"{waiver.id} does not cover {finding.severity.value}, or not for so long."
    listed = "does not list every violation of it"
    return f"{waiver.id} {listed}." if outcome else f"The scope of {waiver.id} no longer covers it."


def _waived(finding: Finding, waiver: Waiver, past: Sequence[ClockFact], exposure: str) -> Event:
    ended = (fact.at for fact in past if isinstance(fact, WaiverEnded))
    at = max(waiver.approved_at, finding.opened_at, *ended)
    clock = run_clock([*past, Waived(at, waiver.expires_at)])
    return Event(
        kind=EventKind.WAIVED,
        happened_at=at,
        actor=", ".join(waiver.approvers),
        finding=finding.key,
        reason=waiver.reason,
        payload={
            "set": {
                "state": State.WAIVED.value,
                "waiver": waiver.id,
                "due_at": int(clock.due_at.timestamp()) if clock.due_at else None,
            },
            "expires_at": int(waiver.expires_at.timestamp()),
            "approved_at": int(waiver.approved_at.timestamp()),
            "exposure": exposure,
            "requester": waiver.requester,
        },
    )


def _ended(
    finding: Finding,
    reason: str,
    past: Sequence[ClockFact],
    waivers: Mapping[WaiverId, Waiver],
    now: datetime,
) -> Event:
    waiver = waivers.get(finding.waiver) if finding.waiver else None
    given = (fact.at for fact in past if isinstance(fact, Waived))
    at = max(min(waiver.expires_at, now) if waiver else now, *given)
    clock = run_clock([*past, WaiverEnded(at)])
    return Event(
        kind=EventKind.WAIVER_ENDED,
        happened_at=at,
        actor="policy",
        finding=finding.key,
        reason=reason,
        payload={
            "set": {
                "state": State.OPEN.value,
                "waiver": None,
                "due_at": int(clock.due_at.timestamp()) if clock.due_at else None,
            },
            "ended": finding.waiver,
        },
    )
