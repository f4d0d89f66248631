"""Follow declared files while a process runs: take a change over whole, or keep what was good and say why.

Nothing is taken over in part: the files are read into a new value, and only a value that could be made takes the old one's
place. Whoever asked before goes on with the old value. Reading files and telling people are arguments.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, Generic, TypeVar

from tesuri.model.errors import TesuriError

ValueT = TypeVar("ValueT")

INTERVAL: Final = timedelta(seconds=2)
"""Time between two looks at the files where many ask; a look costs some milliseconds."""

SETTLED: Final = timedelta(seconds=1)
"""How long nobody must have touched a file: a checkout writes many, and half of them may be valid too."""


@dataclass(frozen=True, slots=True)
class FilesStamp:
    """What tells one state of the files from the next without reading them."""

    marks: Hashable
    newest: datetime | None
    """When the last of them was written; None without files."""


@dataclass
class Follower(Generic[ValueT]):
    """The newest whole value that the files gave. Safe to ask from several threads."""

    current: ValueT
    stamp: Callable[[], FilesStamp]
    renew: Callable[[ValueT], ValueT]
    """Makes a value of the files as they are now. **raises** TesuriError where they are wrong."""
    say: Callable[[str], None]
    """Told once for each change that was taken over or refused."""
    interval: timedelta = INTERVAL
    """Time between two looks, however often somebody asks."""
    problem: str = ""
    """Why the files as they are now were not taken over; empty where they were."""
    _taken: FilesStamp | None = field(default=None, repr=False)
    _refused: FilesStamp | None = field(default=None, repr=False)
    _looked_at: datetime | None = field(default=None, repr=False)
    _looking: Lock = field(default_factory=Lock, repr=False)

    def __post_init__(self) -> None:
        """Remember the files that the first value was made of."""
        self._taken = self.stamp()

    def at(self, now: datetime) -> ValueT:
        """Give the value, after a look at the files where the last one is long enough ago."""
        if self._looking.acquire(blocking=False):
            try:
                if self._looked_at is None or now - self._looked_at >= self.interval:
                    self._looked_at = now
                    self._look(now)
            finally:
                self._looking.release()
        return self.current

    def _look(self, now: datetime) -> None:
        seen = self.stamp()
        if seen == self._taken:
            self.problem, self._refused = "", None
            return
        is_fresh = seen.newest is not None and timedelta(0) <= now - seen.newest < SETTLED
        if is_fresh or seen == self._refused:
            return
        try:
            made = self.renew(self.current)
        except TesuriError as error:
            self.problem, self._refused = str(error), seen
            self.say(f"The changed files are not taken over: {error}")
            return
        self.current, self._taken, self.problem, self._refused = made, seen, "", None
        self.say("The changed files of the workspace are taken over.")
