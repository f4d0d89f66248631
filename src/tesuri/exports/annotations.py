"""Remarks on lines of files, as CI systems show them: what a gate answered, and what lint found, in one shape.

Every text in it is one line without anything that a terminal or a log obeys. Renderings escape what their own format
would take for more than text.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tesuri.exports.gate_rows import shown, word_of
from tesuri.model.control import GateAnswer, GateReport, Ruling, VerdictKind
from tesuri.model.scp import LintLevel, LintRemark
from tesuri.model.severity import Severity

_UNSHOWN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_LONGEST: Final = 4_000
"""Characters of one message; GitHub takes 64 KiB, nobody reads more than this."""


class Level(StrEnum):
    """How loud a remark is, loudest first."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Annotation:
    """One remark."""

    level: Level
    severity: Severity
    rule: str
    file: str
    line: int
    """0 where nobody knows it."""
    message: str
    identity: str
    """What stays the same while the remark is the same: never a line, never its words."""


def gate_annotations(reports: Iterable[GateReport]) -> tuple[Annotation, ...]:
    """Give what gates answered, loudest first; parts that could not be read are warnings of their own."""
    found = [_of_ruling(one) for report in reports for one in shown(report)]
    found += [
        Annotation(
            level=Level.WARNING,
            severity=Severity.UNKNOWN,
            rule="not-read",
            file=one_line(report.subject),
            line=0,
            message=one_line(f"{address} was not looked at: {reason}"),
            identity=f"not-read {address}",
        )
        for report in reports
        for address, reason in report.unread
    ]
    return tuple(sorted(found, key=_loudness))


def lint_annotations(remarks: Iterable[LintRemark]) -> tuple[Annotation, ...]:
    """Give what lint found, errors first."""
    found = [
        Annotation(
            level=Level.ERROR if one.level is LintLevel.ERROR else Level.WARNING,
            severity=Severity.HIGH if one.level is LintLevel.ERROR else Severity.MEDIUM,
            rule=one.rule,
            file=one_line(one.file),
            line=0,
            message=one_line(
                " ".join(part for part in (one.message, one.remedy, one.pointer) if part)
            ),
            identity=f"{one.rule} {one.file} {one.pointer}",
        )
        for one in remarks
    ]
    return tuple(sorted(found, key=_loudness))


def fingerprints(annotations: Sequence[Annotation]) -> list[str]:
    """Give a stable mark for each; equal ones are told apart by their order."""
    seen = Counter[str]()
    marks: list[str] = []
    for one in annotations:
        marks.append(
            hashlib.sha256(f"{one.identity} {seen[one.identity]}".encode()).hexdigest()[:40]
        )
        seen[one.identity] += 1
    return marks


def one_line(text: str) -> str:
    """Give a foreign text as one line that nothing obeys, at most 4,000 characters of it."""
    line = _UNSHOWN.sub(lambda found: " " if found[0] in "\t\n\r" else "\ufffd", text)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def reason_of(ruling: Ruling) -> str:
    """Give why a verdict stands, as one line: an unknown one is never said as a failure."""
    reason = ruling.message or ruling.verdict.reason
    if ruling.verdict.kind is VerdictKind.UNKNOWN:
        reason = f"nobody can tell: {reason}"
    return one_line(f"{ruling.verdict.address}: {reason}")


def circumstances_of(ruling: Ruling) -> str:
    """Give whose budget made the answer, as one line."""
    whose = ruling.service or ruling.owner
    owner = f"{whose} ({ruling.owner_source})" if whose else ruling.owner_source or "nobody"
    state = f"policy state {ruling.policy_state.value} ({ruling.policy_state_reason})"
    waived = f"; waived by {ruling.waiver}" if ruling.waiver else ""
    return one_line(f"owner {owner}; {state}{waived}")


_LEVELS: Final = {
    GateAnswer.BLOCK: Level.ERROR,
    GateAnswer.WARN: Level.WARNING,
    GateAnswer.ALLOW: Level.NOTICE,
}


def _of_ruling(ruling: Ruling) -> Annotation:
    verdict = ruling.verdict
    at = verdict.at
    pointer = f" [{at.pointer}]" if at.pointer and not at.line else ""
    return Annotation(
        level=_LEVELS[ruling.answer],
        severity=verdict.severity,
        rule=verdict.control,
        file=one_line(at.file),
        line=at.line,
        message=one_line(
            f"{word_of(ruling)}: {reason_of(ruling)}; {circumstances_of(ruling)};"
            f" {verdict.control}@{verdict.control_version}{pointer}"
        ),
        identity=f"{verdict.control} {ruling.service or ''} {verdict.address}",
    )


def _loudness(one: Annotation) -> tuple[int, int, str, int, str]:
    return list(Level).index(one.level), one.severity.rank, one.file, one.line, one.identity
