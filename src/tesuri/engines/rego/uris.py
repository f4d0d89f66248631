"""Functions of Rego that take URIs apart: `uri.parse`, `uri.is_valid`. Runs in the child process only.

**source** RFC 3986; Open Policy Agent, built-in functions. Who asks for a user is told nothing of a password.
"""

import re
from typing import Final
from urllib.parse import quote, unquote, urlsplit

_WRONG: Final = re.compile(r"[\x00-\x20\x7f]|%(?![0-9a-fA-F]{2})")
_PLAIN: Final = "/$&+,:;=@"
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def parsed_uri(written: str) -> list[dict[str, str]]:
    """Give the parts that are there, in a list; an empty list where it is no URI."""
    first = written.partition("/")[0]
    if _WRONG.search(written) or (":" in first and not _SCHEME.match(written)):
        return []
    try:
        found = urlsplit(written)
        port = "" if found.port is None else str(found.port)
    except ValueError:
        return []
    # What follows a scheme without a slash, as in mailto:, is no path.
    raw = "" if found.scheme and found.path[:1] != "/" else found.path
    path = unquote(raw)
    parts = {
        "scheme": found.scheme,
        "hostname": found.hostname or "",
        "port": port,
        "path": path,
        # Said as written only where it is not written in the usual way.
        "raw_path": path if quote(path, safe=_PLAIN) == raw else raw,
        "raw_query": found.query,
        "fragment": unquote(found.fragment),
    }
    return [{name: part for name, part in parts.items() if part}]


def is_uri(written: str) -> bool:
    """Whether a text is a URI."""
    return bool(written) and bool(parsed_uri(written))
