"""`tesuri controls show` and `docs`: one control in the terminal, and all of them as pages."""

from pathlib import Path
from typing import Annotated

import typer

from tesuri.cli.lists.output import OutputFormat, print_json
from tesuri.cli.lists.values import value_of
from tesuri.cli.state import FORMAT_HELP, Session, session_of, tell
from tesuri.exports.catalogue_markdown import catalogue_index, catalogue_page
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import ControlId
from tesuri.model.views_control import CatalogueEntry
from tesuri.wording.catalogue import Language
from tesuri.wording.phrases import phrases_for

_SUFFIX = {Language.EN: ".md", Language.JA: ".ja.md"}


def show(
    context: typer.Context,
    control: Annotated[str, typer.Argument(help="Id of a control; see: tesuri controls list.")],
    form: Annotated[
        OutputFormat, typer.Option("--format", help=FORMAT_HELP)
    ] = OutputFormat.MARKDOWN,
) -> None:
    """Show one control: why, where it acts, how to fix it, examples, and what it answers to.

    Written as Markdown, or as JSON with --format json.
    """
    session = session_of(context)
    entry = session.site.catalogue_entry(ControlId(control))
    if entry is None:
        raise BadInput(
            f"There is no control {control!r}.", where="CONTROL", remedy="See: tesuri controls list"
        )
    if form in (OutputFormat.JSON, OutputFormat.JSONL):
        print_json(value_of(entry), is_indented=form is OutputFormat.JSON)
        return
    typer.echo(catalogue_page(entry, session.phrases), nl=False)


def docs(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Folder to write to; it is made when missing.")],
) -> None:
    """Write a page for each control and a list of them, in English and Japanese, as Markdown.

    Files of the same names are written anew, others in the folder stay.
    """
    session = session_of(context)
    entries = _entries(session)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for language in Language:
            _write(folder, entries, language)
    except OSError as error:
        raise BadInput(
            f"The pages cannot be written: {error.strerror or error}.",
            where=str(folder),
            remedy="Name a folder that you may write to.",
        ) from error
    tell(
        session.phrases.ngettext(
            "{count} control written to {folder}",
            "{count} controls written to {folder}",
            len(entries),
            folder=str(folder),
        )
    )


def _entries(session: Session) -> list[CatalogueEntry]:
    found = (session.site.catalogue_entry(each.id) for each in session.site.plain_controls())
    return [entry for entry in found if entry is not None]


def _write(folder: Path, entries: list[CatalogueEntry], language: Language) -> None:
    phrases, suffix = phrases_for(language), _SUFFIX[language]
    page_of = {entry.control: f"{entry.control}{suffix}" for entry in entries}
    for entry in entries:
        page = catalogue_page(entry, phrases)
        (folder / page_of[entry.control]).write_text(page, encoding="utf-8")
    index = catalogue_index(entries, phrases, page_of)
    (folder / f"README{suffix}").write_text(index, encoding="utf-8")
