"""Reads what the commands of `tesuri scp` work on: policy files, the organization's folder, placeholders to fill in."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from tesuri.cli.named_file import read_file, shown_name
from tesuri.cli.state import Session
from tesuri.controls.scp.organization import NAMES, read_organization
from tesuri.controls.scp.policy import read_policy
from tesuri.model.errors import BadInput
from tesuri.model.scp import Organization, ScpPolicy

FOLDER: Final = "organization"
"""Folder of the organization tree in a workspace."""

_MAX_FILES: Final = 10_000
"""Amazon takes 10,000 policies in one organization."""

BIND_HELP: Final = "Fill a placeholder of the policies in: NAME=VALUE, as often as needed."
ORGANIZATION_HELP: Final = (
    "Folder of the organization tree; without, organization/ of the workspace."
)


def organization_folder(session: Session, given: str) -> str:
    """Give the folder of the tree: the one that is named, else the workspace's; empty when there is none."""
    if given:
        return given
    folder = session.site.settings.workspace.value / FOLDER
    is_there = any((folder / name).is_file() for name in NAMES)
    return shown_path(folder) if is_there else ""


def shown_path(path: Path) -> str:
    """Give a path as short as it stays clear: relative to where the command runs."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def folder_files(folder: str) -> dict[str, bytes]:
    """Give the declared files of a tree by path below it; hidden ones and prose are left out.

    **raises** BadInput when the folder is none, or holds too many files.
    """
    root = Path(folder)
    if not root.is_dir():
        raise BadInput("This folder does not exist.", where=shown_name(folder))
    paths = sorted(
        path
        for path in root.rglob("*")
        if path.suffix.lower() in {".json", ".yaml", ".yml"} and path.is_file()
    )
    shown = [path for path in paths if not _is_hidden(path.relative_to(root))]
    if len(shown) > _MAX_FILES:
        raise BadInput(f"The folder holds more than {_MAX_FILES:,} files.", where=folder)
    return {path.relative_to(root).as_posix(): read_file(str(path)) for path in shown}


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def is_tree(name: str) -> bool:
    """Whether a name is that of a folder with an organization in it."""
    return any((Path(name) / each).is_file() for each in NAMES)


def policy_files(names: Sequence[str]) -> dict[str, bytes]:
    """Give the bytes of policy files by shown name; a folder stands for the JSON files in it."""
    return {shown_name(name): read_file(name) for name in _expanded(names, {".json"})}


def call_files(names: Sequence[str]) -> Iterator[str]:
    """Give the names of recorded calls; a folder stands for the JSON and gzip files below it."""
    return _expanded(names, {".json", ".jsonl", ".gz"})


def _expanded(names: Sequence[str], suffixes: set[str]) -> Iterator[str]:
    for name in names:
        folder = Path(name)
        if name == "-" or not folder.is_dir():
            yield name
            continue
        found = sorted(
            path for path in folder.rglob("*") if path.suffix.lower() in suffixes and path.is_file()
        )
        if not found:
            raise BadInput(
                f"The folder has no file that ends in {' or '.join(sorted(suffixes))}.",
                where=shown_name(name),
            )
        yield from map(str, found)


def read_policies(names: Sequence[str], bindings: Sequence[str] = ()) -> list[ScpPolicy]:
    """Read policy files with their placeholders filled in. **raises** BadInput."""
    return [
        read_policy(bound(data, bindings), where=name) for name, data in policy_files(names).items()
    ]


def read_tree(session: Session, given: str, bindings: Sequence[str] = ()) -> Organization | None:
    """Read the organization that is named, else the workspace's; None when there is none."""
    folder = organization_folder(session, given)
    if not folder:
        return None
    files: Mapping[str, bytes] = {
        name: bound(data, bindings) if name.endswith(".json") else data
        for name, data in folder_files(folder).items()
    }
    return read_organization(files, where=shown_name(folder))


def bound(data: bytes, bindings: Sequence[str]) -> bytes:
    """Give a policy's text with each NAME replaced by its VALUE, written as JSON writes it.

    **raises** BadInput for a binding without = or without a name.
    """
    for binding in bindings:
        name, equals, value = binding.partition("=")
        if not name or not equals:
            raise BadInput(f"{binding!r} is not NAME=VALUE.", where="--bind")
        data = data.replace(_inner(name), _inner(value))
    return data


def _inner(text: str) -> bytes:
    return json.dumps(text, ensure_ascii=False)[1:-1].encode()
