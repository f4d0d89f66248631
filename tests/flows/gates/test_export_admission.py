"""Exports for a cluster: valid by the published schemas, and the exported condition means what the control means."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

import tesuri.controls
from tesuri.controls.cases import Case, load_cases
from tesuri.controls.compiled import CompiledControl
from tesuri.controls.evaluate import evaluate
from tesuri.controls.load import load_control
from tesuri.exports.admission_webhook import WebhookChoices, render_manifests, webhook_manifests
from tesuri.expressions.compile import compile_expression
from tesuri.flows.catalogue.case_resources import resources_of_case
from tesuri.flows.gates.export_admission import as_gatekeeper, export_policies
from tesuri.model.control import Point, VerdictKind
from tesuri.model.errors import BadInput
from tesuri.model.objective import PolicyState
from tesuri.subjects.kubernetes.gatekeeper import is_constraint, is_template
from tesuri.subjects.kubernetes.objects import Document, KubernetesObject
from tesuri.untrusted.shape import at, items, mapping, text

kubernetes_validate = pytest.importorskip("kubernetes_validate")

_FOLDER = Path(next(iter(tesuri.controls.__path__))) / "catalog" / "kubernetes"
_FILES = sorted(path for path in _FOLDER.rglob("*.yaml") if ".cases" not in path.name)
_LOADED = {
    path.stem: load_control(path.read_bytes(), where=path.name, schemas={}) for path in _FILES
}
_NEVER = (
    "which is no object of a cluster",
    "a connection",
    "no macro of two variables",
    "has no clock",
    "has no optional values",
    "neither warns nor blocks",
)
"""Reasons why a policy cannot say a control; every other control is exported."""
_EXPORTED = export_policies(
    _LOADED.values(), wanted=(), state=PolicyState.SPENT, closed=(), excluded=()
)
CONTROLS = {one.control: _LOADED[one.control] for one in _EXPORTED if one.documents}
_NAMES = frozenset({"object", "variables", "namespaceObject"})
EXCLUDED = ("kube-system", "tesuri")
IMAGE = f"registry.example/tesuri:1@sha256:{'0' * 64}"
CERT_MANAGER = ("Issuer", "Certificate")


def policies(
    *wanted: str,
    state: PolicyState = PolicyState.AMPLE,
    closed: tuple[str, ...] = (),
    controls: Mapping[str, CompiledControl] | None = None,
) -> dict[str, tuple[Mapping[str, object], ...]]:
    found = export_policies(
        (controls or CONTROLS).values(),
        wanted=wanted,
        state=state,
        closed=closed,
        excluded=EXCLUDED,
    )
    assert {one.control: one.reason for one in found if one.reason} == {}
    return {one.control: one.documents for one in found}


def webhook(*, is_closed: bool = False) -> list[Mapping[str, object]]:
    choices = WebhookChoices(IMAGE, "tesuri", is_closed, EXCLUDED)
    text_ = render_manifests(webhook_manifests(choices))
    return list(yaml.safe_load_all(text_))


def is_valid(document: Mapping[str, object]) -> bool:
    version = kubernetes_validate.latest_version()
    kubernetes_validate.validate(dict(document), version, strict=True)
    return True


def test_policies_and_bindings_are_valid_by_the_published_schemas() -> None:
    documents = [one for some in policies().values() for one in some]
    written = list(yaml.safe_load_all(render_manifests(documents)))

    assert len(written) == 2 * len(CONTROLS)
    assert all(is_valid(one) for one in written)


def test_every_control_of_admission_is_exported_or_told_with_a_known_reason() -> None:
    told = {one.control: one.reason for one in _EXPORTED if not one.documents}

    assert [name for name, why in told.items() if not any(part in why for part in _NEVER)] == []
    assert CONTROLS.keys() >= {
        "kubernetes-pod-privileged",
        "kubernetes-image-tag",
        "kubernetes-cluster-role-binding-cluster-admin",
        "kubernetes-ingress-dns-name",
        "kubernetes-service-dns-name",
    }


def test_the_manifests_of_the_webhook_are_valid_by_the_published_schemas() -> None:
    ours = [one for one in webhook() if one["kind"] not in CERT_MANAGER]

    assert len(ours) == 6
    assert all(is_valid(one) for one in ours)


def test_the_webhook_has_defaults_that_cannot_stop_a_cluster() -> None:
    configuration = next(
        one for one in webhook() if one["kind"] == "ValidatingWebhookConfiguration"
    )
    changes, skipping, identities = items(configuration, "webhooks")

    for hook in (changes, skipping, identities):
        assert text(hook, "failurePolicy") == "Ignore"
        assert at(hook, "timeoutSeconds") == 3
        assert text(hook, "sideEffects") == "None"
    left_out = items(changes, "namespaceSelector", "matchExpressions")
    assert {"kube-system", "tesuri"} <= set(items(left_out, 0, "values"))
    assert text(skipping, "objectSelector", "matchExpressions", 0, "operator") == "Exists"


def test_the_webhook_is_closed_only_on_request() -> None:
    documents = webhook(is_closed=True)
    configuration = next(
        one for one in documents if one["kind"] == "ValidatingWebhookConfiguration"
    )
    deployment = next(one for one in documents if one["kind"] == "Deployment")

    assert text(configuration, "webhooks", 0, "failurePolicy") == "Fail"
    assert text(configuration, "webhooks", 2, "failurePolicy") == "Ignore"
    arguments = items(deployment, "spec", "template", "spec", "containers", 0, "args")
    assert arguments[-2:] == ["--fail", "closed"]


def test_the_webhook_meets_our_own_controls() -> None:
    deployment = next(one for one in webhook() if one["kind"] == "Deployment")
    case = Case("own", Point.ADMISSION, VerdictKind.PASS, "", deployment)
    pod = next(one for one in resources_of_case(case)[0] if one.type == "k8s:v1/Pod")

    said = {
        name: evaluate(one, pod).kind
        for name, one in CONTROLS.items()
        if one.control.resource == pod.type
    }
    # NOTE: it has a limit of memory but none of CPU, which would hold its answers up.
    failing = {name for name, kind in said.items() if kind is not VerdictKind.PASS}
    assert failing == {"kubernetes-pod-limits"}


@pytest.mark.parametrize(
    ("state", "actions"), [(PolicyState.AMPLE, ["Warn", "Audit"]), (PolicyState.SPENT, ["Deny"])]
)
def test_a_binding_is_as_strict_as_the_policy_state(state: PolicyState, actions: list[str]) -> None:
    policy, binding = policies("kubernetes-pod-privileged", state=state)[
        "kubernetes-pod-privileged"
    ]

    assert items(binding, "spec", "validationActions") == actions
    assert text(policy, "spec", "failurePolicy") == "Ignore"
    closed = policies("kubernetes-pod-privileged", closed=("kubernetes-pod-privileged",))
    assert text(closed["kubernetes-pod-privileged"][0], "spec", "failurePolicy") == "Fail"


def test_a_policy_about_a_namespace_of_the_cluster_is_asked_there() -> None:
    def left_out(name: str) -> list[object]:
        (_, binding) = policies(name)[name]
        expressions = ("spec", "matchResources", "namespaceSelector", "matchExpressions")
        return list(items(binding, *expressions, 0, "values"))

    assert left_out("kubernetes-config-map-aws-auth") == ["tesuri"]
    assert left_out("kubernetes-pod-privileged") == ["kube-system", "tesuri"]


@pytest.mark.parametrize(
    ("condition", "lacking"),
    [
        ("resource.metadata.labels.all(key, value, value != 'host')", "macro of two variables"),
        ("resource.spec.?priority.orValue('') == ''", "optional values"),
        ("now < timestamp('2030-01-01T00:00:00Z')", "clock"),
    ],
)
def test_a_control_that_a_policy_cannot_say_is_told_with_the_reason(
    condition: str, lacking: str
) -> None:
    source = (_FOLDER / "pod/kubernetes-pod-host-network.yaml").read_text(encoding="utf-8")
    wide = source.replace("resource.spec.hostNetwork == false", condition)
    one = load_control(wide.encode(), where="wide", schemas={})
    (found,) = export_policies(
        [one], wanted=(), state=PolicyState.AMPLE, closed=(), excluded=EXCLUDED
    )

    assert found.documents == ()
    assert found.reason == f"A policy of the cluster has no {lacking}."


def test_a_control_that_does_not_act_at_admission_is_refused() -> None:
    with pytest.raises(BadInput, match="no control 'other' that acts at admission"):
        policies("other")


def pod_of(written: Mapping[str, object]) -> object:
    """What the policy's own variable gives, evaluated by our engine."""
    (policy, _) = policies("kubernetes-pod-privileged")["kubernetes-pod-privileged"]
    expression = text(policy, "spec", "variables", 0, "expression")
    compiled = compile_expression(expression, where="pod", names=frozenset({"object"}))
    return compiled.evaluate({"object": dict(written)}).value


def cases() -> Iterator[tuple[str, Case]]:
    for path in (one for one in _FILES if one.stem in CONTROLS):
        file = path.with_name(f"{path.stem}.cases.yaml")
        for case in load_cases(file.read_bytes(), where=file.name):
            if case.point is Point.ADMISSION and mapping(case.input, "request", "object"):
                yield path.stem, case


@pytest.mark.parametrize(
    ("name", "case"), [pytest.param(*one, id=f"{one[0]}: {one[1].name}") for one in cases()]
)
def test_the_exported_condition_says_what_the_control_says(name: str, case: Case) -> None:
    """The policy sees the object as it is written; the control sees it with defaults filled."""
    policy, _ = policies(name)[name]
    condition = text(policy, "spec", "validations", 0, "expression")
    compiled = compile_expression(condition, where=name, names=_NAMES)
    written = mapping(json.loads(json.dumps(case.input)), "request", "object")
    place = text(mapping(case.input, "request"), "namespace")
    names: dict[str, object] = {
        "object": dict(written),
        "namespaceObject": {"metadata": {"name": place}},
    }
    if items(policy, "spec", "variables"):
        names["variables"] = {"pod": pod_of(written)}
    said = compiled.evaluate(names)

    sentence = text(policy, "spec", "validations", 0, "messageExpression")
    if case.verdict is VerdictKind.FAIL and case.message and sentence:
        shown = compile_expression(sentence, where=name, names=_NAMES)
        assert shown.evaluate(names).value == f"{name}: {case.message}"
    expected = {VerdictKind.PASS: (True, False), VerdictKind.FAIL: (False, True)}
    assert (said.is_true, said.is_false) == expected.get(case.verdict, (False, False))


def templates(
    state: PolicyState = PolicyState.SPENT,
) -> dict[str, tuple[Mapping[str, object], ...]]:
    found = export_policies(_LOADED.values(), wanted=(), state=state, closed=(), excluded=EXCLUDED)
    return {one.control: one.documents for one in as_gatekeeper(found, _LOADED.values())}


_SOURCE = {"failurePolicy", "matchCondition", "variables", "validations"}
"""The fields that Gatekeeper's engine for CEL reads."""


def test_templates_of_gatekeeper_hold_what_its_engine_reads() -> None:
    exported = {name: documents for name, documents in templates().items() if documents}

    assert len(exported) > 0.8 * len(CONTROLS)
    for template, constraint in exported.values():
        kind = text(template, "spec", "crd", "spec", "names", "kind")
        assert (
            text(template, "metadata", "name") == kind.lower() == text(constraint, "kind").lower()
        )
        assert len(kind) <= 63
        (target,) = items(template, "spec", "targets")
        (code,) = items(target, "code")
        assert (text(target, "target"), text(code, "engine")) == (
            "admission.k8s.gatekeeper.sh",
            "K8sNativeValidation",
        )
        assert set(mapping(code, "source")) <= _SOURCE
        assert "namespaceObject" not in json.dumps(mapping(code, "source"))


def test_the_source_of_a_template_is_a_valid_policy_by_the_published_schema() -> None:
    for template, constraint in filter(None, templates().values()):
        source = dict(mapping(template, "spec", "targets", 0, "code", 0, "source"))
        policy = {
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "ValidatingAdmissionPolicy",
            "metadata": mapping(constraint, "metadata"),
            "spec": {"matchConditions": source.pop("matchCondition"), **source},
        }
        assert is_valid(policy)


def test_our_own_reader_of_gatekeeper_takes_template_and_constraint() -> None:
    template, constraint = templates()["kubernetes-pod-privileged"]
    documents = list(yaml.safe_load_all(render_manifests([template, constraint])))

    match = mapping(documents[1], "spec", "match")
    apps = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"]
    assert text(documents[1], "spec", "enforcementAction") == "deny"
    assert items(match, "excludedNamespaces") == ["kube-system", "tesuri"]
    assert {"apiGroups": ["apps"], "kinds": apps} in items(match, "kinds")
    found = [KubernetesObject(one, "", Document(one, "x.yaml", "")) for one in documents]
    assert is_template(found[0])
    assert is_constraint(found[1])


def test_a_constraint_warns_while_the_budget_lasts() -> None:
    _, constraint = templates(PolicyState.AMPLE)["kubernetes-pod-privileged"]
    assert text(constraint, "spec", "enforcementAction") == "warn"
