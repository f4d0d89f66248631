"""What is wrong at the demo company, and when: each fault with the days in which a scan sees it.

Ages are days before the present, so that the same company comes out whenever it is built.
"""

from dataclasses import dataclass

from tesuri.model.severity import Severity

Spans = tuple[tuple[float, float], ...]
"""From an age down to, not including, a lower one; (9, 0) is there since nine days and still is."""


@dataclass(frozen=True, slots=True)
class Vulnerable:
    """A dependency with a published vulnerability."""

    advisory: str
    package: str
    ecosystem: str
    installed: str
    fixed: str
    """Empty where no fix is published."""
    severity: Severity
    score: float
    vector: str
    title: str
    weakness: str = ""
    alias: str = ""
    """GHSA id; empty for packages of the operating system."""


@dataclass(frozen=True, slots=True)
class Weak:
    """A weakness in a file of a repository."""

    rule: str
    title: str
    severity: Severity
    weakness: str
    path: str
    line: int
    code: str
    help: str


@dataclass(frozen=True, slots=True)
class Leak:
    """A secret in a file of a repository; the secret is made when the report is written."""

    rule: str
    path: str
    line: int
    commit: str


@dataclass(frozen=True, slots=True)
class Misset:
    """A resource of an account that fails a check."""

    check: str
    title: str
    severity: Severity
    resource: str
    resource_type: str
    detail: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A line of a table that people keep: a penetration test, a TLS survey."""

    rule: str
    title: str
    severity: Severity
    kind: str
    url: str
    detail: str
    remedy: str
    weakness: str = ""
    resource: str = ""


What = Vulnerable | Weak | Leak | Misset | Noted


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong at one target for some time."""

    target: str
    """What is scanned, as the scanner names it."""
    what: What
    spans: Spans
    tools: tuple[str, ...] = ()
    """Tools that see it; empty: every tool that looks at the target for such things."""

    def is_there(self, age_days: float) -> bool:
        """Whether a scan of that age sees it."""
        return any(since >= age_days > until for since, until in self.spans)

    def is_seen_by(self, tool: str, age_days: float) -> bool:
        """Whether this tool's scan of that age reports it."""
        return (not self.tools or tool in self.tools) and self.is_there(age_days)
