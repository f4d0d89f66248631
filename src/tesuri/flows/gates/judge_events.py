"""Judge what events tell, one file after the other: calls of AWS, and changes that a cluster was asked for.

Who does not list passes gets only what may be none, and the figures of everything else: most events pass unseen.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from tesuri.controls.remembered import Remembered
from tesuri.flows.gates.judge_resources import Gate, JudgedResource, judge_one
from tesuri.flows.gates.watched_events import ReadParts, Watch, Watches, wanted_events
from tesuri.model.control import GateAnswer, Ruling, VerdictKind
from tesuri.model.observation import Skipped
from tesuri.model.resource import Origin, Resource, Unread
from tesuri.subjects.cloudtrail.events import EventFile, Glance, read_events
from tesuri.subjects.cloudtrail.resources import (
    EVENT,
    changed_resources,
    resources_of_event,
    why_nothing_changed,
)
from tesuri.subjects.kubernetes.audit import read_audit_log
from tesuri.untrusted.byte_source import Document


@dataclass(slots=True)
class EventFigures:
    """What was looked at so far, in all files together."""

    counts: Counter[str] = field(default_factory=Counter)
    """Resources, pairs of resource and control, and pairs that are not applicable because a call failed."""
    passed_over: Counter[str] = field(default_factory=Counter)
    """What no control looks at on purpose."""
    unread: list[Unread] = field(default_factory=list)
    has_events: bool = False
    """Whether a file was read that is a log, if only one of a quiet hour."""


class TrailEvents:
    """Judges logs of CloudTrail."""

    def __init__(self, gate: Gate, figures: EventFigures) -> None:
        self._gate = gate
        self._figures = figures
        self._watches = Watches(gate)
        self._wanted = wanted_events(gate)

    def judged(self, document: Document, where: str) -> Iterator[JudgedResource]:
        """Give the resources that a control looks at; those that surely pass only where somebody lists passes."""
        reader = self._watches.reader
        found = read_events(document, where=where, wanted=self._wanted, reader=reader)
        some = (
            self._all_of(found, where)
            if self._gate.is_keeping_passes
            else self._departing(found, where)
        )
        failed = self._figures.counts["calls that failed"]
        yield from some
        passed_over = self._figures.passed_over
        passed_over["events"] += found.total
        passed_over["events that no control watches"] += found.passed_over
        if found.insights:
            passed_over["Insights events"] += found.insights
        passed_over["calls that failed"] += self._figures.counts["calls that failed"] - failed
        self._figures.unread += (_not_read(one, where) for one in found.skipped)
        self._figures.has_events = True

    def _all_of(self, found: EventFile, where: str) -> Iterator[JudgedResource]:
        for glance in found.glances():
            event = glance.record()
            reason = why_nothing_changed(event.fields)
            self._figures.counts["calls that failed"] += bool(reason)
            for resource in resources_of_event(event, where=where):
                controls = self._counted(resource.type, glance.name)
                if controls.controls:
                    judged = judge_one(resource, self._gate, controls)
                    if reason:
                        judged.found = [_not_changed(one, reason) for one in judged.rulings()]
                    yield judged

    def _departing(self, found: EventFile, where: str) -> Iterator[JudgedResource]:
        for glance in found.glances():
            watch = self._watches.watch(glance.name, glance.source)
            if glance.may_have_failed and self._is_failed(glance, where):
                continue
            key = watch.key(glance)
            for resource in self._resources(glance, watch, key, where):
                controls = self._counted(resource.type, glance.name)
                if not controls.controls:
                    continue
                judged = judge_one(resource, self._gate, controls)
                if len(judged.passed()) < len(controls.controls):
                    yield judged
                elif resource.type == EVENT:
                    watch.remember(key)

    def _resources(
        self, glance: Glance, watch: Watch, key: ReadParts | None, where: str
    ) -> Iterable[Resource]:
        """Give what may not pass of what an event tells; of an event itself that passes, only the figures."""
        if not watch.is_passing(key):
            return resources_of_event(glance.record(), where=where)
        self._counted(EVENT, glance.name)
        if not watch.mappings:
            return ()
        return changed_resources(glance.call(), watch.mappings, where=where)

    def _is_failed(self, glance: Glance, where: str) -> bool:
        """Count what a call was about that failed; whether it did."""
        event = glance.record()
        if not why_nothing_changed(event.fields):
            return False
        counts = self._figures.counts
        counts["calls that failed"] += 1
        before = counts["pairs"]
        for resource in resources_of_event(event, where=where):
            self._counted(resource.type, glance.name)
        counts["not applicable"] += counts["pairs"] - before
        return True

    def _counted(self, kind: str, name: str) -> Remembered:
        """Give the controls that look at a resource, and count both."""
        controls = self._watches.of(kind, name)
        self._figures.counts["resources"] += bool(controls.controls)
        self._figures.counts["pairs"] += len(controls.controls)
        return controls


class ClusterEvents:
    """Judges audit logs: each change as admission would have judged it."""

    def __init__(self, gate: Gate, figures: EventFigures) -> None:
        self._gate = gate
        self._figures = figures
        self._known: dict[str, Remembered] = {}

    def judged(self, document: Document, where: str) -> Iterator[JudgedResource]:
        """Give the resources that a control looks at; those that surely pass only where somebody lists passes."""
        log = read_audit_log(document, where=where)
        counts, passed_over = self._figures.counts, self._figures.passed_over
        failed = 0
        for event in log:
            failed += bool(event.failure)
            self._figures.unread += event.request.unread
            for resource in event.request.resources:
                controls = self._controls(resource.type)
                counts["resources"] += 1
                counts["pairs"] += len(controls.controls)
                if event.failure and not self._gate.is_keeping_passes:
                    counts["not applicable"] += len(controls.controls)
                    continue
                judged = judge_one(replace(resource, seen_at=event.seen_at), self._gate, controls)
                if event.failure:
                    judged.found = [_not_changed(one, event.failure) for one in judged.rulings()]
                yield judged
        passed_over["events"] += log.total
        passed_over["events that change no object"] += log.passed_over
        passed_over["changes without their object in the log"] += log.without_object
        passed_over["calls that failed"] += failed
        self._figures.unread += (_not_read(one, where) for one in log.skipped)
        self._figures.has_events = True

    def _controls(self, kind: str) -> Remembered:
        found = self._known.get(kind)
        if found is None:
            found = self._known[kind] = Remembered(self._gate.controls.get(kind, ()))
        return found


def _not_changed(found: Ruling, reason: str) -> Ruling:
    verdict = replace(found.verdict, kind=VerdictKind.NOT_APPLICABLE, reason=reason)
    return replace(found, verdict=verdict, answer=GateAnswer.ALLOW, waiver=None, message=reason)


def _not_read(one: Skipped, where: str) -> Unread:
    return Unread(f"{where}#{one.pointer}", one.reason, Origin(where, pointer=one.pointer))
