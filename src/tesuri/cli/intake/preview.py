"""What `tesuri inspect --against-store` shows: the findings that taking the files in would change."""

from collections.abc import Iterator, Sequence
from typing import Final

from tesuri.cli.intake.ingest import likeness_notes, summary_values
from tesuri.cli.intake.report_file import report_document
from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.lists.week import severity_mark
from tesuri.cli.named_file import shown_name
from tesuri.cli.state import Session, tell
from tesuri.cli.terminal import progress
from tesuri.flows.intake.ingest_report import IngestOptions, IngestSummary
from tesuri.flows.intake.preview_reports import Change, ChangeRow, Preview
from tesuri.model.errors import BadInput, Unsupported
from tesuri.model.identifiers import finding_name
from tesuri.model.severity import Severity
from tesuri.untrusted.byte_source import Document
from tesuri.wording.phrases import Phrases, msg

_CHANGES: Final = {
    Change.OPENS: msg("Would open"),
    Change.COMES_BACK: msg("Would come back as a new one"),
    Change.REOPENS: msg("Would reopen"),
    Change.MERGES: msg("Would merge"),
    Change.JOINS: msg("Would become one with another"),
    Change.CHANGES: msg("Would change"),
    Change.MISSES: msg("Would be missed once"),
    Change.CLOSES: msg("Would close"),
}


def write_preview(
    session: Session, names: Sequence[str], options: IngestOptions, form: OutputFormat
) -> bool:
    """Write what taking these files in would change; whether one of them could not be read, which is told."""
    unread: list[str] = []
    preview = session.intake.preview(_read(names, unread), options)
    for sentence in (*unread, *preview.refused):
        tell(sentence)
    session.write(_listing(session.phrases, preview), form)
    return bool(unread or preview.refused)


def _read(names: Sequence[str], unread: list[str]) -> Iterator[tuple[str, Document]]:
    for name in progress(names):
        try:
            with report_document(name) as document:
                yield shown_name(name), document
        except (BadInput, Unsupported) as error:
            unread.append(str(error))


def _listing(phrases: Phrases, preview: Preview) -> Listing:
    columns = [
        Column("severity", ""),
        Column("change", phrases.gettext("Change")),
        Column("finding", phrases.gettext("Finding")),
        Column("title", phrases.gettext("Title"), is_cut=True),
        Column("asset", phrases.gettext("Asset"), is_cut=True, is_cut_left=True),
        Column("service", phrases.gettext("Service")),
        Column("file", phrases.gettext("File"), is_cut=True, is_cut_left=True),
    ]
    lines = [_line(phrases, row) for row in preview.rows]
    notes = [_note(phrases, each) for each in preview.reports]
    notes += likeness_notes(phrases, preview.reports)
    facts = {"reports": [summary_values(each) for each in preview.reports]}
    return Listing("changes", columns, lines, notes=notes, facts=facts)


def _line(phrases: Phrases, row: ChangeRow) -> Line:
    finding = finding_name(row.finding) if row.finding is not None else None
    earlier = finding_name(row.regression_of) if row.regression_of is not None else None
    joined = finding_name(row.joined) if row.joined is not None else None
    values = {
        "file": row.file,
        "change": row.change.value,
        "finding": finding or "new",
        "regression_of": earlier,
        "joined": joined,
        "severity": row.severity,
        "title": row.title,
        "asset": row.asset,
        "service": row.service,
        "outcome": row.outcome,
    }
    named = finding or phrases.gettext("new")
    cells = [
        severity_mark(Severity(row.severity)),
        phrases.gettext(_CHANGES[row.change]),
        f"{named} ({earlier or joined})" if earlier or joined else named,
        row.title,
        row.asset,
        row.service or phrases.gettext("Nobody owns it"),
        row.file,
    ]
    return Line(values, cells)


def _note(phrases: Phrases, summary: IngestSummary) -> str:
    done = summary.placement
    return phrases.gettext(
        "{file}: {new} new, {known} known, {again} came back, {missed} missed once, {closed} closed",
        file=summary.file,
        new=str(done.new),
        known=str(done.known),
        again=str(done.reopened + done.regressed),
        missed=str(done.missed),
        closed=str(done.closed),
    )
