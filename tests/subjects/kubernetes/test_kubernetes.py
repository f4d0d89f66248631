import pytest

from tesuri.model.errors import BadInput
from tesuri.model.resource import Resource
from tesuri.subjects.kubernetes.manifests import Manifests, read_manifests
from tesuri.untrusted.shape import at

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  containers:
    - name: web
      image: registry.example/web:1
      securityContext: null
      resources: {limits: {cpu: 1}}
"""
TEMPLATE = "{metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: web}]}}"


def read(text: str) -> Manifests:
    return read_manifests(text.encode(), where="m.yaml")


def only_pod(text: str) -> Resource:
    (found,) = [one for one in read(text).resources if one.type == "k8s:v1/Pod"]
    return found


def workload(version: str, kind: str, spec: str) -> str:
    return f"{{apiVersion: {version}, kind: {kind}, metadata: {{name: web}}, spec: {spec}}}"


def test_a_pod_is_itself_with_the_documented_defaults() -> None:
    pod = only_pod(POD)

    assert (pod.address, pod.provider_type) == ("shop/Pod/web", "v1/Pod")
    container = at(pod.properties, "spec", "containers", 0)
    assert at(container, "securityContext", "privileged") is False
    assert at(container, "resources", "requests") == {"cpu": 1}
    assert at(container, "imagePullPolicy") == "IfNotPresent"
    assert at(pod.properties, "spec", "initContainers") == []
    assert at(pod.properties, "spec", "serviceAccountName") == "default"
    assert "/spec/containers/0/securityContext/privileged" in pod.defaults
    assert "/spec/containers/0/image" not in pod.defaults


def test_a_part_knows_its_line() -> None:
    pod = only_pod(f"# first\n---\n{POD}")

    assert pod.origins["/spec/containers/0/image"].line == 9
    assert pod.origins["/spec/containers/0"].file == "m.yaml"
    assert "/spec/initContainers" not in pod.origins


@pytest.mark.parametrize(
    ("version", "kind", "spec", "type_"),
    [
        ("apps/v1", "Deployment", f"{{template: {TEMPLATE}}}", "k8s:apps/v1/Deployment"),
        ("extensions/v1beta1", "Deployment", f"{{template: {TEMPLATE}}}", "k8s:apps/v1/Deployment"),
        ("apps/v1", "StatefulSet", f"{{template: {TEMPLATE}}}", "k8s:apps/v1/StatefulSet"),
        ("apps/v1", "DaemonSet", f"{{template: {TEMPLATE}}}", "k8s:apps/v1/DaemonSet"),
        ("apps/v1", "ReplicaSet", f"{{template: {TEMPLATE}}}", "k8s:apps/v1/ReplicaSet"),
        (
            "v1",
            "ReplicationController",
            f"{{template: {TEMPLATE}}}",
            "k8s:v1/ReplicationController",
        ),
        ("batch/v1", "Job", f"{{template: {TEMPLATE}}}", "k8s:batch/v1/Job"),
        (
            "batch/v1beta1",
            "CronJob",
            f"{{jobTemplate: {{spec: {{template: {TEMPLATE}}}}}}}",
            "k8s:batch/v1/CronJob",
        ),
        (
            "argoproj.io/v1alpha1",
            "Rollout",
            f"{{template: {TEMPLATE}}}",
            "k8s:argoproj.io/v1alpha1/Rollout",
        ),
    ],
)
def test_every_workload_is_seen_as_its_pod(version: str, kind: str, spec: str, type_: str) -> None:
    whole, pod = read(workload(version, kind, spec)).resources

    assert (whole.type, pod.type) == (type_, "k8s:v1/Pod")
    assert whole.address == pod.address
    assert whole.address.endswith(f"{kind}/web")
    assert at(pod.properties, "spec", "containers", 0, "name") == "c"
    assert at(pod.properties, "metadata", "labels", "app") == "web"


POD_SPEC = "{spec: {containers: [{name: c, image: x}]}}"


@pytest.mark.parametrize(
    ("version", "kind", "spec", "ends"),
    [
        ("keda.sh/v1alpha1", "ScaledJob", f"{{jobTargetRef: {{template: {POD_SPEC}}}}}", ["web"]),
        (
            "kubeflow.org/v1",
            "PyTorchJob",
            f"{{pytorchReplicaSpecs: {{Master: {{template: {POD_SPEC}}}, Worker: {{template: {POD_SPEC}}}}}}}",
            [
                "web#/spec/pytorchReplicaSpecs/Master/template",
                "web#/spec/pytorchReplicaSpecs/Worker/template",
            ],
        ),
        (
            "batch.volcano.sh/v1alpha1",
            "Job",
            f"{{tasks: [{{template: {POD_SPEC}}}, {{template: {POD_SPEC}}}]}}",
            ["web#/spec/tasks/0/template", "web#/spec/tasks/1/template"],
        ),
    ],
)
def test_every_pod_template_of_a_kind_of_others_is_seen(
    version: str, kind: str, spec: str, ends: list[str]
) -> None:
    whole, *pods = read(workload(version, kind, spec)).resources

    assert [one.type for one in pods] == ["k8s:v1/Pod"] * len(ends)
    assert [one.address for one in pods] == [f"{kind}/{end}" for end in ends]
    assert whole.address == f"{kind}/web"


def test_a_volume_that_names_no_kind_is_an_empty_directory() -> None:
    text = "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {volumes: [{name: v}], containers: []}}"
    (pod,) = read(text).resources

    assert at(pod.properties, "spec", "volumes", 0, "emptyDir") == {}
    assert "/spec/volumes/0/emptyDir" in pod.defaults


@pytest.mark.parametrize(
    ("version", "kind", "spec"),
    [
        ("argoproj.io/v1alpha1", "Workflow", "{templates: [{name: s, container: {image: x}}]}"),
        ("tekton.dev/v1", "Task", "{steps: [{name: s, image: x}]}"),
    ],
)
def test_containers_without_a_pod_template_are_told(version: str, kind: str, spec: str) -> None:
    found = read(workload(version, kind, spec))

    assert [one.type for one in found.resources] == [f"k8s:{version}/{kind}"]
    assert [one.reason for one in found.unread] == [
        "it starts containers, but no pod template says how"
    ]


def test_a_pod_template_points_into_its_workload() -> None:
    text = f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, labels: {{service: checkout}}}}
spec:
  template: {TEMPLATE}
"""
    pod = only_pod(text)

    assert pod.origin.pointer == "/spec/template"
    assert pod.origins["/spec/containers/0"].line == 5
    assert pod.tags == {"service": "checkout"}


def test_lists_and_streams_give_each_object_an_address_of_its_own() -> None:
    entry = (
        '{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "a"}, "spec": {"containers": []}}'
    )
    bare = '{"metadata": {"name": "b"}, "spec": {"containers": []}}'
    text = f'{{"apiVersion": "v1", "kind": "List", "items": [{entry}, {entry}]}}'
    typed = f'{{"apiVersion": "v1", "kind": "PodList", "items": [{bare}]}}'
    found = read(f"{text}\n---\n# nothing\n---\n{typed}\n")

    addresses = [one.address for one in found.resources]
    assert addresses == ["default/Pod/a", "default/Pod/a#2", "default/Pod/b"]
    assert [one.origin.pointer for one in found.resources][1:] == ["/0/items/1", "/2/items/0"]
    assert found.objects == 3


def test_a_cluster_wide_object_has_no_namespace() -> None:
    text = "{apiVersion: rbac.authorization.k8s.io/v1beta1, kind: ClusterRole, metadata: {name: all}, rules: [{verbs: ['*']}]}"
    (role,) = read(text).resources

    assert (role.type, role.address) == (
        "k8s:rbac.authorization.k8s.io/v1/ClusterRole",
        "ClusterRole/all",
    )
    assert at(role.properties, "rules", 0, "apiGroups") == []


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("{containers: {name: web}}", "spec.containers is a mapping, not a list"),
        ("{containers: [web]}", r"spec.containers\[0\] is a text, not a container"),
        ("{initContainers: none}", "spec.initContainers is a text, not a list"),
    ],
)
def test_containers_of_another_shape_are_told_and_never_judged(spec: str, reason: str) -> None:
    found = read(f"{{apiVersion: v1, kind: Pod, metadata: {{name: web}}, spec: {spec}}}")

    assert found.resources == ()
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(found.unread[0].reason)


def test_a_workload_without_a_pod_and_an_entry_that_is_nothing_are_told() -> None:
    text = "apiVersion: v1\nkind: List\nitems:\n  -\n  - {kind: Pod}\n---\n"
    found = read(text + workload("apps/v1", "Deployment", "{replicas: 2}"))

    assert [part.reason for part in found.unread] == [
        "it is null, not a Kubernetes object",
        "it is no Kubernetes object: apiVersion is missing",
        "it has no pod specification under spec.template.spec",
    ]
    assert [one.type for one in found.resources] == ["k8s:apps/v1/Deployment"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is empty|holds no Kubernetes object"),
        ("# only words\n", "holds no Kubernetes object: it is empty"),
        ("[1, 2]", "it is a number, not a Kubernetes object"),
        ("kind: Pod", "apiVersion is missing"),
        ("{{ if .Values.web }}\nkind: Pod\n{{- end }}", "This is a template, not a manifest"),
        ('{"kind": "Pod", "apiVersion": "v1", "spec": {', "ends before it is complete"),
        ("kind: !!python/object:os.system {}", "The tag .* is not accepted"),
        ("a: &a [1]\nb: &b [*a,*a]\n" * 1 + "c: *z", "names no finished value"),
    ],
)
def test_what_is_no_manifest_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        read(text)
