"""Words that Greenbone's exports share: threats, and the fields packed into one tag text."""

from collections.abc import Mapping

from tesuri.model.severity import Severity, severity_from_score, severity_from_word

FALSE_POSITIVE = "false positive"
DEBUG = "debug"
# From: https://docs.greenbone.net/GSM-Manual/gos-22.04/en/reports.html (severity classes); Log is a mere observation.
_THREATS = {"log": Severity.LOW, "alarm": Severity.HIGH, DEBUG: Severity.LOW}


def severity_of(threat: str, score: float | None) -> Severity:
    """Give the severity of a threat's word, or of the score where there is no known word."""
    word = threat.strip().lower()
    found = _THREATS.get(word) or severity_from_word(word)
    if found is Severity.UNKNOWN and score is not None and 0 <= score <= 10:
        return severity_from_score(score)
    return found


def is_false_positive(threat: str, score: float | None) -> bool:
    """Whether an override in the tool says false positive; its score is then -1."""
    return threat.strip().lower() == FALSE_POSITIVE or score == -1


def tag_fields(tags: str) -> Mapping[str, str]:
    """Give the fields of a text like `summary=…|solution=…`; a bar inside a value stays in it."""
    fields: dict[str, str] = {}
    last = ""
    for part in tags.split("|"):
        name, sign, value = part.partition("=")
        if sign and name.strip().replace("_", "").isalnum():
            last = name.strip()
            fields[last] = value.strip()
        elif last:
            fields[last] += f"|{part}"
    return fields
