"""Answer AdmissionReviews: the webhook's own code, for files and for the API server alike.

A denied change fails a control whose strictness says *block* at the owner's policy state. What nobody can tell is
allowed with a warning and counted, unless its control is closed. Nothing is stored here.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tesuri.exports.admission_response import admission_response
from tesuri.flows.gates.judge_policies import PolicySubject, policy_rulings
from tesuri.flows.gates.judge_resources import Gate, judge_resource, report_of
from tesuri.flows.gates.policy_subjects import manifest_subjects, review_subject
from tesuri.model.control import GateReport, Ruling
from tesuri.model.resource import Unread
from tesuri.subjects.kubernetes.admission_review import (
    AdmissionRequest,
    read_admission,
    read_admission_review,
)
from tesuri.untrusted.shape import text


@dataclass(frozen=True, slots=True)
class AdmissionAnswer:
    """What the gate says of one request."""

    request: AdmissionRequest
    rulings: tuple[Ruling, ...]
    unread: tuple[Unread, ...]
    response: Mapping[str, object]
    """The AdmissionReview to send back."""
    policy_count: int = 0
    """How many of the rulings, the last ones, are those of policies in Rego."""


@dataclass(frozen=True, slots=True)
class AdmissionReport:
    """What the gate says of a file of requests."""

    report: GateReport
    answers: tuple[AdmissionAnswer, ...]


def review_admission(data: bytes, *, where: str, gate: Gate) -> AdmissionReport:
    """Give what the gate says of every request of a file; manifests are taken as created.

    **raises** BadInput when the file holds neither reviews nor manifests.
    """
    requests = read_admission(data, where=where)
    answers = tuple(
        _answer(request, gate, _subjects(request, gate, data, where)) for request in requests
    )
    not_looked_at = Counter("deleted" for request in requests if request.not_looked_at)
    report = report_of(
        gate,
        where,
        [found for answer in answers for found in answer.rulings],
        resources=sum(len(request.resources) for request in requests),
        unread=[part for answer in answers for part in answer.unread],
        not_evaluated={"deleted": not_looked_at["deleted"]},
        considered=gate.control_count * sum(len(request.resources) for request in requests)
        + sum(answer.policy_count for answer in answers),
    )
    return AdmissionReport(report, answers)


def answer_review(data: bytes, *, gate: Gate) -> AdmissionAnswer:
    """Answer the body of one call of the API server; raises BadInput when it is no review."""
    request = read_admission_review(data, where="request")
    return _answer(request, gate, _subjects(request, gate, data, "request"))


def _subjects(
    request: AdmissionRequest, gate: Gate, data: bytes, where: str
) -> list[PolicySubject]:
    """Give what policies in Rego look at; nothing when there are none."""
    if gate.policies is None:
        return []
    if request.request:
        return [review_subject(request, where)]
    found = manifest_subjects(data, where, request.resources)
    return [one for one in found if text(one.document, "kind") != "AdmissionReview"]


def _answer(
    request: AdmissionRequest, gate: Gate, subjects: Sequence[PolicySubject]
) -> AdmissionAnswer:
    rulings = tuple(
        found for resource in request.resources for found in judge_resource(resource, gate)
    )
    said = tuple(found for one in subjects for found in policy_rulings(one, gate))
    rulings += said
    response = admission_response(
        uid=request.uid,
        api_version=request.api_version,
        rulings=rulings,
        notes=_notes(request.unread),
        control_of=gate.control,
    )
    return AdmissionAnswer(request, rulings, request.unread, response, len(said))


def _notes(unread: Sequence[Unread]) -> list[str]:
    return [f"not read: {part.address}: {part.reason}" for part in unread]
