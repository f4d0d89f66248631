"""The everyday vulnerabilities of the demo company's images: which, where, and for how long.

Advisories, versions and what they say are invented. None of these falls due before it is fixed; what goes wrong is
in `story`.
"""

from dataclasses import dataclass
from typing import Final

from tesuri.flows.demo.cast import FORGOTTEN, IMAGES, image
from tesuri.flows.demo.chance import between, chance
from tesuri.flows.demo.faults import Fault, Spans, Vulnerable
from tesuri.model.severity import Severity

COUNT: Final = 54
FIRST_NUMBER: Final = 90503
_SHARE_OF_IMAGES: Final = 0.36
_SHARE_OF_FORGOTTEN: Final = 0.07
_HISTORY_DAYS: Final = 92
_NO_FIX_SHARE: Final = 0.06


@dataclass(frozen=True, slots=True)
class _Dependency:
    name: str
    ecosystem: str
    installed: str
    release: str
    """Fixed versions begin with this."""


@dataclass(frozen=True, slots=True)
class _Flaw:
    title: str
    weakness: str
    severity: Severity
    score: float
    vector: str


_DEPENDENCIES: Final = (
    _Dependency("curl", "deb", "7.88.1-10", "7.88.1-10+deb12u"),
    _Dependency("libxml2", "deb", "2.9.14+dfsg-1", "2.9.14+dfsg-1.3~deb12u"),
    _Dependency("zlib", "deb", "1:1.2.13.dfsg-1", "1:1.2.13.dfsg-1+deb12u"),
    _Dependency("glibc", "deb", "2.36-9", "2.36-9+deb12u"),
    _Dependency("systemd", "deb", "252.12-1", "252.30-1~deb12u"),
    _Dependency("express", "npm", "4.18.1", "4.19."),
    _Dependency("undici", "npm", "5.26.0", "5.29."),
    _Dependency("tar", "npm", "6.1.13", "6.2."),
    _Dependency("org.springframework:spring-web", "maven", "6.0.11", "6.0."),
    _Dependency("io.netty:netty-codec-http", "maven", "4.1.94", "4.1.1"),
    _Dependency("com.fasterxml.jackson.core:jackson-databind", "maven", "2.15.0", "2.15."),
    _Dependency("urllib3", "pypi", "1.26.15", "1.26."),
    _Dependency("pillow", "pypi", "9.5.0", "10.4."),
    _Dependency("jinja2", "pypi", "3.1.2", "3.1."),
    _Dependency("golang.org/x/net", "golang", "0.17.0", "0.3"),
    _Dependency("golang.org/x/crypto", "golang", "0.14.0", "0.3"),
)
_FLAWS: Final = (
    _Flaw(
        "out-of-bounds read while a crafted file is parsed",
        "CWE-125",
        Severity.MEDIUM,
        5.5,
        "CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:N/I:N/A:H",
    ),
    _Flaw(
        "requests can be smuggled past a proxy",
        "CWE-444",
        Severity.HIGH,
        7.4,
        "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:N",
    ),
    _Flaw(
        "a slow regular expression stops the process",
        "CWE-1333",
        Severity.MEDIUM,
        5.3,
        "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:N/I:N/A:H",
    ),
    _Flaw(
        "use after free when a connection is reset",
        "CWE-416",
        Severity.HIGH,
        8.1,
        "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H",
    ),
    _Flaw(
        "credentials are sent to the target of a redirect",
        "CWE-200",
        Severity.MEDIUM,
        5.9,
        "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N",
    ),
    _Flaw(
        "an archive entry can be written outside its folder",
        "CWE-22",
        Severity.HIGH,
        7.1,
        "CVSS:3.1/AV:N/AC:L/PR:L/UI:R/S:U/C:N/I:H/A:H",
    ),
    _Flaw(
        "a local user can read memory of another process",
        "CWE-200",
        Severity.LOW,
        3.3,
        "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N",
    ),
)


def everyday_vulnerabilities() -> tuple[Fault, ...]:
    """Give each advisory at the images that have it, newest advisory last."""
    found = (_at_image(index, name) for index in range(COUNT) for name in IMAGES)
    return tuple(fault for fault in found if fault is not None)


def _at_image(index: int, name: str) -> Fault | None:
    what = _advisory(index)
    share = _SHARE_OF_FORGOTTEN if name == FORGOTTEN else _SHARE_OF_IMAGES
    if chance(what.advisory, name) >= share:
        return None
    # Advisories come evenly over the whole history; an image takes each in within a few days.
    appeared = _HISTORY_DAYS - index * _HISTORY_DAYS / COUNT
    since = appeared - between(0, 2, "delay", what.advisory, name)
    return Fault(image(name), what, _spans(since, what, name)) if since > 1 else None


def _spans(since: float, what: Vulnerable, name: str) -> Spans:
    longest = 24 if what.severity is Severity.HIGH else 60
    life = between(5, longest, "life", what.advisory, name)
    if not what.fixed:
        life = _HISTORY_DAYS
    return ((since, max(0.0, since - life)),)


def _advisory(index: int) -> Vulnerable:
    dependency = _DEPENDENCIES[(index * 7) % len(_DEPENDENCIES)]
    flaw = _FLAWS[between(0, len(_FLAWS) - 1, "flaw", index)]
    number = FIRST_NUMBER + index * 11
    has_fix = flaw.severity is Severity.HIGH or chance("fix", index) >= _NO_FIX_SHARE
    fixed = f"{dependency.release}{4 + index // 4}" if has_fix else ""
    return Vulnerable(
        advisory=f"CVE-2026-{number}",
        package=dependency.name,
        ecosystem=dependency.ecosystem,
        installed=dependency.installed,
        fixed=fixed,
        severity=flaw.severity,
        score=flaw.score,
        vector=flaw.vector,
        title=f"{dependency.name}: {flaw.title}",
        weakness=flaw.weakness,
        alias="" if dependency.ecosystem == "deb" else ghsa(number),
    )


def ghsa(number: int) -> str:
    """Give the invented GHSA id of an invented advisory."""
    letters = "23456789cfghjmpqrvwx"
    picked = [letters[between(0, len(letters) - 1, "ghsa", number, place)] for place in range(12)]
    return "GHSA-" + "-".join("".join(picked[start : start + 4]) for start in (0, 4, 8))
