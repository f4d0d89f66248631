"""Words that Qualys' exports share: severities 1 to 5, scores with their vectors, and what is no open finding."""

import re

from tesuri.model.observation import Cvss, Informational, Observation, Record, Suppressed
from tesuri.model.severity import Severity, severity_from_word
from tesuri.untrusted.score import cvss_from
from tesuri.untrusted.shape import number

# From: https://docs.qualys.com/en/vm/latest/knowledgebase/severity_levels.htm
_SEVERITIES = {
    "1": Severity.LOW,
    "2": Severity.LOW,
    "3": Severity.MEDIUM,
    "4": Severity.HIGH,
    "5": Severity.CRITICAL,
}
_SCORE = re.compile(r"\s*(\d{1,2}(?:\.\d)?)?\s*(?:\(([^()]{1,300})\))?\s*")


def severity_of(word: str) -> Severity:
    """Give the severity of a level from 1 to 5, or of a word."""
    return _SEVERITIES.get(word.strip()) or severity_from_word(word)


def cvss_of(words: str, *, is_third: bool) -> Cvss | None:
    """Give the score of a text like `8.1 (AV:N/AC:H/…)`; Qualys leaves out the version of a vector."""
    found = _SCORE.fullmatch(words)
    if not found:
        return None
    vector = found[2] or ""
    if vector and is_third and not vector.startswith("CVSS:"):
        vector = f"CVSS:3.1/{vector}"
    return cvss_from(vector, number(found[1]))


def judged(observation: Observation, status: str, ticket: str) -> Record:
    """Give the record that a detection is by its own status and the state of its ticket."""
    if status.lower() == "fixed":
        return Informational(observation.pointer, "fixed in the tool")
    if "ignored" in ticket.lower() or status.lower() == "ignored":
        return Suppressed(observation.pointer, "ignored in the tool", observation)
    return observation
