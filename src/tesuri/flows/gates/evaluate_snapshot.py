"""Evaluate recordings of what runs: API replies and Config items of AWS, objects of a Kubernetes cluster.

Every live control looks at them, and nobody asks the account or the cluster.

Answers are never *block*: what runs cannot be stopped by a report. Replies that were refused or cannot be placed are
in the report, and what only they could tell is unknown.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from tesuri.flows.gates.judge_resources import Gate, judge_resources, refuse_unread, report_of
from tesuri.model.control import GateReport, Ruling, Rulings, VerdictKind
from tesuri.model.errors import BadInput
from tesuri.model.resource import Origin, Resource, Unread
from tesuri.subjects.aws.config_item import is_config_document, read_config_items
from tesuri.subjects.aws.recorded.snapshot import read_snapshot
from tesuri.subjects.kubernetes.cluster import cluster_documents, read_cluster
from tesuri.subjects.kubernetes.objects import Document

_PROPERTY: Final = re.compile(r"[A-Za-z0-9]+")


def evaluate_snapshot(files: Iterable[tuple[str, bytes]], *, where: str, gate: Gate) -> GateReport:
    """Give what the controls say of a folder of recordings.

    **raises** BadInput when nothing in it is a recorded reply.
    """
    replies: list[tuple[str, bytes]] = []
    documents: list[Document] = []
    resources: list[Resource] = []
    unread: list[Unread] = []
    deleted = 0
    for name, data in files:
        if not is_config_document(data):
            of_cluster = cluster_documents(data, where=name)
            documents += of_cluster
            if not of_cluster:
                replies.append((name, data))
            continue
        try:
            items = read_config_items(data, where=name)
        except BadInput as error:
            unread.append(Unread(name, error.what, Origin(name)))
            continue
        resources.extend(items.resources)
        unread.extend(items.unread)
        deleted += items.deleted
    snapshot = read_snapshot(replies)
    cluster = read_cluster(documents)
    resources += [*snapshot.resources, *cluster.resources]
    unread += [*snapshot.unread, *cluster.unread]
    if not snapshot.replies and not cluster.objects and not resources and not deleted:
        reason = unread[0].reason if unread else "it holds no JSON file"
        raise BadInput(
            f"The folder holds no recorded reply and no Kubernetes object: {reason}.", where=where
        )
    judged = judge_resources(resources, gate)
    report = report_of(
        gate,
        where,
        Rulings(
            [_explained(found, snapshot.reasons) for found in judged.departing],
            len(judged) - len(judged.departing),
            lambda: [_explained(found, snapshot.reasons) for found in judged],
        ),
        resources=len(resources),
        unread=unread,
        not_evaluated={
            "of the provider or gone": snapshot.passed_over + deleted,
            "made by another object that is here": cluster.made,
            "recorded more than once": cluster.repeated,
            "calls that change something": snapshot.changing,
            "calls without a mapping": sum(snapshot.unmapped.values()),
        },
    )
    refuse_unread(report)
    return report


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
