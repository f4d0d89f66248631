"""`tesuri watch`: take in every report that appears in a folder, or under a prefix of a bucket."""

import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from types import FrameType
from typing import Annotated, Final

import typer

from tesuri.cli.intake.ingest import summary_values
from tesuri.cli.intake.places import Place, place_of
from tesuri.cli.lists.output import OutputFormat, print_json
from tesuri.cli.named_file import shown_name
from tesuri.cli.state import AS_HELP, Session, session_of, tell
from tesuri.cli.terminal import plain
from tesuri.flows.intake.ingest_report import IngestOptions, IngestSummary
from tesuri.flows.intake.watch_folder import SETTLED, Stamp, Watch
from tesuri.model.errors import BadInput, ExitCode, Unavailable, Unsupported
from tesuri.untrusted.byte_source import sha256_of
from tesuri.wiring.site import Site, followed
from tesuri.wording.phrases import Phrases

_SPAN: Final = re.compile(r"(\d{1,5})\s*(s|m|h)")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours"}
_MOST_SKIPPED: Final = 5


def watch(
    context: typer.Context,
    place: Annotated[
        str, typer.Argument(help="Folder that reports are put into, or s3://bucket/prefix.")
    ],
    target: Annotated[
        str, typer.Option(help="What was scanned, where a report does not say it.")
    ] = "",
    *,
    named: Annotated[str, typer.Option("--as", help=AS_HELP)] = "",
    once: Annotated[
        bool, typer.Option("--once", help="Take in what is there, then end; for a timer.")
    ] = False,
    every: Annotated[str, typer.Option(help="How often to look: 10s, 5m, 1h.")] = "10s",
    form: Annotated[
        OutputFormat, typer.Option("--format", help="table: a sentence a file; or jsonl.")
    ] = OutputFormat.TABLE,
) -> None:
    """Take in every new or changed report of a folder or bucket, and say one line for each.

    A file is taken in once two looks saw it alike, or nobody touched it for 2 seconds: so rename finished files into the
    folder. Nothing is moved or removed. A file that cannot be read is said once and tried again when it
    changes. Changed files of the workspace are taken over between two files. Hidden files, *.tmp, *.part and the like, and folders inside are passed over. Ends on SIGTERM or ^C after
    the file at hand. An object of a bucket is whole as soon as it is listed, and is not read again while its ETag stays, also by
    the next run.

    Example: tesuri watch inbox/ --every 1m
    """
    session = session_of(context)
    seconds = _seconds(every)
    if form not in (OutputFormat.TABLE, OutputFormat.JSONL):
        raise BadInput(
            "A watch writes line by line.", where="--format", remedy="Use table or jsonl."
        )
    options = IngestOptions(target=target, format=named)
    post = _Post(session, place_of(session, place, options), options, form)
    with _asked_to_end() as ending:
        if once:
            is_failed = _look_once(post, ending)
        else:
            is_failed = False
            while not ending.is_set():
                post.look(ending)
                ending.wait(seconds)
    if is_failed:
        raise typer.Exit(ExitCode.ERROR)


def _look_once(post: "_Post", ending: Event) -> bool:
    """Take in what is there; what is just being written gets one more look. Whether something was refused."""
    post.look(ending)
    if post.watch.waiting() and not ending.wait(SETTLED.total_seconds()):
        post.look(ending)
    for name in post.watch.waiting():
        post.refuse(f"{shown_name(name)}: It is still being written; take it in later.")
    return post.is_failed


class _Post:
    """One watched place, and what was said of it."""

    def __init__(
        self, session: Session, place: Place, options: IngestOptions, form: OutputFormat
    ) -> None:
        """Take what every look needs; nothing is read yet."""
        self.watch = Watch()
        self.is_failed = False
        self._session = session
        self._sites = followed(session.site, tell)
        # The pause between two looks at the reports is long enough for the declared files too.
        self._sites.interval = timedelta(0)
        self._place = place
        self._options = options
        self._form = form

    def look(self, ending: Event) -> None:
        """Take in what is ready, until asked to end. **raises** BadInput when there is no such place."""
        try:
            files = self._place.files()
        except Unavailable as error:
            # Nobody's fault for long: it is asked again at the next look.
            self.refuse(str(error))
            return
        now = self._session.site.clock()
        site = self._sites.at(now)
        for name in self.watch.ready(files, now):
            if ending.is_set():
                return
            self._take_in(name, files[name], site)

    def refuse(self, sentence: str) -> None:
        """Say that a file was not taken in."""
        self.is_failed = True
        tell(sentence)

    def _take_in(self, name: str, stamp: Stamp, site: Site) -> None:
        shown = self._place.shown(name)
        digest = ""
        try:
            with self._place.document(name) as document:
                digest = sha256_of(document)
                if self.watch.is_news(name, digest):
                    self._say(site.ingest(document, where=shown, options=self._options))
            self._place.remember(name)
        except (BadInput, Unsupported) as error:
            self.refuse(str(error))
        except Unavailable as error:
            # Not the file's fault: it is tried again at the next look.
            self.refuse(f"{shown}: {error}")
            return
        self.watch.settle(name, stamp, digest)

    def _say(self, summary: IngestSummary) -> None:
        for note in summary.notes:
            tell(f"{summary.file}: {note}")
        for pointer, reason in summary.skipped_examples[:_MOST_SKIPPED]:
            tell(f"{summary.file}: skipped {pointer}: {reason}")
        if self._form is OutputFormat.JSONL:
            print_json(summary_values(summary), is_indented=False)
        else:
            sys.stdout.write(f"{plain(_sentence(self._session.phrases, summary))}\n")
        sys.stdout.flush()


def _sentence(phrases: Phrases, summary: IngestSummary) -> str:
    if summary.is_known:
        return phrases.gettext("Known already, nothing changed: {files}.", files=summary.file)
    done = summary.placement
    return phrases.gettext(
        "{file}: {new} new, {known} known, {again} came back, {missed} missed once, "
        "{closed} closed, {skipped} skipped",
        file=summary.file,
        new=str(done.new),
        known=str(done.known),
        again=str(done.reopened + done.regressed),
        missed=str(done.missed),
        closed=str(done.closed),
        skipped=str(summary.skipped),
    )


@contextmanager
def _asked_to_end() -> Iterator[Event]:
    """Give what is set once somebody asks the program to end; signals are as before afterwards."""
    ending = Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        ending.set()

    before = {each: signal.signal(each, ask) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield ending
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


def _seconds(text: str) -> float:
    found = _SPAN.fullmatch(text.strip().lower())
    span = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else timedelta()
    if not span:
        raise BadInput(f"{text!r} is no span of time.", where="--every", remedy="Write it as 10s.")
    return span.total_seconds()
