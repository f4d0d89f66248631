"""CVSS scores and vectors as reports give them: the better version wins, a lone vector is computed."""

from collections.abc import Iterable

from cvss import CVSS2, CVSS3, CVSS4, CVSSError

from tesuri.model.observation import Cvss, new_cvss
from tesuri.model.severity import Severity, severity_from_score, severity_from_word

_MAX_VECTOR = 400
"""Characters; the longest vector with all metrics of version 4 has under 250."""


def cvss_from(vector: str, score: float | None, *, source: str = "") -> Cvss | None:
    """Give the score with its vector; computed from the vector where the report gives none."""
    vector = _whole(vector)
    version = _version(vector)
    if score is None and version:
        score = _computed(vector, version)
    if score is None or not 0 <= score <= 10:
        return None
    return new_cvss(score, vector if version else "", version, source)


def severity_or_rating(word: str, cvss: Cvss | None) -> Severity:
    """Give the severity that a word means; where the tool knows none, what the score is called."""
    found = severity_from_word(word)
    # Several tools write 0.0 where nobody has scored.
    if found is Severity.UNKNOWN and cvss is not None and cvss.score > 0:
        return severity_from_score(cvss.score)
    return found


def best_cvss(candidates: Iterable[Cvss | None]) -> Cvss | None:
    """Give the first one of the highest CVSS version; None when there is none."""
    known = [candidate for candidate in candidates if candidate is not None]
    return max(known, key=lambda candidate: candidate.version, default=None)


def _whole(vector: str) -> str:
    """Give the vector with its version, which several tools leave out; its own metrics tell it."""
    plain = vector.strip().strip("()").removeprefix("CVSS:2.0/")
    if not plain.startswith("AV:"):
        return plain
    if "/VC:" in plain:
        return f"CVSS:4.0/{plain}"
    # Between 3.0 and 3.1 only the words changed, no metric and no base score.
    return f"CVSS:3.1/{plain}" if "/PR:" in plain else plain


def _version(vector: str) -> str:
    if vector.startswith("CVSS:") and vector[5:8] in {"3.0", "3.1", "4.0"}:
        return vector[5:8]
    return "2.0" if vector.startswith("AV:") else ""


def _computed(vector: str, version: str) -> float | None:
    if len(vector) > _MAX_VECTOR:
        return None
    try:
        if version == "4.0":
            return float(CVSS4(vector).base_score)
        return float((CVSS2 if version == "2.0" else CVSS3)(vector).base_score)
    except CVSSError:
        return None
