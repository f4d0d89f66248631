"""Gate reports as `conftest test --output json` prints them, for whatever reads that already.

A verdict that blocks is a failure, one that warns or that nobody can tell is a warning, a waived one an exception.
**source** https://www.conftest.dev/output/
"""

from collections.abc import Iterable, Mapping
from typing import Final

import orjson

from tesuri.exports.annotations import one_line, reason_of
from tesuri.exports.gate_rows import shown
from tesuri.model.control import GateAnswer, GateReport, Ruling, VerdictKind

NAMESPACE: Final = "main"
"""What Conftest calls its own policies unless it is told otherwise; readers look for it."""


def render_gate_conftest(reports: Iterable[GateReport]) -> bytes:
    """Give one check a file; lists that are empty are left out, as Conftest does."""
    checks = [_check(report) for report in reports]
    return orjson.dumps(checks, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _check(report: GateReport) -> Mapping[str, object]:
    lists: dict[str, list[object]] = {"warnings": [], "failures": [], "exceptions": []}
    for ruling in shown(report):
        lists[_list_of(ruling)].append(_result(ruling))
    lists["warnings"] += [
        {"msg": one_line(f"{address} was not looked at: {reason}"), "metadata": {"not_read": True}}
        for address, reason in report.unread
    ]
    return {
        "filename": one_line(report.subject),
        "namespace": NAMESPACE,
        "successes": report.counts.get(VerdictKind.PASS, 0),
        **{name: found for name, found in lists.items() if found},
    }


def _list_of(ruling: Ruling) -> str:
    if ruling.waiver is not None:
        return "exceptions"
    return "failures" if ruling.answer is GateAnswer.BLOCK else "warnings"


def _result(ruling: Ruling) -> Mapping[str, object]:
    verdict = ruling.verdict
    return {
        "msg": reason_of(ruling),
        "metadata": {
            "control": verdict.control,
            "version": verdict.control_version,
            "address": verdict.address,
            "verdict": verdict.kind.value,
            "severity": verdict.severity.value,
            "owner": ruling.owner,
            "policy_state": ruling.policy_state.value,
            "waiver": ruling.waiver,
        },
    }
