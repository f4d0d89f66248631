"""What the outside world knows of a vulnerability: exploited, likely to be, or with a public exploit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tesuri.model.legacy import Product
from tesuri.model.observation import Skipped


class FeedName(StrEnum):
    """Feeds that triage listens to."""

    KEV = "kev"
    EPSS = "epss"
    EXPLOITDB = "exploitdb"
    METASPLOIT = "metasploit"
    NUCLEI = "nuclei"
    PACKETSTORM = "packetstorm"
    SNYK = "snyk"
    ENDOFLIFE = "endoflife"

    @property
    def label(self) -> str:
        """Give the name as its makers write it."""
        return _LABELS[self]


_LABELS = {
    FeedName.KEV: "KEV",
    FeedName.EPSS: "EPSS",
    FeedName.EXPLOITDB: "Exploit-DB",
    FeedName.METASPLOIT: "Metasploit",
    FeedName.NUCLEI: "Nuclei",
    FeedName.PACKETSTORM: "Packet Storm",
    FeedName.SNYK: "Snyk",
    FeedName.ENDOFLIFE: "endoflife.date",
}


@dataclass(frozen=True, slots=True)
class KevEntry:
    """One row of CISA's list of known exploited vulnerabilities."""

    cve: str
    date_added: date
    due_date: date | None = None
    is_ransomware_known: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class EpssScore:
    """How likely exploitation in the next 30 days is, as a model said on a day."""

    cve: str
    score: float
    """Probability, 0 to 1."""
    percentile: float | None = None
    """Share of all CVEs with this score or less, 0 to 1."""
    model_version: str = ""
    """Scores of two model versions must not be compared."""
    scored_on: date | None = None


@dataclass(frozen=True, slots=True)
class Exploit:
    """A public exploit, module or template for a CVE."""

    cve: str
    source: FeedName
    reference: str = ""
    """Its id, path or address in the source."""


@dataclass(frozen=True, slots=True)
class FeedHeader:
    """What is known of one copy of a feed."""

    name: FeedName
    as_of: date
    sha256: str
    rows: int
    """Rows of the file, readable or not."""
    source_file: str = ""
    version: str = ""
    """Catalogue or model version, as the file says; empty when it says none."""


FeedRecord = KevEntry | EpssScore | Exploit | Product | Skipped


@dataclass(frozen=True, slots=True)
class Feed:
    """One copy of a feed: its header, and one record for each row. `records` can be iterated once."""

    header: FeedHeader
    records: Iterator[FeedRecord]
    is_partial: bool = False
    """It tells only of some products: what it leaves out stays as it was."""


@dataclass(frozen=True, slots=True)
class Signals:
    """All that the loaded feeds say of one finding's CVEs; the worst where it has several."""

    kev: KevEntry | None = None
    epss: EpssScore | None = None
    exploits: tuple[Exploit, ...] = ()
    snapshots: tuple[FeedHeader, ...] = ()
    """Feeds that were asked; a feed that is not here was not loaded, so its silence means nothing."""
    cves: tuple[str, ...] = ()
    """CVEs that were looked up; empty when the finding names none."""

    def snapshot(self, name: FeedName) -> FeedHeader | None:
        """Give the copy of a feed that was asked; None when it is not loaded."""
        return next((header for header in self.snapshots if header.name is name), None)

    def age_days(self, name: FeedName, *, on: date) -> int | None:
        """Give how old the copy of a feed is, in whole days; None when it is not loaded."""
        header = self.snapshot(name)
        return None if header is None else (on - header.as_of).days
