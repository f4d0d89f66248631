"""`tesuri vex`: take VEX statements as decisions on findings."""

from collections.abc import Sequence
from typing import Annotated, Final

import typer

from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.state import FORMAT_HELP, Session, failed_files, session_of, tell
from tesuri.flows.intake.apply_vex import VexSummary
from tesuri.flows.intake.judge_statements import VexEffect, VexRow
from tesuri.model.errors import ExitCode
from tesuri.model.identifiers import finding_name
from tesuri.model.vex import VexStatement
from tesuri.wording.phrases import Phrases, msg
from tesuri.wording.words import word

_SHOWN: Final = 10
"""Of the statements about nothing and of the skipped, for people; JSON has them all."""

_EFFECTS: Final = {
    VexEffect.CLOSED: msg("Closed by this"),
    VexEffect.REOPENED: msg("Reopened by this"),
    VexEffect.UNCHANGED: msg("Was so already"),
    VexEffect.KEPT: msg("Decided otherwise, kept"),
    VexEffect.OUTDATED: msg("A later statement counts"),
}


def vex(
    context: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(help="OpenVEX, CycloneDX VEX or CSAF documents; - is standard input."),
    ],
    target: Annotated[
        str, typer.Option(help="Asset that the statements are about, whatever product they name.")
    ] = "",
    form: Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)] = OutputFormat.TABLE,
) -> None:
    """Take VEX statements as decisions on findings that are known.

    A statement is about a finding of the same vulnerability (whatever its name), package and version, on the asset that
    the product names; about a package wherever it is, where the product is the package itself. Not affected and fixed
    close it as not affected: later scans and versions do not reopen it, a later statement that it is affected does.
    What a person decided stays. Statements about no finding are counted and shown; they change nothing.

    Example: tesuri vex openvex.json --target shop/web
    """
    session = session_of(context)
    done: list[VexSummary] = []
    is_failed = failed_files(
        files,
        lambda name, data: done.append(
            session.intake.apply_vex(data, where=name, target=target.strip())
        ),
    )
    for summary in done:
        _tell_rest(summary)
    session.write(_listing(session, done), form)
    if is_failed:
        raise typer.Exit(ExitCode.ERROR)


def _tell_rest(summary: VexSummary) -> None:
    for statement in summary.unmatched[:_SHOWN]:
        tell(f"{summary.file}: {statement.pointer}: no finding is known: {_subject(statement)}")
    for pointer, reason in summary.skipped[:_SHOWN]:
        tell(f"{summary.file}: skipped {pointer}: {reason}")
    more = max(0, len(summary.unmatched) - _SHOWN) + max(0, len(summary.skipped) - _SHOWN)
    if more:
        tell(f"{summary.file}: {more} more; see them with --format json")


def _subject(statement: VexStatement) -> str:
    parts = [statement.vulnerability, statement.status.value.replace("_", " ")]
    package = statement.package
    if package is not None:
        parts.append(f"{package.name} {package.version}".strip())
    return ", ".join(part for part in (*parts, statement.product) if part)


def _listing(session: Session, summaries: Sequence[VexSummary]) -> Listing:
    phrases = session.phrases
    columns = [
        Column("finding", phrases.gettext("Finding")),
        Column("effect", phrases.gettext("Change")),
        Column("state", phrases.gettext("State")),
        Column("vulnerability", phrases.gettext("Vulnerability")),
        Column("asset", phrases.gettext("Asset"), is_cut=True, is_cut_left=True),
        Column("reason", phrases.gettext("Reason"), is_cut=True),
        Column("file", phrases.gettext("File"), is_cut=True, is_cut_left=True),
    ]
    lines = [_line(phrases, each, row) for each in summaries for row in each.rows]
    notes = [_note(phrases, each) for each in summaries]
    facts = {"documents": [_values(each) for each in summaries]}
    return Listing("findings", columns, lines, notes=notes, facts=facts)


def _line(phrases: Phrases, summary: VexSummary, row: VexRow) -> Line:
    name = finding_name(row.finding)
    values = {
        "finding": name,
        "effect": row.effect.value,
        "state": row.state.value,
        "status": row.status,
        "vulnerability": row.vulnerability,
        "title": row.title,
        "asset": row.asset,
        "reason": row.reason,
        "pointer": row.pointer,
        "file": summary.file,
    }
    cells = [
        name,
        phrases.gettext(_EFFECTS[row.effect]),
        word(phrases, row.state),
        row.vulnerability,
        row.asset,
        row.reason,
        summary.file,
    ]
    is_change = row.effect in (VexEffect.CLOSED, VexEffect.REOPENED)
    return Line(values, cells, "" if is_change else "dim")


def _note(phrases: Phrases, summary: VexSummary) -> str:
    return phrases.gettext(
        "{file}: {statements} statements by {author}; {unmatched} about no known finding, "
        "{skipped} not read; {closed} findings closed, {reopened} reopened",
        file=summary.file,
        statements=str(summary.statements),
        author=summary.author,
        unmatched=str(len(summary.unmatched)),
        skipped=str(len(summary.skipped)),
        closed=str(summary.count(VexEffect.CLOSED)),
        reopened=str(summary.count(VexEffect.REOPENED)),
    )


def _values(summary: VexSummary) -> dict[str, object]:
    return {
        "file": summary.file,
        "format": summary.format,
        "author": summary.author,
        "statements": summary.statements,
        "matched": summary.matched,
        **{effect.value: summary.count(effect) for effect in VexEffect},
        "unmatched": [
            {
                "pointer": each.pointer,
                "vulnerability": each.vulnerability,
                "status": each.status.value,
                "product": each.product,
                "package": each.package.name if each.package else "",
                "version": each.package.version if each.package else "",
            }
            for each in summary.unmatched
        ],
        "skipped": [{"pointer": pointer, "reason": reason} for pointer, reason in summary.skipped],
    }
