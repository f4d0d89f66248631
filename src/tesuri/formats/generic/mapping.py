"""A declared mapping: which column or path of a report means which of our fields.

A value is a column's name, a dotted path (`vulnerability.id`), a JSON pointer (`/vulnerability/id`), or a constant
after an equals sign (`=trivy`).
"""

import json
import re
from collections.abc import Iterable, Mapping

from tesuri.formats.generic.record import FIELD_OF, SPELLINGS, spelling_of
from tesuri.model.errors import BadInput
from tesuri.untrusted.shape import at

RECORDS = "records"
"""The key of a mapping that says where in a JSON document the list of records is."""


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Refuse a mapping that cannot work.

    **raises** BadInput when it names a field that does not exist or no field that names a finding.
    """
    unknown = sorted(mapping.keys() - SPELLINGS.keys() - {RECORDS})
    if unknown:
        raise BadInput(
            f"The mapping names {', '.join(unknown)}, which is no field of a finding.",
            remedy=f"Fields are {', '.join(sorted(SPELLINGS))}, and {RECORDS} for the list in JSON.",
        )
    if not mapping.keys() & {"title", "rule", "advisories"}:
        raise BadInput(
            "The mapping names neither title nor rule nor advisories: a finding needs one."
        )


def mapped_fields(record: object, mapping: Mapping[str, str]) -> Mapping[str, object]:
    """Give the values of a record by our field names, as the mapping says."""
    found = {field: look_up(record, path) for field, path in mapping.items() if field != RECORDS}
    return {field: value for field, value in found.items() if value not in (None, "", [])}


def suggested_mapping(columns: Iterable[str]) -> str:
    """Give the lines of a mapping for a table or list with these columns, as far as their names tell what they mean.

    A field that a finding needs and no name tells stands with a question mark.
    """
    known: dict[str, str] = {}
    for column in columns:
        field = FIELD_OF.get(spelling_of(column)) or _loosely(column)
        if field and len(column) <= _LONGEST:
            known.setdefault(field, column)
    for field in _NEEDED:
        known.setdefault(field, "?")
    chosen = [*_NEEDED, *(field for field in _WELCOME if field in known)]
    return ", ".join(f"{field}: {_quoted(known[field])}" for field in chosen)


_NEEDED = ("title", "severity")
_LONGEST = 60
_PLAIN = re.compile(r"[A-Za-z][\w .()/-]*|\?")
_WELCOME = ("rule", "target", "resource", "package", "version", "path", "line", "url")


def _quoted(column: str) -> str:
    return column if _PLAIN.fullmatch(column) else json.dumps(column, ensure_ascii=False)


def _loosely(column: str) -> str:
    """Give the field whose usual name is a word of the column: "Risk Level" says severity."""
    words = re.findall(r"[a-z]+", column.lower())
    return next((FIELD_OF[word] for word in words if word in FIELD_OF), "")


def look_up(record: object, path: str) -> object:
    """Give what a path of a mapping names; None where it leads nowhere."""
    if path.startswith("="):
        return path[1:]
    direct = at(record, path)
    if direct is not None or not path:
        return direct if path else record
    if path.startswith("/"):
        parts = [part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/")]
    else:
        parts = path.split(".")
    return at(record, *(int(part) if part.isdecimal() else part for part in parts))
