"""Where this process finds its workspace and its store: the only reader of the environment, and of declared files.

What a company decides is in its workspace, not here; a setting of a process is a variable with the prefix
TESURI_. Every value carries its origin, and a variable that nobody reads is named, so that a typing error shows.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from tesuri.flows.site.follow_files import FilesStamp
from tesuri.model.errors import BadInput
from tesuri.routing.declared.files import FOLDERS, kind_of_file

ValueT = TypeVar("ValueT")

WORKSPACE_FILES = ("tesuri.yaml", "tesuri.yml", "tesuri.json")
DEFAULT_DATABASE = ".tesuri/tesuri.db"

_KNOWN = {
    "TESURI_DATABASE_URL",
    "TESURI_DATABASE_URL_FILE",
    "TESURI_LANG",
    "TESURI_S3_ENDPOINT_URL",
    "TESURI_SERVER",
    "TESURI_TOKEN",
    "TESURI_WORKSPACE",
}
_FOR_TESTS = ("TESURI_TEST_", "TESURI_CORPUS")
_SCHEMES = ("sqlite", "postgresql", "postgresql+psycopg")
_LANGUAGES = ("en", "ja")
_TOP_LEVEL = ("*.yaml", "*.yml", "*.json", "*.csv")
_LARGEST_FILE = 64 * 1024 * 1024


class Colour(StrEnum):
    """Whether output for people is coloured."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Sourced(Generic[ValueT]):
    """A value with where it comes from."""

    value: ValueT
    origin: str
    """Name of a variable, a file, or "default"."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the process around Tesuri decides."""

    workspace: Sourced[Path]
    """Folder of declared files, absolute; need not hold any."""
    database_url: Sourced[str]
    """SQLAlchemy URL. May hold a password: show `shown_database_url`."""
    language: Sourced[str]
    """en or ja."""
    colour: Sourced[Colour]
    s3_endpoint_url: Sourced[str] = Sourced("", "default")
    """Of buckets that are not at AWS; empty: AWS itself. Asked only by a command that names a bucket."""
    server: Sourced[str] = Sourced("", "default")
    """Tesuri server that gates ask for policy states; empty: none is asked."""
    warnings: tuple[str, ...] = ()
    """Variables with our prefix that nothing reads."""
    cache: Path | None = None
    """Folder for what can be made again (XDG_CACHE_HOME, else ~/.cache); None: nothing is kept."""

    @property
    def shown_database_url(self) -> str:
        """Give the URL without its password."""
        return _without_password(self.database_url.value)


def read_settings(environ: Mapping[str, str], cwd: Path) -> Settings:
    """Give the settings of this process; an empty variable counts as not set.

    **raises** BadInput that names the variable.
    """
    workspace = _workspace(environ, cwd)
    unread = sorted(
        name
        for name in environ
        if name.startswith("TESURI_") and name not in _KNOWN and not name.startswith(_FOR_TESTS)
    )
    return Settings(
        workspace=workspace,
        database_url=_database_url(environ, workspace.value),
        language=_language(environ),
        colour=_colour(environ),
        server=Sourced(environ.get("TESURI_SERVER", ""), "TESURI_SERVER"),
        s3_endpoint_url=_s3_endpoint_url(environ),
        warnings=tuple(f"The variable {name} is set, but nothing reads it." for name in unread),
        cache=_cache(environ),
    )


def has_store(settings: Settings) -> bool:
    """Whether there is a store already; a SQLite file that nobody made yet is none."""
    url = settings.database_url.value
    return not url.startswith("sqlite:///") or Path(url.removeprefix("sqlite:///")).exists()


def _cache(environ: Mapping[str, str]) -> Path | None:
    """Give the folder of the XDG base directories; a relative one counts as not set, as they say."""
    declared, home = environ.get("XDG_CACHE_HOME", ""), environ.get("HOME", "")
    if declared.startswith("/"):
        return Path(declared) / "tesuri"
    return Path(home) / ".cache" / "tesuri" if home.startswith("/") else None


def _workspace(environ: Mapping[str, str], cwd: Path) -> Sourced[Path]:
    declared = environ.get("TESURI_WORKSPACE", "")
    if declared:
        folder = (cwd / Path(declared).expanduser()).absolute()
        if not folder.is_dir():
            raise BadInput(
                f"The folder {declared} does not exist.",
                where="TESURI_WORKSPACE",
                remedy="Create it, or correct --workspace or TESURI_WORKSPACE.",
            )
        return Sourced(folder, "TESURI_WORKSPACE")
    for folder in (cwd.absolute(), *cwd.absolute().parents):
        for name in WORKSPACE_FILES:
            if (folder / name).is_file():
                return Sourced(folder, str(folder / name))
    return Sourced(cwd.absolute(), "default")


def _database_url(environ: Mapping[str, str], workspace: Path) -> Sourced[str]:
    url = environ.get("TESURI_DATABASE_URL", "")
    file = environ.get("TESURI_DATABASE_URL_FILE", "")
    if url and file:
        raise BadInput(
            "TESURI_DATABASE_URL and TESURI_DATABASE_URL_FILE are both set.",
            where="TESURI_DATABASE_URL",
            remedy="Keep one of the two.",
        )
    if file:
        return Sourced(_checked_url(_secret(file), "TESURI_DATABASE_URL_FILE"), file)
    if url:
        return Sourced(_checked_url(url, "TESURI_DATABASE_URL"), "TESURI_DATABASE_URL")
    return Sourced(f"sqlite:///{workspace / DEFAULT_DATABASE}", "default")


def _s3_endpoint_url(environ: Mapping[str, str]) -> Sourced[str]:
    url = environ.get("TESURI_S3_ENDPOINT_URL", "")
    if not url:
        return Sourced("", "default")
    if not url.startswith(("https://", "http://")):
        raise BadInput(
            "The value is no address of a web server.",
            where="TESURI_S3_ENDPOINT_URL",
            remedy="Write https://HOST:PORT.",
        )
    return Sourced(url, "TESURI_S3_ENDPOINT_URL")


def _secret(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"The file {file} cannot be read.",
            where="TESURI_DATABASE_URL_FILE",
            remedy="Check that it exists and may be read.",
        ) from error


def _checked_url(url: str, variable: str) -> str:
    """Give a URL whose scheme is one of ours; the sentence never repeats the URL, it may hold a password."""
    scheme, colon, rest = url.partition(":")
    if not colon or scheme not in _SCHEMES or not rest.startswith("//"):
        raise BadInput(
            "The value is not a database URL that Tesuri knows.",
            where=variable,
            remedy="Write sqlite:///FILE or postgresql://USER@HOST/DATABASE.",
        )
    return f"postgresql+psycopg:{rest}" if scheme == "postgresql" else url


def _without_password(url: str) -> str:
    try:
        parts = urlsplit(url)
        password = parts.password
    except ValueError:
        # A URL that cannot be taken apart is not shown at all: it may hold a password.
        return url.partition(":")[0] + "://…"
    if not password:
        return url
    user, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.partition(':')[0]}:…@{host}").geturl()


def _language(environ: Mapping[str, str]) -> Sourced[str]:
    """Take TESURI_LANG, which must be ours; then the locale, where any other language reads English."""
    declared = environ.get("TESURI_LANG", "")
    if declared:
        if declared not in _LANGUAGES:
            raise BadInput(
                f"{declared!r} is not a language of Tesuri.",
                where="TESURI_LANG",
                remedy=f"Use one of: {', '.join(_LANGUAGES)}.",
            )
        return Sourced(declared, "TESURI_LANG")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        locale = environ.get(name, "")
        if locale:
            is_japanese = locale.lower().split("_")[0].split(".")[0] == "ja"
            return Sourced("ja" if is_japanese else "en", name)
    return Sourced("en", "default")


def _colour(environ: Mapping[str, str]) -> Sourced[Colour]:
    for name, colour in (("NO_COLOR", Colour.NEVER), ("FORCE_COLOR", Colour.ALWAYS)):
        if environ.get(name, ""):
            return Sourced(colour, name)
    if environ.get("TERM", "") == "dumb":
        return Sourced(Colour.NEVER, "TERM")
    return Sourced(Colour.AUTO, "default")


def _workspace_paths(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Give the declared files of a folder that is a workspace, by their names in it, in order.

    A folder is one when it holds tesuri.yaml, or when TESURI_WORKSPACE names it; others declare nothing.
    """
    folder = settings.workspace.value
    if settings.workspace.origin == "default":
        return
    found = [path for pattern in _TOP_LEVEL for path in folder.glob(pattern)]
    for name in FOLDERS:
        found += [path for path in (folder / name).rglob("*") if path.is_file()]
    for path in sorted(found):
        name = path.relative_to(folder).as_posix()
        if path.parent != folder or kind_of_file(name) is not None:
            yield name, path


def workspace_stamp(settings: Settings) -> FilesStamp:
    """Tell the declared files apart from earlier ones without reading them."""
    marks: list[tuple[str, int, int, int]] = []
    for name, path in _workspace_paths(settings):
        with suppress(FileNotFoundError):
            about = path.stat()
            marks.append((name, about.st_mtime_ns, about.st_size, about.st_ino))
    newest = max((mark[1] for mark in marks), default=None)
    at = None if newest is None else datetime.fromtimestamp(newest / 1e9, tz=UTC)
    return FilesStamp(tuple(marks), at)


def workspace_files(settings: Settings) -> Mapping[str, bytes]:
    """Read the declared files of a workspace. **raises** BadInput for one that is too large or cannot be read."""
    files: dict[str, bytes] = {}
    for name, path in _workspace_paths(settings):
        if name.startswith("feeds/"):
            # Large, and loaded by `tesuri feeds load`: only their names are declared here.
            files[name] = b""
            continue
        if path.stat().st_size > _LARGEST_FILE:
            raise BadInput("This file is too large for a declared file.", where=str(path))
        files[name] = path.read_bytes()
    return files


def package_files(folder: str) -> Mapping[str, bytes]:
    """Give the data files of a package folder and below, by path under it."""
    root = resources.files("tesuri").joinpath(folder)
    if not root.is_dir():
        return {}
    found: dict[str, bytes] = {}
    pending = [("", root)]
    while pending:
        prefix, place = pending.pop()
        for entry in place.iterdir():
            if entry.is_dir():
                pending.append((f"{prefix}{entry.name}/", entry))
            elif not entry.name.endswith((".py", ".pyc")):
                found[f"{prefix}{entry.name}"] = entry.read_bytes()
    return dict(sorted(found.items()))
