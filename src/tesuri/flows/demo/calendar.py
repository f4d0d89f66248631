"""When the demo company scans what: weekly at first, daily in the last days, one source that went quiet."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tesuri.flows.demo.cast import (
    BANK_GATEWAY,
    CODEQL_REPOSITORIES,
    GRYPE_IMAGES,
    IMAGES,
    PAYMENTS_ACCOUNT,
    PLATFORM_ACCOUNT,
    REPOSITORIES,
    SECRET_REPOSITORIES,
    SHOP,
    image,
    repository,
)

WEEKLY: Final = (90, 76, 62, 48, 41, 34, 27, 20, 13)
DAILY: Final = tuple(range(6, -1, -1))
ROUNDS: Final = (*WEEKLY, *DAILY)
"""Ages in days at which images and accounts are scanned, oldest first."""
CODE_ROUNDS: Final = (90, 62, 34, 20, 6, 2, 0)
"""Repositories are scanned less often."""
SECOND_LOOKS: Final = (*WEEKLY[-3:], *DAILY)
"""Since a month a second scanner looks at some images."""

FIRST_LOOK_HOURS: Final = 2
"""Hours before the present at which the first source of the last round was scanned."""

QUIET: Final = ("trivy", image("search-indexer"))
QUIET_HOURS: Final = 31
"""Age of the last scan of the source that went quiet; its service declares an interval of 12 hours."""

_HOURS: Final = {
    "prowler": FIRST_LOOK_HOURS,
    "trivy": 4,
    "grype": 3,
    "gitleaks": 5,
    "semgrep": 6,
    "codeql": 7,
}
_ROUNDS: Final = {
    "gitleaks": CODE_ROUNDS,
    "semgrep": CODE_ROUNDS,
    "codeql": CODE_ROUNDS,
    "grype": SECOND_LOOKS,
}
_SITES: Final = (("tls-survey", BANK_GATEWAY), ("pentest", SHOP))
_SITE_ROUNDS: Final = (*WEEKLY, 6, 2)
_SITE_HOURS: Final = 30


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan of one target."""

    tool: str
    target: str
    age_days: float

    @property
    def is_table(self) -> bool:
        """Whether people keep it as a table, which says neither what nor when."""
        return (self.tool, self.target) in _SITES


def scans() -> tuple[Scan, ...]:
    """Give every scan of the demo's history, oldest first."""
    return tuple(sorted(_scans(), key=lambda scan: -scan.age_days))


def _scans() -> Iterator[Scan]:
    for tool, target in _sources():
        for days in _ROUNDS.get(tool, ROUNDS):
            if (tool, target) != QUIET:
                yield Scan(tool, target, days + _HOURS[tool] / 24)
            elif days > 0:
                yield Scan(tool, target, days - 1 + QUIET_HOURS / 24)
    for tool, target in _SITES:
        for days in _SITE_ROUNDS:
            yield Scan(tool, target, days + _SITE_HOURS / 24)


def _sources() -> Iterator[tuple[str, str]]:
    yield from (("trivy", image(name)) for name in IMAGES)
    yield from (("grype", image(name)) for name in GRYPE_IMAGES)
    yield from (("semgrep", repository(name)) for name in REPOSITORIES)
    yield from (("codeql", repository(name)) for name in CODEQL_REPOSITORIES)
    yield from (("gitleaks", repository(name)) for name in SECRET_REPOSITORIES)
    yield from (("prowler", account) for account in (PAYMENTS_ACCOUNT, PLATFORM_ACCOUNT))
