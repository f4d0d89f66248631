"""Blocks of Terraform's Kubernetes provider → the object that they describe.

The provider writes every object as a block, names a list by one of its entries (`container`, `rule`) and spells fields
with underscores. Names inside maps of the user's own (labels, data, limits) stay as they are. The way back from each
part of the object to its attribute is kept.

**source** Kubernetes API reference; documentation of the provider hashicorp/kubernetes, versions 1 to 3.
"""

import re
from collections.abc import Mapping
from typing import Final

from tesuri.model.resource import Unknown
from tesuri.subjects.planned import Planned, Sensitive
from tesuri.untrusted.shape import join_pointer

_LISTS: Final[Mapping[str, str]] = {
    "container": "containers",
    "init_container": "initContainers",
    "ephemeral_container": "ephemeralContainers",
    "volume": "volumes",
    "volume_mount": "volumeMounts",
    "volume_device": "volumeDevices",
    "volume_claim_template": "volumeClaimTemplates",
    "env": "env",
    "env_from": "envFrom",
    "port": "ports",
    "ports": "ports",
    "toleration": "tolerations",
    "host_aliases": "hostAliases",
    "image_pull_secret": "imagePullSecrets",
    "image_pull_secrets": "imagePullSecrets",
    "sysctl": "sysctls",
    "readiness_gate": "readinessGates",
    "topology_spread_constraint": "topologySpreadConstraints",
    "items": "items",
    "sources": "sources",
    "rule": "rules",
    "subject": "subjects",
    "tls": "tls",
    "ingress": "ingress",
    "egress": "egress",
    "from": "from",
    "to": "to",
    "path": "paths",
    "except": "except",
    "match_expressions": "matchExpressions",
    "match_fields": "matchFields",
    "http_header": "httpHeaders",
    "node_selector_term": "nodeSelectorTerms",
    "preferred_during_scheduling_ignored_during_execution": "preferredDuringSchedulingIgnoredDuringExecution",
    "cluster_role_selectors": "clusterRoleSelectors",
    "webhook": "webhooks",
    "limit": "limits",
}
"""Block that may stand several times → the list that it is an entry of."""
_NAMES: Final[Mapping[str, str]] = {
    "host_pid": "hostPID",
    "host_ipc": "hostIPC",
    "host_ip": "hostIP",
    "cluster_ip": "clusterIP",
    "cluster_ips": "clusterIPs",
    "external_ips": "externalIPs",
    "load_balancer_ip": "loadBalancerIP",
    "non_resource_urls": "nonResourceURLs",
    "ca_bundle": "caBundle",
    "pod_ip": "podIP",
    "volume_id": "volumeID",
}
"""Field that the rule of underscores does not spell."""
_MAPS: Final = frozenset(
    {"labels", "annotations", "match_labels", "node_selector", "limits", "requests", "data", "binary_data"}
    | {"string_data", "hard", "parameters", "volume_attributes", "default", "default_request", "min", "max"}
)  # fmt: skip
"""Maps whose keys somebody chose."""
_WHOLE_NUMBERS: Final = frozenset({"run_as_user", "run_as_group", "fs_group"})
_SELECTOR: Final = frozenset({"match_labels", "match_expressions"})
_UNDERSCORE: Final = re.compile(r"_([a-z0-9])")
_Places = dict[str, str]


def object_of_block(block: Planned, pointer: str, places: _Places, place: str = "") -> Planned:
    """Give the object of one block; `places` gets object pointer → attribute pointer."""
    if not isinstance(block, dict):
        return block
    found: dict[str, Planned] = {}
    for key, value in block.items():
        if value is None or (value in ("", []) and key != "value"):
            continue
        name, inner = _field(key, value, join_pointer(pointer, key), places, place)
        found[name] = inner
    return found


def _field(
    key: str, value: Planned, pointer: str, places: _Places, place: str
) -> tuple[str, Planned]:
    name = _LISTS[key] if key in _LISTS and _is_block(value) else field_name(key)
    here = join_pointer(place, name)
    places[here] = pointer
    if isinstance(value, Unknown | Sensitive) or key in _MAPS:
        return name, _one(value) if key in _MAPS else value
    if key == "selector" and isinstance(value, dict) and not _SELECTOR.intersection(value):
        return name, value
    if isinstance(value, dict):
        whole = object_of_block(value, pointer, places, f"{here}/0" if key in _LISTS else here)
        return name, [whole] if key in _LISTS else whole
    if isinstance(value, list) and _is_block(value):
        return name, _blocks(key, value, pointer, places, here)
    return name, _leaf(key, value)


def _blocks(key: str, blocks: list[Planned], pointer: str, places: _Places, here: str) -> Planned:
    if key not in _LISTS:
        return object_of_block(blocks[0], join_pointer(pointer, 0), places, here)
    return [
        object_of_block(block, join_pointer(pointer, number), places, join_pointer(here, number))
        for number, block in enumerate(blocks)
    ]


def _is_block(value: Planned) -> bool:
    """Whether a value is written as a block: an object, or a list of them."""
    if isinstance(value, list):
        return any(isinstance(part, dict) for part in value)
    return isinstance(value, dict | Unknown)


def _one(value: Planned) -> Planned:
    """Give a map; older versions of the provider wrote some as a block."""
    if isinstance(value, list) and len(value) == 1:
        return value[0]
    return value


def _leaf(key: str, value: Planned) -> Planned:
    if key in _WHOLE_NUMBERS and isinstance(value, str) and value.isdecimal():
        return int(value)
    return value


def field_name(key: str) -> str:
    """Give the API's name of an attribute: run_as_non_root → runAsNonRoot."""
    return _NAMES.get(key) or _UNDERSCORE.sub(lambda found: found[1].upper(), key)
