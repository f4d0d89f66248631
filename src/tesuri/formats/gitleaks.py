"""Gitleaks' JSON report: secrets in files and in the history of a repository, of version 8 and of those before.

The secret goes to `Observation.secret` and nowhere else; with `--redact` there is none, and the place has to do. Gitleaks
gives no severity, so it is unknown. Its fingerprints hold commit and line, so they are none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Kind,
    Record,
    Report,
    Skipped,
    new_observation,
    new_place,
)
from tesuri.model.severity import Severity, severity_from_word
from tesuri.untrusted.csv_document import Table
from tesuri.untrusted.fix import web_links
from tesuri.untrusted.record_list import Entry, first_records, listed_records
from tesuri.untrusted.secret_text import real_secret, without_literals, without_secret
from tesuri.untrusted.shape import mapping, shape_name, text, whole


@dataclass(frozen=True, slots=True)
class _Names:
    """How one generation of Gitleaks calls its fields."""

    version: str
    rule: str
    title: str
    file: str
    line: str
    secret: str
    match: str
    commit: str
    link: str


_NOW = _Names(
    "8", "RuleID", "Description", "File", "StartLine", "Secret", "Match", "Commit", "Link"
)
_BEFORE = _Names("7", "rule", "rule", "file", "lineNumber", "offender", "line", "commit", "leakURL")
_SIGNS = (
    (_NOW, {"RuleID", "Secret", "File"}, 95),
    (_NOW, {"RuleID", "Match", "StartLine"}, 90),
    (_BEFORE, {"offender", "rule", "file"}, 95),
    (_BEFORE, {"line", "offender", "commit"}, 90),
)


def _recognise(document: object) -> Likeness:
    if isinstance(document, tuple):
        is_own = {"RuleID", "Secret", "Fingerprint"} <= set(document)
        return Likeness(95 if is_own else 0, ("columns RuleID, Secret and Fingerprint",))
    records = first_records(document, "findings")
    for _, keys, score in _SIGNS:
        if any(keys <= record.keys() for record in records):
            return Likeness(score, ("records with " + ", ".join(sorted(keys)),))
    return Likeness(0)


def _generation(first: list[Mapping[str, object]]) -> str:
    return _names_of(first[0]).version if first else ""


def _names_of(record: Mapping[str, object]) -> _Names:
    return _BEFORE if record.keys() & {"offender", "rule", "lineNumber"} else _NOW


def _read(document: object) -> Report:
    if not isinstance(document, (dict, list, Table)):
        raise BadInput(f"A Gitleaks report is a list, not {shape_name(document)}.")
    first = first_records(document, "findings")
    found = _entries(document)
    repositories = {text(entry.fields, "repo") for entry in found if isinstance(entry, Entry)}
    repositories -= {"", "."}
    return Report(
        format="gitleaks",
        version="8" if isinstance(document, Table) else _generation(first),
        tool="gitleaks",
        tool_version="",
        target=repositories.pop() if len(repositories) == 1 else "",
        configuration="",
        scanned_at=None,
        records=_records(document, has_many=len(repositories) > 1),
    )


def _entries(document: object) -> Iterator[Entry | Skipped]:
    """Give the records of the list, or the rows of the table that Gitleaks writes with `-f csv`."""
    if not isinstance(document, Table):
        yield from listed_records(document, "findings")
        return
    for row in document.rows:
        pointer = f"line {row.line}"
        cells = dict[str, object](row.cells)
        yield Skipped(pointer, row.problem) if row.problem else Entry(pointer, cells)


def _records(document: object, *, has_many: bool) -> Iterator[Record]:
    for entry in _entries(document):
        if isinstance(entry, Skipped):
            yield entry
        else:
            target = text(entry.fields, "repo") if has_many else ""
            yield _record(entry.fields, entry.pointer, target)


def _record(record: Mapping[str, object], pointer: str, target: str) -> Record:
    names = _names_of(record)
    rule = text(record, names.rule) or text(record, names.title)
    if not rule:
        return Skipped(pointer, "the record names no rule")
    match = text(record, names.match)
    secret = real_secret(text(record, names.secret), match)
    title = without_literals(text(record, names.title), secret, match) or rule
    return new_observation(
        kind=Kind.SECRET,
        rule=without_secret(rule, secret),
        title=title.partition("\n")[0],
        severity=_severity(record),
        pointer=pointer,
        description=_description(title, text(record, names.commit)),
        place=new_place(path=text(record, names.file), line=whole(record, names.line)),
        target=target,
        secret=secret,
        links=web_links((text(record, names.link),)),
    )


def _severity(record: Mapping[str, object]) -> Severity:
    """Give what a rule's owner wrote as severity or into its tags; Gitleaks itself has none."""
    if (given := severity_from_word(text(record, "severity"))) is not Severity.UNKNOWN:
        return given
    tags = mapping(record).get("tags", mapping(record).get("Tags"))
    words = tags.split(",") if isinstance(tags, str) else tags if isinstance(tags, list) else []
    for word in words:
        found = severity_from_word(text(word).rpartition(":")[2])
        if found is not Severity.UNKNOWN:
            return found
    return Severity.UNKNOWN


def _description(title: str, commit: str) -> str:
    return f"{title}\n\nCommit {commit}" if commit else title


FORMAT = Format(
    name="gitleaks",
    title="Gitleaks JSON",
    documents=("json", "jsonl", "csv"),
    recognise=_recognise,
    read=_read,
)
