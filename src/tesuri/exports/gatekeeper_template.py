"""A control → ConstraintTemplate and constraint of Gatekeeper: the same CEL as the policy of the API server.

Gatekeeper evaluates it with its engine K8sNativeValidation, in the webhook, in audit and in `gator`; from version 3.18
on it is on by default. Deletions are left out, since they have no object.

**source** Gatekeeper, "Integration with Kubernetes Validating Admission Policy"; the fields of a source are those of its
constraint framework (drivers/k8scel/schema).
"""

from collections.abc import Mapping, Sequence
from typing import Final

from tesuri.exports.admission_policy import Exported
from tesuri.model.control import Control
from tesuri.model.resource import KUBERNETES_PREFIX
from tesuri.untrusted.shape import at, items, mapping, text, texts

_TEMPLATE_API: Final = "templates.gatekeeper.sh/v1"
_CONSTRAINT_API: Final = "constraints.gatekeeper.sh/v1beta1"
_TARGET: Final = "admission.k8s.gatekeeper.sh"
_ENGINE: Final = "K8sNativeValidation"
_POD_TYPE: Final = "k8s:v1/Pod"
_POD_KINDS: Final = (
    ("", ("Pod", "PodTemplate", "ReplicationController")),
    ("apps", ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")),
    ("batch", ("Job", "CronJob")),
)
_OF_NAMESPACE: Final = "namespaceObject"
_SOURCE_KEYS: Final = ("expression", "message", "messageExpression")


def gatekeeper_template(found: Exported, control: Control) -> Exported:
    """Give the template and the constraint of a control that a policy can say, or why there are none."""
    if not found.documents:
        return found
    policy, binding = found.documents
    (validation,) = items(policy, "spec", "validations")
    said = {key: words for key in _SOURCE_KEYS if (words := text(validation, key))}
    if any(_OF_NAMESPACE in words for words in said.values()):
        reason = "It asks for the namespace of the object, which Gatekeeper does not give to CEL."
        return Exported(control.id, reason=reason)
    kind = kind_of(control.id)
    source = {
        "failurePolicy": text(policy, "spec", "failurePolicy"),
        "matchCondition": [{"name": "has-object", "expression": "object != null"}],
        **_variables(policy),
        "validations": [said],
    }
    template = {
        "apiVersion": _TEMPLATE_API,
        "kind": "ConstraintTemplate",
        "metadata": {**mapping(policy, "metadata"), "name": kind.lower()},
        "spec": {
            "crd": {"spec": {"names": {"kind": kind}}},
            "targets": [{"target": _TARGET, "code": [{"engine": _ENGINE, "source": source}]}],
        },
    }
    selector = ("spec", "matchResources", "namespaceSelector", "matchExpressions", 0)
    constraint = {
        "apiVersion": _CONSTRAINT_API,
        "kind": kind,
        "metadata": dict(mapping(policy, "metadata")),
        "spec": {
            "enforcementAction": "deny"
            if "Deny" in texts(binding, "spec", "validationActions")
            else "warn",
            "match": {
                "kinds": _kinds(control.resource),
                "excludedNamespaces": list(texts(at(binding, *selector), "values")),
            },
        },
    }
    return Exported(control.id, (template, constraint))


def kind_of(control: str) -> str:
    """Give the kind of constraint: TesuriKubernetesPodPrivileged."""
    return "Tesuri" + "".join(word.capitalize() for word in control.split("-"))


def _variables(policy: Mapping[str, object]) -> Mapping[str, object]:
    found = items(policy, "spec", "variables")
    return {"variables": list(found)} if found else {}


def _kinds(resource: str) -> Sequence[Mapping[str, object]]:
    if resource == _POD_TYPE:
        return [{"apiGroups": [group], "kinds": list(kinds)} for group, kinds in _POD_KINDS]
    *group, _version, kind = resource.removeprefix(KUBERNETES_PREFIX).split("/")
    return [{"apiGroups": [group[0] if group else ""], "kinds": [kind]}]
