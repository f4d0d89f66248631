"""Leave out of an answer what was there before the change, so that only what the change adds decides."""

from collections.abc import Iterable
from dataclasses import replace

from tesuri.flows.judged_violations import Judged
from tesuri.model.control import GateAnswer, GateReport, Ruling, VerdictKind

Existing = frozenset[tuple[str, str, str]]
"""Control, address and part of each violation that was there before."""

_OPEN = (VerdictKind.FAIL, VerdictKind.UNKNOWN)


def existing_of(before: Iterable[Judged]) -> Existing:
    """Give what was there before."""
    return frozenset(
        (each.violation.control, each.violation.address, part)
        for each in before
        for part in each.violation.parts
    )


def only_added(report: GateReport, existing: Existing) -> GateReport:
    """Give the answer to what the change adds; what was there before is counted, and decides nothing.

    A verdict was there before when every part of it was: neither line nor position tells violations apart. What could not
    be read stays counted.
    """
    added = tuple(one for one in report.rulings if not _was_there(one, existing))
    left_out = [one for one in report.rulings if _was_there(one, existing)]
    answer = max(
        (one.answer for one in added), key=lambda each: each.rank, default=GateAnswer.ALLOW
    )
    counts = {
        kind: count - sum(one.verdict.kind is kind for one in left_out)
        for kind, count in report.counts.items()
    }
    found = {**report.not_evaluated, "violations that were there before": len(left_out)}
    return replace(report, rulings=added, answer=answer, counts=counts, not_evaluated=found)


def _was_there(ruling: Ruling, existing: Existing) -> bool:
    verdict = ruling.verdict
    if verdict.kind not in _OPEN or not verdict.parts:
        return False
    return existing.issuperset((verdict.control, verdict.address, part) for part in verdict.parts)
