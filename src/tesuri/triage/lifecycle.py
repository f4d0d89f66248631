"""What a scan does to a finding: the transitions of words.md, and nothing else.

Seen again within seven days of closing is the same episode; later it is a new one. Absence closes after two
clean complete scans of the same scope, dated at the first, and only when no other scope still sees it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tesuri.model.finding import State
from tesuri.model.standing import ScanPlace, Standing, Unseen

REOPENING = timedelta(days=7)
"""Seen again within this time of closing, it is the same episode (words: Finding)."""

_CLOSED = frozenset({State.FIXED, State.GONE})
"""States that a sighting reopens. What people decided (mitigated, false positive …) stays decided."""

_CLOSABLE = frozenset({State.OPEN, State.WAIVED})


class Sight(StrEnum):
    """What becomes of an identity that the scan contains."""

    OPENS = "opens"
    CONTINUES = "continues"
    SEEN_BY_ANOTHER = "seen-by-another"
    RETURNS = "returns"
    """Missed in the last scan, there again: it never was away."""
    STAYS = "stays"
    """Another part of the very scan that closed it contains it: it never was away."""
    REOPENS = "reopens"
    REGRESSES = "regresses"
    PREDATES = "predates"
    """The scan is older than the closing, or than a clean one of its scope: it says nothing new."""


def on_seen(standing: Standing | None, place: ScanPlace) -> Sight:
    """Say what it means that the scan contains this identity."""
    if standing is None:
        return Sight.OPENS
    if standing.state in _CLOSED and standing.closed_at is not None:
        return _on_seen_again(standing, standing.closed_at, place)
    if standing.detail_here is None:
        return Sight.SEEN_BY_ANOTHER
    is_back = standing.is_missed_here and not place.clean_after
    return Sight.RETURNS if is_back else Sight.CONTINUES


def _on_seen_again(standing: Standing, closed_at: datetime, place: ScanPlace) -> Sight:
    if place.clean_after:
        return Sight.PREDATES
    if standing.state is State.FIXED and standing.absent_scan == place.scan:
        return Sight.STAYS
    if place.scanned_at <= closed_at:
        return Sight.PREDATES
    return Sight.REOPENS if place.scanned_at - closed_at <= REOPENING else Sight.REGRESSES


@dataclass(frozen=True, slots=True)
class Absence:
    """What becomes of a finding that a complete scan of its scope does not contain."""

    is_absent: bool
    """This scope has now been clean twice."""
    closed_at: datetime | None
    """When it is closed by this: the first clean scan; None while it stays open."""


def on_missed(unseen: Unseen, scanned_at: datetime) -> Absence:
    """Say what it means that a complete scan, the newest of its scope, lacks the finding."""
    if unseen.missed_at is None:
        return Absence(is_absent=False, closed_at=None)
    is_closable = unseen.state in _CLOSABLE and not unseen.is_visible_elsewhere
    if not is_closable:
        return Absence(is_absent=True, closed_at=None)
    first_clean = min(unseen.missed_at, scanned_at)
    return Absence(
        is_absent=True, closed_at=max(first_clean, unseen.clean_elsewhere_at or first_clean)
    )
