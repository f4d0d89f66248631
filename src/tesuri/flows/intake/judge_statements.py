"""What a VEX statement does to a finding, given its state and what was stated before.

Only what is open is closed, and only what a statement closed is reopened by one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tesuri.model.event import Event, EventKind
from tesuri.model.finding import Finding, State, Work
from tesuri.model.identifiers import FindingKey
from tesuri.model.vex import VexStatement
from tesuri.ports import Writer
from tesuri.triage.masking import mask

_LONGEST_REASON = 500
_LIVING = (State.OPEN, State.WAIVED)


class VexEffect(StrEnum):
    """What the latest statement about a finding did to it."""

    CLOSED = "closed"
    REOPENED = "reopened"
    UNCHANGED = "unchanged"
    """It already was as stated."""
    KEPT = "kept"
    """A person or a scan decided otherwise, and that stays."""
    OUTDATED = "outdated"
    """A later statement was taken in before."""


@dataclass(frozen=True, slots=True)
class VexRow:
    """A finding that a statement is about."""

    finding: FindingKey
    effect: VexEffect
    state: State
    """Afterwards."""
    status: str
    vulnerability: str
    title: str
    asset: str
    reason: str
    pointer: str


@dataclass(frozen=True, slots=True)
class _Past:
    """The last statement that was taken in about a finding."""

    stated_at: int
    is_closing: bool
    """A statement closed it; False where a person or a scan did so later."""


@dataclass(slots=True)
class Verdicts:
    """Events of a document, and what they say."""

    events: list[Event] = field(default_factory=list)
    rows: list[VexRow] = field(default_factory=list)


def judge(
    stated: Mapping[FindingKey, tuple[Finding, VexStatement]],
    author: str,
    writer: Writer,
    now: datetime,
) -> Verdicts:
    """Give what each finding's latest statement does to it, by key, and the events that do it."""
    past = _past(stated, writer)
    verdicts = Verdicts()
    for key, (finding, statement) in sorted(stated.items()):
        effect = _effect(finding, statement, past.get(key), now)
        if _is_news(statement, effect, past.get(key)):
            verdicts.events.append(_event(finding, statement, effect, author, now))
        verdicts.rows.append(
            VexRow(
                finding=key,
                effect=effect,
                state=_state_after(finding, effect),
                status=statement.status.value,
                vulnerability=statement.vulnerability,
                title=finding.title,
                asset=finding.asset,
                reason=_reason(statement),
                pointer=statement.pointer,
            )
        )
    return verdicts


def _past(keys: Iterable[FindingKey], writer: Writer) -> Mapping[FindingKey, _Past]:
    """Give what the last statement about each finding was; nothing for findings without one."""
    past: dict[FindingKey, _Past] = {}
    kinds = (EventKind.CLOSED, EventKind.REOPENED, EventKind.CHANGED)
    for event in writer.events(findings=list(keys), kinds=kinds):
        if event.finding is None:
            continue
        told = event.payload.get("vex")
        before = past.get(event.finding)
        if isinstance(told, Mapping):
            is_closing = event.kind is EventKind.CLOSED
            if event.kind is EventKind.CHANGED:
                is_closing = before is not None and before.is_closing
            past[event.finding] = _Past(int(str(told["stated_at"])), is_closing)
        elif before is not None and event.kind is not EventKind.CHANGED:
            past[event.finding] = _Past(before.stated_at, is_closing=False)
    return past


def _effect(
    finding: Finding, statement: VexStatement, past: _Past | None, now: datetime
) -> VexEffect:
    is_living = finding.state in _LIVING
    is_settled = statement.status.is_settled
    if is_settled is (finding.state is State.NOT_AFFECTED) and (is_settled or is_living):
        return VexEffect.UNCHANGED
    if past is not None and int(time_of(statement, now).timestamp()) < past.stated_at:
        return VexEffect.OUTDATED
    if is_settled and is_living:
        return VexEffect.CLOSED
    if finding.state is State.NOT_AFFECTED and past is not None and past.is_closing:
        return VexEffect.REOPENED
    return VexEffect.KEPT


def _event(
    finding: Finding, statement: VexStatement, effect: VexEffect, author: str, now: datetime
) -> Event:
    payload: dict[str, object] = {
        "vex": {
            "status": statement.status.value,
            "justification": mask(statement.justification),
            "text": mask(statement.text)[:_LONGEST_REASON],
            "stated_at": int(time_of(statement, now).timestamp()),
        }
    }
    state = _state_after(finding, effect).value
    if effect is VexEffect.CLOSED:
        closed_at = int(now.timestamp())
        payload["set"] = {"state": state, "closed_at": closed_at, "is_stale": False}
    if effect is VexEffect.REOPENED:
        payload["set"] = {"state": state, "closed_at": None, "work": Work.TRIAGED.value}
    return Event(
        kind=_KINDS[effect],
        happened_at=max(now, finding.opened_at),
        actor=f"vex:{author}",
        finding=finding.key,
        reason=_reason(statement),
        payload=payload,
    )


_KINDS = {
    VexEffect.CLOSED: EventKind.CLOSED,
    VexEffect.REOPENED: EventKind.REOPENED,
    VexEffect.UNCHANGED: EventKind.CHANGED,
}


def _is_news(statement: VexStatement, effect: VexEffect, past: _Past | None) -> bool:
    """Whether the journal needs it; of what changes nothing it keeps the time, so that older ones stay older."""
    if effect is not VexEffect.UNCHANGED:
        return effect in _KINDS
    if statement.stated_at is None:
        return False
    return past is None or int(statement.stated_at.timestamp()) > past.stated_at


def _state_after(finding: Finding, effect: VexEffect) -> State:
    if effect is VexEffect.CLOSED:
        return State.NOT_AFFECTED
    if effect is not VexEffect.REOPENED:
        return finding.state
    return State.WAIVED if finding.waiver else State.OPEN


def _reason(statement: VexStatement) -> str:
    words = (statement.status.value, statement.justification)
    said = ": ".join(word.replace("_", " ") for word in words if word)
    whole = mask(f"{said}. {statement.text}".strip())
    return whole if len(whole) <= _LONGEST_REASON else f"{whole[: _LONGEST_REASON - 1]}…"


def time_of(statement: VexStatement, now: datetime) -> datetime:
    """Give when it was stated; without a time, or with one that has not come yet, when it is read."""
    return min(statement.stated_at or now, now)
