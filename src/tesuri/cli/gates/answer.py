"""How a gate's answer is written: for people, for pull requests, for CI, for code scanning."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Final

from tesuri.cli.gates.formats import GateFormat
from tesuri.cli.gates.text import write_text
from tesuri.cli.lists.destinations import Destination, write_each
from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.lists.output import OutputFormat, write
from tesuri.cli.state import Session, tell
from tesuri.exports.gate_rows import shown
from tesuri.model.control import GateAnswer, GateReport, Ruling
from tesuri.model.errors import ExitCode

_CSV_KEYS: Final = (
    *("control", "version", "resource", "address", "verdict", "severity", "answer", "service"),
    *("owner", "owner_source", "policy_state", "policy_state_reason", "message", "waiver"),
)

_MOST_SAID: Final = 20
"""Broken parts of the input that are said one by one."""
_LISTING_ALL: Final = (
    *(GateFormat.TABLE, GateFormat.JSON, GateFormat.JSONL, GateFormat.CSV, GateFormat.MARKDOWN),
)
"""The formats that can list passes; the others are remarks on what is wrong."""


class FailOnUnknown(StrEnum):
    """What makes a gate block beside its controls."""

    UNKNOWN = "unknown"


def exit_code(reports: Sequence[GateReport], *, is_failed: bool) -> ExitCode:
    """Give 2 when a file or a part of it could not be read, said on standard error, else 1 when something blocks."""
    broken = [sentence for report in reports for sentence in report.broken]
    for sentence in broken[:_MOST_SAID]:
        tell(sentence)
    if len(broken) > _MOST_SAID:
        tell(f"{len(broken) - _MOST_SAID} more parts have a shape that nobody can read.")
    if is_failed or broken:
        return ExitCode.ERROR
    is_blocked = any(report.answer is GateAnswer.BLOCK for report in reports)
    return ExitCode.BLOCKED if is_blocked else ExitCode.DONE


def write_reports(
    session: Session,
    reports: Sequence[GateReport],
    asked: Sequence[Destination[GateFormat]],
    *,
    is_one: bool,
) -> None:
    """Write the answers; `is_one` says that one file was asked for, so that JSON is its document alone.

    A run without any readable file writes nothing: an empty answer would look like a pass.
    """
    if not reports:
        return

    def write_one(form: GateFormat) -> None:
        is_whole = session.is_listing_all and form in _LISTING_ALL
        shown = [replace(one, is_whole=True) for one in reports] if is_whole else reports
        _write(session, shown, form, is_one=is_one)
        if form is GateFormat.TABLE:
            _explain(session, reports, is_beside=False)

    write_each(session, asked, write_one)
    if all(each.form is not GateFormat.TABLE for each in asked):
        _explain(session, reports, is_beside=True)


def _explain(session: Session, reports: Sequence[GateReport], *, is_beside: bool) -> None:
    if not session.gates.seen:
        return
    from tesuri.cli.gates.explained import write_explanations  # noqa: PLC0415 - only where asked

    decides_nothing = {_known_by(one) for report in reports for one in report.existing}
    seen = [one for one in session.gates.seen if _known_by(one.ruling) not in decides_nothing]
    write_explanations(session, seen, is_beside=is_beside)


def _known_by(ruling: Ruling) -> tuple[str, str, tuple[str, ...]]:
    return ruling.verdict.control, ruling.verdict.address, ruling.verdict.parts


def _write(
    session: Session, reports: Sequence[GateReport], form: GateFormat, *, is_one: bool
) -> None:
    if form is GateFormat.TABLE:
        for report in reports:
            write_text(session, report)
    elif form is GateFormat.CSV:
        write(_listing(reports), OutputFormat.CSV, session.colour)
    elif form is GateFormat.JSON and is_one:
        from tesuri.exports.gate_json import gate_json_parts  # noqa: PLC0415 - as below

        for part in gate_json_parts(reports[0]):
            sys.stdout.write(part.decode())
    else:
        from tesuri.cli.gates.rendered import rendered  # noqa: PLC0415 - people read none of these formats

        named = {ruling.verdict.control for report in reports for ruling in report.departing}
        found = (session.gates.control_or_rule(identity) for identity in sorted(named))
        sys.stdout.write(rendered(reports, form, [each for each in found if each]))


def _listing(reports: Sequence[GateReport]) -> Listing:
    rows = [row for report in reports for row in _verdicts(report)]
    keys = ("subject", *_CSV_KEYS, "file", "line", "pointer")
    lines = [Line(row, [], "") for row in rows]
    return Listing("verdicts", [Column(key, key) for key in keys], lines)


def _verdicts(report: GateReport) -> list[dict[str, object]]:
    return [
        {
            "subject": report.subject,
            **dict(zip(_CSV_KEYS, _csv_values(ruling), strict=True)),
            "file": ruling.verdict.at.file,
            "line": ruling.verdict.at.line or None,
            "pointer": ruling.verdict.at.pointer,
        }
        for ruling in shown(report)
    ]


def _csv_values(ruling: Ruling) -> tuple[object, ...]:
    verdict = ruling.verdict
    return (
        *(verdict.control, verdict.control_version, verdict.resource_type, verdict.address),
        *(verdict.kind.value, verdict.severity.value, ruling.answer.value, ruling.service),
        *(ruling.owner, ruling.owner_source, ruling.policy_state.value),
        *(ruling.policy_state_reason, ruling.message, ruling.waiver),
    )
