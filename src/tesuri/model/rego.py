"""Policies in Rego as the gates see them: what was found in a folder, and what each rule said of one input."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

POLICY_PREFIX: Final = "rego:"
"""How the control id of a policy begins."""


class RuleKind(StrEnum):
    """What the name of a rule asks for."""

    DENY = "deny"
    VIOLATION = "violation"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class RegoModule:
    """One policy file, or one module inside a ConstraintTemplate."""

    path: str
    text: str
    line: int = 1
    """Line of the file at which the text starts."""


@dataclass(frozen=True, slots=True)
class RegoUnit:
    """Modules that see each other, with the documents under `data`."""

    modules: tuple[RegoModule, ...]
    documents: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleNotes:
    """What the annotations of a clause say: `# METADATA` with title, description and custom.severity."""

    title: str = ""
    description: str = ""
    severity: str = ""


@dataclass(frozen=True, slots=True)
class RegoRule:
    """One rule of a package: all its clauses together."""

    package: str
    """Without `data.`: main, terraform.s3."""
    name: str
    path: str
    line: int
    is_set: bool
    """Whether every clause adds to a set, as `deny[msg]` and `deny contains msg` do."""
    clauses: int = 1
    is_listing: bool = False
    """Whether it gives one value that may be a list or a set, as `deny = messages { … }` does."""
    told: tuple[RuleNotes, ...] = ()
    """One for each clause with annotations."""

    @property
    def id(self) -> str:
        """Give package and name: main.deny_public."""
        return f"{self.package}.{self.name}"


@dataclass(frozen=True, slots=True)
class RegoUnitRules:
    """What the engine found in a unit."""

    packages: tuple[str, ...]
    rules: tuple[RegoRule, ...]
    names: frozenset[str] = frozenset()
    """Every dotted name that the modules refer to below `data` or call."""


@dataclass(frozen=True, slots=True)
class RegoQuestion:
    """One rule to evaluate on one input."""

    unit: int
    rule: RegoRule


@dataclass(frozen=True, slots=True)
class RegoAnswer:
    """What one rule gave."""

    values: tuple[object, ...] = ()
    """Members of the set, as JSON."""
    unknown: tuple[str, ...] = ()
    """What could not be evaluated: "deny.rego: line 3: could not find function crypto.x"."""


@dataclass(frozen=True, slots=True)
class RegoCase:
    """One rule to evaluate on a document of its own: what several share, and what only it sees."""

    question: RegoQuestion
    own: Mapping[str, object]


class RegoEngine(Protocol):
    """Evaluates Rego, within bounds of time and memory."""

    @property
    def units(self) -> Sequence[RegoUnitRules]:
        """Give what was found in each unit, in order."""
        ...

    def ask(self, questions: Sequence[RegoQuestion], document: object) -> Sequence[RegoAnswer]:
        """Evaluate rules on one input document. **raises** BadInput when a bound is reached."""
        ...

    def ask_each(
        self, asked: Sequence[RegoCase], shared: Mapping[str, object]
    ) -> Sequence[RegoAnswer]:
        """Evaluate rules that are independent of each other, each on what all share and on its own part.

        One that reaches a bound is unknown, and stops no other.
        """
        ...
