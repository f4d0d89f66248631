"""Know without looking that a tick has nothing to do: nothing was written, declared or due since the last one.

What time alone changes is looked at every few minutes; the ends of waivers are exact.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final

from tesuri.model.workspace import Workspace
from tesuri.ports import Reader, Writer

LOOK_EVERY: Final = timedelta(minutes=5)
"""How late a tick may see what time alone changes: staleness, verdicts that were never deployed, policy states.

Gates and pages count for their own instant and never wait for a tick.
"""

_MEMO = "last-tick"


def is_idle(reader: Reader, *, declared: str, now: datetime) -> bool:
    """Whether the last tick of these declared files saw all that there is, and nothing fell due since."""
    mark, _, due = reader.memo(_MEMO).partition(" ")
    return bool(due) and mark == _mark(reader, declared) and now < _instant(due)


def remember_tick(writer: Writer, workspace: Workspace, *, declared: str, now: datetime) -> None:
    """Keep that everything due at `now` is done; called when the tick has written what it found."""
    ends = [at for each in workspace.waivers for at in (each.approved_at, each.expires_at)]
    due = min([now + LOOK_EVERY, *(at for at in ends if at > now)])
    writer.keep_memo(_MEMO, f"{_mark(writer, declared)} {int(due.timestamp())}")


def _mark(reader: Reader, declared: str) -> str:
    return hashlib.sha256(f"{declared} {reader.head()}".encode()).hexdigest()


def _instant(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
