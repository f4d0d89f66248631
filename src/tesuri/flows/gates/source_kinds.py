"""What a file of a repository is to the gate of a commit, and the point whose controls judge it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from tesuri.flows.gates.judge_resources import Gate
from tesuri.model.control import Point
from tesuri.model.errors import BadInput
from tesuri.subjects.kubernetes.objects import read_documents
from tesuri.subjects.terraform.endings import SOURCE_ENDINGS


class SourceKind(StrEnum):
    """What a file of a repository is to the gate of a commit."""

    TERRAFORM = "terraform"
    TEMPLATE = "template"
    MANIFEST = "manifest"
    UNRENDERED = "unrendered"
    """A template of manifests, or what changes them, which says nothing before it is rendered."""
    OTHER = "other"
    """Nothing that a control looks at."""


JUDGED_AT: Mapping[SourceKind, Point] = {
    SourceKind.TERRAFORM: Point.PLAN,
    SourceKind.TEMPLATE: Point.TEMPLATE,
    SourceKind.MANIFEST: Point.ADMISSION,
}
"""The point whose controls judge a kind of source."""

_VALUES = re.compile(r"terraform\.tfvars(\.json)?|.*\.auto\.tfvars(\.json)?")
"""Files of values that Terraform reads without being told to."""
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""The names of the file that says how Kustomize changes manifests."""
_OF_FLUX = b"kustomize.toolkit.fluxcd.io"
"""An object of a cluster that has the same kind."""
_UNRENDERED = re.compile(
    rb"^\s*(?:- )?\{\{|: *\{\{|\{\{[^}\n]*\.(?:Values|Release|Chart|Capabilities)\b|\{%",
    re.MULTILINE,
)
"""Marks of Helm and its like where a document has structure; alerts and workflows have theirs inside texts."""
_OF_OTHERS = (b"{{", b"{%", b"//", b"/*")
DOCUMENTS = (".yaml", ".yml", ".json", ".template")


def source_kind(name: str, data: bytes) -> SourceKind:
    """Say what a file is, by its name and by what stands in it; nothing of it is read yet.

    A file that names both is a template: CloudFormation may create Kubernetes objects, not the other way round.
    """
    lower = name.lower()
    if lower.endswith(SOURCE_ENDINGS) or _VALUES.fullmatch(lower.rpartition("/")[2]):
        return SourceKind.TERRAFORM
    if name.rpartition("/")[2] in KUSTOMIZATIONS and _OF_FLUX not in data:
        return SourceKind.UNRENDERED
    if not lower.endswith(DOCUMENTS):
        return SourceKind.OTHER
    if b"AWSTemplateFormatVersion" in data or (b"Resources" in data and b"AWS::" in data):
        return SourceKind.TEMPLATE
    if b"apiVersion" in data and b"kind" in data:
        return SourceKind.UNRENDERED if _UNRENDERED.search(data) else SourceKind.MANIFEST
    return SourceKind.OTHER


def is_document(name: str, data: bytes) -> bool:
    """Whether a file is YAML or JSON that means what it says, so that policies can look at it."""
    return name.lower().endswith(DOCUMENTS) and not any(mark in data for mark in _OF_OTHERS)


def refuse_broken(name: str, data: bytes, *, where: str) -> None:
    """**raises** BadInput for a document that says nothing because it is empty, cut off or hostile.

    Templates of other tools ({{ … }}, {% … %}), JSON with comments and YAML with tags of others are not ours to judge.
    """
    if not is_document(name, data):
        return
    if not data.strip():
        raise BadInput(
            "The file is empty.", where=where, remedy="Remove it, or write it again with its tool."
        )
    try:
        read_documents(data, where=where)
    except BadInput as error:
        if "The tag " not in error.what:
            raise


def at_commit(gate: Gate) -> Gate:
    """Give a gate that answers for a commit with the controls of another point."""
    return replace(gate, point=Point.COMMIT)
