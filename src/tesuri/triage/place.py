"""File paths and web addresses brought to one spelling, so that they can be part of an identity.

Line numbers and query values are left out on purpose: they change while the finding stays.
"""

import re
from functools import lru_cache

_DEFAULT_PORTS = {"http": "80", "https": "443", "ws": "80", "wss": "443"}
_URL = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?//([^/?#]*)([^?#]*)(?:\?([^#]*))?")
_FILE_SCHEME = re.compile(r"^file:/*", re.IGNORECASE)
_UNRESERVED = re.compile(r"%(2[dDeE]|3[0-9]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aAeE])")


@lru_cache(maxsize=16_384)  # A report names a file again for each line of it.
def normal_path(path: str) -> str:
    """Give a file path with `/`, without scheme, leading `./` or `/`, and without `.` and `..` parts."""
    plain = path.strip().replace("\\", "/")
    if ":" in plain:
        plain = _FILE_SCHEME.sub("", plain)
    return "/".join(_resolved(plain))


@lru_cache(maxsize=16_384)
def normal_url(url: str) -> str:
    """Give a URL with lower-case host, no default port, no query values, no fragment, no session id.

    A text without `//` is taken as a path on an unnamed host.
    """
    match = _URL.match(url.strip())
    if match is None:
        path, _, query = url.strip().partition("#")[0].partition("?")
        return f"/{_normal_url_path(path)}{_query_names(query)}"
    scheme, authority, path, query = (part or "" for part in match.groups())
    scheme = scheme.lower()
    host, port = _host_and_port(authority)
    if port == _DEFAULT_PORTS.get(scheme):
        port = ""
    where = f"{host}:{port}" if port else host
    return f"{scheme}://{where}/{_normal_url_path(path)}{_query_names(query)}"


def _host_and_port(authority: str) -> tuple[str, str]:
    """Divide user@host:port; the user is dropped, an IPv6 address keeps its brackets."""
    plain = authority.rpartition("@")[2].lower()
    host, colon, port = plain.rpartition(":")
    if colon and port.isdigit():
        return host.rstrip("."), port
    return plain.rstrip(":").rstrip("."), ""


def _normal_url_path(path: str) -> str:
    """Resolve dots, decode what needs no encoding, drop `;jsessionid=…` and the last slash."""
    decoded = _UNRESERVED.sub(lambda found: chr(int(found.group(1), 16)), path)
    return "/".join(_resolved(re.sub(r";[^/]*", "", decoded)))


def _query_names(query: str) -> str:
    names = sorted({part.partition("=")[0] for part in re.split("[&;]", query)} - {""})
    return "?" + "&".join(names) if names else ""


def _resolved(path: str) -> list[str]:
    given = path.split("/")
    if "" not in given and "." not in given and ".." not in given:
        return given
    parts: list[str] = []
    for part in given:
        if part == "..":
            if parts:
                parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return parts
