"""`tesuri ingest`: take reports into the store."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import typer

from tesuri.cli.intake.places import report_names, take_objects
from tesuri.cli.intake.report_file import failed_reports
from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.lists.output_file import FileOption
from tesuri.cli.state import AS_HELP, FORMAT_HELP, Session, session_of, tell
from tesuri.flows.intake.ingest_report import IngestOptions, IngestSummary
from tesuri.model.errors import BadInput, ExitCode
from tesuri.model.objects import SCHEME
from tesuri.untrusted.instant import instant
from tesuri.wording.phrases import Phrases, msg

_PLACES: Final = frozenset({"file", "target"})
_CLOCK_DIFFERENCE: Final = timedelta(hours=1)
"""How far the clock of whoever scanned may be ahead of ours."""

_HEADS: Final = (
    ("file", msg("File"), False),
    ("format", msg("Format"), False),
    ("target", msg("Target"), False),
    ("findings", msg("Findings"), True),
    ("new", msg("New"), True),
    ("known", msg("Known"), True),
    ("reopened", msg("Came back"), True),
    ("missed", msg("Missed once"), True),
    ("closed", msg("Closed"), True),
    ("suppressed", msg("Suppressed"), True),
    ("informational", msg("Informational"), True),
    ("skipped", msg("Skipped"), True),
)


def ingest(
    context: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            help="Reports of any known format; a folder is every report in it and below it, - is standard input, s3://bucket/folder/ objects of a bucket."
        ),
    ],
    target: Annotated[
        str, typer.Option(help="What was scanned, in place of what the report says.")
    ] = "",
    *,
    partial: Annotated[
        bool, typer.Option("--partial", help="The scan was narrowed: absence closes nothing.")
    ] = False,
    scanned_at: Annotated[
        str, typer.Option(help="When it was scanned (RFC 3339), where the report does not say it.")
    ] = "",
    named: Annotated[str, typer.Option("--as", help=AS_HELP)] = "",
    form: Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)] = OutputFormat.TABLE,
    _output: FileOption = None,
) -> None:
    """Take scanner reports in, and triage what is new.

    Formats are detected by content. Findings merge with those that are known, whatever tool saw them, and what a
    complete scan no longer shows is closed after the second time. Taking the same file in twice changes nothing. A file that cannot be read changes nothing, is said, and makes
    the exit code 2; the other files are still taken in.

    Example: tesuri ingest trivy.json semgrep.sarif --target checkout
    """
    session = session_of(context)
    when = scan_time(scanned_at, session.intake.clock())
    options = IngestOptions(target, partial, when, named)
    done: list[IngestSummary] = []
    objects = [name for name in files if name.startswith(SCHEME)]
    is_failed = failed_reports(
        report_names([name for name in files if name not in objects]),
        lambda name, data: done.append(session.intake.ingest(data, where=name, options=options)),
    )
    unchanged, is_any_refused = take_objects(session, objects, options, done)
    is_failed |= is_any_refused
    for summary in done:
        for note in summary.notes:
            tell(f"{summary.file}: {note}")
        for pointer, reason in summary.skipped_examples[:5]:
            tell(f"{summary.file}: skipped {pointer}: {reason}")
        more = summary.skipped - len(summary.skipped_examples[:5])
        if more > 0:
            tell(
                f"{summary.file}: {more} more skipped; see them with: tesuri inspect --format json"
            )
    session.write(_listing(session, done, unchanged), form)
    if is_failed:
        raise typer.Exit(ExitCode.ERROR)


def scan_time(text: str, now: datetime) -> datetime | None:
    """Give the instant of --scanned-at, None where it is not given. **raises** BadInput for what is none."""
    if not text:
        return None
    found = instant(text)
    if found is None:
        raise BadInput(
            f"{text!r} is no time.",
            where="--scanned-at",
            remedy="Write it as 2026-11-21T09:00:00Z.",
        )
    if found > now + _CLOCK_DIFFERENCE:
        raise BadInput(
            f"{text} lies in the future.", where="--scanned-at", remedy="Give when it was scanned."
        )
    return found.astimezone(UTC)


def _listing(session: Session, summaries: Sequence[IngestSummary], unchanged: int) -> Listing:
    phrases = session.phrases
    columns = [
        Column(key, phrases.gettext(head), is_number, key in _PLACES, key in _PLACES)
        for key, head, is_number in _HEADS
    ]
    lines = []
    for each in summaries:
        values = summary_values(each)
        cells = [str(values[key]) for key, _, _ in _HEADS]
        lines.append(Line(values, cells, "dim" if each.is_known else ""))
    notes = list(_notes(session, summaries))
    if unchanged:
        notes.append(
            phrases.ngettext(
                "{count} object is as it was when it was taken in; it was not read again.",
                "{count} objects are as they were when they were taken in; they were not read again.",
                unchanged,
            )
        )
    return Listing("reports", columns, lines, notes=notes)


def summary_values(summary: IngestSummary) -> dict[str, object]:
    """Give every fact of a report that was taken in, for machines."""
    values = asdict(summary)
    placement = values.pop("placement")
    values["notes"] = list(summary.notes)
    values["skipped_examples"] = [list(each) for each in summary.skipped_examples]
    values["reopened"] = placement.pop("reopened") + placement["regressed"]
    return {**values, **placement, "joined": summary.joined, "relinked": summary.relinked}


def _notes(session: Session, summaries: Sequence[IngestSummary]) -> Sequence[str]:
    phrases, notes = session.phrases, []
    if known := [each.file for each in summaries if each.is_known]:
        notes.append(
            phrases.gettext("Known already, nothing changed: {files}.", files=", ".join(known))
        )
    if joined := sum(each.joined for each in summaries):
        notes.append(
            phrases.ngettext(
                "{count} stored finding turned out to be another one; see: tesuri merges",
                "{count} stored findings turned out to be others; see: tesuri merges",
                joined,
            )
        )
    if relinked := sum(each.relinked for each in summaries):
        notes.append(
            phrases.ngettext(
                "{count} stored finding is known by another name too from now on.",
                "{count} stored findings are known by other names too from now on.",
                relinked,
            )
        )
    return [*notes, *likeness_notes(session.phrases, summaries)]


def likeness_notes(phrases: Phrases, summaries: Sequence[IngestSummary]) -> Iterator[str]:
    """Say which new targets look like renamed ones."""
    for each in summaries:
        likeness = each.placement.likeness
        if likeness is not None:
            yield phrases.ngettext(
                "{file}: {count} new finding looks like one of {asset}, which the inventory does not name. "
                "Where it was renamed, declare the present name with formerly: [{asset}].",
                "{file}: {count} new findings look like those of {asset}, which the inventory does not name. "
                "Where it was renamed, declare the present name with formerly: [{asset}].",
                likeness.count,
                file=each.file,
                asset=likeness.asset,
            )
