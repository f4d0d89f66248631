"""Keep the last survey, and renew it when the journal, the workspace or the minute change.

A command waits for its survey. A server has little patience: it shows the last one, which says as of when it is,
while the next is made behind the readers' backs.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from time import monotonic

from tesuri.flows.register import Register, read_register, renew_register
from tesuri.flows.survey import Survey, survey_of
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

    def holds(self, head: tuple[int, int, int], workspace: Workspace, minute: datetime) -> bool:
        return (self.head, self.minute) == (head, minute) and self.workspace is workspace


@dataclass
class SurveyKeeper:
    """The last survey of one store. Safe to ask from several threads."""

    read: Callable[[], AbstractContextManager[Reader]]
    """Opens a reading of its own for a survey that nobody waits for."""
    warm: Callable[[Survey, Reader], None] = lambda _survey, _reader: None
    """Makes what most readers ask of a survey, before one is shown to people who have little patience."""
    patience_seconds: float | None = None
    """How long somebody who could be shown an older survey waits for the next; None for as long as it takes.

    Where the last one took longer, nobody waits: the next will not be faster.
    """
    _kept: _Kept | None = field(default=None, repr=False)
    _renewing: Lock = field(default_factory=Lock, repr=False)
    _asking: Lock = field(default_factory=Lock, repr=False)
    _worker: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, "survey"), repr=False
    )
    _next: Future[_Kept] | None = field(default=None, repr=False)

    def survey(self, reader: Reader, workspace: Workspace, at: datetime) -> Survey:
        """Give the survey of this minute; the last one where the next is not ready in time.

        **raises** what the making of the next one raised.
        """
        kept, head = self._kept, reader.head()
        if kept is not None and kept.holds(head, workspace, _minute(at)):
            return kept.survey
        if self.patience_seconds is None:
            return self._renewed(reader, workspace, at).survey
        if kept is None:
            # Whoever comes first waits for all of it, and nobody after.
            return self._renewed(reader, workspace, at, warm=self.warm).survey
        coming = self._coming(workspace, at)
        if kept.took_seconds <= self.patience_seconds:
            wait([coming], timeout=self.patience_seconds)
        if coming.done():
            return coming.result().survey
        return kept.survey

    def _coming(self, workspace: Workspace, at: datetime) -> Future[_Kept]:
        with self._asking:
            if self._next is None or self._next.done():
                self._next = self._worker.submit(self._renew, workspace, at)
            return self._next

    def _renew(self, workspace: Workspace, at: datetime) -> _Kept:
        with self.read() as reader:
            return self._renewed(reader, workspace, at, warm=self.warm)

    def _renewed(
        self,
        reader: Reader,
        workspace: Workspace,
        at: datetime,
        *,
        warm: Callable[[Survey, Reader], None] | None = None,
    ) -> _Kept:
        with self._renewing:
            kept, head = self._kept, reader.head()
            if kept is not None and kept.holds(head, workspace, _minute(at)):
                return kept
            began = monotonic()
            is_older = kept is not None and kept.register.transaction > head[0]
            register = (
                read_register(reader)
                if kept is None or is_older
                else renew_register(kept.register, reader)
            )
            lasting = None
            if kept is not None and kept.register is register and kept.workspace is workspace:
                lasting = kept.survey.lasting
            survey = survey_of(register, reader, workspace, at, lasting=lasting)
            if warm is not None:
                warm(survey, reader)
            took = monotonic() - began
            self._kept = _Kept(head, _minute(at), workspace, register, survey, took)
            return self._kept

    def close(self) -> None:
        """Wait for what is being made; nothing is made any more."""
        self._worker.shutdown()


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
