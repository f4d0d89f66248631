"""Triage: what a decision table asked, what was answered, and what came out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What triage says to do (SSVC deployer outcomes), most urgent first."""

    IMMEDIATE = "immediate"
    OUT_OF_CYCLE = "out-of-cycle"
    SCHEDULED = "scheduled"
    DEFER = "defer"

    @property
    def rank(self) -> int:
        """Order for sorting: 0 is the most urgent."""
        return _RANKS[self]


_RANKS = {outcome: rank for rank, outcome in enumerate(Outcome)}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answered question of a decision table, with where the answer comes from."""

    question: str
    """Decision point: exploitation, exposure, automatable, human_impact …"""
    value: str
    reason: str
    """Message key and text: why this value ("in the KEV list since 2026-03-01")."""
    source: str
    """KEV 2026-07-16, services/checkout.yaml, CVSS 3.1 vector of the report …"""
    observed_at: datetime | None = None
    """When the source said so; its age is computed when rendering. None for a default."""
    is_default: bool = False
    """True when nobody knew and the table's default was taken."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One row of one version of one table, chosen by answers; replayable."""

    table: str
    """Table name with its version: cert/ssvc-deployer 1.0.0."""
    row: int
    """0-based as in the published table; shown as row + 1 of `rows`."""
    rows: int
    outcome: Outcome
    answers: tuple[Answer, ...]
