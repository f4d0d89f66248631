"""What triage knows of one finding before it answers anything."""

from dataclasses import dataclass, field
from datetime import datetime

from tesuri.model.estate import Asset, Service
from tesuri.model.observation import Cvss, Kind
from tesuri.model.severity import Severity
from tesuri.model.signal import Signals


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the questions of a decision table may be answered from."""

    kind: Kind
    severity: Severity
    signals: Signals = field(default_factory=Signals)
    cvss: Cvss | None = None
    weaknesses: tuple[str, ...] = ()
    """CWE ids, as CWE-79."""
    asset: Asset | None = None
    service: Service | None = None
    is_secret_verified: bool = False
    """The scanner tried the secret and it worked."""
    seen_at: datetime | None = None
    """When the report was made that severity and vector come from."""
    declared_at: datetime | None = None
    """When the files were read that asset and service come from."""
    report: str = ""
    """Name of the tool whose report it was, for `Answer.source`."""
