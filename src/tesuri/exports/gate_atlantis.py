"""Gate reports as Atlantis reads them from a custom policy check.

Older servers take any `fail` in the output for a refusal, in whatever word and case; newer ones look for FAIL at the
beginning of a line and for a number of failures. So what does not block never holds those four letters, and what
blocks says both.
**source** https://www.runatlantis.io/docs/custom-policy-checks
"""

import re
from collections.abc import Sequence
from typing import Final

from tesuri.exports.annotations import circumstances_of, one_line, reason_of
from tesuri.exports.gate_rows import shown, summary, word_of
from tesuri.model.control import GateAnswer, GateReport, Ruling, VerdictKind

_SIGNAL: Final = re.compile("f(?=ail)", re.IGNORECASE)
_PARTED: Final = "\u00b7"
_NOTE: Final = "A dot parts a word in names that Atlantis would take for a refusal."


def render_gate_atlantis(reports: Sequence[GateReport]) -> str:
    """Give the answers as lines; the last one of a report that blocks counts its failures."""
    text = "".join(_report(report) for report in reports)
    if any(report.answer is GateAnswer.BLOCK for report in reports):
        return text
    parted = _SIGNAL.sub(lambda found: found[0] + _PARTED, text)
    return parted if parted == text else f"{parted}{_NOTE}\n"


def _report(report: GateReport) -> str:
    lines = [_line(ruling) for ruling in shown(report)]
    lines += [one_line(f"NOT READ - {address}: {why}") for address, why in report.unread]
    return "".join(f"{line}\n" for line in (*lines, _figures(report)))


def _line(ruling: Ruling) -> str:
    head = "FAIL" if ruling.answer is GateAnswer.BLOCK else word_of(ruling).upper()
    return f"{head} - {reason_of(ruling)} [{ruling.verdict.control}] {circumstances_of(ruling)}"


def _figures(report: GateReport) -> str:
    figures = summary(report)
    blocking = sum(one.answer is GateAnswer.BLOCK for one in report.departing)
    kinds = report.counts
    ending = f", {blocking} failure{'s' * (blocking != 1)}" if blocking else ""
    return one_line(
        f"{report.answer.value}: {report.subject}: {kinds.get(VerdictKind.PASS, 0)} passed, {figures['warn']} warnings,"
        f" {figures['waived']} waived, {kinds.get(VerdictKind.UNKNOWN, 0)} unknown{ending}"
    )
