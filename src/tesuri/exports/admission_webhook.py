"""The manifests that install the webhook, with defaults that cannot stop a cluster.

Three seconds of patience, no side effects, failure ignored until somebody asks for the opposite, the namespaces of the
cluster and its own left out, a second hook that guards the label which leaves a namespace out, two replicas that are not
drained together, no right in the cluster at all, certificates by cert-manager.

**source** Kubernetes, "Admission webhook good practices"; cert-manager, "CA injector".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import yaml

_APP: Final = "tesuri-admission"
_SKIP: Final = "tesuri.admission/skip"
_PORT: Final = 8443
_PODS: Final = ("pods", "pods/ephemeralcontainers", "podtemplates", "replicationcontrollers")


@dataclass(frozen=True, slots=True)
class WebhookChoices:
    """What differs between two installations."""

    image: str
    namespace: str
    is_closed: bool
    """Whether a change is denied when the webhook does not answer."""
    excluded: tuple[str, ...]


def webhook_manifests(choices: WebhookChoices) -> tuple[Mapping[str, object], ...]:
    """Give every object that the webhook needs, in the order of installation."""
    return (
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": choices.namespace, "labels": _HARDENED},
        },
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": _metadata(choices),
            "automountServiceAccountToken": False,
        },
        _certificate("Issuer", choices, {"selfSigned": {}}),
        _certificate(
            "Certificate",
            choices,
            {
                "secretName": f"{_APP}-tls",
                "dnsNames": [f"{_APP}.{choices.namespace}.svc"],
                "issuerRef": {"name": _APP, "kind": "Issuer"},
            },
        ),
        _deployment(choices),
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": _metadata(choices),
            "spec": {
                "selector": {"app": _APP},
                "ports": [{"name": "https", "port": 443, "targetPort": _PORT}],
            },
        },
        {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": _metadata(choices),
            "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": _APP}}},
        },
        _configuration(choices),
    )


def render_manifests(documents: Iterable[Mapping[str, object]]) -> str:
    """Give the documents as a YAML stream, each key where it was put."""
    return yaml.dump_all(
        documents,
        Dumper=_Plain,
        sort_keys=False,
        width=10_000,
        allow_unicode=True,
        explicit_start=True,
    )


class _Plain(yaml.SafeDumper):
    """Writes a value that occurs twice twice: manifests have no aliases."""

    def ignore_aliases(self, _data: object) -> bool:
        """Say that nothing is an alias."""
        return True


_HARDENED: Final = {"pod-security.kubernetes.io/enforce": "restricted"}


def _metadata(choices: WebhookChoices) -> Mapping[str, object]:
    return {"name": _APP, "namespace": choices.namespace, "labels": {"app": _APP}}


def _certificate(
    kind: str, choices: WebhookChoices, spec: Mapping[str, object]
) -> Mapping[str, object]:
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": kind,
        "metadata": _metadata(choices),
        "spec": spec,
    }


def _deployment(choices: WebhookChoices) -> Mapping[str, object]:
    container = {
        "name": "admission",
        "image": choices.image,
        "args": [
            *("admission", "serve", "--port", str(_PORT)),
            *("--tls-cert", "/tls/tls.crt", "--tls-key", "/tls/tls.key"),
            *(("--fail", "closed") if choices.is_closed else ()),
        ],
        "env": [{"name": "TESURI_WORKSPACE", "value": "/workspace"}],
        "ports": [{"name": "https", "containerPort": _PORT}],
        "livenessProbe": _probe("/healthz/live"),
        "readinessProbe": _probe("/healthz/ready"),
        "resources": {
            "requests": {"cpu": "100m", "memory": "128Mi"},
            "limits": {"memory": "256Mi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        "volumeMounts": [
            {"name": "tls", "mountPath": "/tls", "readOnly": True},
            {"name": "workspace", "mountPath": "/workspace", "readOnly": True},
        ],
    }
    spread = {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {"app": _APP}},
    }
    pod = {
        "serviceAccountName": _APP,
        "automountServiceAccountToken": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 65532,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "topologySpreadConstraints": [spread],
        "containers": [container],
        "volumes": [
            {"name": "tls", "secret": {"secretName": f"{_APP}-tls"}},
            {"name": "workspace", "configMap": {"name": "tesuri-workspace", "optional": True}},
        ],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(choices),
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": _APP}},
            "template": {"metadata": {"labels": {"app": _APP}}, "spec": pod},
        },
    }


def _probe(path: str) -> Mapping[str, object]:
    return {"httpGet": {"path": path, "port": "https", "scheme": "HTTPS"}, "periodSeconds": 10}


def _configuration(choices: WebhookChoices) -> Mapping[str, object]:
    left_out = {
        "key": "kubernetes.io/metadata.name",
        "operator": "NotIn",
        "values": list(choices.excluded),
    }
    of_cluster = {**left_out, "operator": "In", "values": ["kube-system"]}
    not_skipped = {"key": _SKIP, "operator": "DoesNotExist"}
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {
            "name": _APP,
            "labels": {"app": _APP},
            "annotations": {"cert-manager.io/inject-ca-from": f"{choices.namespace}/{_APP}"},
        },
        "webhooks": [
            {
                **_hook("changes.admission.tesuri.local", choices, is_closed=choices.is_closed),
                "namespaceSelector": {"matchExpressions": [left_out, not_skipped]},
                "rules": [
                    _rule("", _PODS),
                    _rule("", ("services", "serviceaccounts", "configmaps")),
                    _rule("apps", ("deployments", "statefulsets", "daemonsets", "replicasets")),
                    _rule("batch", ("jobs", "cronjobs")),
                    _rule("networking.k8s.io", ("ingresses", "networkpolicies")),
                    _rule("rbac.authorization.k8s.io", ("roles", "clusterroles", "rolebindings", "clusterrolebindings")),
                    _rule("", ("pods/exec", "pods/attach", "pods/portforward"), "CONNECT"),
                ],
            },
            # Whoever may label a namespace could leave it out: so the label itself is asked about.
            {
                **_hook("skip.admission.tesuri.local", choices, is_closed=choices.is_closed),
                "objectSelector": {"matchExpressions": [{"key": _SKIP, "operator": "Exists"}]},
                "rules": [_rule("", ("namespaces",))],
            },
            # Nodes join by this config map: when nobody answers, its change goes through.
            {
                **_hook("identities.admission.tesuri.local", choices, is_closed=False),
                "namespaceSelector": {"matchExpressions": [of_cluster]},
                "matchConditions": [{"name": "aws-auth", "expression": "request.name == 'aws-auth'"}],
                "rules": [_rule("", ("configmaps",))],
            },
        ],
    }  # fmt: skip


def _hook(name: str, choices: WebhookChoices, *, is_closed: bool) -> Mapping[str, object]:
    service = {"name": _APP, "namespace": choices.namespace, "path": "/validate", "port": 443}
    return {
        "name": name,
        "admissionReviewVersions": ["v1"],
        "clientConfig": {"service": service},
        "failurePolicy": "Fail" if is_closed else "Ignore",
        "matchPolicy": "Equivalent",
        "sideEffects": "None",
        "timeoutSeconds": 3,
    }


def _rule(group: str, resources: tuple[str, ...], *operations: str) -> Mapping[str, object]:
    return {
        "apiGroups": [group],
        "apiVersions": ["*"] if group else ["v1"],
        "operations": list(operations or ("CREATE", "UPDATE")),
        "resources": list(resources),
    }
