"""Know without looking that a tick has nothing to do: nothing was written, declared or due since the last one.

What time alone changes is looked at every few minutes; the ends of waivers are exact.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from tesuri.model.identifiers import FindingKey
from tesuri.model.workspace import Workspace
from tesuri.ports import Reader, Writer

LOOK_EVERY: Final = timedelta(minutes=5)
"""How late a tick may see what time alone changes: staleness, verdicts that were never deployed, policy states.

Gates and pages count for their own instant and never wait for a tick.
"""

LOOK_AFTER: Final = 20
"""How many times as long as a tick took until the next one looks for what time alone changes, where that is later."""

_MEMO = "last-tick"
_LOOKED = "last-looked"


@dataclass(frozen=True, slots=True)
class TickSummary:
    """What one tick changed."""

    decided: int = 0
    waived: int = 0
    unwaived: int = 0
    stale: int = 0
    fresh: int = 0
    gone: int = 0
    routed: int = 0
    """Findings that have another owner, by the declared files."""
    joined: int = 0
    """Findings that turned out to be others, by the map of rules, and were merged into them."""
    relinked: int = 0
    policy_states: tuple[tuple[str, str, str], ...] = ()
    """Owner, state before, state now."""

    @property
    def changes(self) -> int:
        """Everything that was changed."""
        return (
            (self.decided + self.waived + self.unwaived + self.stale + self.fresh + self.gone)
            + self.routed
            + self.joined
            + self.relinked
            + len(self.policy_states)
        )


@dataclass(frozen=True, slots=True)
class Looked:
    """What a tick decided by: the declared files, and how far the journal and the feeds were."""

    declared: str
    """A digest of them; empty where nobody told."""
    head: tuple[int, int, int]
    release: str = ""
    """Of Tesuri: another one may decide otherwise by the same files."""

    @property
    def inputs(self) -> str:
        """What decisions are made of, beside the findings."""
        return f"{self.declared} {self.release} {self.head[2]}"


def changed_since(reader: Reader, looked: Looked) -> frozenset[FindingKey] | None:
    """Give the findings that were written of since the last tick decided by the same; None where it did by another."""
    inputs, _, transaction = reader.memo(_LOOKED).rpartition(" ")
    if not looked.declared or inputs != looked.inputs:
        return None
    return frozenset(reader.changed_findings(int(transaction)))


def keep_looked(writer: Writer, looked: Looked) -> None:
    """Keep by what this tick decided."""
    writer.keep_memo(_LOOKED, f"{looked.inputs} {looked.head[0]}")


def is_idle(reader: Reader, *, declared: str, now: datetime) -> bool:
    """Whether the last tick of these declared files saw all that there is, and nothing fell due since."""
    mark, _, due = reader.memo(_MEMO).partition(" ")
    return bool(due) and mark == _mark(reader, declared) and now < _instant(due)


def remember_tick(
    writer: Writer,
    workspace: Workspace,
    *,
    declared: str,
    now: datetime,
    took: timedelta = timedelta(0),
) -> None:
    """Keep that everything due at `now` is done; called when the tick has written what it found, and took so long."""
    ends = [at for each in workspace.waivers for at in (each.approved_at, each.expires_at)]
    due = min([now + max(LOOK_EVERY, LOOK_AFTER * took), *(at for at in ends if at > now)])
    writer.keep_memo(_MEMO, f"{_mark(writer, declared)} {int(due.timestamp())}")


def _mark(reader: Reader, declared: str) -> str:
    return hashlib.sha256(f"{declared} {reader.head()}".encode()).hexdigest()


def _instant(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
