"""Evaluate events of CloudTrail and of clusters' audit logs: the controls that watch one, on what it made of a resource.

A call that failed changed nothing: its verdicts are not applicable, with the reason. What an event does not tell is
unknown. Answers are never *block*: what has happened cannot be stopped. Large logs are read in parts, folders file by
file, and only what is no pass is kept.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

from tesuri.flows.gates.judge_events import ClusterEvents, EventFigures, TrailEvents
from tesuri.flows.gates.judge_resources import Gate, JudgedResource, report_of
from tesuri.flows.pause_collection import paused_collection
from tesuri.model.control import GateReport, Ruling, Rulings, VerdictKind
from tesuri.model.errors import BadInput
from tesuri.model.resource import Origin, Unread
from tesuri.subjects.cloudtrail.events import is_digest
from tesuri.subjects.kubernetes.audit import is_audit_log
from tesuri.untrusted.byte_source import Document

OpenedFile = tuple[str, Document | BadInput | None]
"""The name to show, and the content, or why it cannot be opened; None is a file of another kind."""

EventFiles = Callable[[], Iterable[OpenedFile]]
"""Opens files one after the other, each time anew."""

MOST_KEPT: Final = 50_000
"""Rulings, passes included, that are kept for whoever lists all; of more, the log is judged again for each listing."""

_Unreadable = Callable[[str, BadInput], None]


def evaluate_events(document: Document, *, where: str, gate: Gate) -> GateReport:
    """Give what the controls say of the events of a file; raises BadInput when it holds none."""
    return evaluate_event_file(lambda: ((where, document),), where=where, gate=gate)


def evaluate_event_file(files: EventFiles, *, where: str, gate: Gate) -> GateReport:
    """Give what the controls say of the events of the one file that is opened; raises BadInput when it holds none."""

    def refuse(_: str, problem: BadInput) -> None:
        raise problem

    return _report(files, where, gate, EventFigures(), refuse)


def evaluate_event_folder(files: EventFiles, *, where: str, gate: Gate) -> GateReport:
    """Give what the controls say of the events of a folder; a file that holds none is told and stops no other.

    Digest files, which CloudTrail writes beside its logs, are counted. **raises** BadInput when no file holds an event.
    """
    figures = EventFigures()

    def tell(name: str, problem: BadInput) -> None:
        figures.unread.append(Unread(name, problem.what, Origin(name)))

    report = _report(lambda: _logs(files(), figures), where, gate, figures, tell)
    if not figures.has_events:
        reason = (
            f": {figures.unread[0].address}: {figures.unread[0].reason}" if figures.unread else "."
        )
        raise BadInput(
            f"The folder holds no event{reason}",
            where=where,
            remedy="Name a folder with logs of CloudTrail, or of a cluster's API server.",
        )
    return report


def _report(
    files: EventFiles, where: str, gate: Gate, figures: EventFigures, unreadable: _Unreadable
) -> GateReport:
    trail, cluster = TrailEvents(gate, figures), ClusterEvents(gate, figures)
    is_kept = gate.is_keeping_passes
    kept: list[Ruling] = []
    passes = 0
    with paused_collection():
        for each in _judged(files, trail, cluster, unreadable):
            kept += each.rulings() if is_kept else each.departing()
            passes += len(each.passed())
            if is_kept and len(kept) > MOST_KEPT:
                is_kept = False
                kept = [one for one in kept if one.verdict.kind is not VerdictKind.PASS]
    # Passes are not kept, for the events of a large log would have to be: whoever lists them has the log judged again.
    again = replace(gate, seen=None, is_keeping_passes=True)

    def make() -> Iterator[Ruling]:
        others = EventFigures()
        judging = TrailEvents(again, others), ClusterEvents(again, others)
        for each in _judged(files, *judging, _pass_over):
            yield from each.rulings()

    counts = figures.counts
    if not gate.is_keeping_passes:
        passes = counts["pairs"] - counts["not applicable"] - len(kept)
    return report_of(
        gate,
        where,
        kept if is_kept else Rulings(kept, passes, make, is_flowing=True),
        resources=counts["resources"],
        unread=figures.unread,
        not_evaluated=figures.passed_over,
        considered=counts["pairs"],
    )


def _logs(files: Iterable[OpenedFile], figures: EventFigures) -> Iterator[OpenedFile]:
    """Give the files of a folder that may be logs; the others are counted the first time."""
    counts = Counter[str]()
    for name, document in files:
        if document is None:
            counts["files of other kinds"] += 1
        elif not isinstance(document, BadInput) and is_digest(document):
            counts["digest files"] += 1
        else:
            yield name, document
    figures.passed_over.update(counts)


def _judged(
    files: EventFiles, trail: TrailEvents, cluster: ClusterEvents, unreadable: _Unreadable
) -> Iterator[JudgedResource]:
    for name, document in files():
        try:
            if isinstance(document, BadInput):
                raise document
            if document is not None:
                judging = cluster if is_audit_log(document) else trail
                yield from judging.judged(document, name)
        except BadInput as problem:
            unreadable(name, problem)


def _pass_over(_name: str, _problem: BadInput) -> None:
    """What cannot be read was told the first time."""
