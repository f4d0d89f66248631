"""`tesuri inspect`: read reports without storing anything."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Final

import typer

from tesuri.cli.intake.ingest import scan_time
from tesuri.cli.intake.places import report_names
from tesuri.cli.intake.preview import write_preview
from tesuri.cli.intake.report_file import report_document
from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.lists.output_file import FileOption
from tesuri.cli.named_file import shown_name
from tesuri.cli.state import AS_HELP, FORMAT_HELP, Session, session_of
from tesuri.cli.terminal import progress
from tesuri.flows.intake.ingest_report import IngestOptions
from tesuri.flows.intake.inspect_reports import InspectSummary, refused
from tesuri.model.errors import BadInput, ExitCode, Unsupported
from tesuri.wording.phrases import Phrases

_SHOWN_SKIPPED: Final = 10
"""Of a file, for people; JSON has them all."""


def inspect(
    context: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            help="Reports of any known format; a folder is every report in it and below it, - is standard input."
        ),
    ],
    target: Annotated[
        str, typer.Option(help="With --against-store: what was scanned, as for ingest.")
    ] = "",
    *,
    is_against_store: Annotated[
        bool,
        typer.Option(
            "--against-store", help="Show each finding that ingest would open, merge or close."
        ),
    ] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="With --against-store: the scan was narrowed.")
    ] = False,
    scanned_at: Annotated[
        str, typer.Option(help="With --against-store: when it was scanned, as for ingest.")
    ] = "",
    named: Annotated[str, typer.Option("--as", help=AS_HELP)] = "",
    form: Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)] = OutputFormat.TABLE,
    _output: FileOption = None,
) -> None:
    """Say what is in reports, without storing anything.

    Records are always findings + suppressed + informational + skipped; JSON also counts the suppressed and the
    informational ones by their reason, such as passed checks and inventory. A file that nobody can read has no
    format and an error that says what and where; the exit code is then 2, and the other files are still read.
    With --format jsonl each file is one line of JSON. With --against-store the files are taken in and all of it is
    taken back: the lines are the findings that would change, "new" where the store has none yet.

    Example: tesuri inspect --against-store trivy.json --target checkout
    """
    session = session_of(context)
    if not is_against_store and (unused := _unused(target, scanned_at, is_partial=partial)):
        raise BadInput(
            "Without the store it changes nothing of what a report is.",
            where=unused,
            remedy="Add --against-store to see what taking the report in would change.",
        )
    files = report_names(files)
    if is_against_store:
        when = scan_time(scanned_at, session.intake.clock())
        options = IngestOptions(target, partial, when, named)
        if write_preview(session, files, options, form):
            raise typer.Exit(ExitCode.ERROR)
        return
    summaries = [_inspected(session, name, named) for name in progress(files)]
    session.write(_listing(session, summaries), form)
    if any(each.error for each in summaries):
        raise typer.Exit(ExitCode.ERROR)


def _unused(target: str, scanned_at: str, *, is_partial: bool) -> str:
    """Give the option that only counts against the store."""
    given = {"--target": target, "--scanned-at": scanned_at, "--partial": is_partial}
    return next((name for name, value in given.items() if value), "")


def _inspected(session: Session, name: str, named: str) -> InspectSummary:
    shown = shown_name(name)
    try:
        with report_document(name) as document:
            return session.intake.inspect(document, where=shown, named=named)
    except (BadInput, Unsupported) as error:
        return refused(shown, str(error))


def _listing(session: Session, summaries: Sequence[InspectSummary]) -> Listing:
    phrases = session.phrases
    columns = [
        Column("file", phrases.gettext("File"), is_cut=True, is_cut_left=True),
        Column("format", phrases.gettext("Format")),
        Column("tool", phrases.gettext("Tool")),
        Column("target", phrases.gettext("Target"), is_cut=True, is_cut_left=True),
        Column("records", phrases.gettext("Records"), is_number=True),
        Column("findings", phrases.gettext("Findings"), is_number=True),
        Column("suppressed", phrases.gettext("Suppressed"), is_number=True),
        Column("informational", phrases.gettext("Informational"), is_number=True),
        Column("skipped", phrases.gettext("Skipped"), is_number=True),
    ]
    lines = [
        Line(
            _values(each),
            [
                each.file,
                each.format or "-",
                each.tool or "-",
                each.target or "-",
                str(each.records),
                str(each.findings),
                str(each.suppressed),
                str(each.informational),
                str(len(each.skipped)),
            ],
            "red" if each.error else "",
        )
        for each in summaries
    ]
    return Listing("reports", columns, lines, notes=_notes(phrases, summaries))


def _notes(phrases: Phrases, summaries: Sequence[InspectSummary]) -> list[str]:
    """Say what could not be read and, of one file alone, why it was taken for its format."""
    notes = [each.error for each in summaries if each.error]
    if len(summaries) == 1 and (why := summaries[0].detection):
        notes.append(
            phrases.gettext(
                "Taken for {format}: {score} of 100, by {signs}",
                format=summaries[0].format or "",
                score=str(why.score),
                signs=", ".join(why.signs),
            )
        )
        for name, score in why.others:
            notes.append(
                phrases.gettext(
                    "Could also be {format}: {score} of 100", format=name, score=str(score)
                )
            )
    if len(summaries) == 1:
        notes += _reasons(phrases, summaries[0])
    for each in summaries:
        notes += [
            phrases.gettext(
                "{file}: skipped {place}: {reason}",
                file=each.file,
                place=skipped.pointer,
                reason=skipped.reason,
            )
            for skipped in each.skipped[:_SHOWN_SKIPPED]
        ]
        more = len(each.skipped) - _SHOWN_SKIPPED
        if more > 0:
            notes.append(
                phrases.ngettext(
                    "{file}: {count} more record skipped",
                    "{file}: {count} more records skipped",
                    more,
                    file=each.file,
                )
            )
    return notes


def _reasons(phrases: Phrases, summary: InspectSummary) -> list[str]:
    """Say why records are no findings, and how many for each reason."""
    lines = []
    if summary.suppressed_by:
        reasons = _counted(summary.suppressed_by)
        lines.append(phrases.gettext("Suppressed: {reasons}", reasons=reasons))
    if summary.informational_by:
        reasons = _counted(summary.informational_by)
        lines.append(phrases.gettext("Informational: {reasons}", reasons=reasons))
    return lines


def _counted(reasons: Mapping[str, int]) -> str:
    return "; ".join(f"{reason} ({count:,})" for reason, count in reasons.items())


def _values(summary: InspectSummary) -> dict[str, object]:
    values = asdict(summary)
    if not summary.error:
        values.pop("error")
    if summary.detection:
        others = [{"format": name, "score": score} for name, score in summary.detection.others]
        values["detection"] = {**asdict(summary.detection), "others": others}
    else:
        values.pop("detection")
    return values
