"""What every rendering of a gate report shares: which rulings are shown, in which order, in which words."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Final

from tesuri.model.control import GateAnswer, GateReport, Ruling, VerdictKind

MOST_SORTED: Final = 50_000
"""Rulings that are sorted together, and so all in memory."""
SHOWN: Final = (VerdictKind.FAIL, VerdictKind.UNKNOWN)
_KINDS: Final = (*SHOWN, VerdictKind.PASS, VerdictKind.NOT_APPLICABLE)
_PLACE: Final = {kind: place for place, kind in enumerate(_KINDS)}
_FIRST: Final = {answer: -answer.rank for answer in GateAnswer}


def shown(report: GateReport) -> list[Ruling]:
    """Give the failing, unknown and waived rulings, all of a whole report: what blocks first, then by severity and address."""
    return sorted(_listed(report), key=ruling_order)


def shown_in_turn(report: GateReport) -> Iterable[Ruling]:
    """Give the same one after the other; of very many, passes follow everything else as they are made, not sorted."""
    if not report.is_whole or len(report.rulings) <= MOST_SORTED:
        return shown(report)
    passes = (one for one in report.rulings if one.verdict.kind is VerdictKind.PASS)
    return chain(sorted(report.departing, key=ruling_order), passes)


def _listed(report: GateReport) -> Sequence[Ruling]:
    if report.is_whole:
        return report.rulings
    return [one for one in report.departing if one.verdict.kind in SHOWN]


def ruling_order(ruling: Ruling) -> tuple[int, int, int, str, str]:
    """Give the order in which rulings are shown."""
    verdict = ruling.verdict
    first = _FIRST[ruling.answer], _PLACE[verdict.kind], verdict.severity.rank
    return *first, verdict.address, verdict.control


def summary(report: GateReport) -> Mapping[str, object]:
    """Give the figures of a report; waived ones are also counted under their verdict."""
    listed = [one for one in report.departing if one.verdict.kind in SHOWN]
    answers = Counter(one.answer for one in listed)
    return {
        "point": report.point.value,
        "subject": report.subject,
        "answer": report.answer.value,
        "resources": report.resources,
        "controls": report.controls,
        **{kind.value.replace("-", "_"): report.counts.get(kind, 0) for kind in VerdictKind},
        "waived": sum(one.waiver is not None for one in listed),
        "block": answers[GateAnswer.BLOCK],
        "warn": answers[GateAnswer.WARN],
        "unread": len(report.unread),
        "not_evaluated": dict(report.not_evaluated),
    }


def word_of(ruling: Ruling) -> str:
    """Give what happened to a ruling in one word: block, warn, waived, pass or allow."""
    if ruling.verdict.kind is VerdictKind.PASS:
        return VerdictKind.PASS.value
    return "waived" if ruling.waiver else ruling.answer.value


def place_of(ruling: Ruling) -> str:
    """Give file and place: plan.json:12 or plan.json#/resource_changes/3."""
    at = ruling.verdict.at
    if at.line:
        return f"{at.file}:{at.line}"
    return f"{at.file}#{at.pointer}" if at.pointer else at.file
