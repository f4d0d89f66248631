"""What every command shares: the site, the reader's language, and how output is written."""

import os
import sys
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tesuri.cli.lists.destinations import Destination, write_each
from tesuri.cli.lists.listing import Listing
from tesuri.cli.lists.output import OutputFormat, write
from tesuri.cli.named_file import read_file, shown_name
from tesuri.cli.terminal import plain, progress
from tesuri.model.errors import BadInput, Unsupported
from tesuri.settings import Colour, Settings, has_store, read_settings
from tesuri.wording.catalogue import Language
from tesuri.wording.phrases import Phrases, phrases_for

if TYPE_CHECKING:
    import typer

    from tesuri.controls.explain import Judged
    from tesuri.flows.gates.compare_baseline import Baseline
    from tesuri.flows.gates.gates import Gates
    from tesuri.model.policy_book import BookReading
    from tesuri.model.workspace import Workspace
    from tesuri.wiring.intake import IntakeSite
    from tesuri.wiring.site import Site

FORMAT_HELP = "How to write the answer."
AS_HELP = "Format of the files where their content does not tell it, such as an empty list: gitleaks, sarif …"


class Session:
    """One run of the command line. What it is asked for is opened then, and not before."""

    def __init__(
        self, settings: Settings, language: Language, *, site: "Site | None" = None
    ) -> None:
        self.settings = settings
        self.language = language
        self.colour: Colour = settings.colour.value
        self.policy_book: BookReading | None = None
        self.seen: list[Judged] | None = None
        self.baseline: Baseline | None = None
        self.is_listing_all = False
        self.output: Path | None = None
        if site is not None:
            self.site = site

    @cached_property
    def site(self) -> "Site":
        """Give the whole site, with its store."""
        from tesuri.wiring.site import Site  # noqa: PLC0415 - a gate without a store needs none of it

        return Site(self.settings)

    @cached_property
    def intake(self) -> "IntakeSite":
        """Give what takes reports in: the site where it is open already, else as much as that needs."""
        if "site" in self.__dict__:
            return self.site
        from tesuri.wiring.intake import IntakeSite  # noqa: PLC0415 - a gate needs none of it

        return IntakeSite(self.settings)

    @property
    def gates(self) -> "Gates":
        """Give what answers for changes: the site where there is a store or it was asked for, else as much as gates need."""
        if "site" in self.__dict__ or has_store(self.settings):
            found: Gates = self.site
        else:
            found = self._storeless
        found.policy_book, found.seen = self.policy_book, self.seen
        found.is_keeping_passes = self.is_listing_all or has_store(self.settings)
        found.baseline = self.baseline
        return found

    @cached_property
    def _storeless(self) -> "Gates":
        from tesuri.wiring.gates import GateSite  # noqa: PLC0415 - taking reports in needs no gate

        return GateSite(self.settings)

    @property
    def phrases(self) -> Phrases:
        """Give the reader's words, in the workspace's time zone."""
        name = self._workspace.time_zone
        return phrases_for(self.language, ZoneInfo(name) if name else None)

    @property
    def _workspace(self) -> "Workspace":
        if "site" in self.__dict__:
            return self.site.workspace
        return self.intake.workspace if "intake" in self.__dict__ else self.gates.workspace

    def write(self, listing: Listing, form: OutputFormat) -> None:
        """Write a list to standard output, or to the file that was asked for."""
        if self.output is None:
            write(listing, form, self.colour)
            return
        asked = [Destination(form, self.output)]
        write_each(self, asked, lambda one: write(listing, one, self.colour))

    def close(self) -> None:
        """Give the store back, where one was opened."""
        if "site" in self.__dict__:
            self.site.close()
        if "intake" in self.__dict__:
            self.intake.close()


def open_session(language: str | None, workspace: Path | None) -> Session:
    """Read the environment and give the session. **raises** BadInput for a wrong variable."""
    environ = dict(os.environ)
    if workspace is not None:
        environ["TESURI_WORKSPACE"] = str(workspace)
    if language is not None:
        environ["TESURI_LANG"] = language
    settings = read_settings(environ, Path.cwd())
    for warning in settings.warnings:
        tell(warning)
    return Session(settings, Language.JA if settings.language.value == "ja" else Language.EN)


def session_of(context: "typer.Context") -> Session:
    """Give the session that the application's callback opened."""
    session = context.obj
    assert isinstance(session, Session)
    return session


def failed_files(names: Sequence[str], step: Callable[[str, bytes], None]) -> bool:
    """Do a step for each file; whether one of them was refused, which is told and stops no other.

    A step gets the name as it is shown and the file's bytes.
    """
    is_failed = False
    for name in progress(names):
        try:
            step(shown_name(name), read_file(name))
        except (BadInput, Unsupported) as error:
            is_failed = True
            tell(str(error))
    return is_failed


def tell(sentence: str) -> None:
    """Say something to the person, on standard error."""
    sys.stderr.write(f"tesuri: {plain(sentence)}\n")
