"""Files as Git keeps them: what is staged, and what a revision had. No hook, filter or text conversion runs."""

import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from tesuri.flows.gates.source_kinds import SourceKind, source_kind
from tesuri.model.errors import BadInput
from tesuri.subjects.terraform.endings import SOURCE_ENDINGS

_GIT: Final = ("git", "-c", "core.quotepath=off")
_BESIDE: Final = (*SOURCE_ENDINGS, ".tfvars", ".tfvars.json")
_SECONDS: Final = 60


@contextmanager
def staged_files() -> Iterator[tuple[Path, list[str]]]:
    """Give a folder with what is staged, and the names in it that differ from the last commit.

    **raises** BadInput outside a repository.
    """
    refusal = BadInput(
        "Git does not tell what is staged here.",
        remedy="Run it inside a repository, or name the changed files instead.",
    )
    listing = ("diff", "--cached", "--name-only", "-z", "--diff-filter=ACMR", "--relative")
    changed = _names(_git(*listing, refusal=refusal))
    beside = ("ls-files", "-z", "--", *(f"*{ending}" for ending in _BESIDE))
    tracked = _names(_git(*beside, refusal=refusal)) if _has_terraform(changed) else []
    with tempfile.TemporaryDirectory() as folder:
        wanted = "\0".join(sorted({*changed, *tracked})).encode()
        _git("checkout-index", "-z", "--stdin", f"--prefix={folder}/", fed=wanted, refusal=refusal)
        yield Path(folder), changed


@contextmanager
def files_of_revision(revision: str, names: Iterable[str]) -> Iterator[tuple[Path, list[str]]]:
    """Give a folder with what a revision had of some files, and the names of those that it had.

    Terraform files come with the other ones of their folders. **raises** BadInput for a revision that Git does not know.
    """
    refusal = BadInput(
        f"Git knows no revision {revision!r} here.",
        where="--base",
        remedy="Name a branch, a tag or a commit of this repository; fetch it first where the clone is shallow.",
    )
    commit = _git(
        *("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"),
        refusal=refusal,
    )
    identity = commit.decode().strip()
    had = _names(_git("ls-tree", "-r", "-z", "--name-only", identity, refusal=refusal))
    asked = {_relative(name) for name in names}
    known = [name for name in had if name in asked and "\n" not in name]
    beside = [name for name in had if name.endswith(_BESIDE)] if _has_terraform(known) else []
    with tempfile.TemporaryDirectory() as folder:
        wanted = sorted({*known, *(name for name in beside if "\n" not in name)})
        fed = "".join(f"{identity}:./{name}\n" for name in wanted).encode()
        blobs = _git("cat-file", "--batch", fed=fed, refusal=refusal)
        for name, data in zip(wanted, _blobs(blobs), strict=True):
            place = Path(folder, name)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        yield Path(folder), known


def _relative(name: str) -> str:
    """Give a name as Git writes it, below the current folder."""
    place = Path(name)
    here = Path.cwd()
    if place.is_absolute() and place.is_relative_to(here):
        place = place.relative_to(here)
    return PurePosixPath(place.as_posix()).as_posix()


def _blobs(answer: bytes) -> Iterator[bytes]:
    """Give the contents that `git cat-file --batch` wrote: a line with type and size before each."""
    position = 0
    while position < len(answer):
        end = answer.index(b"\n", position)
        size = int(answer[position:end].rsplit(b" ", 1)[1])
        yield answer[end + 1 : end + 1 + size]
        position = end + 1 + size + 1


def _has_terraform(names: Sequence[str]) -> bool:
    return any(source_kind(name, b"") is SourceKind.TERRAFORM for name in names)


def _names(listed: bytes) -> list[str]:
    return [name for name in listed.decode(errors="surrogateescape").split("\0") if name]


def _git(*words: str, fed: bytes = b"", refusal: BadInput) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 # our own words and a checked revision; names go through standard input
            [*_GIT, *words], input=fed, capture_output=True, timeout=_SECONDS, check=True
        )
    except FileNotFoundError as error:
        raise BadInput("Git is not installed.", remedy="Name the changed files instead.") from error
    except subprocess.SubprocessError as error:
        raise refusal from error
    return done.stdout
