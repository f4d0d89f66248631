"""Names of Kubernetes objects as namespace/kind/name, the same after every roll-out.

A ReplicaSet and its Pods carry a hash of their template, new with each change of the Deployment that made them;
such a name stands for the Deployment.

**source** k8s.io/apimachinery, util/rand: SafeEncodeString and the alphabet of generated names.
"""

import re
from dataclasses import dataclass

_LETTERS = "[bcdfghjklmnpqrstvwxz2456789]"
_MADE_NAMES = {
    "replicaset": re.compile(rf"(.+)-{_LETTERS}{{8,10}}"),
    "pod": re.compile(rf"(.+)-{_LETTERS}{{8,10}}-{_LETTERS}{{5}}"),
}


@dataclass(frozen=True, slots=True)
class Workload:
    """An object of a cluster."""

    namespace: str
    kind: str
    name: str

    def __str__(self) -> str:
        return "/".join(part for part in (self.namespace, self.kind, self.name) if part)


def workload(namespace: str, kind: str, name: str) -> Workload:
    """Give the object, or the Deployment where the name was made from a Deployment's template."""
    pattern = _MADE_NAMES.get(kind.lower())
    if pattern and (match := pattern.fullmatch(name)):
        return Workload(namespace, "Deployment", match[1])
    return Workload(namespace, kind, name)
