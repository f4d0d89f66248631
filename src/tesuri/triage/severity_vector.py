"""What a CVSS vector of version 2, 3 or 4 says, brought to the few facts that triage asks for."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from cvss import CVSS2, CVSS3, CVSS4
from cvss.exceptions import CVSSError


class ExploitMaturity(StrEnum):
    """CVSS E: what the vector claims about exploits."""

    NOT_SAID = "not-said"
    UNREPORTED = "unreported"
    POC = "poc"
    ATTACKED = "attacked"


@dataclass(frozen=True, slots=True)
class Vector:
    """The facts of one CVSS vector."""

    version: str
    """2.0, 3.0, 3.1 or 4.0."""
    base_score: float
    is_automatable: bool
    """Over the network, low complexity, no privileges, no user, and (4.0) no attack requirement."""
    is_total_impact: bool
    """Confidentiality, integrity and availability of the vulnerable system are all lost."""
    maturity: ExploitMaturity
    text: str


_MATURITY = {
    "U": ExploitMaturity.UNREPORTED,
    "P": ExploitMaturity.POC,
    "POC": ExploitMaturity.POC,
    "F": ExploitMaturity.POC,
    "H": ExploitMaturity.POC,
    "A": ExploitMaturity.ATTACKED,
}
_AUTOMATABLE = {
    "2.0": {"AV": "N", "AC": "L", "Au": "N"},
    "3": {"AV": "N", "AC": "L", "PR": "N", "UI": "N"},
    "4.0": {"AV": "N", "AC": "L", "AT": "N", "PR": "N", "UI": "N"},
}
_TOTAL = {
    "2.0": {"C": "C", "I": "C", "A": "C"},
    "3": {"C": "H", "I": "H", "A": "H"},
    "4.0": {"VC": "H", "VI": "H", "VA": "H"},
}


@lru_cache(maxsize=4096)
def read_vector(text: str) -> Vector | None:
    """Give the facts of a vector; None when the text is none, or not a valid one."""
    plain = text.strip().strip("()").rstrip("/")
    if not plain or len(plain) > 500:
        return None
    try:
        version, score = _parse(plain)
    except (CVSSError, ValueError, KeyError, ArithmeticError):
        return None
    metrics = dict(part.split(":", 1) for part in plain.split("/") if ":" in part)
    family = "3" if version.startswith("3") else version
    return Vector(
        version=version,
        base_score=score,
        is_automatable=_AUTOMATABLE[family].items() <= metrics.items(),
        is_total_impact=_TOTAL[family].items() <= metrics.items(),
        maturity=_MATURITY.get(metrics.get("E", ""), ExploitMaturity.NOT_SAID),
        text=plain,
    )


def _parse(text: str) -> tuple[str, float]:
    if text.startswith("CVSS:4"):
        return "4.0", float(CVSS4(text).base_score)
    if text.startswith("CVSS:3"):
        return text[5:8], float(CVSS3(text).base_score)
    return "2.0", float(CVSS2(text.removeprefix("CVSS:2.0/")).base_score)
