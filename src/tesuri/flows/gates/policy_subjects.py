"""Inputs of policies: a plan, a template, manifests and reviews in the shape that Conftest and Gatekeeper give to Rego.

Conftest sees a file as it is written, each document of a stream and each member of a list by itself, without the tags of
YAML. Gatekeeper sees one review an object; a manifest is reviewed as if it were created.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from tesuri.flows.gates.judge_policies import PolicySubject
from tesuri.flows.gates.source_kinds import DOCUMENTS, is_document
from tesuri.model.errors import BadInput
from tesuri.model.resource import Origin, Resource
from tesuri.subjects.configuration.documents import is_configuration, read_configuration
from tesuri.subjects.kubernetes.admission_review import AdmissionRequest
from tesuri.subjects.kubernetes.manifests import address_of
from tesuri.subjects.kubernetes.objects import (
    DROPPED_TAGS,
    KubernetesObject,
    objects_of,
    read_documents,
)
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.shape import items, mapping, text


def plan_subject(data: bytes, where: str, resources: Sequence[Resource]) -> PolicySubject:
    """Give a plan, with every resource that it changes, those too that go away."""
    document = read_json(data, where=where)
    known = {one.address for one in resources}
    others = [
        Resource(
            f"terraform:{text(change, 'type')}",
            text(change, "address"),
            {},
            module=text(change, "module_address"),
            origin=Origin(where, 0, f"/resource_changes/{number}"),
        )
        for number, change in enumerate(items(document, "resource_changes"))
        if text(change, "address") and text(change, "address") not in known
    ]
    return PolicySubject(document, where, (*resources, *others))


def template_subject(data: bytes, where: str, resources: Sequence[Resource]) -> PolicySubject:
    """Give a CloudFormation template; a function in its short form is what stands behind it: `!Ref Name` is "Name"."""
    (document,) = read_documents(data, where=where, tags=DROPPED_TAGS)[:1]
    return PolicySubject(document.value, where, tuple(resources))


def manifest_subjects(
    data: bytes, where: str, resources: Sequence[Resource]
) -> Iterator[PolicySubject]:
    """Give each document of a manifest file, and each object of a list for what is admitted."""
    for document in read_documents(data, where=where, tags=DROPPED_TAGS):
        objects = [one for one in objects_of(document) if isinstance(one, KubernetesObject)]
        parts = _parts(document.value)
        for part in parts:
            if not any(one.value is part for one in objects):
                yield PolicySubject(part, where, tuple(resources), is_admitted=False)
        for one in objects:
            yield PolicySubject(
                one.value,
                where,
                tuple(resources),
                review=_review(one),
                address=address_of(one),
                is_input=any(one.value is part for part in parts),
            )


def _parts(value: object) -> Sequence[object]:
    """Give the inputs of a document: the members of a list, one by one."""
    return value if isinstance(value, list) else [value]


def is_input(name: str, data: bytes) -> bool:
    """Whether policies can look at a file that no control looks at; marks of other tools may stand in its texts."""
    if is_configuration(name) or is_document(name, data):
        return True
    if not name.lower().endswith(DOCUMENTS):
        return False
    try:
        read_documents(data, where=name, tags=DROPPED_TAGS)
    except BadInput:
        return False
    return True


def document_subjects(name: str, data: bytes, where: str) -> Iterator[PolicySubject]:
    """Give each input of a file that none of our own controls looks at."""
    if is_configuration(name):
        yield from (
            PolicySubject(one, where) for one in read_configuration(name, data, where=where)
        )
    else:
        yield from manifest_subjects(data, where, ())


def source_subject(
    name: str, source: str, folder: str, resources: Iterable[Resource]
) -> Iterator[PolicySubject]:
    """Give a file of Terraform's source as it is written, with those of the resources that stand in it."""
    where = (PurePosixPath(folder) / name).as_posix()
    own = tuple(one for one in resources if one.origin.file == where)
    for document in _source_documents(name, source, where):
        yield PolicySubject(document, where, own)


def _source_documents(name: str, source: str, where: str) -> Sequence[object]:
    data = source.encode()
    if name.endswith(".json"):
        return [read_json(data, where=where)]
    return read_configuration(name, data, where=where)


def combined_subject(files: Mapping[str, bytes], where: str) -> PolicySubject:
    """Give all files as one input, in the order of their paths: a list of `path` and `contents`."""
    entries = [
        {"path": name, "contents": one.document}
        for name, data in sorted(files.items())
        for one in document_subjects(name, data, name)
        if one.is_input
    ]
    resources = tuple(Resource("", name, {}, origin=Origin(name)) for name in sorted(files))
    return PolicySubject(entries, where, resources, is_admitted=False, is_combined=True)


def review_subject(request: AdmissionRequest, where: str) -> PolicySubject:
    """Give one question of the API server; of a deletion, what is deleted stands for the object."""
    asked = dict(request.request)
    if not mapping(asked, "object") and mapping(asked, "oldObject"):
        asked["object"] = asked["oldObject"]
    document = {
        "apiVersion": request.api_version,
        "kind": "AdmissionReview",
        "request": request.request,
    }
    return PolicySubject(document, where, request.resources, review=asked, address=request.subject)


def _review(found: KubernetesObject) -> Mapping[str, object]:
    group, _, version = found.api_version.rpartition("/")
    metadata = mapping(found.value, "metadata")
    return {
        "uid": "",
        "kind": {"group": group, "version": version, "kind": found.kind},
        "operation": "CREATE",
        "name": text(metadata, "name"),
        "namespace": text(metadata, "namespace"),
        "object": found.value,
        "userInfo": {},
    }
