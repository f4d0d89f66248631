"""What Terraform makes in a cluster is seen as its manifest would be; what is not known yet stays unknown."""

import json
from pathlib import Path

import pytest

from tesuri.engines.terraform_source import read_terraform_folder
from tesuri.model.resource import UNKNOWN, Resource
from tesuri.subjects.kubernetes.manifests import read_manifests
from tesuri.subjects.terraform.hcl import read_terraform_hcl
from tesuri.subjects.terraform.plan import TerraformPlan, read_terraform_plan
from tesuri.untrusted.shape import at

CONTAINER = {
    "name": "web",
    "image": "registry.example/web:1",
    "image_pull_policy": "Always",
    "command": None,
    "port": [{"container_port": 8080, "host_port": None}],
    "env": [{"name": "MODE", "value": "", "value_from": []}],
    "volume_mount": [{"name": "data", "mount_path": "/data"}],
    "resources": [{"limits": {"memory": "1Gi"}, "requests": None}],
    "security_context": [
        {
            "privileged": True,
            "run_as_user": "1000",
            "run_as_non_root": None,
            "capabilities": [{"add": ["NET_ADMIN"], "drop": None}],
        }
    ],
}
POD_SPEC = {
    "host_pid": True,
    "service_account_name": "web",
    "node_selector": {"disk_type": "ssd"},
    "container": [CONTAINER],
    "volume": [{"name": "data", "host_path": [{"path": "/var/data", "type": ""}]}],
}
MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {app_name: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app_name: web}}
  template:
    metadata: {labels: {app_name: web}}
    spec:
      hostPID: true
      serviceAccountName: web
      nodeSelector: {disk_type: ssd}
      containers:
        - name: web
          image: registry.example/web:1
          imagePullPolicy: Always
          ports: [{containerPort: 8080}]
          env: [{name: MODE, value: ""}]
          volumeMounts: [{name: data, mountPath: /data}]
          resources: {limits: {memory: 1Gi}}
          securityContext: {privileged: true, runAsUser: 1000, capabilities: {add: [NET_ADMIN]}}
      volumes: [{name: data, hostPath: {path: /var/data}}]
"""


def deployment(**spec: object) -> dict[str, object]:
    labels = {"app_name": "web"}
    return {
        "id": "shop/web",
        "wait_for_rollout": True,
        "metadata": [{"name": "web", "namespace": "shop", "labels": labels, "annotations": None}],
        "spec": [
            {
                "replicas": 2,
                "selector": [{"match_labels": labels}],
                "template": [{"metadata": [{"labels": labels}], "spec": [{**POD_SPEC, **spec}]}],
            }
        ],
    }


def plan(kind: str, after: object, unknown: object = None, written: object = None) -> TerraformPlan:
    name = f"{kind}.web"
    document: dict[str, object] = {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "resource_changes": [
            {
                "address": name,
                "mode": "managed",
                "type": kind,
                "name": "web",
                "change": {"actions": ["create"], "after": after, "after_unknown": unknown or {}},
            }
        ],
    }
    if written is not None:
        entry = {"mode": "managed", "type": kind, "name": "web", "expressions": written}
        document["configuration"] = {"root_module": {"resources": [{"address": name, **entry}]}}
    return read_terraform_plan(json.dumps(document).encode(), where="plan.json")


def only(found: TerraformPlan, kind: str) -> Resource:
    (resource,) = [one for one in found.resources if one.type == kind]
    return resource


@pytest.mark.parametrize("source", ["kubernetes_deployment", "kubernetes_deployment_v1"])
def test_blocks_become_the_object_that_a_manifest_writes(source: str) -> None:
    found = plan(source, deployment())
    written = read_manifests(MANIFEST.encode(), where="web.yaml")

    for expected in written.resources:
        resource = only(found, expected.type)
        assert resource.properties == expected.properties
        assert resource.address == f"{source}.web"
        assert resource.tags == expected.tags
    assert found.unmapped == {}


def test_a_part_of_a_pod_is_found_in_the_plan() -> None:
    pod = only(plan("kubernetes_deployment", deployment()), "k8s:v1/Pod")

    place = pod.origins["/spec/containers/0/securityContext/privileged"]

    assert place.pointer == (
        "/resource_changes/0/change/after/spec/0/template/0/spec/0"
        "/container/0/security_context/0/privileged"
    )


def test_what_comes_with_apply_is_unknown_and_what_nobody_wrote_is_the_default() -> None:
    after = {"metadata": [{"name": "web"}], "spec": [{"container": [{"name": "web"}]}]}
    late = {
        "metadata": [{"uid": True}],
        "spec": [{"container": [{"image": True}], "service_account_name": True}],
    }
    reference = {"references": ["var.image"]}
    written = {
        "metadata": [{"name": {"constant_value": "web"}}],
        "spec": [{"container": [{"name": {"constant_value": "web"}, "image": reference}]}],
    }

    pod = only(plan("kubernetes_pod", after, late, written), "k8s:v1/Pod")

    container = at(pod.properties, "spec", "containers", 0)
    assert at(container, "image") is UNKNOWN
    assert at(container, "imagePullPolicy") is UNKNOWN
    assert at(pod.properties, "spec", "serviceAccountName") == "default"
    assert at(pod.properties, "metadata", "uid") is None


def test_containers_that_nobody_knows_yet_are_unknown_not_absent() -> None:
    after = {"metadata": [{"name": "web"}], "spec": [{"host_network": True}]}

    pod = only(plan("kubernetes_pod", after, {"spec": [{"container": True}]}), "k8s:v1/Pod")

    assert at(pod.properties, "spec", "containers") is UNKNOWN
    assert at(pod.properties, "spec", "hostNetwork") is True


def test_a_manifest_in_a_plan_is_the_object_itself() -> None:
    manifest = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "everything"},
        "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}],
    }

    role = only(
        plan("kubernetes_manifest", {"manifest": manifest}),
        "k8s:rbac.authorization.k8s.io/v1/ClusterRole",
    )

    assert at(role.properties, "rules", 0, "verbs") == ["*"]
    assert role.origins["/rules/0"].pointer.endswith("/after/manifest/rules/0")


def test_the_yaml_of_kubectl_is_read_and_what_is_none_is_told() -> None:
    body = "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: []}}"

    found = plan("kubectl_manifest", {"yaml_body": body})
    broken = plan("kubectl_manifest", {"yaml_body": "a: [b"})
    late = plan("kubectl_manifest", {}, {"yaml_body": True})

    assert only(found, "k8s:v1/Pod").address == "kubectl_manifest.web"
    assert [one.address for one in broken.unread] == ["kubectl_manifest.web"]
    assert [one.reason for one in late.unread] == ["its yaml_body is not known before apply"]


def test_roles_and_services_keep_their_lists_and_maps() -> None:
    role = {
        "metadata": [{"name": "reader"}],
        "rule": [{"api_groups": [""], "resources": ["pods"], "verbs": ["get"]}],
    }
    service = {
        "metadata": [{"name": "web"}],
        "spec": [
            {"type": "LoadBalancer", "selector": {"app_name": "web"}, "external_ips": ["10.0.0.1"]}
        ],
    }

    rules = only(
        plan("kubernetes_cluster_role_v1", role), "k8s:rbac.authorization.k8s.io/v1/ClusterRole"
    )
    exposed = only(plan("kubernetes_service", service), "k8s:v1/Service")

    assert at(rules.properties, "rules", 0, "apiGroups") == [""]
    assert at(exposed.properties, "spec", "externalIPs") == ["10.0.0.1"]
    assert at(exposed.properties, "spec", "selector") == {"app_name": "web"}


def test_a_helm_release_stays_a_type_that_nobody_reads() -> None:
    assert plan("helm_release", {"name": "web"}).unmapped == {"helm_release": 1}


def test_source_becomes_what_its_plan_becomes(tmp_path: Path) -> None:
    pytest.importorskip("tfparse", reason="the extra terraform is not installed")
    (tmp_path / "main.tf").write_text(
        """
variable "image" {}
resource "kubernetes_pod_v1" "web" {
  metadata {
    name = "web"
  }
  spec {
    host_network = true
    container {
      name  = "web"
      image = var.image
      security_context {
        privileged = true
      }
    }
    container {
      name  = "side"
      image = "registry.example/side:1"
    }
  }
}
""",
        encoding="utf-8",
    )
    tree = read_terraform_folder(tmp_path)

    found = read_terraform_hcl(tree.tree, tree.sources, where="infra")

    (pod,) = found.resources
    assert (pod.type, pod.address) == ("k8s:v1/Pod", "kubernetes_pod_v1.web")
    assert at(pod.properties, "spec", "containers", 0, "image") is UNKNOWN
    assert at(pod.properties, "spec", "containers", 0, "securityContext", "privileged") is True
    assert at(pod.properties, "spec", "containers", 1, "name") == "side"
    assert at(pod.properties, "spec", "hostNetwork") is True
