"""`tesuri feeds`: copies of KEV, EPSS, exploit lists and ends of support, pinned by date."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated

import typer

from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.lists.output_file import FileOption
from tesuri.cli.state import FORMAT_HELP, Session, failed_files, session_of
from tesuri.flows.lifecycle.load_feeds import FeedSummary
from tesuri.model.errors import BadInput, ExitCode
from tesuri.wording.phrases import Phrases

app = typer.Typer(
    help="Feeds: KEV, EPSS, lists of public exploits, and ends of support.",
    no_args_is_help=False,
    invoke_without_command=True,
    rich_markup_mode=None,
)


@app.callback()
def feeds(
    context: typer.Context,
    form: Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)] = OutputFormat.TABLE,
    _output: FileOption = None,
) -> None:
    """Show the newest copy of each feed, or load one with `tesuri feeds load FILE`."""
    if context.invoked_subcommand is None:
        _show(session_of(context), form)


@app.command()
def load(
    context: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(help="KEV, EPSS, exploit lists or endoflife.date, plain or gzipped."),
    ],
    as_of: Annotated[
        str, typer.Option(help="Day of the copy (2026-11-21), where the file does not say it.")
    ] = "",
    form: Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)] = OutputFormat.TABLE,
    _output: FileOption = None,
) -> None:
    """Load copies of feeds; which feed it is shows in the file. Findings they concern are decided again.

    A file that is no feed changes nothing and makes the exit code 2; the other files are still loaded.

    Example: tesuri feeds load kev.json epss_scores.csv.gz
    """
    session = session_of(context)
    day = _day(as_of, session.intake.clock().date())
    done: list[tuple[str, FeedSummary]] = []
    is_failed = failed_files(
        files,
        lambda name, data: done.append((name, session.site.load_feed(data, where=name, as_of=day))),
    )
    session.write(_loaded(session.phrases, done), form)
    if is_failed:
        raise typer.Exit(ExitCode.ERROR)


def _loaded(phrases: Phrases, done: Sequence[tuple[str, FeedSummary]]) -> Listing:
    columns = [
        Column("file", phrases.gettext("File"), is_cut=True, is_cut_left=True),
        Column("feed", phrases.gettext("Feed")),
        Column("as_of", phrases.gettext("As of")),
        Column("rows", phrases.gettext("Rows"), is_number=True),
        Column("decided", phrases.gettext("Decided again"), is_number=True),
        Column("is_known", ""),
    ]
    lines = [
        Line(
            {
                "file": name,
                "feed": summary.header.name.value,
                "as_of": summary.header.as_of.isoformat(),
                "rows": summary.header.rows,
                "decided": summary.decided,
                "is_known": summary.is_known,
            },
            [
                name,
                summary.header.name.label,
                summary.header.as_of.isoformat(),
                f"{summary.header.rows:,}",
                str(summary.decided),
                phrases.gettext("Loaded before") if summary.is_known else "",
            ],
        )
        for name, summary in done
    ]
    return Listing("loaded", columns, lines)


def _day(text: str, today: date) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(
            f"{text!r} is no day.", where="--as-of", remedy="Write it as 2026-11-21."
        ) from error
    # Somewhere east of UTC it is tomorrow already.
    if day > today + timedelta(days=1):
        raise BadInput(
            f"{text} lies in the future: no newer copy would be taken for the newest until then.",
            where="--as-of",
            remedy="Give the day on which the copy was made.",
        )
    return day


def _show(session: Session, form: OutputFormat) -> None:
    phrases = session.phrases
    with session.site.readable().read() as reader:
        headers = reader.feeds()
    columns = [
        Column("feed", phrases.gettext("Feed")),
        Column("as_of", phrases.gettext("As of")),
        Column("rows", phrases.gettext("Rows"), is_number=True),
        Column("version", phrases.gettext("Version")),
        Column("source", phrases.gettext("Source"), is_cut=True, is_cut_left=True),
        Column("sha256", "SHA-256"),
    ]
    lines = [
        Line(
            {
                "feed": each.name.value,
                "as_of": each.as_of.isoformat(),
                "rows": each.rows,
                "version": each.version,
                "source": each.source_file,
                "sha256": each.sha256,
            },
            [
                each.name.label,
                each.as_of.isoformat(),
                f"{each.rows:,}",
                each.version or "-",
                each.source_file,
                each.sha256[:12],
            ],
        )
        for each in headers
    ]
    notes = (
        []
        if lines
        else [phrases.gettext("No feed is loaded; load one with: tesuri feeds load FILE")]
    )
    session.write(Listing("feeds", columns, lines, notes=notes), form)
