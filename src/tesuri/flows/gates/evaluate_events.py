"""Evaluate events of CloudTrail and of a cluster's audit log: the controls that watch one, on what it made of a resource.

A call that failed changed nothing: its verdicts are not applicable, with the reason. What an event does not tell is
unknown. Answers are never *block*: what has happened cannot be stopped.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tesuri.controls.compiled import CompiledControl
from tesuri.flows.gates.judge_resources import (
    Gate,
    JudgedResource,
    judge_one,
    judge_resource,
    report_of,
)
from tesuri.flows.pause_collection import paused_collection
from tesuri.model.control import GateAnswer, GateReport, Point, Ruling, Rulings, VerdictKind
from tesuri.model.observation import Skipped
from tesuri.model.resource import Origin, Unread
from tesuri.subjects.cloudtrail.events import EventFile, read_events
from tesuri.subjects.cloudtrail.resources import (
    EVENT,
    events_of_types,
    resources_of_event,
    why_nothing_changed,
)
from tesuri.subjects.kubernetes.audit import is_audit_log, read_audit_log
from tesuri.untrusted.shape import text, texts

_EVERY: Final = "*"


def evaluate_events(data: bytes, *, where: str, gate: Gate) -> GateReport:
    """Give what the controls say of the events of a file; raises BadInput when it holds none."""
    if is_audit_log(data):
        return _of_cluster(data, where, gate)
    with paused_collection():
        found = read_events(data, where=where, wanted=wanted_events(gate))
        counts = Counter[str]()
        kept: list[Ruling] = []
        for each in _judged(found, where, gate, counts):
            kept += each.rulings() if gate.is_keeping_passes else each.departing()
    # Passes are not kept, for the events of a large log would have to be: whoever lists them has the log judged again.
    again = replace(gate, seen=None)
    return report_of(
        gate,
        where,
        kept
        if gate.is_keeping_passes
        else Rulings(
            kept,
            counts["pairs"] - len(kept),
            lambda: [
                one for each in _judged(found, where, again, Counter()) for one in each.rulings()
            ],
        ),
        resources=counts["resources"],
        unread=_unread(found, where),
        not_evaluated={
            "events": found.total,
            "events that no control watches": found.passed_over,
            "calls that failed": counts["calls that failed"],
        },
        considered=counts["pairs"],
    )


def _of_cluster(data: bytes, where: str, gate: Gate) -> GateReport:
    """Give what the controls say of an audit log: each change as admission would have judged it."""
    with paused_collection():
        log = read_audit_log(data, where=where)
        judged = [
            (event, one, judge_resource(replace(one, seen_at=event.seen_at), gate))
            for event in log.events
            for one in event.request.resources
        ]
    unread = [part for event in log.events for part in event.request.unread]
    skipped = [_not_read(one, where) for one in log.skipped]
    return report_of(
        gate,
        where,
        [
            _not_changed(found, event.failure) if event.failure else found
            for event, _, some in judged
            for found in some
        ],
        resources=len(judged),
        unread=[*unread, *skipped],
        not_evaluated={
            "events": log.total,
            "events that change no object": log.passed_over,
            "changes without their object in the log": log.without_object,
            "calls that failed": sum(bool(event.failure) for event in log.events),
        },
        considered=sum(len(some) for _, _, some in judged),
    )


def _judged(
    found: EventFile, where: str, gate: Gate, counts: Counter[str]
) -> Iterator[JudgedResource]:
    watches = _Watches(gate)
    for event in found:
        reason = why_nothing_changed(event.fields)
        counts["calls that failed"] += bool(reason)
        name = text(event.fields, "eventName")
        for resource in resources_of_event(event, where=where):
            controls = watches.of(resource.type, name)
            if not controls:
                continue
            counts["resources"] += 1
            judged = judge_one(resource, gate, controls)
            counts["pairs"] += len(controls)
            if reason:
                judged.found = [_not_changed(one, reason) for one in judged.rulings()]
            yield judged


class _Watches:
    """Which controls look at a type of resource when an event of some name tells of it; found out once for each."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._known: dict[tuple[str, str], tuple[CompiledControl, ...]] = {}

    def of(self, kind: str, name: str) -> tuple[CompiledControl, ...]:
        found = self._known.get((kind, name))
        if found is None:
            found = self._known[kind, name] = tuple(
                one for one in self._gate.controls.get(kind, ()) if _is_watching(one, name)
            )
        return found


def _is_watching(compiled: CompiledControl, name: str) -> bool:
    named = _named(compiled)
    return not named or name in named or _EVERY in named


def wanted_events(gate: Gate) -> frozenset[str] | None:
    """Give the names of the events that some control watches; None when one watches them all."""
    wanted: set[str] = set()
    for kind, controls in gate.controls.items():
        for compiled in controls:
            named = _named(compiled)
            if named == () and kind == EVENT:
                return None
            wanted.update(named or events_of_types(frozenset({kind})))
    return None if _EVERY in wanted else frozenset(wanted)


def _named(compiled: CompiledControl) -> tuple[str, ...]:
    return texts(compiled.control.points.get(Point.EVENT, {}), "on")


def _not_changed(found: Ruling, reason: str) -> Ruling:
    verdict = replace(found.verdict, kind=VerdictKind.NOT_APPLICABLE, reason=reason)
    return replace(found, verdict=verdict, answer=GateAnswer.ALLOW, waiver=None, message=reason)


def _unread(found: EventFile, where: str) -> list[Unread]:
    return [_not_read(one, where) for one in found.skipped]


def _not_read(one: Skipped, where: str) -> Unread:
    return Unread(f"{where}#{one.pointer}", one.reason, Origin(where, pointer=one.pointer))
