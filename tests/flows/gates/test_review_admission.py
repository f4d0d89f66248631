import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import tesuri.controls
from tesuri.controls.compiled import CompiledControl
from tesuri.controls.load import load_control
from tesuri.flows.gates.judge_resources import Gate, open_gate
from tesuri.flows.gates.review_admission import AdmissionAnswer, answer_review, review_admission
from tesuri.model.control import GateAnswer, Point, VerdictKind
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import WaiverId
from tesuri.model.objective import PolicyState
from tesuri.model.ownership import Ownership, PolicyStanding
from tesuri.model.waiver import Waiver

NOW = datetime(2026, 6, 1, tzinfo=UTC)
_PODS = Path(next(iter(tesuri.controls.__path__))) / "catalog/kubernetes/pod"
PRIVILEGED = "kubernetes-pod-privileged"


def compiled(name: str, **changes: str) -> CompiledControl:
    text = (_PODS / f"{name}.yaml").read_text(encoding="utf-8")
    extra = "".join(f"{key}: {value}\n" for key, value in changes.items())
    return load_control((text + extra).encode(), where=name, schemas={})


def gate(
    *controls: CompiledControl,
    state: PolicyState = PolicyState.SPENT,
    waivers: tuple[Waiver, ...] = (),
    closed: tuple[str, ...] = (),
) -> Gate:
    return open_gate(
        Point.ADMISSION,
        controls or (compiled(PRIVILEGED),),
        owner_of=lambda _: Ownership(None, None, "nobody"),
        policy_of=lambda _: PolicyStanding(state, "immediate-48h of checkout"),
        waivers=waivers,
        now=NOW,
        closed=closed,
    )


def pod(security: object, **request: object) -> bytes:
    container = {"name": "web", "image": "web:1", "securityContext": security}
    written = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        "spec": {"containers": [container]},
    }
    asked = {"uid": "u-7", "operation": "CREATE", "namespace": "shop", "object": written, **request}
    review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": asked}
    return json.dumps(review).encode()


BAD, GOOD, ODD = {"privileged": True}, {"privileged": False}, ["privileged"]


def response(answer: AdmissionAnswer) -> Mapping[str, object]:
    found = answer.response["response"]
    assert isinstance(found, dict)
    return found


def message(answer: AdmissionAnswer) -> str:
    status = response(answer)["status"]
    assert isinstance(status, dict)
    return str(status["message"])


def test_a_denial_names_rule_reason_fix_and_the_way_to_a_waiver() -> None:
    answer = answer_review(pod(BAD), gate=gate())

    assert answer.response["apiVersion"] == "admission.k8s.io/v1"
    assert (response(answer)["uid"], response(answer)["allowed"]) == ("u-7", False)
    said = message(answer)
    assert said.startswith(f"{PRIVILEGED}: shop/Pod/web: container web is privileged.")
    assert "Rule: No container is privileged." in said
    assert "Fix: Remove securityContext.privileged" in said
    assert "Policy state spent: immediate-48h of checkout." in said
    assert f"finding.control == '{PRIVILEGED}' && finding.address == 'shop/Pod/web'" in said
    assert len(said.encode()) <= 1_024


def test_the_same_pod_is_allowed_with_a_warning_while_the_budget_lasts() -> None:
    answer = answer_review(pod(BAD), gate=gate(state=PolicyState.AMPLE))

    assert response(answer)["allowed"] is True
    assert response(answer)["warnings"] == [f"{PRIVILEGED}: container web is privileged"]
    assert "status" not in response(answer)


def test_a_compliant_pod_is_allowed_without_a_word() -> None:
    answer = answer_review(pod(GOOD), gate=gate())

    assert response(answer)["allowed"] is True
    assert "warnings" not in response(answer)
    assert answer.rulings[0].verdict.kind is VerdictKind.PASS


def test_unknown_is_allowed_and_said_until_its_control_is_closed() -> None:
    open_answer = answer_review(pod(ODD), gate=gate())
    shut_answer = answer_review(pod(ODD), gate=gate(closed=(PRIVILEGED,)))

    assert response(open_answer)["allowed"] is True
    assert str(response(open_answer)["warnings"]).startswith(f"['unknown: {PRIVILEGED}: nobody can")
    assert response(open_answer)["auditAnnotations"] == {"unknown": "1", "policy-state": "spent"}
    assert response(shut_answer)["allowed"] is False
    assert "nobody can tell" in message(shut_answer)


def test_closing_a_control_that_does_not_exist_is_refused() -> None:
    with pytest.raises(BadInput, match="no control 'kubernetes-pod-privilegde'"):
        gate(closed=("kubernetes-pod-privilegde",))


def test_a_waiver_opens_the_gate_but_not_what_must_block() -> None:
    waiver = Waiver(
        id=WaiverId("WVR-7"),
        scope="finding.address == 'shop/Pod/web'",
        reason="node agent",
        requester="ana",
        approvers=("ken",),
        created_at=NOW - timedelta(days=1),
        approved_at=NOW - timedelta(days=1),
        expires_at=NOW + timedelta(days=1),
    )
    waived = answer_review(pod(BAD), gate=gate(waivers=(waiver,)))
    strict = gate(compiled(PRIVILEGED, must="block"), waivers=(waiver,), state=PolicyState.AMPLE)
    blocked = answer_review(pod(BAD), gate=strict)

    assert response(waived)["allowed"] is True
    assert "waived by WVR-7" in str(response(waived)["warnings"])
    assert response(blocked)["allowed"] is False
    assert "No waiver opens this rule." in message(blocked)


def test_a_deletion_is_allowed_counted_and_not_judged() -> None:
    report = review_admission(
        pod(BAD, operation="DELETE", object=None), where="r.json", gate=gate()
    ).report

    assert (report.answer, report.rulings) == (GateAnswer.ALLOW, ())
    assert report.not_evaluated == {"deleted": 1}


def test_a_file_is_reported_as_every_gate_reports() -> None:
    report = review_admission(pod(BAD), where="r.json", gate=gate()).report

    assert (report.point, report.subject, report.answer) == (
        Point.ADMISSION,
        "r.json",
        GateAnswer.BLOCK,
    )
    assert report.counts[VerdictKind.FAIL] == 1
    assert report.resources == 1


def test_containers_of_another_shape_are_allowed_but_said() -> None:
    written = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "x"},
        "spec": {"containers": {}},
    }
    answer = answer_review(pod(BAD, object=written), gate=gate())

    assert response(answer)["allowed"] is True
    assert response(answer)["warnings"] == [
        "not read: shop/Pod/x: spec.containers is a mapping, not a list"
    ]
