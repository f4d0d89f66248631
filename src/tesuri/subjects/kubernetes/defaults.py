"""What the API documents as the value of a field that nobody wrote, for the kinds that controls look at.

A mapping stands for an object, a list of one for the entries of a list, anything else is the default itself.
An absent object becomes an empty one with its defaults, an absent list an empty list; so an expression needs `has()`
only for fields without a documented default.

**source** Kubernetes API reference, https://kubernetes.io/docs/reference/kubernetes-api/ (1.34).
"""

from collections.abc import Mapping
from typing import Final

from tesuri.model.resource import Value
from tesuri.untrusted.shape import join_pointer

Template = Mapping[str, "Template"] | list["Template"] | bool | int | str | None
"""Defaults of a value; None stands for entries that have none."""

_EMPTY: Final[Template] = {}
_LIST: Final[Template] = [None]

_SECURITY: Final[dict[str, Template]] = {
    "seccompProfile": _EMPTY,
    "seLinuxOptions": _EMPTY,
    "appArmorProfile": _EMPTY,
    "windowsOptions": {"hostProcess": False},
}
_CONTAINER: Final[Template] = {
    "securityContext": {
        "privileged": False,
        "procMount": "Default",
        "readOnlyRootFilesystem": False,
        "capabilities": {"add": _LIST, "drop": _LIST},
        **_SECURITY,
    },
    "resources": {"limits": _EMPTY, "requests": _EMPTY},
    "ports": [{"protocol": "TCP"}],
    "env": _LIST,
    "envFrom": _LIST,
    "volumeMounts": [{"readOnly": False}],
    "command": _LIST,
    "args": _LIST,
    "stdin": False,
    "tty": False,
}
POD_SPEC: Final[dict[str, Template]] = {
    "containers": [_CONTAINER],
    "initContainers": [_CONTAINER],
    "ephemeralContainers": [_CONTAINER],
    "volumes": _LIST,
    "imagePullSecrets": _LIST,
    "tolerations": _LIST,
    "hostNetwork": False,
    "hostPID": False,
    "hostIPC": False,
    "shareProcessNamespace": False,
    "nodeSelector": _EMPTY,
    "securityContext": {"sysctls": _LIST, "supplementalGroups": _LIST, **_SECURITY},
}
_METADATA: Final[Template] = {"labels": _EMPTY, "annotations": _EMPTY}
_RULES: Final[Template] = [
    {
        "apiGroups": _LIST,
        "resources": _LIST,
        "resourceNames": _LIST,
        "nonResourceURLs": _LIST,
        "verbs": _LIST,
    }
]
_SELECTOR: Final[Template] = {"matchLabels": _EMPTY, "matchExpressions": _LIST}
_WEBHOOK: Final[Template] = [
    {
        "rules": [{"apiGroups": _LIST, "operations": _LIST, "resources": _LIST, "scope": "*"}],
        "failurePolicy": "Fail",
        "timeoutSeconds": 10,
        "namespaceSelector": _SELECTOR,
        "objectSelector": _SELECTOR,
        "matchConditions": _LIST,
    }
]

_BY_TYPE: Final[Mapping[str, Mapping[str, Template]]] = {
    "v1/Pod": {"spec": POD_SPEC},
    "v1/Service": {
        "spec": {
            "type": "ClusterIP",
            "ports": [{"protocol": "TCP"}],
            "externalIPs": _LIST,
            "loadBalancerSourceRanges": _LIST,
            "selector": _EMPTY,
        }
    },
    "v1/ServiceAccount": {"secrets": _LIST, "imagePullSecrets": _LIST},
    "v1/ConfigMap": {"data": _EMPTY, "binaryData": _EMPTY, "immutable": False},
    "v1/Secret": {"data": _EMPTY, "stringData": _EMPTY, "type": "Opaque"},
    "rbac.authorization.k8s.io/v1/Role": {"rules": _RULES},
    "rbac.authorization.k8s.io/v1/ClusterRole": {
        "rules": _RULES,
        "aggregationRule": {"clusterRoleSelectors": _LIST},
    },
    "rbac.authorization.k8s.io/v1/RoleBinding": {"subjects": _LIST},
    "rbac.authorization.k8s.io/v1/ClusterRoleBinding": {"subjects": _LIST},
    "networking.k8s.io/v1/NetworkPolicy": {"spec": {"podSelector": _SELECTOR}},
    "networking.k8s.io/v1/Ingress": {"spec": {"rules": [{"host": ""}], "tls": [{"hosts": _LIST}]}},
    "apps/v1/Deployment": {"spec": {"replicas": 1}},
    "apps/v1/StatefulSet": {"spec": {"replicas": 1, "volumeClaimTemplates": _LIST}},
    "apps/v1/ReplicaSet": {"spec": {"replicas": 1}},
    "batch/v1/CronJob": {"spec": {"suspend": False, "concurrencyPolicy": "Allow"}},
    "admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration": {"webhooks": _WEBHOOK},
    "admissionregistration.k8s.io/v1/MutatingWebhookConfiguration": {"webhooks": _WEBHOOK},
}


def template_of(kind: str) -> Mapping[str, Template]:
    """Give what is filled in objects of a kind."""
    return {"metadata": _METADATA, **_BY_TYPE.get(kind, {})}


def with_defaults(properties: Mapping[str, Value], kind: str, defaults: set[str]) -> Value:
    """Give the properties of a type completed, and note the pointers that were filled."""
    return _filled(dict(properties), template_of(kind), "", defaults)


def _filled(value: Value, template: Template, pointer: str, defaults: set[str]) -> Value:
    if isinstance(template, dict) and isinstance(value, dict):
        completed = dict(value)
        for key, inner in template.items():
            place = join_pointer(pointer, key)
            if key not in completed:
                defaults.add(place)
                completed[key] = _default(inner)
            completed[key] = _filled(completed[key], inner, place, defaults)
        return completed
    if isinstance(template, list) and isinstance(value, list):
        return [
            _filled(entry, template[0], join_pointer(pointer, number), defaults)
            for number, entry in enumerate(value)
        ]
    return value


def _default(template: Template) -> Value:
    if isinstance(template, dict):
        return {}
    return [] if isinstance(template, list) else template  # type: ignore[return-value]  # a mapping is a dict here
