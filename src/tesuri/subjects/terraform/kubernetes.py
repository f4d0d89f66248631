"""Kubernetes objects that Terraform makes → the same resources as their manifests, at Terraform's addresses.

`kubernetes_manifest` and `kubectl_manifest` hold the object itself; the other types of the provider describe it with
blocks. What a Helm release makes is not in the plan and stays `terraform:helm_release`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from tesuri.model.errors import BadInput
from tesuri.model.resource import Origin, Resource, Unknown, Unread
from tesuri.subjects.kubernetes.blocks import object_of_block
from tesuri.subjects.kubernetes.manifests import resources_of
from tesuri.subjects.kubernetes.objects import (
    Document,
    KubernetesObject,
    objects_of,
    read_documents,
)
from tesuri.subjects.kubernetes.pods import template_paths
from tesuri.subjects.planned import Planned, Sensitive, plain
from tesuri.subjects.terraform.plan_document import PlannedResource
from tesuri.subjects.terraform.plan_references import Follows
from tesuri.subjects.terraform.written_blocks import OF_KUBERNETES
from tesuri.untrusted.shape import join_pointer

_APPS: Final = "apps/v1"
_BATCH: Final = "batch/v1"
_RBAC: Final = "rbac.authorization.k8s.io/v1"
_NETWORK: Final = "networking.k8s.io/v1"
_HOOKS: Final = "admissionregistration.k8s.io/v1"
_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "pod": ("v1", "Pod"),
    "replication_controller": ("v1", "ReplicationController"),
    "deployment": (_APPS, "Deployment"),
    "daemonset": (_APPS, "DaemonSet"),
    "daemon_set": (_APPS, "DaemonSet"),
    "stateful_set": (_APPS, "StatefulSet"),
    "job": (_BATCH, "Job"),
    "cron_job": (_BATCH, "CronJob"),
    "service": ("v1", "Service"),
    "service_account": ("v1", "ServiceAccount"),
    "default_service_account": ("v1", "ServiceAccount"),
    "namespace": ("v1", "Namespace"),
    "config_map": ("v1", "ConfigMap"),
    "secret": ("v1", "Secret"),
    "persistent_volume": ("v1", "PersistentVolume"),
    "persistent_volume_claim": ("v1", "PersistentVolumeClaim"),
    "limit_range": ("v1", "LimitRange"),
    "resource_quota": ("v1", "ResourceQuota"),
    "role": (_RBAC, "Role"),
    "cluster_role": (_RBAC, "ClusterRole"),
    "role_binding": (_RBAC, "RoleBinding"),
    "cluster_role_binding": (_RBAC, "ClusterRoleBinding"),
    "network_policy": (_NETWORK, "NetworkPolicy"),
    "ingress": (_NETWORK, "Ingress"),
    "ingress_class": (_NETWORK, "IngressClass"),
    "pod_disruption_budget": ("policy/v1", "PodDisruptionBudget"),
    "validating_webhook_configuration": (_HOOKS, "ValidatingWebhookConfiguration"),
    "mutating_webhook_configuration": (_HOOKS, "MutatingWebhookConfiguration"),
}
_TYPE: Final = re.compile(r"kubernetes_(?P<kind>\w+?)(_v\d+((alpha|beta)\d+)?)?")
_OBJECTS: Final = ("kubernetes_manifest", "kubectl_manifest")
_CONTEXT: Final = (
    "id",
    "wait_for_rollout",
    "wait_for_load_balancer",
    "timeouts",
    "wait_for_completion",
)


@dataclass(frozen=True, slots=True)
class Objects:
    """The Kubernetes objects of a plan or of source, and everything else of it."""

    others: list[PlannedResource]
    resources: tuple[Resource, ...] = ()
    unread: tuple[Unread, ...] = ()


def kubernetes_objects(resources: list[PlannedResource], references: Follows) -> Objects:
    """Take the Kubernetes objects out of what Terraform makes."""
    others: list[PlannedResource] = []
    found: list[Resource] = []
    unread: list[Unread] = []
    for planned in resources:
        if planned.type in _OBJECTS:
            parts = _of_manifest(planned)
        elif (kind := _kind(planned.type)) is not None:
            parts = _of_blocks(planned, kind, references)
        else:
            others.append(planned)
            continue
        for part in parts:
            (unread if isinstance(part, Unread) else found).append(part)  # type: ignore[arg-type] # one list each
    return Objects(others, tuple(found), tuple(unread))


def _kind(source: str) -> tuple[str, str] | None:
    match = _TYPE.fullmatch(source)
    return _KINDS.get(match["kind"]) if match else None


def _of_blocks(
    planned: PlannedResource, kind: tuple[str, str], references: Follows
) -> Iterator[Resource | Unread]:
    places: dict[str, str] = {}
    values = _known_or_written(planned.values, references.written(planned))
    block = {key: value for key, value in values.items() if key not in _CONTEXT}
    described = object_of_block(block, "", places)
    assert isinstance(described, dict)
    version, name = kind
    yield from _resources(planned, {"apiVersion": version, "kind": name, **described}, places)


def _known_or_written(
    values: Mapping[str, Planned], written: Mapping[str, object] | None
) -> dict[str, Planned]:
    """Leave out what comes with apply and nobody wrote: it will be the API's default."""
    if written is None:
        return dict(values)
    found: dict[str, Planned] = {}
    for key, value in values.items():
        if isinstance(value, Unknown) and key not in written and key not in OF_KUBERNETES:
            continue
        found[key] = _within(value, written.get(key))
    return found


def _within(value: Planned, expression: object) -> Planned:
    if isinstance(value, list) and isinstance(expression, list) and len(value) == len(expression):
        return [_within(part, below) for part, below in zip(value, expression, strict=True)]
    if isinstance(value, dict) and isinstance(expression, dict) and "references" not in expression:
        return _known_or_written(value, expression)
    return value


def _of_manifest(planned: PlannedResource) -> Iterator[Resource | Unread]:
    attribute = "manifest" if planned.type == _OBJECTS[0] else "yaml_body"
    given = planned.values.get(attribute)
    text = given.value if isinstance(given, Sensitive) else given
    if isinstance(text, str) and text:
        yield from _of_text(planned, text)
    elif isinstance(given, dict):
        known = {key: given.get(key) for key in ("apiVersion", "kind")}
        if all(isinstance(value, str) and value for value in known.values()):
            yield from _resources(planned, given, None, f"/{attribute}")
        else:
            yield Unread(planned.address, "its apiVersion or kind is not known", planned.origin)
    else:
        yield Unread(planned.address, f"its {attribute} is not known before apply", planned.origin)


def _of_text(planned: PlannedResource, given: str) -> Iterator[Resource | Unread]:
    try:
        documents = read_documents(given.encode(), where=planned.origin.file)
    except BadInput as error:
        yield Unread(planned.address, error.what, planned.origin)
        return
    for document in documents:
        for found in objects_of(document):
            if isinstance(found, Unread):
                yield Unread(planned.address, found.reason, planned.origin)
            else:
                yield from _resources(planned, dict(found.value), {})  # type: ignore[arg-type] # plain JSON


def _resources(
    planned: PlannedResource,
    described: dict[str, Planned],
    places: Mapping[str, str] | None,
    below: str = "",
) -> Iterator[Resource | Unread]:
    """Give the resources of one object; without `places` its parts stand where they stand, `below` an attribute."""
    secrets: set[str] = set()
    value = plain(described, secrets)
    assert isinstance(value, dict)
    found = KubernetesObject(value, "", Document(value, planned.origin.file))
    paths = iter(template_paths(f"{value['apiVersion']}/{value['kind']}", value))
    for part in resources_of(found, address=planned.address, change=planned.change):
        if isinstance(part, Unread):
            yield replace(part, origin=planned.origin)
            continue
        prefix = join_pointer("", *next(paths, ())) if part.type.endswith("/Pod") else ""
        yield replace(
            part,
            provider_type=planned.type,
            module=planned.module,
            origin=planned.origin,
            origins=_Origins(planned, places, prefix, below),
            sensitive=frozenset(
                pointer.removeprefix(prefix) for pointer in secrets if pointer.startswith(prefix)
            ),
        )


class _Origins(Mapping[str, Origin]):
    """Where each part of an object is written, worked out when somebody asks."""

    def __init__(
        self, planned: PlannedResource, places: Mapping[str, str] | None, prefix: str, below: str
    ) -> None:
        self._planned = planned
        self._places = places
        self._prefix = prefix
        self._below = below

    def __getitem__(self, pointer: str) -> Origin:
        whole = f"{self._prefix}{pointer}"
        if self._places is None:
            return self._planned.origin_of(f"{self._below}{whole}")
        while whole and whole not in self._places:
            whole = whole.rpartition("/")[0]
        return self._planned.origin_of(self._places[whole]) if whole else self._planned.origin

    def __iter__(self) -> Iterator[str]:
        return iter(self._places or ())

    def __len__(self) -> int:
        return len(self._places or ())
