"""One canonical shape for what a control looks at, whatever input it came from.

AWS resources carry the published CloudFormation type and property names; Kubernetes resources are the object itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final


class Unknown:
    """A leaf whose value is only known later. Use `UNKNOWN`, `PRESENT` or `partly_known`."""

    __slots__ = ("flaw", "pieces")

    def __init__(self, *pieces: str, flaw: str = "") -> None:
        self.flaw = flaw
        """Why nobody will ever know it: "a list, not a policy"; empty for what is only known later."""
        self.pieces = pieces
        """What is known of a text that is certain to be there, around what is not known; none when it may turn out null."""

    def __repr__(self) -> str:
        return (
            "…".join(self.pieces) if any(self.pieces) else "PRESENT" if self.pieces else "UNKNOWN"
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown) and self.pieces == other.pieces

    def __hash__(self) -> int:
        return hash(self.pieces)

    @property
    def is_certain(self) -> bool:
        """Whether there will be a value, whatever it is."""
        return bool(self.pieces)

    def may_be(self, text: object) -> bool:
        """Whether the value may turn out to be this one."""
        if not self.pieces:
            return True
        if not isinstance(text, str):
            return text is not None
        if not any(self.pieces):
            return text not in ("", "*")
        first, last = self.pieces[0], self.pieces[-1]
        is_long = len(text) >= sum(map(len, self.pieces))
        return is_long and text.startswith(first) and text.endswith(last)


UNKNOWN: Final = Unknown()
PRESENT: Final = Unknown("", "")
"""The id, ARN or name of a resource: not known yet, but certain to be there, not empty and no wildcard."""


def misshapen(found: str, wanted: str) -> Unknown:
    """Give a leaf that the input wrote in a shape that its property does not have: "a list", "a policy"."""
    return Unknown(flaw=f"{found}, not {wanted}")


def partly_known(pieces: Sequence[str]) -> Unknown:
    """Give a text of which only these pieces are known, in order; UNKNOWN when nothing of it is."""
    return Unknown(*pieces) if any(pieces) else UNKNOWN


Value = bool | int | float | str | None | Unknown | list["Value"] | dict[str, "Value"]
"""A JSON value in which any leaf or branch may be UNKNOWN."""

KUBERNETES_PREFIX: Final = "k8s:"
"""How the resource types of Kubernetes objects begin."""


class Change(StrEnum):
    """What the input says will happen to the resource."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    NO_CHANGE = "no-change"
    READ = "read"
    EXISTS = "exists"
    """Seen live or in a file that does not speak of changes."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a resource or a part of it is written."""

    file: str = ""
    line: int = 0
    pointer: str = ""
    """JSON pointer in the input document."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A thing as a control sees it."""

    type: str
    """AWS::EC2::SecurityGroup, k8s:apps/v1/Deployment …"""
    address: str
    """Terraform address, logical id, namespace/kind/name, or ARN: unique in its input."""
    properties: Mapping[str, Value]
    change: Change = Change.EXISTS
    provider_type: str = ""
    """aws_security_group, AWS::EC2::SecurityGroup …: the input's own word."""
    tags: Mapping[str, str] = field(default_factory=dict)
    module: str = ""
    """Terraform module path that declares it; empty for the root module."""
    origin: Origin = Origin()
    origins: Mapping[str, Origin] = field(default_factory=dict)
    """Property pointer → where it was written, for parts joined from other resources."""
    defaults: frozenset[str] = frozenset()
    """Property pointers that the provider's documented default filled."""
    sensitive: frozenset[str] = frozenset()
    """Property pointers whose values are compared but never shown."""
    account: str = ""
    """The cloud account that it stands in; empty where the input does not tell."""
    arn: str = ""
    """Where the input tells it; the address may be another name."""
    seen_at: datetime | None = None
    """When the recording says that it was so; None where the input tells no time."""
    told: frozenset[str] = frozenset()
    """Of a whole that is not in the input: the properties that its part tells; empty for every other resource."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of the input that no resource could be made of; counted and shown."""

    address: str
    reason: str
    origin: Origin = Origin()
    is_broken: bool = False
    """Whether the input has a shape there that its format does not have."""
