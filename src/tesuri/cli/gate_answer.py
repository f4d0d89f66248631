"""How a gate's answer is written: for people, for pull requests, for CI, for code scanning."""

import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from tesuri.cli.gate_formats import GateFormat, rendered
from tesuri.cli.listing import Column, Line, Listing
from tesuri.cli.output import OutputFormat, write
from tesuri.cli.state import Session
from tesuri.cli.terminal import console, plain, say
from tesuri.exports.gate_rows import shown, summary, word_of
from tesuri.model.control import GateAnswer, GateReport, Ruling, VerdictKind
from tesuri.model.errors import ExitCode
from tesuri.wording.phrases import msg
from tesuri.wording.words import word

_STYLES: Final = {"block": "bold red", "warn": "yellow", "waived": "dim", "allow": "dim"}
_WORDS: Final = {
    "block": msg("block"),
    "warn": msg("warn"),
    "waived": msg("waived"),
    "allow": msg("allow"),
}
_INDENT: Final = 8
_CSV_KEYS: Final = (
    *("control", "version", "resource", "address", "verdict", "severity", "answer", "service"),
    *("owner", "owner_source", "policy_state", "policy_state_reason", "message", "waiver"),
)


class FailOnUnknown(StrEnum):
    """What makes a gate block beside its controls."""

    UNKNOWN = "unknown"


def finish(
    session: Session,
    reports: Sequence[GateReport],
    form: GateFormat,
    *,
    is_failed: bool,
    is_one: bool,
) -> None:
    """Write the answers and end as a gate does; `is_failed` says that a file could not be read."""
    write_reports(session, reports, form, is_one=is_one)
    end_as_gate(reports, is_failed=is_failed)


def end_as_gate(reports: Sequence[GateReport], *, is_failed: bool) -> None:
    """End with 2 when a file could not be read, else with 1 when something blocks."""
    if is_failed:
        raise typer.Exit(ExitCode.ERROR)
    if any(report.answer is GateAnswer.BLOCK for report in reports):
        raise typer.Exit(ExitCode.BLOCKED)


def write_reports(
    session: Session, reports: Sequence[GateReport], form: GateFormat, *, is_one: bool
) -> None:
    """Write the answers; `is_one` says that one file was asked for, so that JSON is its document alone.

    A run without any readable file writes nothing: an empty answer would look like a pass.
    """
    if not reports:
        return
    if form is GateFormat.TABLE:
        for report in reports:
            _write_text(session, report)
    elif form is GateFormat.CSV:
        write(_listing(reports), OutputFormat.CSV, session.colour)
    else:
        controls = [compiled.control for compiled in session.site.controls]
        sys.stdout.write(rendered(reports, form, controls, is_one=is_one))


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


def _write_text(session: Session, report: GateReport) -> None:
    out = console(session.colour)
    for ruling in shown(report):
        _write_ruling(session, out, ruling)
    for address, reason in report.unread:
        say(out, f"{session.phrases.gettext('Not read')}  {address}: {reason}", "yellow")
    say(out, _last_line(session, report), _STYLES[report.answer.value])


def _write_ruling(session: Session, out: Console, ruling: Ruling) -> None:
    verdict = ruling.verdict
    kind = session.phrases.gettext(_WORDS[word_of(ruling)])
    titles = {
        each.control.id: each.control.text(session.language) for each in session.site.controls
    }
    head = Text(kind + " " * max(1, _INDENT - cell_len(kind)), style=_STYLES[word_of(ruling)])
    head.append(f"{plain(verdict.address)}  ", style="bold")
    head.append(titles.get(verdict.control, verdict.control))
    out.print(head, soft_wrap=True)
    for line in _reasons(session, ruling):
        if line:
            say(out, line, indent=_INDENT)


def _reasons(session: Session, ruling: Ruling) -> list[str]:
    phrases, verdict = session.phrases, ruling.verdict
    why = ruling.message or verdict.reason
    if verdict.kind is VerdictKind.UNKNOWN:
        why = phrases.gettext("Nobody can tell: {reason}", reason=why)
    owner = ruling.service or ruling.owner or phrases.gettext("nobody")
    state = phrases.gettext(
        "policy state {state}: {reason}",
        state=word(phrases, ruling.policy_state),
        reason=phrases.said(ruling.policy_state_reason),
    )
    source = phrases.said(ruling.owner_source)
    return [
        why,
        phrases.gettext("owner {owner} ({source})", owner=owner, source=source),
        state,
        *(f"{waiver}: {phrases.said(outcome)}" for waiver, outcome in ruling.waivers_considered),
        f"{verdict.control}@{verdict.control_version}",
    ]


def _last_line(session: Session, report: GateReport) -> str:
    figures, phrases = summary(report), session.phrases
    parts = [
        phrases.gettext(
            "{answer}: {subject}", answer=word(phrases, report.answer), subject=report.subject
        ),
        phrases.gettext("{count} failed", count=str(figures["fail"])),
        phrases.gettext("{count} unknown", count=str(figures["unknown"])),
        phrases.gettext("{count} passed", count=str(figures["pass"])),
        phrases.gettext("{count} waived", count=str(figures["waived"])),
        phrases.ngettext("{count} resource", "{count} resources", report.resources),
    ]
    return " · ".join(parts)
