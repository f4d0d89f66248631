"""Service control policies: what they say, where they are attached, and their answer to a request.

A policy only ever takes away: `deny` means that some policy denies the request, `not-denied-by-scp` that the roles'
own permissions decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Effect(StrEnum):
    """What a statement does, spelled as Amazon does."""

    ALLOW = "Allow"
    DENY = "Deny"


class Truth(StrEnum):
    """Whether a part of a statement meets a request."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"
    """What was recorded does not show it."""


class ScpDecision(StrEnum):
    """What the policies together say of a request."""

    DENY = "deny"
    NOT_DENIED = "not-denied-by-scp"
    UNKNOWN = "unknown"


class TargetKind(StrEnum):
    """Where policies can be attached."""

    ROOT = "root"
    UNIT = "unit"
    ACCOUNT = "account"
    FILES = "files"
    """No organization was given: the policies of the command line, taken as one level."""


class LintLevel(StrEnum):
    """How bad a remark about a policy is."""

    ERROR = "error"
    """Amazon refuses the policy, or it does something else than it says."""
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Condition:
    """One key under one operator; all conditions of a statement must be true."""

    operator: str
    key: str
    wanted: tuple[str, ...]
    """One of them is enough; for a negated operator none may match."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy."""

    index: int
    """Position in the policy, from 0."""
    sid: str
    effect: Effect
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    is_not_action: bool = False
    is_not_resource: bool = False


@dataclass(frozen=True, slots=True)
class ScpPolicy:
    """A policy as its file writes it, with what the organization declares about it."""

    name: str
    """Its file, or FullAWSAccess."""
    statements: tuple[Statement, ...]
    has_variables: bool = True
    """Version 2012-10-17; in older versions ${…} is plain text."""
    id: str = ""
    """p-… of Amazon, where it is declared."""
    owner: str = ""
    ask: str = ""
    """How to ask for a waiver, in the words of who owns it."""
    control: str = ""
    """Id of the control behind it, where it was not generated from one."""


@dataclass(frozen=True, slots=True)
class ScpTarget:
    """Root, unit or account with the policies attached to it."""

    kind: TargetKind
    id: str
    name: str
    policies: tuple[ScpPolicy, ...]


@dataclass(frozen=True, slots=True)
class Organization:
    """The tree, as the way from the root to each account."""

    id: str
    """o-…; empty where it is not declared."""
    management_account: str
    paths: Mapping[str, tuple[ScpTarget, ...]]
    """Account number → root, units, account."""
    targets: tuple[ScpTarget, ...]
    """Each once, the root first."""
    policies: tuple[ScpPolicy, ...]
    """Every declared policy file, attached or not."""
    exempt_roles: tuple[str, ...] = ()
    """ARN patterns that generated policies leave out."""
    owner: str = ""
    ask: str = ""


@dataclass(frozen=True, slots=True)
class ScpRequest:
    """One call as a policy sees it."""

    principal: str
    """ARN, the session's for an assumed role."""
    action: str
    resource: str | None
    """ARN or *; None: nobody knows."""
    account: str
    """Of the principal; empty: nobody knows."""
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Condition key in lower case → values."""
    absent: frozenset[str] = frozenset()
    """Keys in lower case that the request surely did not carry."""
    is_complete: bool = True
    """False for a recorded call: a key that it does not show is unknown, not missing."""
    out_of_reach: str = ""
    """Why no policy restricts this principal; empty: policies do."""


@dataclass(frozen=True, slots=True)
class ConditionTruth:
    """One condition beside what the request holds."""

    operator: str
    key: str
    wanted: tuple[str, ...]
    actual: tuple[str, ...] | None
    """None: the request does not carry the key, or nobody knows."""
    truth: Truth
    note: str = ""


@dataclass(frozen=True, slots=True)
class StatementTruth:
    """One statement beside a request, part by part."""

    policy: ScpPolicy
    target: ScpTarget
    statement: Statement
    action: Truth
    resource: Truth
    conditions: tuple[ConditionTruth, ...]
    truth: Truth


@dataclass(frozen=True, slots=True)
class ScpAnswer:
    """What the policies say of a request, and which statement decided."""

    decision: ScpDecision
    reasons: tuple[str, ...]
    """Why, in English parts of one sentence."""
    decisive: StatementTruth | None = None
    """The statement that denies or leaves it unknown; None where none does, or where nothing allows."""
    target: ScpTarget | None = None
    """Where it was denied, or where nothing allows it."""
    considered: tuple[StatementTruth, ...] = ()
    """Denying statements that cover the action of the request."""

    @property
    def why(self) -> str:
        """Give the reasons as one text."""
        return ", ".join(self.reasons)


@dataclass(frozen=True, slots=True)
class LintRemark:
    """One thing that is wrong or doubtful with a policy or with where it is attached."""

    rule: str
    level: LintLevel
    file: str
    pointer: str
    message: str
    remedy: str = ""
