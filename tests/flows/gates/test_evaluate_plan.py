import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

import tesuri.controls
from tesuri.controls.compiled import CompiledControl
from tesuri.controls.load import load_control
from tesuri.controls.property_paths import Schemas
from tesuri.exports.gate_json import render_gate_json
from tesuri.flows.gates.evaluate_plan import evaluate_plan
from tesuri.flows.gates.judge_resources import open_gate
from tesuri.model.control import GateAnswer, GateReport, Point, VerdictKind
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import ServiceId, TeamId, WaiverId
from tesuri.model.objective import PolicyState
from tesuri.model.ownership import Ownership, PolicyStanding
from tesuri.model.resource import Resource
from tesuri.model.waiver import Waiver

NOW = datetime(2026, 6, 1, tzinfo=UTC)
STATES = {"checkout": PolicyState.SPENT, "search": PolicyState.AMPLE}
_CONTROLS = Path(next(iter(tesuri.controls.__path__)))
_CORPUS = Path(os.environ.get("TESURI_CORPUS", str(Path(__file__).parents[4] / "shared" / "data")))
_PLANS = _CORPUS / "guardrails" / "tfplan"


@pytest.fixture(scope="module")
def control() -> CompiledControl:
    name = "aws-ec2-security-group-admin-port-world.yaml"
    data = (_CONTROLS / "catalog/aws/ec2" / name).read_bytes()
    return load_control(data, where=name, schemas=Schemas())


def owner_of(resource: Resource) -> Ownership:
    service = resource.tags.get("service")
    if service is None:
        return Ownership(None, None, "nobody")
    return Ownership(ServiceId(service), TeamId("payments"), f"tag service={service}")


def policy_of(service: ServiceId | None) -> PolicyStanding:
    state = STATES.get(service or "", PolicyState.UNKNOWN)
    return PolicyStanding(state, f"immediate-48h of {service}" if service else "no budget")


def gate(
    data: bytes,
    control: CompiledControl,
    *,
    waivers: Sequence[Waiver] = (),
    fail_on_unknown: bool = False,
    where: str = "plan.json",
) -> GateReport:
    opened = open_gate(
        Point.PLAN,
        [control],
        owner_of=owner_of,
        policy_of=policy_of,
        waivers=waivers,
        now=NOW,
        fail_on_unknown=fail_on_unknown,
    )
    return evaluate_plan(data, where=where, gate=opened)


def group(name: str, service: str | None, cidr: object, **parts: object) -> dict[str, object]:
    rule = {"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": cidr}
    tags = {"service": service} if service else {}
    after = {"ingress": [rule], "tags": tags}
    return {
        "address": f"aws_security_group.{name}",
        "mode": "managed",
        "type": "aws_security_group",
        "name": name,
        "change": {"actions": ["create"], "after": after, **parts},
    }


def plan(*entries: Mapping[str, object]) -> bytes:
    return json.dumps({"format_version": "1.2", "resource_changes": entries}).encode()


WORLD = ["0.0.0.0/0"]
OFFICE = ["10.0.0.0/8"]
LATE = {"ingress": [{"cidr_blocks": True}]}


def waiver(scope: str, **changes: object) -> Waiver:
    given: dict[str, object] = {
        "expires_at": NOW + timedelta(days=1),
        **changes,
    }
    return Waiver(
        id=WaiverId("WVR-7"),
        scope=scope,
        reason="moving to Session Manager",
        requester="ana",
        approvers=("ken",),
        created_at=NOW - timedelta(days=3),
        approved_at=NOW - timedelta(days=3),
        **given,  # type: ignore[arg-type]  # the tests name fields
    )


def test_each_owner_is_answered_by_its_own_policy_state(control: CompiledControl) -> None:
    report = gate(
        plan(group("a", "checkout", WORLD), group("b", "search", WORLD), group("c", None, WORLD)),
        control,
    )

    assert [one.answer for one in report.rulings] == [
        GateAnswer.BLOCK,
        GateAnswer.WARN,
        GateAnswer.WARN,
    ]
    assert report.answer is GateAnswer.BLOCK
    assert report.rulings[0].owner_source == "tag service=checkout"
    assert report.rulings[0].policy_state_reason == "immediate-48h of checkout"
    assert report.rulings[2].policy_state is PolicyState.UNKNOWN


def test_passes_are_counted_and_stand_in_their_place_when_somebody_lists_all(
    control: CompiledControl,
) -> None:
    entries = [group("a", "search", OFFICE), group("b", "search", WORLD), group("c", None, OFFICE)]
    report = gate(plan(*entries), control)

    assert report.counts[VerdictKind.PASS] == 2
    assert [one.verdict.address for one in report.departing] == ["aws_security_group.b"]
    assert [(one.verdict.address[-1], one.verdict.kind.value) for one in report.rulings] == [
        ("a", "pass"),
        ("b", "fail"),
        ("c", "pass"),
    ]
    assert report.rulings[0].answer is GateAnswer.ALLOW
    assert (report.rulings[0].owner_source, len(report.rulings)) == ("tag service=search", 3)


def test_an_expired_waiver_stops_opening_the_gate(control: CompiledControl) -> None:
    data = plan(group("a", "checkout", WORLD))
    scope = "finding.address == 'aws_security_group.a' && finding.severity == 'high'"
    open_gate = gate(data, control, waivers=[waiver(scope)])
    closed_gate = gate(data, control, waivers=[waiver(scope, expires_at=NOW)])

    assert (open_gate.answer, open_gate.rulings[0].waiver) == (GateAnswer.ALLOW, "WVR-7")
    assert (closed_gate.answer, closed_gate.rulings[0].waiver) == (GateAnswer.BLOCK, None)
    assert closed_gate.rulings[0].waivers_considered == (("WVR-7", "expired on 2026-06-01"),)


def test_unknown_is_never_a_pass_and_blocks_when_asked_to(control: CompiledControl) -> None:
    data = plan(group("a", "search", None, after_unknown=LATE))
    report = gate(data, control)

    assert report.rulings[0].verdict.kind is VerdictKind.UNKNOWN
    assert report.answer is GateAnswer.WARN
    assert gate(data, control, fail_on_unknown=True).answer is GateAnswer.BLOCK


def test_a_plan_without_anything_to_look_at_is_allowed_and_counted(
    control: CompiledControl,
) -> None:
    other = group("a", None, OFFICE) | {"type": "aws_instance", "address": "aws_instance.a"}
    gone = group("b", None, OFFICE)
    gone["change"] = {"actions": ["delete"], "after": None}
    report = gate(plan(other, gone), control)

    assert (report.answer, report.resources, report.rulings) == (GateAnswer.ALLOW, 1, ())
    assert report.counts[VerdictKind.NOT_APPLICABLE] == 1
    assert report.not_evaluated == {"deleted": 1, "data sources": 0}


def test_a_sensitive_value_decides_but_is_never_shown(control: CompiledControl) -> None:
    secret = {"ingress": [{"cidr_blocks": [True], "from_port": True}]}
    report = gate(plan(group("a", "checkout", WORLD, after_sensitive=secret)), control)

    shown = render_gate_json(report).decode()
    assert report.answer is GateAnswer.BLOCK
    assert "(sensitive)" in shown
    assert WORLD[0] not in shown


def test_a_waiver_with_a_broken_scope_is_bad_input(control: CompiledControl) -> None:
    with pytest.raises(BadInput, match="waiver WVR-7"):
        gate(plan(), control, waivers=[waiver("finding.address ==")])


# What follows reads the same plans a second time, in the plainest way, to check the verdicts.

_ADMIN_PORTS: Final = (22, 3389)
_Blocks = list[Mapping[str, object]]


def _is_world(block: str) -> bool:
    return block.endswith(("/0", "/1")) or block == "2000::/3"


def _opens(rule: Mapping[str, object]) -> bool:
    blocks = [*(rule.get("cidr_blocks") or []), *(rule.get("ipv6_cidr_blocks") or [])]  # type: ignore[misc]  # plain JSON
    if not any(_is_world(str(block)) for block in blocks):
        return False
    if str(rule.get("protocol")) in ("-1", "all"):
        return True
    low, high = int(str(rule["from_port"])), int(str(rule["to_port"]))
    is_port = rule.get("protocol") in ("tcp", "udp", "6", "17")
    return is_port and any(low <= port <= high for port in _ADMIN_PORTS)


def _expected(document: Mapping[str, object]) -> Counter[str]:
    """Count failing things: groups with an inline violation, and rules of their own that violate."""
    found = Counter[str]()
    for entry in document.get("resource_changes") or []:  # type: ignore[attr-defined]  # plain JSON
        after = entry["change"]["after"]
        if after is None or not entry["type"].startswith(("aws_security_group", "aws_default_sec")):
            continue
        if entry["type"] == "aws_security_group_rule":
            if after["type"] == "ingress" and _opens(after):
                found["fail"] += 1
        elif any(_opens(rule) for rule in after.get("ingress") or []):
            found["fail"] += 1
        elif entry["change"]["after_unknown"].get("ingress") is True:
            found["ingress unknown"] += 1
    return found


EXPECTED_PLANS: Final = 113
EXPECTED_COUNTS: Final = {"pass": 42, "fail": 19, "unknown": 1, "not-applicable": 652}


@pytest.mark.corpus
@pytest.mark.skipif(not _PLANS.is_dir(), reason="no corpus")
def test_real_plans_get_the_verdicts_of_a_plain_second_reading(control: CompiledControl) -> None:
    total = Counter[str]()
    files = sorted(_PLANS.rglob("*.json"))
    for file in files:
        data = file.read_bytes()
        report = gate(data, control, where=file.name)
        kinds = Counter(one.verdict.kind.value for one in report.rulings)
        expected = _expected(json.loads(data.decode("utf-8-sig")))
        assert report.unread == (), file
        assert kinds["fail"] == expected["fail"], file
        assert kinds["unknown"] <= expected["ingress unknown"], file
        total += Counter({kind.value: count for kind, count in report.counts.items()})

    assert len(files) == EXPECTED_PLANS
    assert dict(total) == EXPECTED_COUNTS
