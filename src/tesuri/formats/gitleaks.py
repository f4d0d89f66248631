"""Gitleaks' JSON report: secrets in files and in the history of a repository, of version 8 and of those before.

The secret goes to `Observation.secret` and nowhere else; with `--redact` there is none, and the place has to do. Gitleaks
gives no severity, so it is unknown. Its fingerprints hold commit and line, so they are none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Kind, Observation, Place, Record, Report, Skipped
from tesuri.model.severity import Severity, severity_from_word
from tesuri.untrusted.fix import web_links
from tesuri.untrusted.paged_list import first_records, listed_records
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
    records = first_records(document, "findings")
    for _, keys, score in _SIGNS:
        if any(keys <= record.keys() for record in records):
            return Likeness(score, ("records with " + ", ".join(sorted(keys)),))
    return Likeness(0)


def _names_of(record: Mapping[str, object]) -> _Names:
    return _BEFORE if record.keys() & {"offender", "rule", "lineNumber"} else _NOW


def _read(document: object) -> Report:
    if not isinstance(document, (dict, list)):
        raise BadInput(f"A Gitleaks report is a list, not {shape_name(document)}.")
    first = first_records(document, "findings")
    repositories = {text(record, "repo") for record in first} - {"", "."}
    return Report(
        format="gitleaks",
        version=_names_of(first[0]).version if first else "",
        tool="gitleaks",
        tool_version="",
        target=repositories.pop() if len(repositories) == 1 else "",
        configuration="",
        scanned_at=None,
        records=_records(document),
    )


def _records(document: object) -> Iterator[Record]:
    for pointer, record in listed_records(document, "findings"):
        yield _record(record, pointer)


def _record(record: object, pointer: str) -> Record:
    if not isinstance(record, dict):
        return Skipped(pointer, f"the record is {shape_name(record)}, not a mapping")
    names = _names_of(record)
    rule = text(record, names.rule) or text(record, names.title)
    if not rule:
        return Skipped(pointer, "the record names no rule")
    match = text(record, names.match)
    secret = real_secret(text(record, names.secret), match)
    title = without_literals(text(record, names.title), secret, match) or rule
    return Observation(
        kind=Kind.SECRET,
        rule=without_secret(rule, secret),
        title=title.partition("\n")[0],
        severity=_severity(record),
        pointer=pointer,
        description=_description(title, text(record, names.commit)),
        place=Place(path=text(record, names.file), line=whole(record, names.line)),
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
    documents=("json", "jsonl"),
    recognise=_recognise,
    read=_read,
)
