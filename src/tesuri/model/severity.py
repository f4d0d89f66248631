"""How bad the source says it is: five words that every scanner's scale is brought to."""

from enum import StrEnum


class Severity(StrEnum):
    """Severity as reported; triage decides what it means for us."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        """Order for sorting: 0 is the worst, unknown stands between medium and low."""
        return _RANK[self]


_RANK = {
    Severity.CRITICAL: 0,
    Severity.HIGH: 1,
    Severity.MEDIUM: 2,
    Severity.UNKNOWN: 3,
    Severity.LOW: 4,
}

_WORDS = {
    "critical": Severity.CRITICAL,
    "crit": Severity.CRITICAL,
    "blocker": Severity.CRITICAL,
    "emergency": Severity.CRITICAL,
    "fatal": Severity.CRITICAL,
    "high": Severity.HIGH,
    "important": Severity.HIGH,
    "major": Severity.HIGH,
    "error": Severity.HIGH,
    "serious": Severity.HIGH,
    "medium": Severity.MEDIUM,
    "med": Severity.MEDIUM,
    "moderate": Severity.MEDIUM,
    "warning": Severity.MEDIUM,
    "warn": Severity.MEDIUM,
    "minor": Severity.LOW,
    "low": Severity.LOW,
    "note": Severity.LOW,
    "negligible": Severity.LOW,
    "info": Severity.LOW,
    "informational": Severity.LOW,
    "information": Severity.LOW,
    "none": Severity.LOW,
}


def severity_from_word(word: str | None) -> Severity:
    """Bring a scanner's word to one of the five; a word that nobody knows is *unknown*."""
    return _WORDS.get((word or "").strip().lower(), Severity.UNKNOWN)


def severity_from_score(score: float) -> Severity:
    """Bring a CVSS base score (0.0 to 10.0) to its qualitative rating.

    **source** CVSS v3.1 specification, section 5.
    """
    # From: https://www.first.org/cvss/v3.1/specification-document#Qualitative-Severity-Rating-Scale
    for floor, severity in ((9.0, Severity.CRITICAL), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM)):
        if score >= floor:
            return severity
    return Severity.LOW
