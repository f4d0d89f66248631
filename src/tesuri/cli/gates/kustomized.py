"""What the kustomizations beside and above a manifest say of it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tesuri.cli.named_file import read_file
from tesuri.flows.gates.source_kinds import KUSTOMIZATIONS
from tesuri.model.errors import BadInput
from tesuri.subjects.kubernetes.kustomize import read_kustomization


class Role(StrEnum):
    """What a manifest is to Kustomize."""

    NONE = "none"
    RESOURCE = "resource"
    """An object of its own, which the kustomization may change."""
    PATCH = "patch"
    """A part of another object, which says nothing before it is rendered."""


class Kustomizations:
    """The kustomizations from the folders of manifests up to one folder, or up to the repository; each is read once."""

    def __init__(self, below: Path) -> None:
        """Begin with none read."""
        self._below = below
        self._known: dict[Path, Sequence[_Named]] = {}

    def role_of(self, place: Path) -> Role:
        """Say what a file is to those beside and above it."""
        found, real = Role.NONE, place.resolve()
        for folder in place.parents:
            if folder not in self._known:
                self._known[folder] = tuple(_named_in(folder))
            for named in self._known[folder]:
                if real in named.patches:
                    return Role.PATCH
                if real in named.resources:
                    found = Role.RESOURCE
            if folder == self._below or (folder / ".git").exists():
                break
        return found


@dataclass(frozen=True, slots=True)
class _Named:
    """The files that a kustomization names, links followed."""

    patches: frozenset[Path]
    resources: frozenset[Path]


def _named_in(folder: Path) -> Iterator[_Named]:
    for name in KUSTOMIZATIONS:
        file = folder / name
        if not file.is_file():
            continue
        try:
            told = read_kustomization(read_file(str(file)), where=str(file))
        except BadInput:  # it is refused where it is named itself
            continue
        yield _Named(_real(told.patches, folder), _real(told.resources, folder))


def _real(paths: Collection[str], folder: Path) -> frozenset[Path]:
    return frozenset((folder / path).resolve() for path in paths if "\0" not in path)
