"""AdmissionReview requests → resources: what the API server asks a webhook about.

CREATE and UPDATE look at the new object, CONNECT at its options. DELETE has no new object, and a status is only reported:
nothing is looked at, and the request says so. Files may hold several reviews, and plain manifests, which are taken as if they were created.

**source** Kubernetes, "Dynamic admission control", admission.k8s.io/v1 AdmissionReview.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tesuri.model.errors import BadInput
from tesuri.model.resource import Change, Resource, Unread
from tesuri.subjects.kubernetes.manifests import manifests_of, resources_of
from tesuri.subjects.kubernetes.objects import (
    Document,
    KubernetesObject,
    objects_of,
    read_documents,
)
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.shape import at, items, join_pointer, mapping, shape_name, text

_GROUP: Final = "admission.k8s.io/"
_VERSIONS: Final = ("v1", "v1beta1")


class Operation(StrEnum):
    """What the request wants to do."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    DELETE = "DELETE"
    CONNECT = "CONNECT"


_KINDS: Final = (
    ("requestKind", "kind"),
    ("object", "kind"),
    ("oldObject", "kind"),
    ("kind", "kind"),
)
_CONNECTED: Final = {"pods": "Pod", "services": "Service", "nodes": "Node"}
"""What a connection goes to: its object is only its options."""

_CHANGES: Final[Mapping[Operation, Change]] = {
    Operation.CREATE: Change.CREATE,
    Operation.UPDATE: Change.UPDATE,
    Operation.DELETE: Change.DELETE,
    Operation.CONNECT: Change.CREATE,
}


@dataclass(frozen=True, slots=True)
class AdmissionRequest:
    """One question of the API server, or a manifest that is asked about."""

    uid: str
    api_version: str
    """Version of the review; the response carries the same. Empty for a plain manifest."""
    operation: Operation
    subject: str
    """namespace/Kind/name that the request is about."""
    resources: tuple[Resource, ...]
    unread: tuple[Unread, ...] = ()
    not_looked_at: str = ""
    """Why there is nothing to look at: a deletion."""
    is_dry_run: bool = False
    request: Mapping[str, object] = field(default_factory=dict)
    """As it was asked; empty for a plain manifest."""


def read_admission(data: bytes, *, where: str) -> tuple[AdmissionRequest, ...]:
    """Read a file of reviews or manifests.

    **raises** BadInput when it holds neither, or a review that cannot be answered.
    """
    documents = read_documents(data, where=where)
    requests = [
        review
        for document in documents
        for pointer, value in _reviews(document.value, "")
        for review in (request_of(value, document, pointer),)
    ]
    plain = [
        document for document in documents if not any(True for _ in _reviews(document.value, ""))
    ]
    found = [entry for document in plain for entry in objects_of(document)]
    if any(isinstance(entry, KubernetesObject) for entry in found):
        manifests = manifests_of(found)
        requests.append(
            AdmissionRequest(
                uid="",
                api_version="",
                operation=Operation.CREATE,
                subject=where,
                resources=manifests.resources,
                unread=manifests.unread,
            )
        )
    if not requests:
        reason = found[0].reason if found and isinstance(found[0], Unread) else "it is empty"
        raise BadInput(f"The file holds no AdmissionReview: {reason}.", where=where)
    return tuple(requests)


def read_admission_review(data: bytes, *, where: str) -> AdmissionRequest:
    """Read the body that the API server sends: one review as JSON; raises BadInput."""
    document = Document(read_json(data, where=where), where)
    if not _is_review(document.value):
        kind = text(document.value, "kind") or shape_name(document.value)
        raise BadInput(f"An AdmissionReview is expected, not {kind}.", where=where)
    return request_of(mapping(document.value), document, "")


def _is_review(value: object) -> bool:
    return text(value, "kind") == "AdmissionReview" or (
        isinstance(at(value, "request"), dict) and bool(text(value, "request", "operation"))
    )


def _reviews(value: object, pointer: str) -> list[tuple[str, Mapping[str, object]]]:
    """Give the reviews of a document: itself, or those of a list."""
    if _is_review(value):
        return [(pointer, mapping(value))]
    entries = value if isinstance(value, list) else items(value, "items")
    place = pointer if isinstance(value, list) else join_pointer(pointer, "items")
    return [
        (join_pointer(place, number), mapping(entry))
        for number, entry in enumerate(entries)
        if _is_review(entry)
    ]


def request_of(review: Mapping[str, object], document: Document, pointer: str) -> AdmissionRequest:
    """Give the question of one review; raises BadInput when it has none that can be answered."""
    where = f"{document.where}#{document.pointer}{pointer}"
    version = text(review, "apiVersion") or f"{_GROUP}v1"
    if version.removeprefix(_GROUP) not in _VERSIONS:
        raise BadInput(
            f"{version} is a version of AdmissionReview that nobody here knows.",
            where=where,
            remedy="Known are admission.k8s.io/v1 and v1beta1.",
        )
    request = review.get("request")
    if not isinstance(request, dict):
        raise BadInput("The AdmissionReview has no request.", where=where)
    try:
        operation = Operation(text(request, "operation"))
    except ValueError as error:
        known = ", ".join(Operation)
        raise BadInput(
            f"{text(request, 'operation')!r} is no operation; {known} are.", where=where
        ) from error
    return _request(
        request,
        operation,
        version,
        Document(
            request,
            document.where,
            join_pointer(f"{document.pointer}{pointer}", "request"),
            _below(document, pointer),
        ),
    )


def _below(document: Document, pointer: str) -> Mapping[str, int] | None:
    """Give the lines below a review's request, by pointers that start there."""
    if document.lines is None:
        return None
    start = join_pointer(pointer, "request")
    return {
        place.removeprefix(start): line
        for place, line in document.lines.items()
        if place == start or place.startswith(f"{start}/")
    }


def _request(
    request: Mapping[str, object], operation: Operation, version: str, document: Document
) -> AdmissionRequest:
    uid, subject = text(request, "uid"), _subject(request)
    if operation is Operation.DELETE:
        reason = "it is deleted: there is no new object to look at"
        return AdmissionRequest(
            uid, version, operation, subject, (), not_looked_at=reason, request=request
        )
    if text(request, "subResource") == "status":
        reason = "only its status is written: nothing starts by that"
        return AdmissionRequest(
            uid, version, operation, subject, (), not_looked_at=reason, request=request
        )
    written = request.get("object")
    if not isinstance(written, dict):
        raise BadInput(
            f"A {operation} request needs an object, not {shape_name(written)}.",
            where=f"{document.where}#{document.pointer}/object",
        )
    found = KubernetesObject(_named(written, request, operation), "/object", document)
    parts = list(
        resources_of(
            found,
            address=_address(subject, request, operation),
            namespace=text(request, "namespace"),
            change=_CHANGES[operation],
        )
    )
    return AdmissionRequest(
        uid=uid,
        api_version=version,
        operation=operation,
        subject=subject,
        resources=tuple(part for part in parts if isinstance(part, Resource)),
        unread=tuple(part for part in parts if isinstance(part, Unread)),
        is_dry_run=request.get("dryRun") is True,
        request=request,
    )


def _named(
    written: Mapping[str, object], request: Mapping[str, object], operation: Operation
) -> Mapping[str, object]:
    """Give the object with the kind, and for CONNECT the name, that only the request has."""
    kind = mapping(request, "kind")
    group = text(kind, "group")
    version = text(kind, "version")
    named: dict[str, object] = {
        "apiVersion": f"{group}/{version}" if group else version,
        "kind": text(kind, "kind"),
        **written,
    }
    if operation is Operation.CONNECT and "metadata" not in written:
        named["metadata"] = {"name": text(request, "name"), "namespace": text(request, "namespace")}
    return named


def _subject(request: Mapping[str, object]) -> str:
    kind = _CONNECTED.get(text(request, "resource", "resource"), "")
    if not kind or text(request, "operation") != Operation.CONNECT:
        kinds = [text(request, *path) for path in _KINDS]
        kind = next((found for found in kinds if found), "")
    for part in ("object", "oldObject"):
        metadata = mapping(request, part, "metadata")
        generated = text(metadata, "generateName")
        names = (
            text(metadata, "name"), text(request, "name"), f"{generated}*" if generated else ""
        )  # fmt: skip
        name = next((found for found in names if found), "")
        namespace = text(request, "namespace") or text(metadata, "namespace")
        if name:
            return "/".join(word for word in (namespace, kind, name) if word)
    return text(request, "uid") or "(no name)"


def _address(subject: str, request: Mapping[str, object], operation: Operation) -> str:
    """Give the address of what is looked at; a connection is a part of the thing that it goes to."""
    if operation is not Operation.CONNECT:
        return ""
    return f"{subject}/{text(request, 'subResource')}".rstrip("/")
