"""Words that Tenable's exports share: severities, vectors and lists of advisories."""

from tesuri.model.observation import Cvss
from tesuri.model.severity import Severity, severity_from_word
from tesuri.untrusted.score import best_cvss, cvss_from

# From: https://docs.tenable.com/nessus/Content/RiskMetrics.htm
_NUMBERS = {
    "0": Severity.LOW,
    "1": Severity.LOW,
    "2": Severity.MEDIUM,
    "3": Severity.HIGH,
    "4": Severity.CRITICAL,
}


def severity_of(*words: str) -> Severity:
    """Give the first severity that is known among numbers (0 to 4) and words; info and none are low."""
    for word in words:
        found = _NUMBERS.get(word.strip()) or severity_from_word(word)
        if found is not Severity.UNKNOWN:
            return found
    return Severity.UNKNOWN


def cvss_of(*pairs: tuple[str, float | None]) -> Cvss | None:
    """Give the best of several vectors with their scores; Tenable writes `CVSS2#` before some."""
    return best_cvss(cvss_from(_plain_vector(vector), score) for vector, score in pairs)


def _plain_vector(vector: str) -> str:
    plain = vector.strip().strip("()")
    for prefix in ("CVSS2#", "CVSS3#", "CVSS4#"):
        plain = plain.removeprefix(prefix)
    return plain
