"""A finding's clock: the facts that the journal gives, and what they add up to.

`tesuri.budgets.clock.run_clock` turns facts into a `Clock`; budgets count nothing else.
"""

from dataclasses import dataclass
from datetime import datetime

from tesuri.model.finding import State
from tesuri.model.objective import ClockStart


@dataclass(frozen=True, slots=True)
class Opened:
    """The finding began to exist; the objective is counted from here."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """Triage chose an outcome, and with it an objective."""

    at: datetime
    objective_seconds: int | None
    """D of the outcome's objective; None for defer: no due date."""
    start: ClockStart = ClockStart.DETECTED
    """From when on D counts."""


@dataclass(frozen=True, slots=True)
class Waived:
    """Somebody approved that it may stay until a date. A renewal is another one of these."""

    at: datetime
    """When it was approved."""
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class WaiverEnded:
    """The waiver was taken back, or voided by a change of its conditions, before it expired."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Closed:
    """It was closed: fixed, gone, mitigated; or it never was one: not affected, false positive."""

    at: datetime
    state: State


@dataclass(frozen=True, slots=True)
class Reopened:
    """It came back within seven days: the same episode, with its old due date."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Neutral:
    """It was found before deployment: it counts in no budget until it is seen live."""

    at: datetime


@dataclass(frozen=True, slots=True)
class SeenLive:
    """The resource of a finding from before deployment was seen live: its clock starts here."""

    at: datetime


@dataclass(frozen=True, slots=True)
class FixKnown:
    """Something that was observed shows that there is a fix."""

    at: datetime
    """Of the observation."""
    since: datetime
    """As it was told, but not after the observation; that itself where nobody told a date."""


@dataclass(frozen=True, slots=True)
class NoFixYet:
    """Something that was observed says that there is no fix; silence says nothing."""

    at: datetime


ClockFact = (
    Opened
    | Decided
    | Waived
    | WaiverEnded
    | Closed
    | Reopened
    | Neutral
    | SeenLive
    | FixKnown
    | NoFixYet
)

Interval = tuple[datetime, datetime | None]
"""From the first instant up to, not including, the second; None while it goes on."""


@dataclass(frozen=True, slots=True)
class Clock:
    """When something was due, when it was closed, and when it was late."""

    started_at: datetime
    due_at: datetime | None
    """None for defer. It may lie in the future; a running waiver makes it the day it expires."""
    closed_at: datetime | None
    """None while it is open."""
    objective_seconds: int | None
    """D of the latest decision; None for defer."""
    overdue: tuple[Interval, ...] = ()
    """In order, apart from each other. For an open finding the last one has no end and may start
    in the future: so it will be if nothing is done."""
    is_removed: bool = False
    """Not affected or a false positive: it never counted."""
    is_neutral: bool = False
    """Not deployed yet: it does not count yet."""
    paused_seconds: int = 0
    """How long waivers that were approved in time held it still."""
    fix_at: datetime | None = None
    """Since when there is a fix, where D counts from then; None while it is not known."""
    is_waiting_for_fix: bool = False
    """D counts from a fix, and there is none: it cannot be late."""
    gaps: tuple[Interval, ...] = ()
    """From each closing that did not last to the reopening; never open ended."""

    @property
    def is_counted(self) -> bool:
        """Whether budgets look at it."""
        return not (self.is_removed or self.is_neutral)
