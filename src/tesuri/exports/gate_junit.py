"""A gate report as JUnit XML, which every CI shows: blocks fail, warnings and unknown verdicts are skipped with a reason."""

import re
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from tesuri.exports.gate_rows import SHOWN, place_of, shown, word_of
from tesuri.model.control import GateAnswer, GateReport, Ruling

_FORBIDDEN: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_gate_junit(report: GateReport) -> str:
    """Give the report as one test suite; passes are counted as cases of their own."""
    rulings = shown(report)
    passes = [one for one in report.rulings if one.verdict.kind not in SHOWN]
    failures = sum(one.answer is GateAnswer.BLOCK for one in rulings)
    figures = (
        f'tests="{len(report.rulings) + len(report.unread)}" failures="{failures}" errors="0" '
        f'skipped="{len(rulings) - failures + len(report.unread)}"'
    )
    unread = [
        f"  <testcase classname={quoted('unread')} name={quoted(address)}>"
        f"<skipped message={quoted(reason)}/></testcase>"
        for address, reason in report.unread
    ]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f"<testsuites {figures}>",
            f"<testsuite name={quoted(f'tesuri {report.point.value} {report.subject}')} {figures}>",
            *(_case(ruling) for ruling in rulings),
            *(f"  <testcase {_name(ruling)}/>" for ruling in passes),
            *unread,
            "</testsuite>",
            "</testsuites>",
            "",
        ]
    )


def _name(ruling: Ruling) -> str:
    verdict = ruling.verdict
    return f"classname={quoted(verdict.control)} name={quoted(verdict.address)}"


def _case(ruling: Ruling) -> str:
    message = f"{word_of(ruling)}, {ruling.verdict.kind.value}: {ruling.message}"
    if ruling.answer is not GateAnswer.BLOCK:
        return f"  <testcase {_name(ruling)}><skipped message={quoted(message)}/></testcase>"
    state = f"policy state {ruling.policy_state.value} ({ruling.policy_state_reason})"
    body = clean(f"{place_of(ruling)}\n{state}")
    failure = f"<failure message={quoted(message)}>{escape(body)}</failure>"
    return f"  <testcase {_name(ruling)}>{failure}</testcase>"


def clean(text: str) -> str:
    """Give a text without what XML cannot hold."""
    return _FORBIDDEN.sub("\ufffd", text)


def quoted(text: str) -> str:
    """Give a text as the value of an attribute, with its quotes."""
    return quoteattr(clean(text))
