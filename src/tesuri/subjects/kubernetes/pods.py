"""Workloads → the pods that they make, so that one control on pods holds for every kind of workload.

A pod template has exactly the parts of a pod but no name of its own; so what a Deployment makes is seen as a pod at the
Deployment's address, with pointers into the Deployment. See docs/decisions, "A workload is seen as its pod".
"""

from collections.abc import Iterator, Mapping
from typing import Final

from tesuri.model.resource import UNKNOWN, Unknown, Value
from tesuri.untrusted.shape import at, items, join_pointer, mapping, shape_name, text

POD: Final = "v1/Pod"

Path = tuple[str | int, ...]
"""Keys and positions that lead to a part of an object."""

_TEMPLATE: Final = ("spec", "template")
_JOB_TEMPLATE: Final = ("spec", "jobTemplate", "spec", "template")
_TEMPLATES: Final[Mapping[str, tuple[str, ...]]] = {
    POD: (),
    "v1/PodTemplate": ("template",),
    "v1/ReplicationController": _TEMPLATE,
    "apps/v1/Deployment": _TEMPLATE,
    "apps/v1/StatefulSet": _TEMPLATE,
    "apps/v1/DaemonSet": _TEMPLATE,
    "apps/v1/ReplicaSet": _TEMPLATE,
    "batch/v1/Job": _TEMPLATE,
    "batch/v1/CronJob": _JOB_TEMPLATE,
}
_USUAL: Final = (_TEMPLATE, _JOB_TEMPLATE, ("spec", "podTemplate"), ("template",))
_CONTAINERS: Final = ("spec", "containers")
_RUNNING: Final = frozenset({"container", "script", "steps", "sidecars", "initContainers"})
"""Where objects that are no workloads name images that they run."""
_DEEPEST: Final = 12
_CONTAINER_LISTS: Final = ("containers", "initContainers", "ephemeralContainers")


def template_paths(kind: str, workload: Mapping[str, object]) -> tuple[Path, ...]:
    """Give where an object keeps its pods: an empty path for a pod itself, none for objects without one.

    A kind that nobody here knows is a workload when it carries a pod template: in one of the usual places, else
    anywhere (one for each role of a training job, one for each task of a batch).
    """
    if kind in _TEMPLATES:
        return (_TEMPLATES[kind],)
    for path in _USUAL:
        if isinstance(at(workload, *path, *_CONTAINERS), list):
            return (path,)
    return tuple(_nested(workload)) if _is_custom(kind) else ()


def runs_otherwise(kind: str, value: Mapping[str, object]) -> bool:
    """Say whether an object without a pod template starts containers all the same: steps of a workflow or a task."""
    return _is_custom(kind) and any(
        isinstance(at(part, "image"), str)
        for path, held in _parts(value)
        if path[-1] in _RUNNING
        for part in (held if isinstance(held, list) else [held])
    )


def _is_custom(kind: str) -> bool:
    group = kind.rpartition("/")[0].rpartition("/")[0]
    return "." in group and not group.endswith(".k8s.io")


def _nested(workload: Mapping[str, object]) -> Iterator[Path]:
    for path, held in _parts(workload):
        is_list = path[-2:] == _CONTAINERS and len(path) > len(_CONTAINERS)
        if is_list and all(isinstance(at(one, "name"), str) for one in items(held)):
            yield path[:-2]


def _parts(value: object) -> Iterator[tuple[Path, object]]:
    """Give every part of an object that has a name, with its path; outer ones first."""
    waiting: list[tuple[Path, object]] = [((), value)]
    for path, node in waiting:
        if isinstance(node, list):
            waiting.extend(((*path, number), part) for number, part in enumerate(node))
        elif isinstance(node, dict) and len(path) < _DEEPEST:
            waiting.extend(((*path, key), part) for key, part in node.items())
    yield from ((path, node) for path, node in waiting if path)


def pod_of(workload: Mapping[str, object], path: Path) -> Mapping[str, object] | None:
    """Give the pod of a workload as written; None when its template has no pod specification."""
    template = mapping(workload, *path)
    return template if isinstance(at(template, "spec"), dict) else None


def flaw_of(pod: Mapping[str, object]) -> str:
    """Give why a pod cannot be looked at: a list of containers that is none; empty when it can.

    A control that went over the keys of a mapping would pass: so such a pod is never handed to one.
    """
    spec = mapping(pod, "spec")
    for name in _CONTAINER_LISTS:
        value = spec.get(name)
        if value is not None and not isinstance(value, list | Unknown):
            return f"spec.{name} is {shape_name(value)}, not a list"
        for number, entry in enumerate(items(spec, name)):
            if not isinstance(entry, dict | Unknown):
                return f"spec.{name}[{number}] is {shape_name(entry)}, not a container"
    return ""


def settle(pod: dict[str, Value], defaults: set[str]) -> None:
    """Fill what the API derives from other fields: requests, pull policies, the service account, kinds of volumes.

    **source** Kubernetes API reference: ResourceRequirements.requests, Container.imagePullPolicy,
    PodSpec.serviceAccount, Volume.emptyDir; "Configure service accounts for pods".
    """
    spec = pod["spec"]
    if not isinstance(spec, dict):
        return
    if "serviceAccountName" not in spec:
        defaults.add("/spec/serviceAccountName")
        spec["serviceAccountName"] = spec.get("serviceAccount") or "default"
    _settle_volumes(spec.get("volumes"), defaults)
    for name in _CONTAINER_LISTS:
        containers = spec.get(name)
        for number, container in enumerate(containers if isinstance(containers, list) else []):
            if isinstance(container, dict):
                _settle_container(container, join_pointer("", "spec", name, number), defaults)


def _settle_volumes(volumes: Value, defaults: set[str]) -> None:
    """A volume that names no kind is an empty directory."""
    for number, volume in enumerate(volumes if isinstance(volumes, list) else []):
        if isinstance(volume, dict) and volume.keys() == {"name"}:
            defaults.add(f"/spec/volumes/{number}/emptyDir")
            volume["emptyDir"] = {}


def _settle_container(container: dict[str, Value], pointer: str, defaults: set[str]) -> None:
    if "imagePullPolicy" not in container:
        defaults.add(f"{pointer}/imagePullPolicy")
        is_late = isinstance(container.get("image"), Unknown)
        policy = UNKNOWN if is_late else _pull_policy(text(container, "image"))
        container["imagePullPolicy"] = policy
    resources = container.get("resources")
    limits = mapping(resources, "limits")
    requests = at(resources, "requests")
    if not isinstance(requests, dict):
        return
    for name, amount in limits.items():
        if name not in requests:
            defaults.add(join_pointer(pointer, "resources", "requests", name))
            requests[name] = amount


def _pull_policy(image: str) -> str:
    tag = image.rpartition("/")[2].partition(":")[2]
    if "@" in image:
        return "IfNotPresent"
    return "Always" if tag in ("", "latest") else "IfNotPresent"
