"""A control → ValidatingAdmissionPolicy and its binding: the same rule, evaluated by the API server itself.

The safe defaults: warn and audit unless the policy state blocks, failure is ignored unless the control is closed, the
namespaces of the cluster and of the webhook itself are left out.

**source** Kubernetes, "Validating Admission Policy", admissionregistration.k8s.io/v1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tesuri.exports.cel_text import Defaults, cel_text, first_failing
from tesuri.expressions import ir
from tesuri.expressions.compiled import Compiled
from tesuri.model.control import Control, GateAnswer
from tesuri.model.errors import Unsupported
from tesuri.model.resource import KUBERNETES_PREFIX

API: Final = "admissionregistration.k8s.io/v1"
_MOST_MESSAGE: Final = 1_000
_POD_TYPE: Final = "k8s:v1/Pod"


# The kinds that make pods, and where each keeps its pod.
_POD: Final = (
    "object.kind == 'Pod' ? object : object.kind == 'CronJob' ? object.spec.jobTemplate.spec.template : "
    "object.kind == 'PodTemplate' ? object.template : object.spec.template"
)
_POD_RULES: Final = (
    ("", "v1", ("pods", "pods/ephemeralcontainers", "podtemplates", "replicationcontrollers")),
    ("apps", "v1", ("deployments", "statefulsets", "daemonsets", "replicasets")),
    ("batch", "v1", ("jobs", "cronjobs")),
)
# NOTE: the template of a pod names no namespace, and `namespace` is a word that CEL keeps for itself.
_NAMESPACE: Final[Mapping[str, tuple[str, Defaults]]] = {
    "resource.metadata.namespace": ("namespaceObject.metadata.name", None)
}
_PLURALS: Final = {
    "NetworkPolicy": "networkpolicies",
    "Ingress": "ingresses",
    "StorageClass": "storageclasses",
}


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of one control."""

    control: str
    documents: tuple[Mapping[str, object], ...] = ()
    reason: str = ""
    """Why there are none."""


@dataclass(frozen=True, slots=True)
class Exporting:
    """What holds for every policy of one export."""

    answers: Mapping[str, GateAnswer]
    """Control → what a failing verdict is answered."""
    closed: frozenset[str]
    excluded: Sequence[str]
    """Namespaces that no policy looks at, unless its condition names them."""


def export_policy(
    control: Control,
    require: Compiled,
    message: Compiled,
    *,
    defaults: Defaults,
    exporting: Exporting,
) -> Exported:
    """Give the policy of a control and its binding, or why a policy cannot say it."""
    answer = exporting.answers[control.id]
    if answer is GateAnswer.ALLOW:
        return Exported(control.id, reason="it neither warns nor blocks at this policy state")
    subject = "variables.pod" if control.resource == _POD_TYPE else "object"
    if _names_variable(require.tree, "now"):
        return Exported(control.id, reason="A policy of the cluster has no clock.")
    names = {"resource": (subject, defaults), **_NAMESPACE}
    try:
        condition = cel_text(require.tree, names)
        rules = _rules(control.resource)
    except Unsupported as error:
        return Exported(control.id, reason=error.what)
    validation = {
        "expression": condition,
        "message": _cut(f"{control.id}: {control.text('en')}. {control.statement['en']}"),
        **_message(control, require, message, names),
        "reason": "Forbidden",
    }
    spec: dict[str, object] = {
        "failurePolicy": "Fail" if control.id in exporting.closed else "Ignore",
        "matchConstraints": {"resourceRules": rules},
        "validations": [validation],
    }
    if subject != "object":
        spec["variables"] = [{"name": "pod", "expression": _POD}]
    policy = {
        "apiVersion": API,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": _metadata(control),
        "spec": spec,
    }
    excluded = [name for name in exporting.excluded if not _names_text(require.tree, name)]
    return Exported(control.id, (policy, _binding(control, answer, excluded)))


def _message(
    control: Control,
    require: Compiled,
    message: Compiled,
    names: Mapping[str, tuple[str, Defaults]],
) -> Mapping[str, object]:
    """Give the sentence for a person as an expression; without one, the policy keeps its plain message."""
    try:
        part = first_failing(require.tree, names)
        if part:
            names = {**names, "part": part}
        elif _names_variable(message.tree, "part"):
            return {}
        return {
            "messageExpression": f"{_quoted(control.id + ': ')} + {cel_text(message.tree, names)}"
        }
    except Unsupported:
        return {}


def _names_variable(node: ir.Node, name: str) -> bool:
    is_named = isinstance(node, ir.Name) and node.name == name
    return is_named or any(_names_variable(inner, name) for inner in ir.parts_of(node))


def _names_text(node: ir.Node, word: str) -> bool:
    """Whether a condition writes a text out: one about kube-system is asked in kube-system."""
    is_word = isinstance(node, ir.Literal) and node.value == word
    return is_word or any(_names_text(inner, word) for inner in ir.parts_of(node))


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _metadata(control: Control) -> Mapping[str, object]:
    return {
        "name": control.id,
        "labels": {"app.kubernetes.io/managed-by": "tesuri"},
        "annotations": {
            "tesuri/control-version": control.version,
            "tesuri/severity": control.severity.value,
        },
    }


def _binding(control: Control, answer: GateAnswer, excluded: Sequence[str]) -> Mapping[str, object]:
    actions = ["Deny"] if answer is GateAnswer.BLOCK else ["Warn", "Audit"]
    selector = {
        "matchExpressions": [
            {
                "key": "kubernetes.io/metadata.name",
                "operator": "NotIn",
                "values": list(excluded),
            }
        ]
    }
    return {
        "apiVersion": API,
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": _metadata(control),
        "spec": {
            "policyName": control.id,
            "validationActions": actions,
            "matchResources": {"namespaceSelector": selector},
        },
    }


def _rules(kind: str) -> list[Mapping[str, object]]:
    if not kind.startswith(KUBERNETES_PREFIX):
        raise Unsupported(f"It looks at {kind}, which is no object of a cluster.")
    if kind == _POD_TYPE:
        return [_rule(group, version, resources) for group, version, resources in _POD_RULES]
    *group, version, name = kind.removeprefix(KUBERNETES_PREFIX).split("/")
    if name.endswith("Options"):
        raise Unsupported("It looks at a connection, whose options a policy sees without a name.")
    plural = _PLURALS.get(name, f"{name.lower()}s")
    return [_rule(group[0] if group else "", version, (plural,))]


def _rule(group: str, version: str, resources: Sequence[str]) -> Mapping[str, object]:
    return {
        "apiGroups": [group],
        "apiVersions": [version],
        "operations": ["CREATE", "UPDATE"],
        "resources": list(resources),
    }


def _cut(text: str) -> str:
    bare = " ".join(text.split())
    return bare if len(bare) <= _MOST_MESSAGE else f"{bare[: _MOST_MESSAGE - 1]}…"
