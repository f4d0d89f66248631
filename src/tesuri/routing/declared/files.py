"""Which kind of declaration each file of a workspace is, told by its path alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

SETTINGS: Final = "tesuri"

FOLDERS: Final[Mapping[str, str]] = {
    "assets": "asset",
    "controls": "control",
    "efforts": "effort",
    "feeds": "feed",
    "frameworks": "framework",
    "incidents": "incident",
    "journeys": "journey",
    "mappings": "mapping",
    "objectives": "objective",
    "services": "service",
    "teams": "team",
    "triage": "triage",
    "waivers": "waiver",
}
"""Folder → kind. `teams.yaml` beside the folders means the same as a file in `teams/`."""

_DOCUMENT_SUFFIXES = ("yaml", "yml", "json")
_PROSE_SUFFIXES = ("md", "txt", "rst")
_ONLY_FOLDERS = {"mapping", "triage", "control", "feed", "framework"}
"""Kinds whose file name carries meaning, so that one file cannot hold all."""


@dataclass(frozen=True, slots=True)
class SortedFiles:
    """Paths by kind, in order, and a sentence for each path of no kind."""

    paths: Mapping[str, tuple[str, ...]]
    warnings: tuple[str, ...]

    def of(self, kind: str) -> tuple[str, ...]:
        """Give the paths of one kind; empty when there are none."""
        return self.paths.get(kind, ())


def sort_files(paths: Iterable[str]) -> SortedFiles:
    """Sort relative paths (with /) by kind; hidden files and prose are neither read nor warned about."""
    found: dict[str, list[str]] = {}
    warnings: list[str] = []
    for path in sorted(paths):
        if _is_hidden_or_prose(path):
            continue
        kind = kind_of_file(path)
        if kind is None:
            warnings.append(f"{path} was not read: {_why_unknown(path)}")
        else:
            found.setdefault(kind, []).append(path)
    return SortedFiles({kind: tuple(names) for kind, names in found.items()}, tuple(warnings))


def kind_of_file(path: str) -> str | None:
    """Give the kind of declaration that a path holds; None for no kind."""
    folder, slash, _ = path.partition("/")
    suffix = _suffix(path)
    if slash:
        kind = FOLDERS.get(folder)
        is_readable = (
            suffix in _DOCUMENT_SUFFIXES or kind == "feed" or (kind, suffix) == ("asset", "csv")
        )
        return kind if is_readable else None
    if suffix not in _DOCUMENT_SUFFIXES:
        return "asset" if path == "assets.csv" else None
    if file_stem(path) == SETTINGS:
        return SETTINGS
    kind = FOLDERS.get(file_stem(path))
    return None if kind in _ONLY_FOLDERS else kind


def is_in_folder(path: str) -> bool:
    """Whether the file stands in a folder, so that its name can be an id."""
    return "/" in path


def file_stem(path: str) -> str:
    """Give the file name without folders and suffix."""
    return path.rpartition("/")[2].rpartition(".")[0]


def _suffix(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[2].lower()


def _is_hidden_or_prose(path: str) -> bool:
    is_hidden = any(part.startswith(".") for part in path.split("/"))
    return is_hidden or _suffix(path) in _PROSE_SUFFIXES


def _why_unknown(path: str) -> str:
    folder, slash, _ = path.partition("/")
    if slash and folder in FOLDERS:
        return f"files of {folder}/ end in .yaml, .yml or .json" + (
            " (or .csv)." if folder == "assets" else "."
        )
    if slash:
        return f"no kind of declaration lives in {folder}/."
    return "no kind of declaration has this name."
