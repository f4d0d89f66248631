"""The files of a policy folder and of data beside it. Nothing outside the named places is read, whatever links say."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tesuri.model.errors import BadInput

MOST_BYTES: Final = 32 * 1024 * 1024
"""All files of a folder together; a library of 100 templates has 2 MB."""

MOST_FILES: Final = 10_000
_SUFFIXES: Final = (".rego", ".json", ".yaml", ".yml")


def policy_files(place: str) -> Mapping[str, bytes]:
    """Give the policy and data files below a folder, by path below it; a single file by its name.

    **raises** BadInput for a place that is not there, a link that leads out of it, or too much.
    """
    root = Path(place)
    if root.is_file():
        return {root.name: _content(root, place)}
    if not root.is_dir():
        raise BadInput(
            "There is no such folder.", where=place, remedy="Name the folder of the policies."
        )
    found: dict[str, bytes] = {}
    size = 0
    for path in _paths(root):
        if not path.resolve().is_relative_to(root.resolve()):
            raise BadInput("A link leads out of the folder.", where=str(path))
        found[path.relative_to(root).as_posix()] = _content(path, str(path))
        size += len(found[path.relative_to(root).as_posix()])
        if size > MOST_BYTES or len(found) > MOST_FILES:
            raise BadInput(
                f"The folder holds more than {MOST_FILES:,} files or {MOST_BYTES:,} bytes of policies and data.",
                where=place,
            )
    return found


def _paths(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        below = path.relative_to(root).parts
        is_hidden = any(part.startswith(".") for part in below)
        if path.name.endswith(_SUFFIXES) and not is_hidden and path.is_file():
            yield path


def _content(path: Path, shown: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadInput(
            f"The file cannot be read: {error.strerror or error}.",
            where=shown,
            remedy="Check the permissions.",
        ) from error
