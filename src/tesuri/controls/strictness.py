"""What a gate answers: verdict × the owner's policy state × the control's strictness × waivers.

`must: block` is stronger than any waiver and any state; an unknown verdict warns unless the caller fails on unknown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, assert_never

from tesuri.controls.waivers import CompiledWaiver, Consideration, Terms, consider
from tesuri.model.control import Control, GateAnswer, Ruling, Verdict, VerdictKind
from tesuri.model.estate import Exposure
from tesuri.model.identifiers import ServiceId, WaiverId
from tesuri.model.ownership import Ownership, PolicyStanding
from tesuri.model.severity import Severity
from tesuri.model.workspace import LONGEST_WAIVER_SECONDS

_NEVER: Final = "no waiver opens this control"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What holds for every verdict of one change."""

    waivers: Sequence[CompiledWaiver]
    now: datetime
    is_failing_on_unknown: bool = False
    longest: Mapping[Severity, int] = field(default_factory=lambda: LONGEST_WAIVER_SECONDS)
    """Longest life of a waiver, in seconds."""
    exposures: Mapping[ServiceId, Exposure] = field(default_factory=dict)
    """Who can reach each service; one that is not named is open."""
    exploited: frozenset[tuple[str, str, str]] = frozenset()
    """Control, service and address of what is known to be exploited."""


def ruling(
    verdict: Verdict,
    *,
    control: Control,
    owner: Ownership,
    policy: PolicyStanding,
    circumstances: Circumstances,
) -> Ruling:
    """Turn a verdict into the answer of a gate, with everything that led there."""
    is_open = verdict.kind in (VerdictKind.FAIL, VerdictKind.UNKNOWN)
    found = Consideration(None, ())
    if is_open and circumstances.waivers:
        finding = verdict_subject(verdict, owner, policy, circumstances)
        terms = Terms(circumstances.now, circumstances.longest)
        found = consider(circumstances.waivers, finding, terms)
    if control.is_always_blocking:
        found = Consideration(None, tuple((each, _NEVER) for each, _ in found.considered))
    return Ruling(
        verdict=verdict,
        answer=_answer(verdict.kind, control, policy, found.waiver, circumstances),
        service=owner.service,
        owner=owner.team,
        owner_source=owner.source,
        policy_state=policy.state,
        policy_state_reason=policy.reason,
        waiver=found.waiver,
        message=verdict.reason,
        waivers_considered=found.considered,
    )


def verdict_subject(
    verdict: Verdict, owner: Ownership, policy: PolicyStanding, circumstances: Circumstances
) -> dict[str, object]:
    """Give a verdict as expressions of waivers see it: the names of a finding, and what only a gate knows."""
    place = (verdict.control, owner.service or "", verdict.address)
    exposure = circumstances.exposures.get(owner.service) if owner.service else None
    return {
        "id": "",
        "kind": "misconfiguration",
        "rule": verdict.control,
        "title": verdict.reason,
        "severity": verdict.severity.value,
        "outcome": "",
        "exploitation": "active" if place in circumstances.exploited else "",
        "exposure": (exposure or Exposure.OPEN).value,
        "cvss": -1.0,
        "advisories": [],
        "package": "",
        "ecosystem": "",
        "asset": "",
        "service": owner.service or "",
        "resource": verdict.resource_type,
        "path": verdict.at.file,
        "has_fix": False,
        "control": verdict.control,
        "address": verdict.address,
        "parts": list(verdict.parts),
        "control_version": verdict.control_version,
        "verdict": verdict.kind.value,
        "team": owner.team or "",
        "policy_state": policy.state.value,
    }


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
