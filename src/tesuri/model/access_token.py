"""What a program shows to be let in: one right, for some services, for a time."""

from dataclasses import dataclass
from datetime import datetime

from tesuri.model.identifiers import ServiceId


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token as it is kept: never the secret, only its digest. Its one right is to read policy states."""

    id: str
    name: str
    """Who shows it: "ci of acme/shop"."""
    digest: str
    """SHA-256 of the secret, hex. The secret is 256 random bits, so nothing slower is needed."""
    created_at: datetime
    expires_at: datetime
    services: tuple[ServiceId, ...] = ()
    """Whose policy states it may read; empty: every service."""
