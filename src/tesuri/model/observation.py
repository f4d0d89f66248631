"""What one scanner says it saw, before Tesuri compares it with anything.

A format turns a report into a stream of `Observation`, `Suppressed`, `Informational` and `Skipped`,
one for each record of the report, so that the four counts always add up to the records read.
Nothing here knows identity, state or owner: that is triage.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tesuri.model.inventory import SeenComponent
from tesuri.model.record_maker import maker_of
from tesuri.model.report_slices import Slices
from tesuri.model.severity import Severity


class Kind(StrEnum):
    """What sort of thing was seen; identity is built differently for each."""

    VULNERABILITY = "vulnerability"
    MISCONFIGURATION = "misconfiguration"
    WEAKNESS = "weakness"
    SECRET = "secret"
    WEB = "web"
    LICENCE = "licence"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Package:
    """A dependency in which a vulnerability was seen."""

    name: str
    version: str = ""
    ecosystem: str = ""
    """purl type where known: npm, pypi, golang, maven, deb, rpm, apk …; empty when unknown."""
    namespace: str = ""
    """purl namespace: Maven group, Debian/alpine distribution, npm scope."""
    fixed_versions: tuple[str, ...] = ()
    path: str = ""
    """Lock file or binary in which it was found; empty for operating system packages."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file or a web application it was seen."""

    path: str = ""
    line: int = 0
    """1-based; 0 when the report names none. Never part of an identity."""
    method: str = ""
    url: str = ""
    parameter: str = ""


@dataclass(frozen=True, slots=True)
class Cvss:
    """A score with the vector that it was computed from."""

    score: float
    vector: str = ""
    version: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """One finding as one scanner reported it."""

    kind: Kind
    rule: str
    """The scanner's own rule, check or advisory id."""
    title: str
    severity: Severity
    pointer: str
    """JSON pointer, row or XPath of the record in the report."""
    description: str = ""
    remedy: str = ""
    advisories: tuple[str, ...] = ()
    """Every id of the advisory that the report gives (CVE, GHSA, …), upper case except GHSA's tail."""
    weaknesses: tuple[str, ...] = ()
    """CWE ids, as CWE-79."""
    package: Package | None = None
    place: Place = Place()
    resource: str = ""
    """ARN, Kubernetes namespace/kind/name, or Terraform address of the misconfigured thing."""
    resource_type: str = ""
    target: str = ""
    """Asset that this record belongs to, where a report covers several; else empty."""
    cvss: Cvss | None = None
    fingerprints: tuple[tuple[str, str], ...] = ()
    """Names and values that the tool itself promises to be stable (SARIF partialFingerprints)."""
    context: str = ""
    """Source text around a weakness, used to recognise it after lines moved; hashed, never stored."""
    secret: str = field(default="", repr=False)
    """The secret itself, for its keyed hash only; never stored, logged or shown."""
    has_fix: bool | None = None
    published_at: datetime | None = None
    fix_available_at: datetime | None = None
    first_seen_at: datetime | None = None
    links: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    """Every part of the resource that violates, of a gate's own verdict; no part of its identity."""
    names: tuple[str, ...] = ()
    """What the resource is certain to be known by once it runs, of a gate's own verdict; no part of its identity."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A record that was waived in the tool itself (SARIF suppression, `nosec`, ignore file)."""

    pointer: str
    reason: str
    observation: Observation | None = None


@dataclass(frozen=True, slots=True)
class Informational:
    """A record that nobody has to act on: a passed check, an inventory line."""

    pointer: str
    reason: str
    component: SeenComponent | None = None
    """What an inventory line lists."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that could not be read; it is counted and shown, never silently dropped."""

    pointer: str
    reason: str


Record = Observation | Suppressed | Informational | Skipped

# The same records, made in a third of the time: for readers of reports with hundreds of thousands of them.
new_package = maker_of(Package)
new_place = maker_of(Place)
new_cvss = maker_of(Cvss)
new_observation = maker_of(Observation)


@dataclass(frozen=True, slots=True)
class Report:
    """One scanner report: what it says of itself, and its records as a stream.

    `records` can be iterated once.
    """

    format: str
    version: str
    """Version of the format, as the file says; empty when it says none."""
    tool: str
    """Tool in lower case: trivy, grype, semgrep, codeql, prowler …"""
    tool_version: str
    target: str
    """What was scanned: image, repository, account; empty when the report does not say."""
    configuration: str
    """What narrowed the scan (rule set, profile); part of the scan's scope."""
    scanned_at: datetime | None
    """The tool's own time, aware UTC; None when the report carries none."""
    records: Iterator[Record]
    is_complete: bool = True
    """False when the tool itself says that the scan did not run to its end: absence proves nothing then."""
    slices: Slices[Record] | None = None
    """The same records as raw pieces, where the reader can tell them apart without decoding; else None."""
    components: tuple[SeenComponent, ...] = ()
    """What the report says of its target beside its records: the operating system of an image."""
    rules: frozenset[str] = frozenset()
    """Rules that ran, where the report lists also some that found nothing; empty where it does not tell."""
    is_inventory: bool = False
    """The records list every component of the target, so that what is not listed is gone."""
