"""Say which files of a folder are ready to be taken in: whole, and not taken in as they are.

A folder is looked at again and again; this file holds what one look told the next, and touches no disk itself. It
never moves or removes a file. What was read is known by its content, so that a new time or name alone is no news.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

SETTLED: Final = timedelta(seconds=2)
"""A file that nobody has touched for so long is whole, also when it is seen for the first time."""

_UNFINISHED: Final = (".tmp", ".part", ".partial", ".crdownload", ".swp", "~")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells that a file may have changed: another file of the name, its size, its time."""

    inode: int
    size: int
    changed_ns: int
    mark: str = ""
    """ETag of an object; empty for a file."""

    def is_settled(self, now: datetime) -> bool:
        """Whether nobody has touched it for a while."""
        return self.changed_ns <= (now - SETTLED).timestamp() * 1e9


def is_report_name(name: str) -> bool:
    """Whether a name is one that a finished file has: neither hidden nor marked as half written."""
    return not name.startswith(".") and not name.lower().endswith(_UNFINISHED)


@dataclass(slots=True)
class Watch:
    """What was seen of a folder so far, and what was done with it."""

    _seen: dict[str, Stamp] = field(default_factory=dict)
    """As of the last look."""
    _done: dict[str, Stamp] = field(default_factory=dict)
    """As of when it was taken in or refused."""
    _digests: dict[str, str] = field(default_factory=dict)
    """SHA-256 of what was read last under a name."""

    def ready(self, files: Mapping[str, Stamp], now: datetime) -> tuple[str, ...]:
        """Give the names to take in, by name; files that are gone are forgotten.

        A file is ready when it is new or changed, and either is as the last look saw it or has settled.
        """
        ready = tuple(
            name
            for name, stamp in sorted(files.items())
            if self._done.get(name) != stamp
            and (self._seen.get(name) == stamp or stamp.is_settled(now))
        )
        self._seen = dict(files)
        for name in self._done.keys() - files.keys():
            del self._done[name], self._digests[name]
        return ready

    def waiting(self) -> tuple[str, ...]:
        """Give the names of the last look that are still being written."""
        return tuple(
            name for name, stamp in sorted(self._seen.items()) if self._done.get(name) != stamp
        )

    def is_news(self, name: str, digest: str) -> bool:
        """Whether this content was not read under this name just before."""
        return self._digests.get(name) != digest

    def settle(self, name: str, stamp: Stamp, digest: str) -> None:
        """Remember that a file was taken in or refused as it is: it is tried again only when it changes."""
        self._done[name] = stamp
        self._digests[name] = digest
