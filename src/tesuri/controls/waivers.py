"""Which waiver covers a verdict or a finding: one evaluator for every gate and for every finding.

A waiver covers what its scope is true of, or the violations that it lists, while it is approved by somebody else than
the requester, has not ended, and is not void: what is known to be exploited, or reached by more people than when it was
agreed, is covered by none.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tesuri.expressions.compile import Compiled, Undecided, compile_expression
from tesuri.model.estate import Exposure
from tesuri.model.identifiers import WaiverId
from tesuri.model.person import second_people
from tesuri.model.severity import Severity, severity_from_word
from tesuri.model.violation import violation_place
from tesuri.model.waiver import Waiver
from tesuri.model.workspace import LONGEST_WAIVER_SECONDS

VOID: Final = "void: "
"""How the reason begins when a waiver does not hold before its end."""

_NAMES: Final = frozenset({"finding"})
_Place = tuple[str, str, str]
_WIDEST_FIRST: Final = tuple(Exposure)


@dataclass(frozen=True, slots=True)
class CompiledWaiver:
    """A waiver whose scope is ready to be evaluated."""

    waiver: Waiver
    scope: Compiled | None
    """None: it lists violations."""
    listed: Mapping[_Place, frozenset[str]] = field(default_factory=dict)
    """The parts that it lists, by control, service and address."""


@dataclass(frozen=True, slots=True)
class Consideration:
    """What became of the waivers for one verdict."""

    waiver: WaiverId | None
    considered: tuple[tuple[WaiverId, str], ...]
    """Waivers whose scope met or may have met it, with what became of each."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What every waiver is measured by at one instant."""

    now: datetime
    longest: Mapping[Severity, int] = field(default_factory=lambda: LONGEST_WAIVER_SECONDS)
    """Longest life in seconds."""


@dataclass(slots=True)
class _Search:
    """One search: what met the finding so far."""

    whole: list[Waiver] = field(default_factory=list)
    partial: list[tuple[Waiver, frozenset[str]]] = field(default_factory=list)
    considered: list[tuple[WaiverId, str]] = field(default_factory=list)


def compile_waiver(waiver: Waiver) -> CompiledWaiver:
    """Compile the scope of a waiver; raises BadInput."""
    if not waiver.violations:
        where = f"waiver {waiver.id}"
        scope = compile_expression(waiver.scope, where=where, names=_NAMES)
        return CompiledWaiver(waiver, scope)
    listed: dict[_Place, set[str]] = defaultdict(set)
    for violation in waiver.violations:
        listed[violation.place].update(violation.parts)
    return CompiledWaiver(
        waiver, None, {place: frozenset(parts) for place, parts in listed.items()}
    )


def consider(
    waivers: Sequence[CompiledWaiver],
    finding: Mapping[str, object],
    terms: Terms,
    *,
    granted: Mapping[WaiverId, Exposure] | None = None,
    holder: WaiverId | None = None,
) -> Consideration:
    """Look for the waiver that covers a finding; of several, the one that lasts longest.

    `finding` is what expressions see. `granted` is the exposure at which each waiver was first applied to it, where
    that is known. `holder` is the waiver that holds it already: while it covers, it goes on holding. Waivers that list
    violations cover a finding together when they list every part of it; the one that ends first is named then.
    """
    search = _Search()
    for compiled in waivers:
        _look(compiled, finding, terms, granted or {}, search)
    held = [waiver for waiver in search.whole if waiver.id == holder]
    best = max(held or search.whole, key=lambda waiver: waiver.expires_at, default=None)
    best = best or _together(search, finding)
    return Consideration(best.id if best else None, tuple(search.considered))


def _look(
    compiled: CompiledWaiver,
    finding: Mapping[str, object],
    terms: Terms,
    granted: Mapping[WaiverId, Exposure],
    search: _Search,
) -> None:
    waiver = compiled.waiver
    parts = _parts_of(finding)
    covered = parts
    if compiled.scope is not None:
        said = compiled.scope.evaluate({"finding": dict(finding)})
        if isinstance(said.value, Undecided):
            search.considered.append((waiver.id, f"scope not decided: {said.value.reason}"))
        if not said.is_true:
            return
    elif (listed := compiled.listed.get(violation_place(finding))) is None:
        return
    else:
        covered = parts & listed
    flaw = _flaw(waiver, terms.now) or _reach(waiver, finding, terms.longest)
    flaw = flaw or _void(finding, granted.get(waiver.id) or waiver.exposure)
    is_whole = compiled.scope is not None or (covered == parts and bool(parts))
    if not flaw and not is_whole:
        search.partial.append((waiver, covered))
        flaw = f"lists {len(covered)} of {len(parts)} violations of this resource"
    elif not flaw:
        search.whole.append(waiver)
    search.considered.append((waiver.id, flaw or f"applies until {waiver.expires_at:%Y-%m-%d}"))


def _together(search: _Search, finding: Mapping[str, object]) -> Waiver | None:
    """Give the first to end of the waivers that cover every part between them; None when they do not."""
    parts = _parts_of(finding)
    listing = [(waiver, covered) for waiver, covered in search.partial if covered]
    if not parts or frozenset[str]().union(*(covered for _, covered in listing)) != parts:
        return None
    return min((waiver for waiver, _ in listing), key=lambda waiver: waiver.expires_at)


def _parts_of(finding: Mapping[str, object]) -> frozenset[str]:
    parts = finding.get("parts")
    return (
        frozenset(str(part) for part in parts) if isinstance(parts, list | tuple) else frozenset()
    )


def _flaw(waiver: Waiver, now: datetime) -> str:
    """Give the reason why a waiver does not hold now; empty when it does."""
    if not second_people(waiver.requester, waiver.approvers):
        return f"{VOID}nobody but the requester approved it"
    if now < waiver.approved_at:
        return f"not approved before {waiver.approved_at:%Y-%m-%d}"
    if now >= waiver.expires_at:
        return f"expired on {waiver.expires_at:%Y-%m-%d}"
    return ""


def _reach(waiver: Waiver, finding: Mapping[str, object], longest: Mapping[Severity, int]) -> str:
    """Give the reason why a waiver does not reach a severity; empty when it does."""
    severity = severity_from_word(str(finding.get("severity", "")))
    if waiver.severity is not None and severity.rank < waiver.severity.rank:
        return f"covers up to {waiver.severity.value} only"
    # A last day counts in full, so up to one day more than the limit is within it.
    life = waiver.expires_at - waiver.approved_at
    if severity in longest and life > timedelta(seconds=longest[severity], days=1):
        return f"lasts longer than a waiver of {severity.value} may"
    return ""


def _void(finding: Mapping[str, object], covered: Exposure | None) -> str:
    if finding.get("exploitation") == "active":
        return f"{VOID}the finding is known to be exploited"
    present = finding.get("exposure")
    if covered is None or present not in _WIDEST_FIRST:
        return ""
    now = Exposure(str(present))
    if _WIDEST_FIRST.index(now) < _WIDEST_FIRST.index(covered):
        return f"{VOID}exposure rose from {covered.value} to {now.value}"
    return ""
