"""Bandit's report of Python code as JSON or YAML, which say the same, or as a table, which has no time and no code.

Lines that `nosec` silences are left out by Bandit itself. A file that it could not parse was not looked at, so the scan
is then not complete. Its tests for passwords quote the password in message and code: both are masked here.
"""

import re
from collections.abc import Iterator, Mapping

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Kind, Record, Report, Skipped, new_observation, new_place
from tesuri.model.severity import severity_from_word
from tesuri.untrusted.advisory import weaknesses_listed
from tesuri.untrusted.csv_document import Table
from tesuri.untrusted.instant import instant
from tesuri.untrusted.markup import addresses_in
from tesuri.untrusted.secret_text import without_literals
from tesuri.untrusted.shape import items, join_pointer, mapping, shape_name, text, whole

# From: Bandit's list of tests, "hardcoded password" of a string, an argument and a default.
_PASSWORD_TESTS = frozenset({"B105", "B106", "B107"})
_COLUMNS = frozenset({"filename", "test_id", "issue_severity", "issue_text", "line_number"})
_DEFINITION = re.compile(r"/definitions/(\d{1,5})\b")
"""How the table names a weakness: by the address of its definition."""

_NUMBERED = re.compile(r"^\s*(\d+)(?:\t| |$)(.*)$")


def _recognise(document: object) -> Likeness:
    if isinstance(document, tuple):
        return Likeness(95 if set(document) >= _COLUMNS else 0, tuple(sorted(_COLUMNS)))
    root = mapping(document)
    if not isinstance(root.get("results"), list):
        return Likeness(0)
    if "_totals" in mapping(root, "metrics") and "generated_at" in root:
        return Likeness(100, ("metrics._totals", "generated_at", "results"))
    if any(
        {"test_id", "issue_severity"} <= mapping(one).keys() for one in items(root, "results")[:20]
    ):
        return Likeness(90, ("results with test_id and issue_severity",))
    return Likeness(0)


def _read(document: object) -> Report:
    root = mapping(document)
    if isinstance(document, Table):
        return _report(root, _rows(document))
    if not isinstance(root.get("results"), list):
        found = shape_name(root.get("results"))
        raise BadInput(f"A Bandit report has a list `results`, not {found}.", where="/results")
    return _report(root, _records(root))


def _report(root: Mapping[str, object], records: Iterator[Record]) -> Report:
    return Report(
        format="bandit",
        version="",
        tool="bandit",
        tool_version="",
        target="",
        configuration="",
        scanned_at=instant(root.get("generated_at")),
        records=records,
        is_complete=not items(root, "errors"),
    )


def _records(root: Mapping[str, object]) -> Iterator[Record]:
    for index, result in enumerate(items(root, "results")):
        yield _record(result, join_pointer("/results", index))


def _rows(table: Table) -> Iterator[Record]:
    for row in table.rows:
        place = f"line {row.line}"
        yield Skipped(place, row.problem) if row.problem else _record(dict(row.cells), place)


def _record(result: object, pointer: str) -> Record:
    if not isinstance(result, dict):
        return Skipped(pointer, f"the result is {shape_name(result)}, not a mapping")
    rule = text(result, "test_id") or text(result, "test_name")
    if not rule:
        return Skipped(pointer, "the result names no test")
    line = whole(result, "line_number")
    message, code = text(result, "issue_text"), _line_of(result, line)
    weaknesses = weaknesses_listed(text(result, "issue_cwe", "id"), _weakness(result))
    if rule in _PASSWORD_TESTS or "CWE-259" in weaknesses:
        message, code = without_literals(message), without_literals(code)
    return new_observation(
        kind=Kind.WEAKNESS,
        rule=rule,
        title=message.partition("\n")[0] or text(result, "test_name") or rule,
        severity=severity_from_word(text(result, "issue_severity")),
        pointer=pointer,
        description=message,
        weaknesses=weaknesses,
        place=new_place(path=text(result, "filename"), line=line),
        context=code,
        links=addresses_in(
            text(result, "more_info"), text(result, "issue_cwe", "link"), text(result, "issue_cwe")
        ),
    )


def _weakness(result: Mapping[str, object]) -> str:
    word = text(result, "issue_cwe")
    found = _DEFINITION.search(word)
    return found[1] if found else word


def _line_of(result: Mapping[str, object], line: int) -> str:
    """Give the line of the issue out of the numbered lines around it; all of them without numbers else."""
    code = result.get("code")
    if not isinstance(code, str):
        return ""
    numbered = [match for each in code.splitlines() if (match := _NUMBERED.match(each))]
    own = [match[2] for match in numbered if int(match[1][:9]) == line]
    return (own[0] if own else "\n".join(match[2] for match in numbered) or code).strip()


FORMAT = Format(
    name="bandit",
    title="Bandit",
    documents=("json", "csv"),
    recognise=_recognise,
    read=_read,
    lists=(("results",),),
)
