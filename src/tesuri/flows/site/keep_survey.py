"""Keep the last survey, and renew it when the journal, the workspace or the minute change.

A command waits for its survey. A server has little patience: it shows the last one, which says as of when it is,
while the next is made behind the readers' backs, and then rests: who makes figures takes the processor from who reads.
"""

from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock, Thread
from time import monotonic

from tesuri.flows.pause_collection import keep_for_long, paused_collection
from tesuri.flows.site.lasting import Lasting
from tesuri.flows.site.register import WHOLE_ABOVE, Register, follow_register, read_register
from tesuri.flows.site.survey import Survey, survey_of
from tesuri.flows.site.tick import Known
from tesuri.model.errors import Pending
from tesuri.model.workspace import Workspace
from tesuri.ports import Reader


@dataclass(frozen=True, slots=True)
class _Kept:
    """A survey with what it was made of."""

    head: tuple[int, int, int]
    minute: datetime
    workspace: Workspace
    register: Register
    survey: Survey
    """Its lasting part goes on to the next survey of the same register and workspace."""
    took_seconds: float
    made_at: float
    """By the clock that never goes back."""
    is_first: bool
    """Whether everything was read for it, which the next one need not."""

    def holds(self, head: tuple[int, int, int], workspace: Workspace, minute: datetime) -> bool:
        return (self.head, self.minute) == (head, minute) and self.workspace is workspace


CLOSE_SECONDS = 5
"""How long the end of a server waits for a survey that is being made."""

REST = 15
"""How many times as long as it took to make a survey nothing is made, while only time passes."""

REST_AFTER_NEWS = 1
"""The same where something was written since: people look for what they just took in."""


@dataclass
class SurveyKeeper:
    """The last survey of one store. Safe to ask from several threads."""

    read: Callable[[], AbstractContextManager[Reader]]
    """Opens a reading of its own for a survey that nobody waits for."""
    warm: Callable[[Survey, Reader], None] = lambda _survey, _reader: None
    """Makes what most readers ask of a survey, before one is shown to people who have little patience."""
    prime: Callable[[Survey, Reader], None] | None = None
    """Makes as much of that as the very first one needs to be shown: nothing else could be shown meanwhile."""
    patience_seconds: float | None = None
    """How long somebody who could be shown an older survey waits for the next; None for as long as it takes.

    Where the last one took longer, nobody waits: the next will not be faster.
    """
    clock: Callable[[], float] = monotonic
    """Seconds that never go back."""
    whole_above: float = WHOLE_ABOVE
    """Share of the findings that may have changed before everything is read anew."""
    _kept: _Kept | None = field(default=None, repr=False)
    _renewing: Lock = field(default_factory=Lock, repr=False)
    _asking: Lock = field(default_factory=Lock, repr=False)
    _next: Future[_Kept] | None = field(default=None, repr=False)

    def survey(self, reader: Reader, workspace: Workspace, at: datetime) -> Survey:
        """Give the survey of this minute; the last one where the next is not ready in time, or not begun.

        **raises** what the making of the next one raised; Pending while there is none to show.
        """
        kept, head = self._kept, reader.head()
        if kept is not None and kept.holds(head, workspace, _minute(at)):
            return kept.survey
        if self.patience_seconds is None:
            return self._renewed(reader, workspace, at).survey
        if kept is None:
            return self._first(workspace, at, self.patience_seconds)
        if self._rests(kept, head, workspace, self.patience_seconds):
            return kept.survey
        coming = self._coming(workspace, at)
        if kept.took_seconds <= self.patience_seconds:
            wait([coming], timeout=self.patience_seconds)
        if coming.done():
            return coming.result().survey
        return kept.survey

    @property
    def has_one(self) -> bool:
        """Whether there is one to show."""
        return self._kept is not None

    def known(self, workspace: Workspace) -> Known | None:
        """Give what was read for the last survey, if it was made of this workspace."""
        kept = self._kept
        if kept is None or kept.workspace is not workspace:
            return None
        return Known(kept.register, kept.survey.lasting)

    def prepare(self, reader: Reader, workspace: Workspace, at: datetime) -> Survey:
        """Make the survey of this minute with all that most readers ask, however long it takes."""
        return self._renewed(reader, workspace, at, warm=self.warm).survey

    def _first(self, workspace: Workspace, at: datetime, patience_seconds: float) -> Survey:
        coming = self._coming(workspace, at)
        wait([coming], timeout=patience_seconds)
        if not coming.done():
            raise Pending(
                "Tesuri has just begun and reads what it knows.", remedy="Try again in a minute."
            )
        return coming.result().survey

    def _rests(
        self,
        kept: _Kept,
        head: tuple[int, int, int],
        workspace: Workspace,
        patience_seconds: float,
    ) -> bool:
        if kept.took_seconds <= patience_seconds or kept.workspace is not workspace:
            return False
        if kept.is_first and kept.head != head:
            return False
        times = REST if kept.head == head else REST_AFTER_NEWS
        return self.clock() - kept.made_at < times * kept.took_seconds

    def _coming(self, workspace: Workspace, at: datetime) -> Future[_Kept]:
        with self._asking:
            if self._next is None or self._next.done():
                self._next = coming = Future[_Kept]()
                making = Thread(
                    target=self._renew, args=(coming, workspace, at), name="survey", daemon=True
                )
                making.start()
            return self._next

    def _renew(self, coming: Future[_Kept], workspace: Workspace, at: datetime) -> None:
        try:
            with self.read() as reader:
                coming.set_result(self._renewed(reader, workspace, at, warm=self.warm))
        except Exception as error:  # noqa: BLE001 - the end of a thread; whoever asks for the result is told
            coming.set_exception(error)

    def _renewed(
        self,
        reader: Reader,
        workspace: Workspace,
        at: datetime,
        *,
        warm: Callable[[Survey, Reader], None] | None = None,
    ) -> _Kept:
        with self._renewing, paused_collection():
            kept, head = self._kept, reader.head()
            if kept is not None and kept.holds(head, workspace, _minute(at)):
                return kept
            began = self.clock()
            register, lasting = _follow(kept, reader, workspace, self.whole_above)
            survey = survey_of(register, reader, workspace, at, lasting=lasting)

            def keep() -> _Kept:
                made_at = self.clock()
                seconds = made_at - began
                return _Kept(
                    head, _minute(at), workspace, register, survey, seconds, made_at, kept is None
                )

            if kept is None and warm is not None and self.prime is not None:
                self.prime(survey, reader)
                self._kept = keep()
            if warm is not None:
                warm(survey, reader)
            lasting.settle()
            self._kept = keep()
            keep_for_long()
            return self._kept

    def close(self) -> None:
        """Wait for what is being made, but not for long: nobody will look at it."""
        if self._next is not None:
            wait([self._next], timeout=CLOSE_SECONDS)


def _follow(
    kept: _Kept | None, reader: Reader, workspace: Workspace, whole_above: float
) -> tuple[Register, Lasting]:
    """Give what the store holds, and what of the lasting part goes on; nothing of it under other declared files."""
    if kept is None:
        return read_register(reader), Lasting()
    renewal = follow_register(kept.register, reader, whole_above=whole_above)
    if kept.workspace is not workspace:
        return renewal.register, Lasting()
    if renewal.register is kept.register:
        return kept.register, kept.survey.lasting
    change = renewal.change
    return renewal.register, Lasting() if change is None else kept.survey.lasting.after(change)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
