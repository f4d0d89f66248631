"""What the kustomizations beside and above a manifest say of it."""

from collections.abc import Collection, Iterator
from enum import StrEnum
from pathlib import Path

from tesuri.cli.named_file import read_file
from tesuri.flows.gates.source_kinds import KUSTOMIZATIONS
from tesuri.model.errors import BadInput
from tesuri.subjects.kubernetes.kustomize import Kustomized, read_kustomization


class Role(StrEnum):
    """What a manifest is to Kustomize."""

    NONE = "none"
    RESOURCE = "resource"
    """An object of its own, which the kustomization may change."""
    PATCH = "patch"
    """A part of another object, which says nothing before it is rendered."""


def role_of(place: Path, below: Path) -> Role:
    """Say what a file is to the kustomizations from its folder up to a folder, or up to the repository."""
    found = Role.NONE
    for folder, named in _kustomizations(place, below):
        if _has(named.patches, folder, place):
            return Role.PATCH
        if _has(named.resources, folder, place):
            found = Role.RESOURCE
    return found


def _kustomizations(place: Path, below: Path) -> Iterator[tuple[Path, Kustomized]]:
    for folder in place.parents:
        for name in KUSTOMIZATIONS:
            file = folder / name
            if not file.is_file():
                continue
            try:
                yield folder, read_kustomization(read_file(str(file)), where=str(file))
            except BadInput:  # it is refused where it is named itself
                continue
        if folder == below or (folder / ".git").exists():
            return


def _has(paths: Collection[str], folder: Path, place: Path) -> bool:
    return any((folder / path).resolve() == place.resolve() for path in paths)
