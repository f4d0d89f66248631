"""A roll-out changes the names of Pods and ReplicaSets, never the name of the workload."""

import pytest

from tesuri.untrusted.kubernetes_name import workload


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("ReplicaSet", "web-965685897"),
        ("ReplicaSet", "web-6d4cf56db6"),
        ("Pod", "web-6d4cf56db6-x7k2p"),
        ("Deployment", "web"),
    ],
)
def test_what_a_deployment_made_stands_for_the_deployment(kind: str, name: str) -> None:
    assert str(workload("shop", kind, name)) == "shop/Deployment/web"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("Pod", "db-0"),
        ("Pod", "storage-provisioner"),
        ("ReplicaSet", "web-frontends"),
        ("Service", "web-6d4cf56db6"),
    ],
)
def test_a_name_that_somebody_chose_stays(kind: str, name: str) -> None:
    assert str(workload("shop", kind, name)) == f"shop/{kind}/{name}"


def test_an_object_without_namespace_has_a_short_name() -> None:
    assert str(workload("", "ClusterRole", "admin")) == "ClusterRole/admin"
