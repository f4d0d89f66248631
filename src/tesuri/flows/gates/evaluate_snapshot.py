"""Evaluate recordings of what runs: API replies and Config items of AWS, objects of a Kubernetes cluster.

Every live control looks at them, and nobody asks the account or the cluster.

Answers are never *block*: what runs cannot be stopped by a report. Replies that were refused or cannot be placed are
in the report, and what only they could tell is unknown.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from tesuri.controls.remembered import Remembered
from tesuri.flows.gates.judge_resources import Gate, judge_one, refuse_unread, report_of
from tesuri.flows.pause_collection import paused_collection
from tesuri.model.control import GateReport, Ruling, Rulings, VerdictKind
from tesuri.model.errors import BadInput
from tesuri.model.resource import Origin, Resource, Unread
from tesuri.subjects.aws.config_item import ConfigItems, is_config_document, read_config_items
from tesuri.subjects.aws.recorded.reply_files import RecordedFile
from tesuri.subjects.aws.recorded.reply_index import ReplyIndex
from tesuri.subjects.aws.recorded.snapshot import told_by
from tesuri.subjects.kubernetes.cluster import cluster_documents, read_cluster
from tesuri.subjects.kubernetes.objects import Document

_PROPERTY: Final = re.compile(r"[A-Za-z0-9]+")


def evaluate_snapshot(files: Iterable[RecordedFile], *, where: str, gate: Gate) -> GateReport:
    """Give what the controls say of a folder of recordings.

    **raises** BadInput when nothing in it is a recorded reply.
    **cost** Memory of what fails, and of the replies of one account and region that are joined.
    """
    listed = sorted(files, key=lambda each: each.name)
    with paused_collection():
        judging = _Judging(gate)
        kept = [ruling for each in judging.judged(listed) for ruling in each]
    if judging.is_nothing:
        raise BadInput(
            f"The folder holds no recorded reply and no Kubernetes object: {_first(judging.unread)}.",
            where=where,
        )
    again = replace(gate, seen=None, is_keeping_passes=True)

    def make() -> list[Ruling]:
        return [ruling for each in _Judging(again).judged(listed) for ruling in each]

    report = report_of(
        gate,
        where,
        kept if gate.is_keeping_passes else Rulings(kept, judging.passes, make),
        resources=judging.resources,
        unread=judging.unread,
        not_evaluated=judging.passed_over,
    )
    refuse_unread(report)
    return report


def _first(unread: Sequence[Unread]) -> str:
    """Say of the first file why nothing in it could be read."""
    if not unread:
        return "it holds no JSON file"
    return f"{unread[0].address}: {unread[0].reason.rstrip('.')}"


class _Judging:
    """Judges a folder of recordings, and counts what it comes by."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._controls: dict[str, Remembered] = {}
        self.unread: list[Unread] = []
        self.resources = 0
        self.passes = 0
        self.passed_over: Counter[str] = Counter()
        """What no control looks at on purpose."""
        self.is_nothing = False
        """Whether no file held a recording."""

    def judged(self, files: Iterable[RecordedFile]) -> Iterator[list[Ruling]]:
        """Give the rulings on each resource: those that are no pass, or all where the gate keeps passes."""
        index = ReplyIndex()
        documents: list[Document] = []
        deleted = 0
        for file in files:
            data = file.read()
            if is_config_document(data):
                items = self._config_items(data, file.name)
                deleted += items.deleted
                yield from (self._judged(one) for one in items.resources)
                continue
            of_cluster = cluster_documents(data, where=file.name)
            documents += of_cluster
            if not of_cluster:
                index.add(file, data)
        gone = deleted
        for told in told_by(index):
            yield from (self._judged(one, told.reasons) for one in told.resources)
            self.unread += told.unread
            gone += told.passed_over
        self.unread += index.unread
        cluster = read_cluster(documents)
        yield from (self._judged(one) for one in cluster.resources)
        self.unread += cluster.unread
        self.is_nothing = not (index.replies or cluster.objects or self.resources or deleted)
        self.passed_over.update(
            {
                "of the provider or gone": gone,
                "made by another object that is here": cluster.made,
                "recorded more than once": cluster.repeated,
                "calls that change something": index.changing,
                "calls without a mapping": index.unmapped.total(),
            }
        )

    def _config_items(self, data: bytes, name: str) -> ConfigItems:
        try:
            items = read_config_items(data, where=name)
        except BadInput as error:
            items = ConfigItems((), (Unread(name, error.what, Origin(name)),), 0)
        self.unread += items.unread
        return items

    def _judged(
        self, resource: Resource, reasons: Mapping[tuple[str, str], str] = MappingProxyType({})
    ) -> list[Ruling]:
        self.resources += 1
        controls = self._controls.get(resource.type)
        if controls is None:
            controls = Remembered(self._gate.controls.get(resource.type, ()))
            self._controls[resource.type] = controls
        if not controls.controls:
            return []
        judged = judge_one(resource, self._gate, controls)
        self.passes += len(judged.passed())
        found = judged.rulings() if self._gate.is_keeping_passes else judged.departing()
        return [_explained(one, reasons) for one in found]


def _explained(found: Ruling, reasons: Mapping[tuple[str, str], str]) -> Ruling:
    """Add to an unknown verdict which call could have told."""
    verdict = found.verdict
    match = _PROPERTY.match(verdict.reason)
    if verdict.kind is not VerdictKind.UNKNOWN or match is None:
        return found
    why = reasons.get((verdict.address, match[0]))
    if why is None:
        return found
    reason = f"{verdict.reason}: {why}"
    return replace(found, verdict=replace(verdict, reason=reason), message=reason)
