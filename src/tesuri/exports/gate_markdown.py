"""A gate report as a comment on a pull request. Text of the plan is escaped: it cannot become markup or a mention."""

import re
from collections.abc import Mapping
from typing import Final

from tesuri.exports.gate_rows import shown, summary, word_of
from tesuri.model.control import GateAnswer, GateReport, Ruling

MOST_ROWS: Final = 50
"""A comment has at most 65,536 characters on GitHub; the rest is counted."""

_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>#|~@!])")
_HEADINGS: Final = {
    GateAnswer.BLOCK: "Tesuri blocks this change",
    GateAnswer.WARN: "Tesuri warns about this change",
    GateAnswer.ALLOW: "Tesuri allows this change",
}


def render_gate_markdown(report: GateReport) -> str:
    """Give the report as GitHub-flavoured Markdown that ends with a newline."""
    figures = summary(report)
    rows = shown(report)
    lines = [f"### {_HEADINGS[report.answer]}", "", _figures(figures), ""]
    if rows:
        lines += [
            "| answer | severity | resource | control | why | owner |",
            "|---|---|---|---|---|---|",
        ]
        lines += [_row(ruling) for ruling in rows[:MOST_ROWS]]
        lines.append("")
    if len(rows) > MOST_ROWS:
        lines += [f"{len(rows) - MOST_ROWS} more are not shown here.", ""]
    lines += _unread(report)
    return "\n".join(lines)


def _figures(figures: Mapping[str, object]) -> str:
    words = [f"{figures[key]} {key}" for key in ("fail", "unknown", "waived", "pass")]
    return f"{', '.join(words)}; {figures['resources']} resources, {figures['controls']} controls."


def _row(ruling: Ruling) -> str:
    verdict = ruling.verdict
    answer = f"waived by {ruling.waiver}" if ruling.waiver else word_of(ruling)
    why = f"not known: {ruling.message}" if verdict.kind == "unknown" else ruling.message
    state = f"policy state {ruling.policy_state.value}: {ruling.policy_state_reason}"
    owner = f"{ruling.owner or 'nobody'} ({ruling.owner_source}); {state}"
    cells = [
        answer,
        verdict.severity.value,
        verdict.address,
        f"{verdict.control} {verdict.control_version}",
        why,
        owner,
    ]
    return f"| {' | '.join(_escaped(cell) for cell in cells)} |"


def _unread(report: GateReport) -> list[str]:
    if not report.unread:
        return []
    lines = [f"{len(report.unread)} parts could not be looked at:", ""]
    lines += [f"- {_escaped(address)}: {_escaped(reason)}" for address, reason in report.unread]
    return [*lines, ""]


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
