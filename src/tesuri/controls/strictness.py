"""What a gate answers: verdict × the owner's policy state × the control's strictness × waivers.

`must: block` is stronger than any waiver and any state; an unknown verdict warns unless the caller fails on unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from tesuri.controls.waivers import CompiledWaiver, consider
from tesuri.model.control import Control, GateAnswer, Ruling, Verdict, VerdictKind
from tesuri.model.identifiers import WaiverId
from tesuri.model.ownership import Ownership, PolicyStanding


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What holds for every verdict of one change."""

    waivers: Sequence[CompiledWaiver]
    now: datetime
    is_failing_on_unknown: bool = False


def ruling(
    verdict: Verdict,
    *,
    control: Control,
    owner: Ownership,
    policy: PolicyStanding,
    circumstances: Circumstances,
) -> Ruling:
    """Turn a verdict into the answer of a gate, with everything that led there."""
    finding = {
        "control": verdict.control,
        "control_version": verdict.control_version,
        "resource": verdict.resource_type,
        "address": verdict.address,
        "verdict": verdict.kind.value,
        "severity": verdict.severity.value,
        "service": owner.service or "",
        "team": owner.team or "",
        "policy_state": policy.state.value,
    }
    found = consider(circumstances.waivers, finding, circumstances.now)
    is_open = verdict.kind in (VerdictKind.FAIL, VerdictKind.UNKNOWN)
    waiver = found.waiver if is_open and not control.is_always_blocking else None
    return Ruling(
        verdict=verdict,
        answer=_answer(verdict.kind, control, policy, waiver, circumstances),
        service=owner.service,
        owner=owner.team,
        owner_source=owner.source,
        policy_state=policy.state,
        policy_state_reason=policy.reason,
        waiver=waiver,
        message=verdict.reason,
        waivers_considered=found.considered if is_open else (),
    )


def _answer(
    kind: VerdictKind,
    control: Control,
    policy: PolicyStanding,
    waiver: WaiverId | None,
    circumstances: Circumstances,
) -> GateAnswer:
    if waiver:
        return GateAnswer.ALLOW
    match kind:
        case VerdictKind.PASS | VerdictKind.NOT_APPLICABLE:
            return GateAnswer.ALLOW
        case VerdictKind.UNKNOWN:
            return GateAnswer.BLOCK if circumstances.is_failing_on_unknown else GateAnswer.WARN
        case VerdictKind.FAIL:
            return (
                GateAnswer.BLOCK if control.is_always_blocking else control.strictness[policy.state]
            )
        case _:
            assert_never(kind)
