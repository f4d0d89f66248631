"""View of how long findings live: by objective, service, team, severity or kind."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction


class LifetimesBy(StrEnum):
    """What one line of the report is about."""

    OBJECTIVE = "objective"
    SERVICE = "service"
    TEAM = "team"
    SEVERITY = "severity"
    KIND = "kind"


@dataclass(frozen=True, slots=True)
class LifetimeRow:
    """How long the findings of one name live; shares are of all of them, those still open counted fairly."""

    name: str
    """"" where nobody owns them, or no objective covers them."""
    findings: int
    closed: int
    gone: int
    """They went away with their assets: nobody knows how long they would have lived."""
    open: int
    within_seconds: int | None
    """Time that the objective gives; None in other reports than the one by objective."""
    closed_in_time: Fraction | None
    """Share that is closed within that time."""
    closed_in_time_range: tuple[Fraction, Fraction] | None
    """Between what it lies in 90 of 100 cases; None where too little is known."""
    half_seconds: int | None
    """Age by which half is closed; None while fewer are."""
    most_seconds: int | None
    """Age by which 90 of 100 are closed; None while fewer are."""


@dataclass(frozen=True, slots=True)
class LifetimesView:
    """The report as of one instant."""

    by: LifetimesBy
    rows: tuple[LifetimeRow, ...]
    """Longest half first; what is never half closed before all others."""
    left_out: int
    """Findings that no budget looks at: not affected, false positives, not deployed yet."""
    as_of: datetime
