"""All mappings by Terraform type. A new file of tables is one line here."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from tesuri.subjects.terraform.mapping import Block, TypeMapping, compiled
from tesuri.subjects.terraform.types import (
    containers,
    databases,
    edges,
    identities,
    keys_and_secrets,
    machines,
    messages,
    networks,
    object_stores,
    watches,
    workloads,
)

_TABLES: Final = (
    object_stores.MAPPINGS,
    identities.MAPPINGS,
    networks.MAPPINGS,
    machines.MAPPINGS,
    databases.MAPPINGS,
    containers.MAPPINGS,
    edges.MAPPINGS,
    watches.MAPPINGS,
    messages.MAPPINGS,
    keys_and_secrets.MAPPINGS,
    workloads.MAPPINGS,
)
MAPPINGS: Final[Mapping[str, TypeMapping]] = {one.source: one for table in _TABLES for one in table}
"""Terraform type → its mapping; security groups are not in it."""


@cache
def block_of(kind: str) -> Block:
    """Give how resources of a mapped Terraform type are read."""
    return compiled(MAPPINGS[kind])
