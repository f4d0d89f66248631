"""A recorded cluster is judged once for each thing that somebody wrote."""

import json

import pytest

from tesuri.model.resource import UNKNOWN, Change
from tesuri.subjects.kubernetes.cluster import Cluster, cluster_documents, read_cluster

SPEC = {"containers": [{"name": "web", "image": "web:1"}]}


def thing(
    kind: str, name: str, *, version: str = "apps/v1", owner: tuple[str, str] | None = None
) -> object:
    metadata: dict[str, object] = {"name": name, "namespace": "shop"}
    if owner:
        by = {
            "apiVersion": "apps/v1" if owner[0] != "Node" else "v1",
            "kind": owner[0],
            "name": owner[1],
        }
        metadata["ownerReferences"] = [{**by, "controller": True, "uid": "1"}]
    spec = SPEC if kind == "Pod" else {"template": {"spec": SPEC}}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def pod(name: str, owner: tuple[str, str] | None = None) -> object:
    return thing("Pod", name, version="v1", owner=owner)


def listed(*things: object) -> bytes:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": things}).encode()


def cluster(*files: bytes) -> Cluster:
    return read_cluster(
        document
        for number, data in enumerate(files)
        for document in cluster_documents(data, where=f"{number}.json")
    )


def test_pods_of_a_recorded_workload_are_counted_and_not_judged_again() -> None:
    found = cluster(
        listed(
            thing("Deployment", "web"), thing("ReplicaSet", "web-1", owner=("Deployment", "web"))
        ),
        listed(pod("web-1-a", ("ReplicaSet", "web-1"))),
    )

    assert {one.address for one in found.resources} == {"shop/Deployment/web"}
    assert {one.change for one in found.resources} == {Change.EXISTS}
    assert (found.objects, found.made, found.repeated) == (3, 2, 0)


def test_a_pod_whose_maker_was_not_recorded_is_judged() -> None:
    found = cluster(listed(pod("web-1-a", ("ReplicaSet", "web-1"))))

    assert [one.address for one in found.resources] == ["shop/Pod/web-1-a"]
    assert found.made == 0


def test_a_static_pod_is_judged_beside_its_node() -> None:
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "one"}}

    found = cluster(listed(node, pod("kube-proxy", ("Node", "one"))))

    assert {one.address for one in found.resources} == {"Node/one", "shop/Pod/kube-proxy"}


def test_an_object_of_two_files_is_judged_once_and_counted() -> None:
    found = cluster(listed(pod("a")), listed(pod("a"), pod("b")))

    assert [one.address for one in found.resources] == ["shop/Pod/a", "shop/Pod/b"]
    assert found.repeated == 1


@pytest.mark.parametrize(
    ("data", "is_one"),
    [
        (listed(), True),
        (b"apiVersion: v1\nkind: Pod\n", True),
        (b'[{"apiVersion": "v1", "kind": "Pod"}]', True),
        (b'{"status_code": 200, "data": {"kind": "x", "apiVersion": "y"}}', False),
        (b'{"apiVersion": "v1", "kind": ', False),
        (b"{}", False),
    ],
)
def test_a_file_of_a_cluster_is_told_from_a_reply(data: bytes, *, is_one: bool) -> None:
    assert bool(cluster_documents(data, where="x")) is is_one


def test_a_kubelet_is_named_by_the_file_that_holds_its_answer() -> None:
    answer = json.dumps({"kubeletconfig": {"readOnlyPort": 10255}}).encode()
    documents = cluster_documents(answer, where="nodes/node-a.configz.json")
    (kubelet,) = read_cluster(documents).resources

    assert kubelet.address == "KubeletConfiguration/node-a"
    assert kubelet.type == "k8s:kubelet.config.k8s.io/v1beta1/KubeletConfiguration"
    assert kubelet.properties["readOnlyPort"] == 10255


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("networkpolicies.json", "List", []),
        ("network-policies.json", "List", []),
        ("objects.json", "NetworkPolicyList", []),
        ("objects.json", "List", UNKNOWN),
    ],
)
def test_an_empty_list_of_policies_is_told_by_its_kind_or_file(
    name: str, kind: str, told: object
) -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    empty = {"apiVersion": "v1", "kind": kind, "items": []}
    documents = [
        *cluster_documents(json.dumps(namespace).encode(), where="namespace.json"),
        *cluster_documents(json.dumps(empty).encode(), where=name),
    ]
    (found,) = read_cluster(documents).resources

    assert found.properties["networkPolicies"] == told
