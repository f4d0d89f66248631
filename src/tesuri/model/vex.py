"""What a VEX document states: whether a vulnerability matters for a product, who says so, and why.

A statement is a decision on findings, not a finding. It is spelled as OpenVEX does; the other formats are
translated by their readers and writers.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tesuri.model.observation import Package, Skipped

_URN = "urn:tesuri:asset:"
_UNSAFE = re.compile(r"[^A-Za-z0-9._~/@-]")
_ESCAPED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


class VexStatus(StrEnum):
    """The four answers, in the words of OpenVEX."""

    NOT_AFFECTED = "not_affected"
    AFFECTED = "affected"
    FIXED = "fixed"
    UNDER_INVESTIGATION = "under_investigation"

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do."""
        return self in (VexStatus.NOT_AFFECTED, VexStatus.FIXED)


@dataclass(frozen=True, slots=True)
class VexStatement:
    """One vulnerability in one package of one product."""

    vulnerability: str
    status: VexStatus
    advisories: tuple[str, ...] = ()
    """Every name of the vulnerability."""
    product: str = ""
    """The product as the document names it: package URL, image, name; empty for a package wherever it is."""
    package: Package | None = None
    """None for everything in the product. Without a version it is every version."""
    justification: str = ""
    """Why it is not affected, in the words of OpenVEX; empty when the document gives none."""
    text: str = ""
    """In the author's own words: why, or what to do."""
    stated_at: datetime | None = None
    pointer: str = ""
    """JSON pointer of the statement in its document."""


@dataclass(frozen=True, slots=True)
class VexDocument:
    """Statements of one author, in the order of the document."""

    format: str
    id: str
    author: str
    issued_at: datetime | None
    statements: tuple[VexStatement, ...]
    skipped: tuple[Skipped, ...] = ()
    """What could not be read as a statement."""


def asset_urn(asset: str) -> str:
    """Give the name of an asset of ours as a product of a VEX document."""
    escaped = _UNSAFE.sub(
        lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), asset
    )
    return f"{_URN}{escaped}"


def asset_of_urn(product: str) -> str | None:
    """Give the asset that such a name means; None for any other product."""
    if not product.startswith(_URN):
        return None
    escaped = product.removeprefix(_URN)
    return _ESCAPED.sub(
        lambda found: bytes.fromhex(found[0].replace("%", "")).decode(errors="replace"), escaped
    )
