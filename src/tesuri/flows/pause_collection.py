"""Do bulk work without the cycle collector, which else walks every record again and again for nothing.

Records are trees without cycles, so reference counts free them; what little is left waits for the collector's next full
turn, which does not come just because the work is done.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from threading import Event
from typing import Final

_KEPT: Final = Event()
"""Whether something is kept for long; counting what is would take as long as a walk over it."""
_TIMES: Final = count(1)
FULL_TURN: Final = 60
"""Times that something is kept before everything is walked again: with what stays, a little is kept that nobody holds."""


def keep_for_long() -> None:
    """Spare the collector what lives now: else it stops everybody to walk millions of records that stay."""
    _KEPT.set()
    if next(_TIMES) % FULL_TURN == 0:
        gc.unfreeze()
        gc.collect()
    gc.freeze()


@contextmanager
def paused_collection() -> Iterator[None]:
    """Stop collecting cycles inside; afterwards it is as it was before, and what was kept for long stays so."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if not _KEPT.is_set():
                # Else the next record that anybody makes has all that was made inside walked at once.
                gc.freeze()
                gc.unfreeze()
            gc.enable()
