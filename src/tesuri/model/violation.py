"""What a waiver or a baseline knows a violation by: never by line, position, version, time or wording."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """One failing or unknown verdict, with every part of the resource that violates."""

    control: str
    address: str
    parts: tuple[str, ...]
    """As `Verdict.parts` has them."""
    service: str = ""
    """Who answers for it; empty for nobody."""
    message: str = ""
    """For people; nothing is compared with it."""

    @property
    def place(self) -> tuple[str, str, str]:
        """Give what the finding of this violation is known by."""
        return self.control, self.service, self.address


def violation_place(subject: Mapping[str, object]) -> tuple[str, str, str]:
    """Give the same of what expressions see as `finding`."""
    return (
        str(subject.get("control", "")),
        str(subject.get("service", "")),
        str(subject.get("address", "")),
    )
