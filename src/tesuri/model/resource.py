"""One canonical shape for what a control looks at, whatever input it came from.

AWS resources carry the published CloudFormation type and property names; Kubernetes resources are the object itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Unknown:
    """A leaf whose value is only known later; not absent, not null. Use the constant `UNKNOWN`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()

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


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of the input that no resource could be made of; counted and shown."""

    address: str
    reason: str
    origin: Origin = Origin()
