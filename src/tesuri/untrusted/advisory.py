"""Names of advisories and weaknesses, found in whatever text a report gives and written one way.

Only names that stand for one vulnerability count as aliases of each other: a vendor's bulletin (RHSA, DSA, ELSA)
that fixes several would otherwise make strangers equal.
"""

import re
from functools import lru_cache

# Longest names first where one begins like another.
_SINGLE = re.compile(
    r"(?<![A-Z0-9])(?:CVE-\d{4}-\d{4,10}|GHSA(?:-[0-9A-Z]{4}){3}|RUSTSEC-\d{4}-\d{4}|GO-\d{4}-\d{4,6}"
    r"|PYSEC-\d{4}-\d{1,6}|MAL-\d{4}-\d{1,8}|OSV-\d{4}-\d{1,6}|JVNDB-\d{4}-\d{6})(?![0-9A-Z])",
    re.IGNORECASE,
)
_CANONICAL = re.compile(r"CVE-\d{4}-\d{4,10}|GHSA(?:-[0-9a-z]{4}){3}", re.ASCII)
"""The names of most reports, in the spelling that everybody uses."""
_WEAKNESS = re.compile(r"(?<![A-Z0-9])CWE[-_:\s]{0,2}0*(\d{1,5})(?!\d)", re.IGNORECASE)
_BARE_NUMBER = re.compile(r"0*(\d{1,5})(?:\.0)?")


def advisory_name(name: str) -> str:
    """Write one name as everybody does: upper case, except the tail of a GHSA."""
    upper = name.strip().upper()
    return f"GHSA{upper[4:].lower()}" if upper.startswith("GHSA-") else upper


def advisories_in(*texts: str) -> tuple[str, ...]:
    """Give each name of a single vulnerability in the texts once, in order of appearance."""
    found = (advisory_name(match) for text in texts for match in _SINGLE.findall(text))
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=4096)
def aliases_of(own: str, *others: str) -> tuple[str, ...]:
    """Give the name of an advisory and the other names of the same vulnerability.

    A bulletin that covers several CVEs keeps its own name only, and a CVE takes no second CVE.
    """
    if all(map(_CANONICAL.fullmatch, (own, *others))):
        name = own
        aliases = [other for other in dict.fromkeys(others) if other != own]
    else:
        names = advisories_in(own)
        name = names[0] if names else advisory_name(own)
        aliases = [other for other in advisories_in(*others) if other != name]
    cves = [alias for alias in aliases if alias.startswith("CVE-")]
    if name.startswith("CVE-"):
        aliases = [alias for alias in aliases if alias not in cves]
    elif len(cves) > 1:
        aliases = []
    return tuple(part for part in (name, *aliases) if part)


@lru_cache(maxsize=4096)
def weaknesses_in(*texts: str) -> tuple[str, ...]:
    """Give each CWE that the texts name, as CWE-79, once and in order of appearance."""
    found = (f"CWE-{number}" for text in texts for number in _WEAKNESS.findall(text))
    return tuple(name for name in dict.fromkeys(found) if name != "CWE-0")


def weaknesses_listed(*texts: str) -> tuple[str, ...]:
    """Give the CWEs of a field made for them, where a bare number means one too."""
    spelled = (
        f"CWE-{match.group(1)}" if (match := _BARE_NUMBER.fullmatch(part.strip())) else part
        for text in texts
        for part in re.split(r"[,;|]", text)
    )
    return weaknesses_in(*spelled)
