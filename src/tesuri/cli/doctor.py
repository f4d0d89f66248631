"""`tesuri doctor`: say what is there, what is missing, and what cannot be trusted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Annotated, Final

import typer

from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.lists.output import OutputFormat
from tesuri.cli.lists.output_file import FileOption
from tesuri.cli.state import FORMAT_HELP, Session, session_of
from tesuri.model.errors import ExitCode, TesuriError
from tesuri.wording.phrases import Phrases, msg, phrases_for

_OLD_AFTER_DAYS: Final = 7
_STATES: Final = {"ok": msg("In order"), "note": msg("Note"), "wrong": msg("Wrong")}
_STYLES: Final = {"ok": "", "note": "yellow", "wrong": "bold red"}
_KINDS: Final = ("services", "teams", "journeys", "assets", "objectives", "waivers")


@dataclass(frozen=True, slots=True)
class _Check:
    """One thing that was looked at."""

    name: str
    text: str
    state: str = "ok"
    """ok, note or wrong."""


def doctor(
    context: typer.Context,
    form: Annotated[OutputFormat, typer.Option("--format", help=FORMAT_HELP)] = OutputFormat.TABLE,
    _output: FileOption = None,
) -> None:
    """Look for what is missing, wrong or out of date.

    Checks workspace, store, journal, decision table, controls and feeds; exits with 2 when something is wrong.
    """
    session = session_of(context)
    # The workspace may be what is wrong, and its time zone is not needed here.
    phrases = phrases_for(session.language)
    checks = [each for name, look in _LOOKS for each in _tried(session, phrases, name, look)]
    first = {each.text: each.name for each in reversed(checks)}
    seen = phrases.gettext("For the same reason as above")
    columns = [
        Column("check", phrases.gettext("Check")),
        Column("state", phrases.gettext("State")),
        Column("text", phrases.gettext("What was found"), is_wrapped=True),
    ]
    lines = [
        Line(
            {"check": each.name, "state": each.state, "text": each.text},
            [
                phrases.gettext(each.name),
                phrases.gettext(_STATES[each.state]),
                each.text if first[each.text] == each.name else seen,
            ],
            _STYLES[each.state],
        )
        for each in checks
    ]
    session.write(Listing("checks", columns, lines), form)
    if any(each.state == "wrong" for each in checks):
        raise typer.Exit(ExitCode.ERROR)


def _tried(
    session: Session, phrases: Phrases, name: str, look: Callable[[Session, Phrases], Iterator[str]]
) -> list[_Check]:
    try:
        return [
            _Check(name, text.removeprefix(_NOTE), "note" if text.startswith(_NOTE) else "ok")
            for text in look(session, phrases)
        ]
    except TesuriError as error:
        return [_Check(name, str(error), "wrong")]


def _version(_session: Session, _phrases: Phrases) -> Iterator[str]:
    yield f"tesuri {version('tesuri')}"


def _folder(session: Session, _phrases: Phrases) -> Iterator[str]:
    workspace = session.site.settings.workspace
    yield f"{workspace.value} ({workspace.origin})"


def _store(session: Session, _phrases: Phrases) -> Iterator[str]:
    settings = session.site.settings
    yield f"{settings.shown_database_url} ({settings.database_url.origin})"


def _declared(session: Session, phrases: Phrases) -> Iterator[str]:
    workspace = session.site.workspace
    yield phrases.gettext(
        "services {services}, teams {teams}, journeys {journeys}, assets {assets}, "
        "objectives {objectives}, waivers {waivers}",
        **{kind: str(len(getattr(workspace, kind))) for kind in _KINDS},
    )
    yield from (f"{_NOTE}{warning}" for warning in workspace.warnings)


def _table(session: Session, _phrases: Phrases) -> Iterator[str]:
    yield session.site.table.title


def _controls(session: Session, phrases: Phrases) -> Iterator[str]:
    count = len(session.site.controls)
    yield phrases.ngettext("{count} control compiles", "{count} controls compile", count)


def _journal(session: Session, phrases: Phrases) -> Iterator[str]:
    if not session.site.has_store:
        yield _NOTE + phrases.gettext("There is no store yet; the first ingest makes it.")
        return
    count = session.site.store.verify()
    yield phrases.ngettext(
        "{count} transaction, every link holds", "{count} transactions, every link holds", count
    )


def _feeds(session: Session, phrases: Phrases) -> Iterator[str]:
    headers = []
    if session.site.has_store:
        with session.site.store.read() as reader:
            headers = [*reader.feeds()]
    if not headers:
        yield _NOTE + phrases.gettext(
            "No feed is loaded; without KEV nothing is known to be exploited."
        )
    today = session.site.clock().date()
    for each in headers:
        days = max(0, (today - each.as_of).days)
        mark = _NOTE if days > _OLD_AFTER_DAYS else ""
        yield mark + phrases.ngettext(
            "{feed} of {day}, {count} day old",
            "{feed} of {day}, {count} days old",
            days,
            feed=each.name.label,
            day=each.as_of.isoformat(),
        )


_NOTE: Final = "note: "
_LOOKS: Final = (
    (msg("version"), _version),
    (msg("workspace"), _folder),
    (msg("store"), _store),
    (msg("declared files"), _declared),
    (msg("triage table"), _table),
    (msg("controls"), _controls),
    (msg("journal"), _journal),
    (msg("feeds"), _feeds),
)
