"""Inputs of policies: a plan, a template, manifests and reviews in the shape that Conftest and Gatekeeper give to Rego.

Conftest sees a file as it is written, each document of a stream by itself; YAML's short forms of CloudFormation functions
arrive in their long form. Gatekeeper sees one review an object; a manifest is reviewed as if it were created.
"""

from collections.abc import Iterator, Mapping, Sequence

from tesuri.flows.gates.judge_policies import PolicySubject
from tesuri.model.resource import Origin, Resource
from tesuri.subjects.cloudformation.document import read_template_document
from tesuri.subjects.kubernetes.admission_review import AdmissionRequest
from tesuri.subjects.kubernetes.manifests import address_of
from tesuri.subjects.kubernetes.objects import (
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
    """Give a CloudFormation template."""
    return PolicySubject(read_template_document(data, where=where), where, tuple(resources))


def manifest_subjects(
    data: bytes, where: str, resources: Sequence[Resource]
) -> Iterator[PolicySubject]:
    """Give each document of a manifest file, and each object of a list for what is admitted."""
    for document in read_documents(data, where=where):
        objects = [one for one in objects_of(document) if isinstance(one, KubernetesObject)]
        is_one = len(objects) == 1 and objects[0].value is document.value
        if not is_one:
            yield PolicySubject(document.value, where, tuple(resources), is_admitted=False)
        for one in objects:
            yield PolicySubject(
                one.value,
                where,
                tuple(resources),
                review=_review(one),
                address=address_of(one),
                is_input=is_one,
            )


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
