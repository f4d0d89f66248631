"""Who answers for a thing, and how that was found out."""

from dataclasses import dataclass

from tesuri.model.identifiers import ServiceId, TeamId
from tesuri.model.objective import PolicyState


@dataclass(frozen=True, slots=True)
class Ownership:
    """Service and team of an asset or a resource, with the source of that answer."""

    service: ServiceId | None
    team: TeamId | None
    source: str
    """asset file assets/inventory.csv, tag service=checkout, repository acme/shop, default …"""


@dataclass(frozen=True, slots=True)
class PolicyStanding:
    """The policy state that decides how strict a gate is for an owner, and which budget says so."""

    state: PolicyState
    reason: str
    """immediate-48h of checkout: −12 % left; "no budget" when there is none."""
