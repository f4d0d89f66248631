"""The violations of a gate's answer, whether it was just made or was written as JSON before.

What a waiver lists and what a baseline holds both come from here, so both mean the same violation.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tesuri.model.control import GateReport, VerdictKind
from tesuri.model.errors import BadInput
from tesuri.model.severity import Severity, severity_from_word
from tesuri.model.violation import Violation
from tesuri.untrusted.json_document import read_json, read_json_lines
from tesuri.untrusted.shape import items, mapping, text, texts

_OPEN: Final = (VerdictKind.FAIL, VerdictKind.UNKNOWN)
_KEYS: Final = ("summary", "verdicts", "unread")


@dataclass(frozen=True, slots=True)
class Judged:
    """One violation as a gate saw it."""

    violation: Violation
    verdict: VerdictKind
    severity: Severity
    waiver: str
    """Waiver that lets it pass; empty for none."""
    subject: str
    """File or change that the gate looked at."""


def violations_of(reports: Iterable[GateReport]) -> tuple[Judged, ...]:
    """Give the failing and unknown verdicts of some answers, in their order."""
    return tuple(
        Judged(
            violation=Violation(
                control=ruling.verdict.control,
                address=ruling.verdict.address,
                parts=ruling.verdict.parts,
                service=ruling.service or "",
                message=ruling.message or ruling.verdict.reason,
            ),
            verdict=ruling.verdict.kind,
            severity=ruling.verdict.severity,
            waiver=ruling.waiver or "",
            subject=report.subject,
        )
        for report in reports
        for ruling in report.departing
        if ruling.verdict.kind in _OPEN
    )


def read_answers(data: bytes, *, where: str) -> tuple[Judged, ...] | None:
    """Give the violations of an answer that a gate wrote as JSON or JSON Lines; None for any other file.

    **raises** BadInput for an answer that lacks what a violation is known by.
    """
    documents = _documents(data, where)
    if documents is None:
        return None
    return tuple(
        judged
        for number, document in enumerate(documents)
        for judged in _violations(document, f"{where}#/{number}" if len(documents) > 1 else where)
    )


def _documents(data: bytes, where: str) -> Sequence[Mapping[str, object]] | None:
    head = data[:4_096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith((b"{", b"[")) or b'"summary"' not in head:
        return None
    is_lines = head.startswith(b'{"summary"') and b"\n{" in data
    read: object = (
        list(read_json_lines(data, where=where)) if is_lines else read_json(data, where=where)
    )
    documents = [mapping(each) for each in (read if isinstance(read, list) else [read])]
    is_answer = bool(documents) and all(set(_KEYS) <= set(each) for each in documents)
    return documents if is_answer else None


def _violations(document: Mapping[str, object], where: str) -> Iterator[Judged]:
    subject = text(document, "summary", "subject")
    for number, verdict in enumerate(items(document, "verdicts")):
        place = f"{where}#/verdicts/{number}"
        kind = _kind(text(verdict, "verdict"), place)
        if kind in _OPEN:
            yield Judged(
                violation=_violation(verdict, place),
                verdict=kind,
                severity=severity_from_word(text(verdict, "severity")),
                waiver=text(verdict, "waiver"),
                subject=subject,
            )


def _kind(word: str, place: str) -> VerdictKind:
    try:
        return VerdictKind(word)
    except ValueError as error:
        raise BadInput(f"{word!r} is no verdict.", where=place) from error


def _violation(verdict: object, place: str) -> Violation:
    found = Violation(
        control=text(verdict, "control"),
        address=text(verdict, "address"),
        parts=texts(verdict, "parts"),
        service=text(verdict, "service"),
        message=text(verdict, "message"),
    )
    if not (found.control and found.address and "parts" in mapping(verdict)):
        raise BadInput(
            "The verdict lacks control, address or parts, which a violation is known by.",
            where=place,
            remedy="Run tesuri check again with --format json.",
        )
    return found
