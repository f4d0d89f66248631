"""Evaluate CloudTrail events: every control that watches an event, on what the event made of a resource.

A call that failed changed nothing: its verdicts are not applicable, with the reason. What an event does not tell is
unknown. Answers are never *block*: what has happened cannot be stopped.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tesuri.controls.compiled import CompiledControl
from tesuri.flows.judge_resources import Gate, judge_resource, report_of
from tesuri.model.control import GateAnswer, GateReport, Point, Ruling, VerdictKind
from tesuri.model.resource import Origin, Resource, Unread
from tesuri.subjects.cloudtrail import (
    EVENT,
    events_of_types,
    resources_of_event,
    why_nothing_changed,
)
from tesuri.subjects.cloudtrail_events import EventFile, read_events
from tesuri.subjects.cloudtrail_records import RecordedEvent
from tesuri.untrusted.shape import text, texts

_EVERY: Final = "*"


def evaluate_events(data: bytes, *, where: str, gate: Gate) -> GateReport:
    """Give what the controls say of the events of a file; raises BadInput when it holds none."""
    found = read_events(data, where=where, wanted=wanted_events(gate))
    rulings: list[Ruling] = []
    counts = Counter[str]()
    for event in found.events:
        reason = why_nothing_changed(event.fields)
        counts["calls that failed"] += bool(reason)
        for resource, controls in _watched(event, where, gate):
            counts["resources"] += 1
            judged = judge_resource(resource, gate, controls)
            counts["pairs"] += len(judged)
            rulings.extend(_not_changed(one, reason) if reason else one for one in judged)
    return report_of(
        gate,
        where,
        rulings,
        resources=counts["resources"],
        unread=_unread(found, where),
        not_evaluated={
            "events": found.total,
            "events that no control watches": found.passed_over,
            "calls that failed": counts["calls that failed"],
        },
        considered=counts["pairs"],
    )


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


def _watched(
    event: RecordedEvent, where: str, gate: Gate
) -> Iterator[tuple[Resource, list[CompiledControl]]]:
    name = text(event.fields, "eventName")
    for resource in resources_of_event(event, where=where):
        controls = [
            one
            for one in gate.controls.get(resource.type, ())
            if not _named(one) or name in _named(one) or _EVERY in _named(one)
        ]
        if controls:
            yield resource, controls


def _not_changed(found: Ruling, reason: str) -> Ruling:
    verdict = replace(found.verdict, kind=VerdictKind.NOT_APPLICABLE, reason=reason)
    return replace(found, verdict=verdict, answer=GateAnswer.ALLOW, waiver=None, message=reason)


def _unread(found: EventFile, where: str) -> list[Unread]:
    return [
        Unread(f"{where}#{one.pointer}", one.reason, Origin(where, pointer=one.pointer))
        for one in found.skipped
    ]
