"""Who answers for a thing, and how that was found out."""

from dataclasses import dataclass

from tesuri.model.identifiers import ObjectiveId, ServiceId, TeamId
from tesuri.model.objective import PolicyState


@dataclass(frozen=True, slots=True)
class Ownership:
    """Service and team of an asset or a resource, with the source of that answer."""

    service: ServiceId | None
    team: TeamId | None
    source: str
    """asset file assets/inventory.csv, tag service=checkout, repository acme/shop, default …"""


@dataclass(frozen=True, slots=True)
class PolicyFigures:
    """The figures of the budget that decides a policy state."""

    objective: ObjectiveId
    remaining: str
    """Share of the allowance that is left: 12%."""
    consumed_seconds: int
    allowance_seconds: int


@dataclass(frozen=True, slots=True)
class PolicyStanding:
    """The policy state that decides how strict a gate is for an owner, and which budget says so."""

    state: PolicyState
    reason: str
    """immediate-48h of checkout: −12 % left; "no budget" when there is none."""
    figures: PolicyFigures | None = None
    """Of the budget that decides; None where there is none."""
