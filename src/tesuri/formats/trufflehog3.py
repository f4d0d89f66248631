"""truffleHog3's JSON report: a list of issues with a rule, and the list of its first versions with a reason.

The text around the secret and the message of the commit are not kept, because they may repeat it.
"""

from collections.abc import Iterator, Mapping

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Kind, Record, Report, Skipped, new_observation, new_place
from tesuri.model.severity import severity_from_word
from tesuri.untrusted.record_list import first_records, listed_records
from tesuri.untrusted.secret_text import real_secret, without_secret
from tesuri.untrusted.shape import mapping, shape_name, text, texts, whole


def _recognise(document: object) -> Likeness:
    for record in first_records(document):
        rule = mapping(record, "rule")
        if {"secret", "path"} <= record.keys() and {"id", "message"} <= rule.keys():
            return Likeness(95, ("rule.id", "rule.message", "secret", "path"))
        if {"stringsFound", "reason", "path"} <= record.keys() and "printDiff" not in record:
            return Likeness(80, ("stringsFound", "reason", "no printDiff"))
    return Likeness(0)


def _read(document: object) -> Report:
    if not isinstance(document, (dict, list)):
        raise BadInput(f"A truffleHog3 report is a list, not {shape_name(document)}.")
    is_legacy = any("stringsFound" in record for record in first_records(document))
    return Report(
        format="trufflehog3",
        version="2" if is_legacy else "3",
        tool="trufflehog3",
        tool_version="",
        target="",
        configuration="",
        scanned_at=None,
        records=_records(document),
    )


def _records(document: object) -> Iterator[Record]:
    for entry in listed_records(document):
        yield entry if isinstance(entry, Skipped) else _record(entry.fields, entry.pointer)


def _record(record: Mapping[str, object], pointer: str) -> Record:
    message = text(record, "rule", "message") or text(record, "reason")
    rule = text(record, "rule", "id") or text(record, "rule") or message
    if not rule:
        return Skipped(pointer, "the record names no rule")
    secret = _secret(record)
    commit = text(record, "commit") if "rule" in record else text(record, "commitHash")
    title = without_secret(message or rule, secret)
    return new_observation(
        kind=Kind.SECRET,
        rule=without_secret(rule, secret),
        title=title,
        severity=severity_from_word(text(record, "rule", "severity") or text(record, "severity")),
        pointer=pointer,
        description=f"{title}\n\nCommit {commit}" if commit else title,
        place=new_place(path=text(record, "path"), line=whole(record, "line")),
        secret=secret,
    )


def _secret(record: Mapping[str, object]) -> str:
    found = texts(record, "secret") or texts(record, "stringsFound")
    return "\n".join(dict.fromkeys(part for part in found if real_secret(part)))


FORMAT = Format(
    name="trufflehog3",
    title="truffleHog3 JSON",
    documents=("json", "jsonl"),
    recognise=_recognise,
    read=_read,
)
