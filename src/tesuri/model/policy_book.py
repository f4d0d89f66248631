"""Policy states written down by whoever has the store, for gates that have none: a file, or a server's answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tesuri.model.estate import Service
from tesuri.model.identifiers import ServiceId
from tesuri.model.ownership import PolicyStanding
from tesuri.model.waiver import Waiver
from tesuri.model.workspace import OwnershipRules


@dataclass(frozen=True, slots=True)
class PolicyBook:
    """What is believed of every owner from one instant to another."""

    issuer: str
    """Name of the workspace that wrote it."""
    issued_at: datetime
    expires_at: datetime
    scope: tuple[ServiceId, ...]
    """Services whose state it tells; empty: every one that the issuer declares."""
    default: PolicyStanding
    """Of what nobody owns."""
    standings: Mapping[ServiceId, PolicyStanding]
    services: tuple[Service, ...] = ()
    """Every declared service, so that owners are found where no workspace declares them."""
    ownership: OwnershipRules = field(default_factory=OwnershipRules)
    waivers: tuple[Waiver, ...] = ()


@dataclass(frozen=True, slots=True)
class BookReading:
    """A book that was opened, or why it cannot be believed."""

    source: str
    """Said before every state: the state file state.json (key 3f2a…, issued …)."""
    book: PolicyBook | None
    problem: str = ""
    """A sentence; with it every policy state is unknown."""
