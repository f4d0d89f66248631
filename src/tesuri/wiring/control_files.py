"""The files of controls, shipped and a workspace's own, as one catalogue: compiled before where that still holds.

Shipped controls are compiled into one file when the package is built, and by `make install` in a checkout; there it
counts only while it was made of the very files that lie beside it. A workspace's own are kept in the person's cache
under a digest of their content. Both are plain data, checked while they are read; without them nothing is slower than
compiling, and a cache that cannot be written is none.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from tesuri.controls.catalogue import Catalogue, dump_catalogue, load_catalogue
from tesuri.controls.compiled import CompiledControl
from tesuri.expressions.checks import check_tree
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import ControlId
from tesuri.settings import Settings, package_files

if TYPE_CHECKING:
    from tesuri.controls.cases import Case
    from tesuri.controls.property_paths import Schemas

CATALOGUE: Final = "controls/catalog"
COMPILED: Final = "controls/compiled.json"
"""Below the package; generated, never committed."""
BUILT: Final = "built"
"""Stamp in a wheel, whose files nobody changes."""
CASES_SUFFIX: Final = ".cases.yaml"

_PACKAGE: Final = Path(__file__).resolve().parents[1]
_MADE_OF: Final = ("controls", "expressions", "model")
"""Folders that compiled controls depend on: the files, and the code that reads them."""
_LARGEST: Final = 64 * 1024 * 1024


def framework_files(own: Iterable[tuple[str, bytes]]) -> Mapping[str, bytes]:
    """Give the files of frameworks, shipped ones and a workspace's own."""
    return {**package_files("controls/frameworks"), **dict(own)}


def read_schemas() -> "Schemas":
    """Give the property names of every resource type that is known."""
    from tesuri.controls.property_paths import Schemas, load_schema  # noqa: PLC0415 - as below

    declared = package_files("controls/schemas").items()
    return Schemas(load_schema(data, where=name) for name, data in declared)


def case_files(own: Iterable[tuple[str, bytes]]) -> Mapping[str, bytes]:
    """Give the files of cases, shipped ones and a workspace's own."""
    declared = {name: data for name, data in own if name.endswith(CASES_SUFFIX)}
    return {**_shipped_case_files(), **declared}


@lru_cache(maxsize=1)
def _shipped_case_files() -> Mapping[str, bytes]:
    """Give the cases that come along; kept for the life of the process."""
    files = package_files(CATALOGUE)
    return {name: data for name, data in files.items() if name.endswith(CASES_SUFFIX)}


def cases_of(control: ControlId, files: Mapping[str, bytes]) -> "tuple[Case, ...]":
    """Give the cases of one control; nothing where it has none. **raises** BadInput for a file that is wrong."""
    from tesuri.controls.cases import load_cases  # noqa: PLC0415 - gates read no YAML of ours

    wanted = f"{control}{CASES_SUFFIX}"
    found = (name for name in files if PurePosixPath(name).name == wanted)
    name = next(found, "")
    return load_cases(files[name], where=name) if name else ()


def read_controls(settings: Settings, own: Iterable[tuple[str, bytes]]) -> Catalogue:
    """Give the shipped controls and a workspace's own. **raises** BadInput for a control that is wrong."""
    shipped = _shipped()
    files = {name: data for name, data in own if not name.endswith(CASES_SUFFIX)}
    return shipped.with_own(_own(settings, files)) if files else shipped


def compile_shipped(stamp: str) -> bytes:
    """Give the shipped controls as bytes that are read at the next start."""
    return dump_catalogue(_compiled(package_files(CATALOGUE)), stamp=stamp)


def shipped_stamp() -> str:
    """Tell the files that shipped controls are made of apart from others, without reading them."""
    marks = (
        f"{path}\0{about.st_size}\0{about.st_mtime_ns}\n" for path, about in sorted(_looked_at())
    )
    return hashlib.sha256("".join(marks).encode()).hexdigest()


def keep(path: Path, data: bytes) -> None:
    """Write a file whole or not at all. **raises** OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _shipped() -> Catalogue:
    data = _bytes_of(_PACKAGE / COMPILED)
    if data:
        found = load_catalogue(data, stamps=(BUILT,)) or load_catalogue(
            data, stamps=(shipped_stamp(),)
        )
        if found is not None:
            return found
    return Catalogue.of(_compiled(package_files(CATALOGUE)))


def _own(settings: Settings, files: Mapping[str, bytes]) -> Catalogue:
    digest = _digest(files)
    place = settings.cache / "controls" / f"{digest}.json" if settings.cache else None
    kept = _checked(_bytes_of(place), digest) if place else None
    if kept is not None:
        return kept
    made = Catalogue.of(_compiled(files))
    if place:
        with suppress(OSError):
            keep(place, dump_catalogue(made, stamp=digest))
    return made


def _checked(data: bytes, digest: str) -> Catalogue | None:
    """Read a cache that anybody may have written to; None when anything in it is not as we write it."""
    try:
        found = load_catalogue(data, stamps=(digest,))
        for compiled in found or ():
            for part in (compiled.require, compiled.message):
                check_tree(part.tree, None, source=part.source, where=part.where)
    except BadInput:
        return None
    return found


def _compiled(files: Mapping[str, bytes]) -> Iterator[CompiledControl]:
    # Reading YAML and parsing expressions costs 0.1 s before the first control.
    from tesuri.controls.load import load_control  # noqa: PLC0415 - see above

    schemas = read_schemas()
    for name, data in files.items():
        if not name.endswith(CASES_SUFFIX):
            yield load_control(data, where=name, schemas=schemas)


def _digest(files: Mapping[str, bytes]) -> str:
    """Give a digest of files and of the code that compiles them."""
    found = hashlib.sha256(shipped_stamp().encode())
    for name, data in sorted(files.items()):
        found.update(f"{name}\0{len(data)}\0".encode())
        found.update(data)
    return found.hexdigest()


def _looked_at() -> Iterator[tuple[str, os.stat_result]]:
    waiting = [str(_PACKAGE / folder) for folder in _MADE_OF]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    waiting.append(entry.path)
                elif entry.name.endswith((".py", ".yaml")) and not entry.name.endswith(
                    CASES_SUFFIX
                ):
                    yield entry.path, entry.stat()


def _bytes_of(path: Path) -> bytes:
    """Give a file's bytes; none where it cannot be read, is too large, or belongs to somebody else."""
    try:
        about = path.stat()
        is_ours = about.st_uid in (0, os.getuid())
        return path.read_bytes() if is_ours and about.st_size <= _LARGEST else b""
    except OSError:
        return b""
