"""What runs: components as reports list them, and from when to when each was seen in an asset.

A component is known by name and version; which product it is, and until when that is supported, is for the legacy
budget to say.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SeenComponent:
    """One thing of one version that a report lists."""

    name: str
    version: str = ""
    kind: str = ""
    """As CycloneDX calls it: library, framework, operating-system …; empty when nobody says."""
    ecosystem: str = ""
    """purl type where known."""
    namespace: str = ""
    """purl namespace."""

    @property
    def purl_key(self) -> str:
        """Give the form in which package URLs are compared."""
        return purl_key(self.ecosystem, self.namespace, self.name)


def purl_key(ecosystem: str, namespace: str, name: str) -> str:
    """Give a package URL without version in small letters: npm/@angular/core; an official image without library."""
    parts = (ecosystem, "" if (ecosystem, namespace) == ("docker", "library") else namespace, name)
    return "/".join(part for part in parts if part).casefold() if ecosystem else ""


@dataclass(frozen=True, slots=True)
class Presence:
    """A component in one scan target."""

    target: str
    component: SeenComponent
    since: datetime | None
    """The first scan that lists it; None where that is the first inventory of its scope: it was there before."""
    until: datetime | None = None
    """The first whole inventory that lists it no more; None while it is there."""


@dataclass(frozen=True, slots=True)
class InventoryFigures:
    """What one inventory changed."""

    listed: int = 0
    appeared: int = 0
    gone: int = 0
