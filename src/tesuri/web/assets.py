"""The static files, read once and named by their content, so that browsers may keep them for ever."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable

_TYPES = {
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file."""

    body: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Assets:
    """Every static file by its public name."""

    by_name: Mapping[str, Asset]
    """tesuri.0123456789ab.css → content."""
    names: Mapping[str, str] = field(repr=False)
    """tesuri.css → tesuri.0123456789ab.css."""

    def url(self, name: str) -> str:
        """Give the address of a file; KeyError for one that does not exist is our defect."""
        return f"/static/{self.names[name]}"

    def has(self, name: str) -> bool:
        """Whether the file is there; fetched ones may be missing in a checkout."""
        return name in self.names


def load_assets() -> Assets:
    """Read the files of the package's `static` folder, `vendor` included."""
    by_name: dict[str, Asset] = {}
    names: dict[str, str] = {}
    found = [*_walk(files("tesuri.web").joinpath("static"))]
    # Style sheets last: they name other files, whose public names are known by then.
    for name, body in sorted(found, key=lambda file: (file[0].endswith(".css"), file[0])):
        stem, _, kind = name.rpartition(".")
        if kind not in _TYPES:
            continue
        content = _with_public_names(body, names) if kind == "css" else body
        public = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{kind}"
        by_name[public], names[name] = Asset(content, _TYPES[kind]), public
    return Assets(by_name, names)


def _with_public_names(body: bytes, names: Mapping[str, str]) -> bytes:
    for name, public in names.items():
        body = body.replace(f'url("{name}")'.encode(), f'url("{public}")'.encode())
    return body


def _walk(folder: Traversable) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _walk(entry)
        else:
            yield entry.name, entry.read_bytes()
