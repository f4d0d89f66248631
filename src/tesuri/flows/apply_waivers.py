"""Let declared waivers hide what they cover, and bring it back when they end or become void."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tesuri.budgets.assignment import finding_subject
from tesuri.budgets.clock import run_clock
from tesuri.expressions.compile import Compiled, compile_expression
from tesuri.flows.clock_facts import clock_past
from tesuri.model.clock import ClockFact, Waived, WaiverEnded
from tesuri.model.decision import Decision
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import FindingKey, WaiverId
from tesuri.model.waiver import Waiver
from tesuri.model.workspace import Workspace
from tesuri.ports import Writer
from tesuri.routing.declared.rules import is_severity_covered


def apply_waivers(
    findings: Sequence[Finding], *, writer: Writer, workspace: Workspace, now: datetime
) -> Sequence[Event]:
    """Give the events that waive what is covered, renew what is renewed, and reopen what no longer is.

    A waiver is void for what is known to be exploited, and covers nothing worse, or for longer, than its
    severity allows. **raises** BadInput for a scope that cannot be read.
    """
    scopes = {
        waiver.id: compile_expression(waiver.scope, where=f"waiver {waiver.id}")
        for waiver in workspace.waivers
    }
    decisions = writer.decisions({each.decision for each in findings if each.decision is not None})
    changes: list[tuple[Finding, Waiver | None, str]] = []
    for finding in findings:
        decision = decisions.get(finding.decision or -1)
        covering = _covering(finding, decision, workspace, scopes, now)
        if covering is not None:
            changes.append((finding, covering, ""))
        elif finding.state is State.WAIVED:
            changes.append((finding, None, _why_ended(finding, decision, workspace, now)))
    past = _past([finding.key for finding, _, _ in changes], writer)
    return [
        _waived(finding, waiver, past[finding.key])
        if waiver is not None
        else _ended(finding, reason, past[finding.key], workspace, now)
        for finding, waiver, reason in changes
        if waiver is None or not _is_held(finding, waiver, past[finding.key])
    ]


def _past(keys: Sequence[FindingKey], writer: Writer) -> Mapping[FindingKey, Sequence[ClockFact]]:
    known = clock_past(writer, keys)
    return {key: known.get(key, []) for key in keys}


def _is_held(finding: Finding, waiver: Waiver, past: Sequence[ClockFact]) -> bool:
    """Whether this very waiver, with this very end, holds the finding already."""
    given = [fact.expires_at for fact in past if isinstance(fact, Waived)]
    is_same = finding.waiver == waiver.id and given[-1:] == [waiver.expires_at]
    return finding.state is State.WAIVED and is_same


def is_exploited(decision: Decision | None) -> bool:
    """Whether the decision was made knowing that it is exploited; that voids every waiver."""
    answers = decision.answers if decision else ()
    return any(each.question == "exploitation" and each.value == "active" for each in answers)


def _covering(
    finding: Finding,
    decision: Decision | None,
    workspace: Workspace,
    scopes: Mapping[WaiverId, Compiled],
    now: datetime,
) -> Waiver | None:
    if is_exploited(decision):
        return None
    subject = {"finding": finding_subject(finding, decision)}
    covering = [
        each
        for each in workspace.waivers
        if each.approved_at <= now < each.expires_at
        and is_severity_covered(each, finding.severity, workspace.longest_waiver_seconds)
        and scopes[each.id].evaluate(subject).is_true
    ]
    # The one that already holds goes on holding, so that two of them never take turns.
    return next(
        (each for each in covering if each.id == finding.waiver), next(iter(covering), None)
    )


def _why_ended(
    finding: Finding, decision: Decision | None, workspace: Workspace, now: datetime
) -> str:
    waiver = next((each for each in workspace.waivers if each.id == finding.waiver), None)
    if waiver is None:
        return f"{finding.waiver} is no longer declared."
    if is_exploited(decision):
        return f"{waiver.id} is void: the finding is known to be exploited."
    if waiver.expires_at <= now:
        return f"{waiver.id} expired."
    if not is_severity_covered(waiver, finding.severity, workspace.longest_waiver_seconds):
        return f"{waiver.id} does not cover {finding.severity.value}, or not for so long."
    return f"The scope of {waiver.id} no longer covers it."


def _waived(finding: Finding, waiver: Waiver, past: Sequence[ClockFact]) -> Event:
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
            "requester": waiver.requester,
        },
    )


def _ended(
    finding: Finding, reason: str, past: Sequence[ClockFact], workspace: Workspace, now: datetime
) -> Event:
    waiver = next((each for each in workspace.waivers if each.id == finding.waiver), None)
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
            }
        },
    )
