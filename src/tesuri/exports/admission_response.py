"""What a gate says → the AdmissionReview that the API server gets back.

The message of a denial names the rule, the reason, the way to fix it and the way to ask for a waiver, within 1 KB: a
user of kubectl sees nothing else. Warnings are one line each; what nobody can tell is always among them.

**source** Kubernetes, "Dynamic admission control", response: status, warnings, auditAnnotations.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from tesuri.model.control import Control, GateAnswer, Ruling, VerdictKind
from tesuri.model.identifiers import ControlId

_MOST_MESSAGE: Final = 1_000
_MOST_WARNING: Final = 256
_MOST_WARNINGS: Final = 15
"""The API server cuts all warnings together at 4,096 characters."""
_FORBIDDEN: Final = 403
_REMEDIES: Final = ("kubernetes", "kubectl", "cli", "terraform", "console")

ControlOf = Callable[[ControlId], Control | None]


def admission_response(
    *,
    uid: str,
    api_version: str,
    rulings: Sequence[Ruling],
    notes: Sequence[str],
    control_of: ControlOf,
) -> Mapping[str, object]:
    """Give the AdmissionReview with its response; `notes` are further warnings."""
    blocking = [one for one in rulings if one.answer is GateAnswer.BLOCK]
    response: dict[str, object] = {"uid": uid, "allowed": not blocking}
    if blocking:
        response["status"] = {
            "status": "Failure",
            "code": _FORBIDDEN,
            "reason": "Forbidden",
            "message": _denial(blocking, control_of),
        }
    if warnings := _warnings(rulings, notes):
        response["warnings"] = warnings
    response["auditAnnotations"] = _annotations(rulings)
    return {
        "apiVersion": api_version or "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "response": response,
    }


def _denial(blocking: Sequence[Ruling], control_of: ControlOf) -> str:
    worst = min(blocking, key=lambda one: (one.verdict.severity.rank, one.verdict.control))
    verdict, control = worst.verdict, control_of(worst.verdict.control)
    parts = [f"{verdict.control}: {verdict.address}: {_sentence(_reason(worst))}"]
    if control:
        parts.append(f"Rule: {_sentence(control.text('en'))}")
        parts.extend(f"Fix: {_sentence(fix)}" for fix in (_fix(control),) if fix)
    parts.append(f"Policy state {worst.policy_state.value}: {_sentence(worst.policy_state_reason)}")
    parts.append(_way_out(worst, control))
    others = [one.verdict.control for one in blocking if one is not worst]
    if others:
        parts.append(f"Also denied by {', '.join(sorted(set(others)))}.")
    return _cut(" ".join(parts), _MOST_MESSAGE)


def _reason(found: Ruling) -> str:
    reason = found.message or found.verdict.reason
    is_unknown = found.verdict.kind is VerdictKind.UNKNOWN
    return f"nobody can tell: {reason}" if is_unknown else reason


def _fix(control: Control) -> str:
    for name in _REMEDIES:
        if name in control.remedy:
            return control.remedy[name]["en"]
    return next((texts["en"] for texts in control.remedy.values()), "")


def _way_out(found: Ruling, control: Control | None) -> str:
    if control and control.is_always_blocking:
        return "No waiver opens this rule."
    verdict = found.verdict
    scope = f"finding.control == '{verdict.control}' && finding.address == '{verdict.address}'"
    return f"To ask for a waiver, propose a file under waivers/ with the scope {scope}."


def _warnings(rulings: Sequence[Ruling], notes: Sequence[str]) -> list[str]:
    open_ones = [one for one in rulings if one.answer is GateAnswer.WARN]
    unknown = [one for one in open_ones if one.verdict.kind is VerdictKind.UNKNOWN]
    failing = [one for one in open_ones if one.verdict.kind is not VerdictKind.UNKNOWN]
    waived = [one for one in rulings if one.waiver]
    lines = [*notes]
    lines += [f"unknown: {one.verdict.control}: {_reason(one)}" for one in unknown]
    lines += [f"{one.verdict.control}: {_reason(one)}" for one in failing]
    lines += [f"waived by {one.waiver}: {one.verdict.control}: {_reason(one)}" for one in waived]
    kept = [_cut(line, _MOST_WARNING) for line in lines[:_MOST_WARNINGS]]
    if len(lines) > _MOST_WARNINGS:
        kept.append(f"and {len(lines) - _MOST_WARNINGS} more warnings of tesuri")
    return kept


def _annotations(rulings: Sequence[Ruling]) -> Mapping[str, str]:
    kinds = Counter(one.verdict.kind.value for one in rulings)
    states = sorted({one.policy_state.value for one in rulings})
    counted = {kind.value: str(kinds[kind.value]) for kind in VerdictKind if kinds[kind.value]}
    return {**counted, **({"policy-state": ",".join(states)} if states else {})}


def _sentence(text: str) -> str:
    bare = " ".join(text.split())
    return bare if bare.endswith((".", "。")) else f"{bare}."


def _cut(text: str, most: int) -> str:
    bare = " ".join(text.split())
    if len(bare.encode()) <= most:
        return bare
    return bare.encode()[: most - 3].decode(errors="ignore") + "…"
