"""What the gates answer at each policy state when a control fails, and what they answered last."""

from collections.abc import Mapping, Sequence

from tesuri.model.control import Control, GateAnswer, Point
from tesuri.model.event import Event, EventKind
from tesuri.model.identifiers import ControlId, ServiceId
from tesuri.model.objective import PolicyState
from tesuri.model.views_slo import GateRow, StateGates
from tesuri.ports import Reader
from tesuri.untrusted.shape import text, whole

ANSWER_ROWS = 10
"""Answers that are listed."""

REPLAYED_CHANGES = 40
"""Last changes that each state is tried on."""

_EVENTS_READ = 1_000
"""Newest answers of every service that are looked through for those of the scope."""


def gate_rows(reader: Reader, services: frozenset[ServiceId | None]) -> tuple[GateRow, ...]:
    """Give the last answers to changes of these services, newest first.

    Looks through the last thousand answers; an answer for nobody belongs to no team.
    """
    events = reader.events(kinds=(EventKind.GATE_ANSWERED,), newest=_EVENTS_READ)
    rows = (_row(event) for event in reversed(events) if _service(event) in services)
    return tuple(row for row in rows if row is not None)


def state_gates(
    controls: Sequence[Control], rows: Sequence[GateRow], current: PolicyState
) -> tuple[StateGates, ...]:
    """Give what every policy state makes of a failing control, best state first.

    A replayed change counts as stopped where the control that decided it, or would block it whatever the state,
    blocks; a change of which no control was recorded, or one that is gone, is taken as passed.
    """
    known = {control.id: control for control in controls}
    replayed = _last_changes(rows)
    return tuple(_state(state, known, replayed, is_current=state is current) for state in _STATES)


_STATES = (
    PolicyState.AMPLE,
    PolicyState.LOW,
    PolicyState.UNKNOWN,
    PolicyState.SPENT,
    PolicyState.BREACHED,
)


def answer_at(control: Control, state: PolicyState) -> GateAnswer:
    """Give what a gate answers when this control fails at a policy state, without any waiver."""
    return GateAnswer.BLOCK if control.is_always_blocking else control.strictness[state]


def _state(
    state: PolicyState,
    known: Mapping[ControlId, Control],
    replayed: Sequence[frozenset[ControlId]],
    *,
    is_current: bool,
) -> StateGates:
    answers = {key: answer_at(control, state) for key, control in known.items()}
    blocking = sorted(key for key, answer in answers.items() if answer is GateAnswer.BLOCK)
    return StateGates(
        state=state,
        is_current=is_current,
        warns=sum(answer is GateAnswer.WARN for answer in answers.values()),
        blocks=len(blocking),
        blocking=tuple(blocking),
        changes=len(replayed) or None,
        would_stop=sum(not failing.isdisjoint(blocking) for failing in replayed)
        if replayed
        else None,
    )


def _last_changes(rows: Sequence[GateRow]) -> Sequence[frozenset[ControlId]]:
    """Give the controls that decided each of the last changes; several owners of one change are united."""
    changes: dict[tuple[object, ...], set[ControlId]] = {}
    for row in rows:
        controls = changes.setdefault((row.answered_at, row.change, row.point), set())
        if row.control is not None and row.failed:
            controls.add(row.control)
    return [frozenset(found) for found in changes.values()][:REPLAYED_CHANGES]


def _service(event: Event) -> ServiceId | None:
    name = text(event.payload.get("service"))
    return ServiceId(name) if name else None


def _row(event: Event) -> GateRow | None:
    """Give one answer; None for an event of another version whose words nobody knows."""
    payload = event.payload
    try:
        return GateRow(
            answered_at=event.happened_at,
            change=text(payload.get("change")),
            point=Point(text(payload.get("point"))),
            answer=GateAnswer(text(payload.get("answer"))),
            state=PolicyState(text(payload.get("policy_state"))),
            failed=whole(payload.get("failed")),
            unknown=whole(payload.get("unknown")),
            control=ControlId(name) if (name := text(payload.get("control"))) else None,
        )
    except ValueError:
        return None
