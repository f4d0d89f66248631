"""Prowler's table, of version 2 to 5: what each check says of each cloud or cluster resource.

A failed check is a finding, unless it is muted; a check that needs a person (MANUAL) is no finding: nobody has looked.
Version 2 names no resource, so there its own sentence tells one from the other.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Informational,
    Kind,
    Observation,
    Record,
    Report,
    Skipped,
    Suppressed,
    new_observation,
)
from tesuri.model.severity import severity_from_word
from tesuri.untrusted.csv_document import Row, Table
from tesuri.untrusted.instant import instant
from tesuri.untrusted.markup import addresses_in
from tesuri.untrusted.shape import flag, text

# Our field → column names without case and signs: versions 4 and 5, then 3, then 2.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "rule": ("checkid", "titleid"),
    "title": ("checktitle", "titletext"),
    "status": ("status", "checkresult", "result"),
    "message": ("statusextended", "checkresultextended", "notes"),
    "muted": ("muted",),
    "severity": ("severity", "checkseverity"),
    "account": ("accountuid", "accountid", "accountnum", "subscriptionid", "projectid"),
    "provider": ("provider",),
    "region": ("region", "location"),
    "resource": ("resourceuid", "resourcearn", "resourceid", "checkresourceid"),
    "resource_name": ("resourcename",),
    "resource_type": ("resourcetype", "checkasffresourcetype"),
    "description": ("description",),
    "risk": ("risk", "checkrisk"),
    "remedy": ("remediationrecommendationtext", "checkremediation"),
    "link": ("remediationrecommendationurl", "checkdoc"),
    "links": ("additionalurls",),
    "related": ("relatedurl",),
    "scanned_at": ("timestamp", "assessmentstarttime", "assessmentdate"),
    "version": ("prowlerversion",),
}
_STATUS_COLUMNS = (
    ("checkid", "status", "statusextended"),
    ("titleid", "checkresult", "titletext"),
    ("titleid", "result", "titletext"),
)
_OWN = frozenset(
    (
        "findinguid",
        "findinguniqueid",
        "provider",
        "prowlerversion",
        "authmethod",
        "servicename",
        "subservicename",
        "muted",
        "remediationrecommendationtext",
        "accountnum",
        "itemscored",
        "scored",
        "checkseverity",
        "checkasffcompliancetype",
        "assessmentdate",
    )
)
_FAILED = frozenset({"fail", "failed", "warning", "warn", "muted"})
_NOT_FAILED = {
    "pass": "passed",
    "passed": "passed",
    "info": "information about the run",
    "manual": "needs a person to check it",
}
_CHECK_IN_TITLE = re.compile(r"\[(\w[\w.-]{0,60})\]\s*")
_SIGNS = re.compile(r"[^a-z0-9]")
_NUMBERS = re.compile(r"(?<![\w-])\d+(?:[.,]\d+)?(?![\w-])")


def _recognise(document: object) -> Likeness:
    columns = document if isinstance(document, (list, tuple)) else ()
    names = {_spelling(str(column)) for column in columns}
    if not any(names.issuperset(needed) for needed in _STATUS_COLUMNS) or len(names & _OWN) < 2:
        return Likeness(0)
    return Likeness(95, ("columns for check and status", "columns that only Prowler writes"))


def _read(document: object) -> Report:
    if not isinstance(document, Table):
        raise BadInput("A Prowler table has a header line with a column for the check.")
    accounts, versions, times = set(), dict[str, None](), set()
    for row in document.rows:
        fields = _fields(row)
        accounts.add(text(fields, "account"))
        versions.setdefault(text(fields, "version"))
        times.add(text(fields, "scanned_at"))
    accounts.discard("")
    known = (instant(time) for time in times)
    return Report(
        format="prowler-csv",
        version="",
        tool="prowler",
        tool_version=next((word for word in versions if word), ""),
        target=min(accounts) if len(accounts) == 1 else "",
        configuration="",
        scanned_at=max((time for time in known if time is not None), default=None),
        records=_records(document, has_many_accounts=len(accounts) > 1),
    )


@lru_cache(maxsize=1024)  # Every row has the same columns.
def _spelling(column: str) -> str:
    return _SIGNS.sub("", column.lower())


def _fields(row: Row) -> Mapping[str, object]:
    cells = {_spelling(column): cell for column, cell in row.cells.items() if cell}
    return {
        field: next((cells[name] for name in names if name in cells), "")
        for field, names in _COLUMNS.items()
    }


def _records(table: Table, *, has_many_accounts: bool) -> Iterator[Record]:
    for row in table.rows:
        pointer = f"line {row.line}"
        if row.problem:
            yield Skipped(pointer, row.problem)
        else:
            fields = _fields(row)
            yield _record(fields, pointer, text(fields, "account") if has_many_accounts else "")


def _record(fields: Mapping[str, object], pointer: str, target: str) -> Record:
    status = text(fields, "status").lower()
    if status in _NOT_FAILED:
        return Informational(pointer, _NOT_FAILED[status])
    if status not in _FAILED:
        return Skipped(
            pointer, f"the status {status[:40] or '(none)'} is neither passed nor failed"
        )
    observation = _observation(fields, pointer, target)
    if not observation.rule:
        return Skipped(pointer, "the row names no check")
    if flag(fields, "muted") or status == "muted":
        return Suppressed(pointer, "muted in the tool", observation)
    return observation


def _observation(fields: Mapping[str, object], pointer: str, target: str) -> Observation:
    title = text(fields, "title")
    named = _CHECK_IN_TITLE.match(title)
    rule = named[1] if named else text(fields, "rule")
    resource = _resource(fields)
    parts = (text(fields, name) for name in ("message", "description", "risk"))
    links = (text(fields, name) for name in ("link", "links", "related"))
    return new_observation(
        kind=Kind.MISCONFIGURATION,
        rule=rule,
        title=(title[named.end() :] if named else title) or rule,
        severity=severity_from_word(text(fields, "severity")),
        pointer=pointer,
        description="\n\n".join(dict.fromkeys(part for part in parts if part)),
        remedy=text(fields, "remedy"),
        resource=resource,
        resource_type=text(fields, "resource_type"),
        target=target,
        context="" if resource else _context(fields),
        links=addresses_in(*links),
    )


def _resource(fields: Mapping[str, object]) -> str:
    """Give the ARN or id; for Kubernetes namespace/kind/name, whose uid changes with each pod."""
    name = text(fields, "resource_name")
    if text(fields, "provider").lower() == "kubernetes" and name:
        space = text(fields, "region").removeprefix("namespace:").strip()
        parts = (space, text(fields, "resource_type"), name)
        return "/".join(part for part in parts if part)
    return text(fields, "resource") or name


def _context(fields: Mapping[str, object]) -> str:
    """Give what tells two resources apart that have no name; counts and ages in it change each day."""
    words = f"{text(fields, 'region')}: {text(fields, 'message')}"
    return _NUMBERS.sub("#", words)


FORMAT = Format(
    name="prowler-csv",
    title="Prowler CSV",
    documents=("csv",),
    recognise=_recognise,
    read=_read,
)
