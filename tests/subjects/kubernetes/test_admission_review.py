import json
from typing import Any

import pytest

from tesuri.model.errors import BadInput
from tesuri.subjects.kubernetes.admission_review import (
    Operation,
    read_admission,
    read_admission_review,
)

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"generateName": "web-"},
    "spec": {"containers": [{"name": "web", "image": "web:1"}]},
}


def review(operation: str, **parts: object) -> dict[str, Any]:
    request = {
        "uid": "u-1",
        "kind": {"group": "", "version": "v1", "kind": "Pod"},
        "resource": {"group": "", "version": "v1", "resource": "pods"},
        "name": "web-1",
        "namespace": "shop",
        "operation": operation,
        **parts,
    }
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}


def body(value: object) -> bytes:
    return json.dumps(value).encode()


def test_an_update_looks_at_the_new_object_only() -> None:
    old = {**POD, "spec": {"containers": [], "hostNetwork": True}}
    found = read_admission_review(body(review("UPDATE", object=POD, oldObject=old)), where="r")

    (pod,) = found.resources
    assert (found.uid, found.operation, pod.type) == ("u-1", Operation.UPDATE, "k8s:v1/Pod")
    assert pod.properties["spec"]["hostNetwork"] is False  # type: ignore[index,call-overload]  # a mapping
    assert pod.address == "shop/Pod/web-*"
    assert pod.origin.pointer == "/request/object"


@pytest.mark.parametrize("gone", [None, "None"])
def test_a_deletion_has_nothing_to_look_at_and_says_so(gone: object) -> None:
    found = read_admission_review(body(review("DELETE", object=gone, oldObject=POD)), where="r")

    assert (found.resources, found.unread) == ((), ())
    assert "deleted" in found.not_looked_at
    assert found.subject == "shop/Pod/web-1"


def test_a_status_is_only_reported_and_stops_nothing() -> None:
    """A kubelet tells how a pod is that was let in before."""
    request = review("UPDATE", object=POD, oldObject=POD, subResource="status")
    found = read_admission_review(body(request), where="r")

    assert (found.resources, found.unread) == ((), ())
    assert "status" in found.not_looked_at


def test_a_connection_is_seen_with_the_name_that_it_goes_to() -> None:
    options = {"kind": "PodExecOptions", "apiVersion": "v1", "command": ["sh"]}
    request = review("CONNECT", object=options, subResource="exec")
    (found,) = read_admission_review(body(request), where="r").resources

    assert found.type == "k8s:v1/PodExecOptions"
    assert found.address == "shop/Pod/web-1/exec"
    assert found.properties["command"] == ["sh"]


@pytest.mark.parametrize("written", [None, [], "None"])
def test_a_creation_without_an_object_is_refused(written: object) -> None:
    with pytest.raises(BadInput, match="A CREATE request needs an object"):
        read_admission_review(body(review("CREATE", object=written)), where="r")


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"kind": "Pod", "apiVersion": "v1"}, "An AdmissionReview is expected, not Pod"),
        ([], "An AdmissionReview is expected, not a list"),
        ({"kind": "AdmissionReview"}, "has no request"),
        (review("PATCH"), "'PATCH' is no operation"),
        (
            {**review("CREATE", object=POD), "apiVersion": "admission.k8s.io/v3"},
            "nobody here knows",
        ),
    ],
)
def test_what_cannot_be_answered_is_refused(value: object, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        read_admission_review(body(value), where="r")


def test_a_file_may_hold_reviews_and_manifests() -> None:
    first, second = review("CREATE", object=POD), review("DELETE", object=None)
    text = f"{json.dumps([first, second])}\n---\n{json.dumps(POD)}\n"
    found = read_admission(text.encode(), where="f.yaml")

    assert [one.operation.value for one in found] == ["CREATE", "DELETE", "CREATE"]
    assert [len(one.resources) for one in found] == [1, 0, 1]
    assert [one.api_version for one in found] == ["admission.k8s.io/v1"] * 2 + [""]


def test_a_review_in_yaml_knows_its_lines() -> None:
    text = """\
kind: AdmissionReview
apiVersion: admission.k8s.io/v1beta1
request:
  operation: CREATE
  object:
    apiVersion: v1
    kind: Pod
    metadata: {name: web}
    spec:
      containers:
        - {name: web, image: web}
"""
    (found,) = read_admission(text.encode(), where="f.yaml")

    (pod,) = found.resources
    assert (found.uid, found.api_version) == ("", "admission.k8s.io/v1beta1")
    assert pod.origins["/spec/containers/0"].line == 11
    assert pod.origins["/spec/containers/0"].pointer == "/request/object/spec/containers/0"
