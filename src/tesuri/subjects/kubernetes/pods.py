"""Workloads → the pods that they make, so that one control on pods holds for every kind of workload.

A pod template has exactly the parts of a pod but no name of its own; so what a Deployment makes is seen as a pod at the
Deployment's address, with pointers into the Deployment. See docs/decisions, "A workload is seen as its pod".
"""

from collections.abc import Mapping
from typing import Final

from tesuri.model.resource import UNKNOWN, Unknown, Value
from tesuri.untrusted.shape import at, items, join_pointer, mapping, shape_name, text

POD: Final = "v1/Pod"

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
_CONTAINER_LISTS: Final = ("containers", "initContainers", "ephemeralContainers")


def template_path(kind: str, workload: Mapping[str, object]) -> tuple[str, ...] | None:
    """Give where an object keeps its pod: empty for a pod itself, None for objects without one.

    A kind that nobody here knows is a workload when it carries a pod template in one of the usual places.
    """
    if kind in _TEMPLATES:
        return _TEMPLATES[kind]
    fitting = (path for path in _USUAL if isinstance(at(workload, *path, *_CONTAINERS), list))
    return next(fitting, None)


def pod_of(workload: Mapping[str, object], path: tuple[str, ...]) -> Mapping[str, object] | None:
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
