"""Kubernetes manifests → resources: each object itself, and the pod that a workload makes.

Types are `k8s:` with the stable API version and kind (`k8s:apps/v1/Deployment`, `k8s:v1/Pod`); the properties are the
object's own, without nulls, completed with the API's documented defaults. Nothing of a file is left out silently:
what is no object, or a workload without a pod, is `Unread`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tesuri.model.errors import BadInput
from tesuri.model.resource import (
    KUBERNETES_PREFIX,
    Change,
    Origin,
    Resource,
    Unknown,
    Unread,
    Value,
)
from tesuri.subjects.kubernetes.defaults import with_defaults
from tesuri.subjects.kubernetes.objects import (
    Document,
    KubernetesObject,
    objects_of,
    read_documents,
)
from tesuri.subjects.kubernetes.pods import (
    POD,
    Path,
    flaw_of,
    pod_of,
    runs_otherwise,
    settle,
    template_paths,
)
from tesuri.untrusted.shape import join_pointer, mapping, text

POD_TYPE: Final = f"{KUBERNETES_PREFIX}{POD}"

# From: https://kubernetes.io/docs/reference/using-api/deprecation-guide/
# Older names of the same objects, as far as controls look at them: the fields that they read did not change.
_GROUPS_MOVED: Final[Mapping[str, str]] = {
    **dict.fromkeys(("Deployment", "DaemonSet", "ReplicaSet", "StatefulSet"), "apps/v1"),
    **dict.fromkeys(("Ingress", "IngressClass", "NetworkPolicy"), "networking.k8s.io/v1"),
    **dict.fromkeys(("CronJob", "Job"), "batch/v1"),
    **dict.fromkeys(
        ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"), "rbac.authorization.k8s.io/v1"
    ),
    "PodDisruptionBudget": "policy/v1",
    "HorizontalPodAutoscaler": "autoscaling/v2",
}
_BUILT_IN: Final = frozenset(
    {"apps", "batch", "extensions", "policy", "autoscaling", "networking.k8s.io"}
    | {"rbac.authorization.k8s.io", "admissionregistration.k8s.io"}
)
_CLUSTER_WIDE: Final = frozenset(
    {
        "ClusterRole",
        "ClusterRoleBinding",
        "Namespace",
        "KubeletConfiguration",
        "Node",
        "PersistentVolume",
        "StorageClass",
    }
    | {"CustomResourceDefinition", "PriorityClass", "PodSecurityPolicy", "IngressClass"}
    | {"ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "RuntimeClass"}
    | {"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "APIService", "CSIDriver"}
)


@dataclass(frozen=True, slots=True)
class Manifests:
    """What the objects of a file are."""

    resources: tuple[Resource, ...]
    unread: tuple[Unread, ...]
    objects: int = 0
    """Kubernetes objects in the file; a workload gives two resources."""


class Places(Mapping[str, Origin]):
    """The origin of each part of a resource, looked up when somebody asks."""

    def __init__(self, document: Document, pointer: str) -> None:
        self._document = document
        self._pointer = pointer

    def __getitem__(self, pointer: str) -> Origin:
        place = f"{self._pointer}{pointer}"
        if place not in (self._document.lines or {}):
            raise KeyError(pointer)
        return self._document.origin(place)

    def __iter__(self) -> Iterator[str]:
        start = len(self._pointer)
        lines = self._document.lines or {}
        return (place[start:] for place in lines if place.startswith(f"{self._pointer}/"))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def read_manifests(data: bytes, *, where: str) -> Manifests:
    """Read a manifest file: one object or a stream of them, as YAML or JSON.

    **raises** BadInput when it is neither, or holds no object at all.
    """
    found = [
        entry for document in read_documents(data, where=where) for entry in objects_of(document)
    ]
    if not any(isinstance(entry, KubernetesObject) for entry in found):
        reason = found[0].reason if found and isinstance(found[0], Unread) else "it is empty"
        raise BadInput(f"The file holds no Kubernetes object: {reason}.", where=where)
    return manifests_of(found)


def manifests_of(
    found: Sequence[KubernetesObject | Unread], *, change: Change = Change.CREATE
) -> Manifests:
    """Give the resources of objects that were found together; addresses are unique among them."""
    resources: list[Resource] = []
    unread: list[Unread] = []
    seen: dict[str, int] = {}
    objects = [entry for entry in found if isinstance(entry, KubernetesObject)]
    for entry in found:
        if isinstance(entry, Unread):
            unread.append(entry)
            continue
        address = address_of(entry)
        seen[address] = seen.get(address, 0) + 1
        if seen[address] > 1:
            address = f"{address}#{seen[address]}"
        for part in resources_of(entry, address=address, change=change):
            (unread if isinstance(part, Unread) else resources).append(part)  # type: ignore[arg-type]  # one list each
    return Manifests(tuple(resources), tuple(unread), len(objects))


def resources_of(
    found: KubernetesObject, *, address: str = "", namespace: str = "", change: Change
) -> Iterator[Resource | Unread]:
    """Give the object as a resource, and its pods when it is a workload.

    `namespace` is where it goes when the object itself does not say so.
    """
    address = address or address_of(found, namespace)
    kind = type_of(found)
    paths = template_paths(kind, found.value)
    if paths != ((),):
        yield _resource(found, kind, address, namespace, change)
    for path in paths:
        place = f"{address}#{join_pointer('', *path)}" if len(paths) > 1 else address
        yield _part(found, path, place, namespace, change)
    if not paths and runs_otherwise(kind, found.value):
        reason = "it starts containers, but no pod template says how"
        yield Unread(address, reason, found.document.origin(found.pointer))


def _part(
    found: KubernetesObject, path: Path, address: str, namespace: str, change: Change
) -> Resource | Unread:
    pod = pod_of(found.value, path)
    origin = found.document.origin(found.pointer)
    if pod is None:
        shown = ".".join(map(str, (*path, "spec")))
        reason = f"it has no pod specification under {shown}"
        return Unread(address, reason, origin, is_broken=True)
    if flaw := flaw_of(pod):
        return Unread(address, flaw, origin, is_broken=True)
    return _pod(found, pod, path, address, namespace=namespace, change=change)


def type_of(found: KubernetesObject) -> str:
    """Give API version and kind, older versions of built-in kinds under their stable name."""
    group, _, version = found.api_version.rpartition("/")
    if group in _BUILT_IN or group == "":
        if found.kind in _GROUPS_MOVED:
            return f"{_GROUPS_MOVED[found.kind]}/{found.kind}"
        if group in _BUILT_IN and version.startswith(("v1alpha", "v1beta")):
            return f"{group}/v1/{found.kind}"
    return f"{found.api_version}/{found.kind}"


def address_of(found: KubernetesObject, namespace: str = "") -> str:
    """Give namespace/kind/name; `namespace` is where it goes when the object itself does not say so."""
    metadata = mapping(found.value, "metadata")
    name = text(metadata, "name")
    if not name and text(metadata, "generateName"):
        name = f"{text(metadata, 'generateName')}*"
    place = _namespace(found, namespace)
    return "/".join(part for part in (place, found.kind, name or "(no name)") if part)


def _namespace(found: KubernetesObject, namespace: str) -> str:
    if found.kind in _CLUSTER_WIDE:
        return ""
    known = text(found.value, "metadata", "namespace") or namespace
    group = found.api_version.rpartition("/")[0]
    # NOTE: nobody knows here whether a custom resource has a namespace at all.
    is_custom = "." in group and not group.endswith(".k8s.io")
    return known or ("" if is_custom else "default")


def _resource(
    found: KubernetesObject, kind: str, address: str, namespace: str, change: Change
) -> Resource:
    value = pruned(found.value)
    assert isinstance(value, dict)
    defaults: set[str] = set()
    _place_in(value, _namespace(found, namespace), defaults)
    properties = with_defaults(value, kind, defaults)
    assert isinstance(properties, dict)
    return Resource(
        type=f"{KUBERNETES_PREFIX}{kind}",
        address=address,
        properties=properties,
        change=change,
        provider_type=f"{found.api_version}/{found.kind}",
        origin=found.document.origin(found.pointer),
        origins=Places(found.document, found.pointer),
        defaults=frozenset(defaults),
    )


def _pod(
    found: KubernetesObject,
    pod: Mapping[str, object],
    path: Path,
    address: str,
    *,
    namespace: str,
    change: Change,
) -> Resource:
    value = pruned(pod)
    assert isinstance(value, dict)
    defaults: set[str] = set()
    _place_in(value, _namespace(found, namespace), defaults)
    value = {"apiVersion": "v1", "kind": "Pod", **value}
    properties = with_defaults(value, POD, defaults)
    assert isinstance(properties, dict)
    settle(properties, defaults)
    pointer = join_pointer(found.pointer, *path)
    return Resource(
        type=POD_TYPE,
        address=address,
        properties=properties,
        change=change,
        provider_type=f"{found.api_version}/{found.kind}",
        tags=_labels(found.value) if path else {},
        origin=found.document.origin(pointer),
        origins=Places(found.document, pointer),
        defaults=frozenset(defaults),
    )


def _place_in(value: dict[str, Value], namespace: str, defaults: set[str]) -> None:
    """Fill the namespace: an empty one is the namespace that is called default."""
    metadata = value.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    if namespace and "namespace" not in metadata:
        defaults.add("/metadata/namespace")
        metadata = {**metadata, "namespace": namespace}
    value["metadata"] = metadata


def _labels(workload: Mapping[str, object]) -> dict[str, str]:
    """Give labels and annotations of a workload: its pods belong to the same owner."""
    metadata = mapping(workload, "metadata")
    found = {**mapping(metadata, "annotations"), **mapping(metadata, "labels")}
    return {key: value for key, value in found.items() if isinstance(value, str)}


def pruned(value: object) -> Value:
    """Give a value without nulls: for Kubernetes a field that is null is a field that nobody set."""
    if isinstance(value, dict):
        return {str(key): pruned(part) for key, part in value.items() if part is not None}
    if isinstance(value, list):
        return [pruned(part) for part in value]
    return value if isinstance(value, bool | int | float | str | Unknown) else None
