from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tesuri.controls.compiled import CompiledControl
from tesuri.controls.strictness import Circumstances, ruling
from tesuri.controls.waivers import compile_waiver
from tesuri.model.control import GateAnswer, Ruling, Verdict, VerdictKind
from tesuri.model.identifiers import ServiceId, TeamId, WaiverId
from tesuri.model.objective import PolicyState
from tesuri.model.ownership import Ownership, PolicyStanding
from tesuri.model.severity import Severity
from tesuri.model.waiver import Waiver

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OWNER = Ownership(ServiceId("checkout"), TeamId("payments"), "tag service=checkout")
WAIVER = Waiver(
    id=WaiverId("WVR-1"),
    scope="finding.control.startsWith('aws-ec2-') && finding.service == 'checkout'",
    reason="bastion moves next week",
    requester="ana",
    approvers=("ken",),
    created_at=NOW - timedelta(days=2),
    approved_at=NOW - timedelta(days=1),
    expires_at=NOW + timedelta(days=7),
)


@pytest.fixture
def control(catalogue: dict[str, CompiledControl]) -> CompiledControl:
    return catalogue["aws-ec2-security-group-admin-port-world"]


def rule(
    compiled: CompiledControl,
    kind: VerdictKind,
    state: PolicyState = PolicyState.SPENT,
    *,
    waivers: tuple[Waiver, ...] = (),
    must: bool = False,
    fail_on_unknown: bool = False,
) -> Ruling:
    control = replace(compiled.control, is_always_blocking=must)
    verdict = Verdict(
        control.id, control.version, control.resource, "aws_security_group.a", kind, Severity.HIGH
    )
    return ruling(
        verdict,
        control=control,
        owner=OWNER,
        policy=PolicyStanding(state, "immediate-48h of checkout"),
        circumstances=Circumstances(
            [compile_waiver(waiver) for waiver in waivers],
            NOW,
            is_failing_on_unknown=fail_on_unknown,
        ),
    )


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        (PolicyState.AMPLE, GateAnswer.WARN),
        (PolicyState.LOW, GateAnswer.WARN),
        (PolicyState.SPENT, GateAnswer.BLOCK),
        (PolicyState.BREACHED, GateAnswer.BLOCK),
        (PolicyState.UNKNOWN, GateAnswer.WARN),
    ],
)
def test_a_gate_is_as_strict_as_the_policy_state(
    state: PolicyState, answer: GateAnswer, control: CompiledControl
) -> None:
    assert rule(control, VerdictKind.FAIL, state).answer is answer
    assert rule(control, VerdictKind.FAIL, state, must=True).answer is GateAnswer.BLOCK
    assert rule(control, VerdictKind.PASS, state, must=True).answer is GateAnswer.ALLOW
    assert rule(control, VerdictKind.UNKNOWN, state).answer is GateAnswer.WARN


def test_an_unknown_verdict_warns_unless_the_caller_fails_on_it(control: CompiledControl) -> None:
    assert rule(control, VerdictKind.UNKNOWN, must=True).answer is GateAnswer.WARN
    assert rule(control, VerdictKind.UNKNOWN, fail_on_unknown=True).answer is GateAnswer.BLOCK


def test_a_waived_failure_is_allowed_and_names_its_waiver(control: CompiledControl) -> None:
    found = rule(control, VerdictKind.FAIL, waivers=(WAIVER,))

    assert (found.answer, found.waiver) == (GateAnswer.ALLOW, "WVR-1")
    assert found.waivers_considered == (("WVR-1", "applies until 2026-06-08"),)


def test_no_waiver_opens_what_must_block(control: CompiledControl) -> None:
    found = rule(control, VerdictKind.FAIL, waivers=(WAIVER,), must=True)

    assert (found.answer, found.waiver) == (GateAnswer.BLOCK, None)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"expires_at": NOW}, "expired on 2026-06-01"),
        ({"approved_at": NOW + timedelta(days=1)}, "not approved before 2026-06-02"),
        ({"approvers": ("Ana ",)}, "void: nobody but the requester approved it"),
        ({"approvers": ()}, "void: nobody but the requester approved it"),
        ({"severity": Severity.MEDIUM}, "covers up to medium only"),
        ({"expires_at": NOW + timedelta(days=170)}, "lasts longer than a waiver of high may"),
        ({"scope": "finding.absent == 1"}, "scope not decided: finding.absent is absent"),
        ({"scope": "finding.service == 'other'"}, None),
    ],
)
def test_a_waiver_that_does_not_hold_hides_nothing(
    changes: dict[str, object], outcome: str | None, control: CompiledControl
) -> None:
    waiver = replace(WAIVER, **changes)  # type: ignore[arg-type]  # the table names fields
    found = rule(control, VerdictKind.FAIL, waivers=(waiver,))

    assert (found.answer, found.waiver) == (GateAnswer.BLOCK, None)
    assert found.waivers_considered == ((("WVR-1", outcome),) if outcome else ())
