"""Do bulk work without the cycle collector, which else walks every record again and again for nothing.

Records are trees without cycles, so reference counts free them; what little is left waits for the collector's next full
turn, which does not come just because the work is done.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def keep_for_long() -> None:
    """Spare the collector what lives now: else it stops everybody to walk millions of records that stay."""
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
            if not gc.get_freeze_count():
                # Else the next record that anybody makes has all that was made inside walked at once.
                gc.freeze()
                gc.unfreeze()
            gc.enable()
