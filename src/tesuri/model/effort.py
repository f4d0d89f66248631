"""How much work closing something takes: what people declared, and what we conclude."""

from dataclasses import dataclass

from tesuri.model.observation import Kind


@dataclass(frozen=True, slots=True)
class DeclaredEffort:
    """Minutes that people say one fix takes; every given pattern must match."""

    minutes: int
    advisory: str = ""
    """CVE-…, GHSA-…; a glob. Empty matches everything, here and below."""
    rule: str = ""
    package: str = ""
    kind: Kind | None = None
    source: str = ""
    """Where it was declared: efforts.yaml: line 3."""


@dataclass(frozen=True, slots=True)
class Effort:
    """Minutes that closing one group takes, with the sentence part that says how we know."""

    minutes: int
    source: str
    """declared in efforts.yaml: line 3 · median of 7 past fixes of its kind · default for …"""
