"""What a file of a repository is to the gate of a commit, and the point whose controls judge it; nothing is read here."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from tesuri.flows.judge_resources import Gate
from tesuri.model.control import Point


class SourceKind(StrEnum):
    """What a file of a repository is to the gate of a commit."""

    TERRAFORM = "terraform"
    TEMPLATE = "template"
    MANIFEST = "manifest"
    OTHER = "other"
    """Nothing that a control looks at."""


JUDGED_AT: Mapping[SourceKind, Point] = {
    SourceKind.TERRAFORM: Point.PLAN,
    SourceKind.TEMPLATE: Point.TEMPLATE,
    SourceKind.MANIFEST: Point.ADMISSION,
}
"""The point whose controls judge a kind of source."""

_DOCUMENTS = (".yaml", ".yml", ".json", ".template")


def source_kind(name: str, data: bytes) -> SourceKind:
    """Say what a file is, by its name and by what stands in it; nothing of it is read yet.

    A file that names both is a template: CloudFormation may create Kubernetes objects, not the other way round.
    """
    lower = name.lower()
    if lower.endswith((".tf", ".tf.json")):
        return SourceKind.TERRAFORM
    if not lower.endswith(_DOCUMENTS):
        return SourceKind.OTHER
    if b"AWSTemplateFormatVersion" in data or (b"Resources" in data and b"AWS::" in data):
        return SourceKind.TEMPLATE
    if b"apiVersion" in data and b"kind" in data and b"{{" not in data:
        return SourceKind.MANIFEST
    return SourceKind.OTHER


def at_commit(gate: Gate) -> Gate:
    """Give a gate that answers for a commit with the controls of another point."""
    return replace(gate, point=Point.COMMIT)
