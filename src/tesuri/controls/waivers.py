"""Which waiver covers a verdict: its scope is true, it is approved by somebody else, and it has not ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tesuri.expressions.compile import Compiled, Undecided, compile_expression
from tesuri.model.identifiers import WaiverId
from tesuri.model.severity import Severity, severity_from_word
from tesuri.model.waiver import Waiver
from tesuri.model.workspace import LONGEST_WAIVER_SECONDS

_NAMES: Final = frozenset({"finding"})


@dataclass(frozen=True, slots=True)
class CompiledWaiver:
    """A waiver whose scope is ready to be evaluated."""

    waiver: Waiver
    scope: Compiled


@dataclass(frozen=True, slots=True)
class Consideration:
    """What became of the waivers for one verdict."""

    waiver: WaiverId | None
    considered: tuple[tuple[WaiverId, str], ...]
    """Waivers whose scope met or may have met it, with what became of each."""


def compile_waiver(waiver: Waiver) -> CompiledWaiver:
    """Compile the scope of a waiver; raises BadInput."""
    where = f"waiver {waiver.id}"
    return CompiledWaiver(waiver, compile_expression(waiver.scope, where=where, names=_NAMES))


def consider(
    waivers: Sequence[CompiledWaiver],
    finding: Mapping[str, object],
    now: datetime,
    longest: Mapping[Severity, int] = LONGEST_WAIVER_SECONDS,
) -> Consideration:
    """Look for the waiver that covers a finding; of several, the one that lasts longest."""
    applying: list[Waiver] = []
    considered: list[tuple[WaiverId, str]] = []
    for compiled in waivers:
        said = compiled.scope.evaluate({"finding": dict(finding)})
        if isinstance(said.value, Undecided):
            considered.append((compiled.waiver.id, f"scope not decided: {said.value.reason}"))
        elif said.is_true:
            flaw = _flaw(compiled.waiver, now) or _reach(compiled.waiver, finding, longest)
            outcome = flaw or f"applies until {compiled.waiver.expires_at:%Y-%m-%d}"
            considered.append((compiled.waiver.id, outcome))
            applying.extend([] if flaw else [compiled.waiver])
    best = max(applying, key=lambda waiver: waiver.expires_at, default=None)
    return Consideration(best.id if best else None, tuple(considered))


def _flaw(waiver: Waiver, now: datetime) -> str:
    """Give the reason why a waiver does not hold now; empty when it does."""
    requester = waiver.requester.strip().casefold()
    if not {name.strip().casefold() for name in waiver.approvers} - {requester, ""}:
        return "void: nobody but the requester approved it"
    if now < waiver.approved_at:
        return f"not approved before {waiver.approved_at:%Y-%m-%d}"
    if now >= waiver.expires_at:
        return f"expired on {waiver.expires_at:%Y-%m-%d}"
    return ""


def _reach(waiver: Waiver, finding: Mapping[str, object], longest: Mapping[Severity, int]) -> str:
    """Give the reason why a waiver does not reach a severity; empty when it does."""
    severity = severity_from_word(str(finding.get("severity", "")))
    if waiver.severity is not None:
        is_worse = severity.rank < waiver.severity.rank
        return f"covers up to {waiver.severity.value} only" if is_worse else ""
    life = waiver.expires_at - waiver.approved_at
    if severity in longest and life > timedelta(seconds=longest[severity], days=1):
        return f"lasts longer than a waiver of {severity.value} may"
    return ""
