"""Gosec's JSON report of Go code.

With `-track-suppressions` it lists what `#nosec` silences; those are suppressed. Packages that did not compile stand
under "Golang errors": then the scan is not complete. Rule G101 shows a credential in its code: it is masked here.
"""

import re
from collections.abc import Iterator, Mapping

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Kind,
    Observation,
    Record,
    Report,
    Skipped,
    Suppressed,
    new_observation,
    new_place,
)
from tesuri.model.severity import severity_from_word
from tesuri.untrusted.advisory import weaknesses_listed
from tesuri.untrusted.markup import addresses_in
from tesuri.untrusted.secret_text import without_literals
from tesuri.untrusted.shape import flag, items, join_pointer, mapping, shape_name, text, whole

_CREDENTIAL_RULE = "G101"
_NUMBERED = re.compile(r"^\s*(\d+): ?(.*)$")


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    issues = root.get("Issues")
    if "Issues" not in root or not (issues is None or isinstance(issues, list)):
        return Likeness(0)
    if "GosecVersion" in root:
        return Likeness(100, ("GosecVersion", "Issues"))
    if {"found", "nosec"} & mapping(root, "Stats").keys() or "Golang errors" in root:
        return Likeness(95, ("Issues", "Stats"))
    if any({"rule_id", "details"} <= mapping(issue).keys() for issue in items(issues)[:20]):
        return Likeness(85, ("Issues with rule_id and details",))
    return Likeness(0)


def _read(document: object) -> Report:
    root = mapping(document)
    issues = root.get("Issues")
    if "Issues" not in root or not (issues is None or isinstance(issues, list)):
        found = shape_name(issues)
        raise BadInput(f"A gosec report has a list `Issues`, not {found}.", where="/Issues")
    return Report(
        format="gosec",
        version="",
        tool="gosec",
        tool_version=text(root, "GosecVersion"),
        target="",
        configuration="",
        scanned_at=None,
        records=_records(root),
        is_complete=not (root.get("Golang errors") or root.get("GolangErrors")),
    )


def _records(root: Mapping[str, object]) -> Iterator[Record]:
    for index, issue in enumerate(items(root, "Issues")):
        yield _record(issue, join_pointer("/Issues", index))


def _record(issue: object, pointer: str) -> Record:
    if not isinstance(issue, dict):
        return Skipped(pointer, f"the issue is {shape_name(issue)}, not a mapping")
    if not text(issue, "rule_id"):
        return Skipped(pointer, "the issue names no rule")
    observation = _observation(issue, pointer)
    suppressions = items(issue, "suppressions")
    if flag(issue, "nosec") or suppressions:
        reason = text(suppressions, 0, "justification")
        return Suppressed(
            pointer, f"suppressed: {reason}" if reason else "suppressed (nosec)", observation
        )
    return observation


def _observation(issue: Mapping[str, object], pointer: str) -> Observation:
    rule, cwe = text(issue, "rule_id"), mapping(issue, "cwe")
    # A finding of several lines is written as 12-14.
    line = whole(text(issue, "line").partition("-")[0])
    message, code = text(issue, "details"), _line_of(issue, line)
    if rule == _CREDENTIAL_RULE:
        message, code = without_literals(message), without_literals(code)
    return new_observation(
        kind=Kind.WEAKNESS,
        rule=rule,
        title=message.partition("\n")[0] or rule,
        severity=severity_from_word(text(issue, "severity")),
        pointer=pointer,
        description=message,
        remedy="" if rule == _CREDENTIAL_RULE else text(issue, "autofix"),
        weaknesses=weaknesses_listed(text(cwe, "id") or text(cwe, "ID")),
        place=new_place(path=text(issue, "file"), line=line),
        context=code,
        links=addresses_in(text(cwe, "url"), text(cwe, "URL")),
    )


def _line_of(issue: Mapping[str, object], line: int) -> str:
    """Give the line of the issue; newer versions write numbered lines around it."""
    code = issue.get("code")
    if not isinstance(code, str):
        return ""
    numbered = [match for each in code.splitlines() if (match := _NUMBERED.match(each))]
    own = [match[2] for match in numbered if int(match[1][:9]) == line]
    return (own[0] if own else code).strip()


FORMAT = Format(
    name="gosec",
    title="gosec JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
    lists=(("Issues",),),
)
