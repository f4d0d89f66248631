"""What runs in a cluster, as `kubectl get KIND -o json` (or yaml) prints it → resources, each thing once.

A cluster shows a workload several times: the Deployment, the ReplicaSet that it made, the pods of that. Only what
nobody else in the recording made is judged; the others are counted. So is an object that stands in two files.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from tesuri.model.errors import BadInput
from tesuri.model.resource import Change, Resource, Unread
from tesuri.subjects.kubernetes.manifests import manifests_of, type_of
from tesuri.subjects.kubernetes.neighbours import with_neighbours
from tesuri.subjects.kubernetes.objects import (
    Document,
    KubernetesObject,
    objects_of,
    read_documents,
)
from tesuri.subjects.kubernetes.pods import template_paths
from tesuri.untrusted.shape import at, items, mapping, text

_MARKS: Final = (b"apiVersion", b"kind")
_SETTINGS: Final = "kubeletconfig"
_POLICY: Final = "NetworkPolicy"
_ASKED: Final = re.compile(r"netpol|network-?_?polic(?:y|ies)")
"""How people call a file of network policies."""
_Identity: TypeAlias = "tuple[str, str, str]"


@dataclass(frozen=True, slots=True)
class Cluster:
    """The objects of a cluster."""

    resources: tuple[Resource, ...]
    unread: tuple[Unread, ...]
    objects: int
    """Kubernetes objects that were seen."""
    made: int
    """Objects that another recorded one made: pods of a ReplicaSet, the ReplicaSet of a Deployment."""
    repeated: int
    """Objects that were recorded more than once."""


def cluster_documents(data: bytes, *, where: str) -> tuple[Document, ...]:
    """Give the documents of a file that holds Kubernetes objects or lists of them; none of any other file."""
    is_of_node = _SETTINGS.encode() in data
    if not is_of_node and not all(mark in data for mark in _MARKS):
        return ()
    try:
        documents = read_documents(data, where=where)
    except BadInput:
        return ()
    if is_of_node:
        documents = tuple(_kubelet(document) for document in documents)
    firsts = (
        first
        for document in documents
        for first in (document.value[:1] if isinstance(document.value, list) else [document.value])
    )
    is_one = any(text(first, "apiVersion") and text(first, "kind") for first in firsts)
    return documents if is_one else ()


def _kubelet(document: Document) -> Document:
    """Give what a kubelet answers about itself (`/configz`) as the object that its file would hold, named by the node."""
    held = at(document.value, _SETTINGS)
    if not isinstance(held, dict):
        return document
    node = document.where.rpartition("/")[2].partition(".")[0]
    value: dict[str, object] = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        **held,
        "metadata": {"name": node},
    }
    return replace(document, value=value)


def read_cluster(documents: Iterable[Document]) -> Cluster:
    """Give what the documents of a recorded cluster hold."""
    found: dict[_Identity, KubernetesObject] = {}
    unread: list[Unread] = []
    seen = 0
    is_asked = False
    for document in documents:
        is_asked = is_asked or _is_of_policies(document)
        for entry in objects_of(document):
            if isinstance(entry, Unread):
                unread.append(entry)
                continue
            seen += 1
            is_asked = is_asked or entry.kind == _POLICY
            found.setdefault(_identity(entry), entry)
    workloads = {identity for identity, one in found.items() if _is_workload(one)}
    judged = [one for one in found.values() if workloads.isdisjoint(_makers(one))]
    manifests = manifests_of(judged, change=Change.EXISTS)
    return Cluster(
        resources=with_neighbours(manifests.resources, is_complete=is_asked),
        unread=(*unread, *manifests.unread),
        objects=seen,
        made=len(found) - len(judged),
        repeated=seen - len(found),
    )


def _is_of_policies(document: Document) -> bool:
    """Whether somebody asked for network policies: an empty list is only told by its kind or its file."""
    name = document.where.rpartition("/")[2].casefold()
    return text(document.value, "kind") == f"{_POLICY}List" or bool(_ASKED.search(name))


def _identity(one: KubernetesObject) -> _Identity:
    metadata = mapping(one.value, "metadata")
    return type_of(one), text(metadata, "namespace"), text(metadata, "name")


def _is_workload(one: KubernetesObject) -> bool:
    return template_paths(type_of(one), one.value) not in ((), ((),))


def _makers(one: KubernetesObject) -> Iterator[_Identity]:
    """Give what made an object; owners stand in its namespace."""
    metadata = mapping(one.value, "metadata")
    for owner in items(metadata, "ownerReferences"):
        if mapping(owner).get("controller") is True:
            kind = f"{text(owner, 'apiVersion')}/{text(owner, 'kind')}"
            yield kind, text(metadata, "namespace"), text(owner, "name")
