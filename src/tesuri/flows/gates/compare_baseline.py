"""Leave out of an answer what was there before the change, so that only what the change adds decides."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from tesuri.flows.waivers.judged_violations import Judged
from tesuri.model.control import GateAnswer, GateReport, Ruling, Rulings, VerdictKind

_Key = tuple[str, str, str]
"""Control, address and part of a violation."""

_OPEN: Final = (VerdictKind.FAIL, VerdictKind.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The violations that were there before a change."""

    known: Mapping[str, frozenset[_Key]]
    """By the file or change that they were seen in."""
    is_of_one: bool = False
    """Whether it tells of the one change that is asked about, whatever that was called before."""

    @classmethod
    def of(cls, before: Iterable[Judged], *, is_of_one: bool = False) -> "Baseline":
        """Give the baseline that an earlier answer is."""
        found: dict[str, set[_Key]] = defaultdict(set)
        for each in before:
            violation = each.violation
            found["" if is_of_one else each.subject].update(
                (violation.control, violation.address, part) for part in violation.parts
            )
        return cls({subject: frozenset(keys) for subject, keys in found.items()}, is_of_one)

    def only_added(self, report: GateReport) -> GateReport:
        """Give the answer to what the change adds; what was there before is counted, and decides nothing.

        A verdict was there before when every part of it was: neither line nor position tells violations apart. What could not
        be read stays counted.
        """
        known = self.known.get("" if self.is_of_one else report.subject, frozenset())
        left_out = tuple(one for one in report.departing if _was_there(one, known))
        kept = [one for one in report.departing if not _was_there(one, known)]
        added = Rulings(
            kept,
            len(report.rulings) - len(report.departing),
            lambda: (one for one in report.rulings if not _was_there(one, known)),
            is_flowing=isinstance(report.rulings, Rulings) and report.rulings.is_flowing,
        )
        answers = (one.answer for one in kept)
        counts = {
            kind: count - sum(one.verdict.kind is kind for one in left_out)
            for kind, count in report.counts.items()
        }
        found = {**report.not_evaluated, "violations that were there before": len(left_out)}
        return replace(
            report,
            rulings=added,
            existing=left_out,
            answer=max(answers, key=lambda each: each.rank, default=GateAnswer.ALLOW),
            counts=counts,
            not_evaluated=found,
        )


def _was_there(ruling: Ruling, known: frozenset[_Key]) -> bool:
    verdict = ruling.verdict
    if verdict.kind not in _OPEN or not verdict.parts:
        return False
    return known.issuperset((verdict.control, verdict.address, part) for part in verdict.parts)
