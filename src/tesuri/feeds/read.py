"""Tells which feed a file is and reads it; the file's name plays no part.

Everything is decided by the content. What is not recognised is refused with the list of what is.
"""

from datetime import date

from tesuri.feeds.endoflife import (
    has_nameless_releases,
    looks_like_endoflife,
    read_endoflife,
)
from tesuri.feeds.epss import (
    looks_like_epss_csv,
    looks_like_epss_json,
    read_epss_csv,
    read_epss_json,
)
from tesuri.feeds.exploits import (
    read_exploit_json,
    read_exploit_table,
    source_of_json,
    source_of_table,
)
from tesuri.feeds.gunzip import beginning, gunzipped
from tesuri.feeds.kev import (
    looks_like_kev_csv,
    looks_like_kev_json,
    read_kev_csv,
    read_kev_json,
)
from tesuri.feeds.source_copy import SourceCopy
from tesuri.model.errors import BadInput
from tesuri.model.signal import Feed
from tesuri.untrusted.csv_document import read_csv
from tesuri.untrusted.json_document import read_json, read_json_lines
from tesuri.untrusted.text_document import read_utf8


def recognise_feed(data: bytes, *, where: str, as_of: date | None = None) -> Feed:
    """Give the feed that the bytes hold, plain or gzipped.

    `as_of` is the day of the copy where the file does not say it.

    **raises** BadInput when it is no known feed, or its day is unknown.
    """
    copy = SourceCopy(data, where, as_of)
    if looks_like_epss_csv(beginning(data, where=where)):
        return read_epss_csv(copy)
    content = read_utf8(gunzipped(data, where=where), where=where)
    if content.lstrip()[:1] in {b"{", b"["}:
        return _from_json(_json(content, where), copy)
    return _from_table(content, copy)


def _json(content: bytes, where: str) -> object:
    """A file of several JSON values, one on each line, is read as their list."""
    first, _, rest = content.strip().partition(b"\n")
    is_lines = first.rstrip().endswith(b"}") and rest.lstrip().startswith(b"{")
    return read_json_lines(content, where=where) if is_lines else read_json(content, where=where)


def _from_json(document: object, copy: SourceCopy) -> Feed:
    if looks_like_kev_json(document):
        return read_kev_json(document, copy)
    if looks_like_epss_json(document):
        return read_epss_json(document, copy)
    if looks_like_endoflife(document):
        return read_endoflife(document, copy)
    if has_nameless_releases(document):
        raise BadInput(
            "This lists the releases of one product of endoflife.date and does not name it.",
            where=copy.where,
            remedy='Put it under its name, as {"python": [...]}, or load the interface\'s v1 answer.',
        )
    if (source := source_of_json(document)) is not None:
        return read_exploit_json(document, source, copy)
    raise _unknown_feed(copy.where)


def _from_table(content: bytes, copy: SourceCopy) -> Feed:
    table = read_csv(content, where=copy.where)
    if looks_like_kev_csv(table.columns):
        return read_kev_csv(table, copy)
    if (source := source_of_table(table)) is not None:
        return read_exploit_table(table, source, copy)
    raise _unknown_feed(copy.where)


def _unknown_feed(where: str) -> BadInput:
    return BadInput(
        "This is no feed that Tesuri knows.",
        where=where,
        remedy=(
            "It reads KEV (JSON, CSV), EPSS (CSV, gzipped or not), the exploit lists of "
            "Exploit-DB, Metasploit, Nuclei, Packet Storm and Snyk, and endoflife.date (JSON)."
        ),
    )
