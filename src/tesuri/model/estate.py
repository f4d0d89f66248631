"""What we run and who answers for it: services, teams, journeys, assets."""

from dataclasses import dataclass
from enum import StrEnum

from tesuri.model.identifiers import AssetId, JourneyId, ServiceId, TeamId


class Exposure(StrEnum):
    """Who can reach it (SSVC System Exposure)."""

    OPEN = "open"
    CONTROLLED = "controlled"
    SMALL = "small"


class Layer(StrEnum):
    """Where in the stack an asset sits."""

    CLOUD = "cloud"
    CLUSTER = "cluster"
    CONTAINER = "container"
    APPLICATION = "application"


class DataClass(StrEnum):
    """What would be lost with the data."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True)
class Team:
    """People who work together, with the hours a week they give to this work."""

    id: TeamId
    name: str
    name_ja: str = ""
    capacity_minutes: int | None = None
    """Minutes a week for findings; None when nobody declared it."""
    members: tuple[str, ...] = ()

    def title(self, language: str) -> str:
        """Give the team's name as readers of `language` know it."""
        return self.name_ja if language == "ja" and self.name_ja else self.name


@dataclass(frozen=True, slots=True)
class Service:
    """Something that a team runs for others."""

    id: ServiceId
    name: str
    name_ja: str = ""
    team: TeamId | None = None
    tier: int | None = None
    """0 the company stops without it … 3 nobody outside notices; None when not declared."""
    exposure: Exposure | None = None
    layer: Layer | None = None
    data_class: DataClass | None = None
    repositories: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    """Terraform module or path prefixes that belong to it."""
    scan_interval_hours: int | None = None
    components: tuple[str, ...] = ()
    """What it runs on, as product and version: python 3.11."""

    def title(self, language: str) -> str:
        """Give the service's name as readers of `language` know it."""
        return self.name_ja if language == "ja" and self.name_ja else self.name


@dataclass(frozen=True, slots=True)
class Journey:
    """A way that users go through several services; alerts name the journey at stake."""

    id: JourneyId
    name: str
    name_ja: str = ""
    services: tuple[ServiceId, ...] = ()

    def title(self, language: str) -> str:
        """Give the journey's name as readers of `language` know it."""
        return self.name_ja if language == "ja" and self.name_ja else self.name


@dataclass(frozen=True, slots=True)
class Asset:
    """One thing in the inventory that a scan has as its target."""

    id: AssetId
    name: str
    service: ServiceId | None = None
    targets: tuple[str, ...] = ()
    """Glob patterns of scan targets that mean this asset; its id and name always do."""
    formerly: tuple[str, ...] = ()
    """Ids, names and targets that it had before; what was found under them stays the same."""
    exposure: Exposure | None = None
    layer: Layer | None = None
    environment: str = ""
    kind: str = ""
    """image, repository, account, cluster, host, web …"""
    is_declared: bool = True
    """False for an asset that only a scan told us of."""
    tags: tuple[tuple[str, str], ...] = ()
    """Key and value, as the inventory gives them."""
    source: str = ""
    """File that declares it; empty when none does."""
