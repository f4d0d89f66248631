"""A waiver as the file that people review: YAML that the workspace reads back as the same waiver."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from tesuri.model.violation import Violation
from tesuri.model.waiver import Waiver

_LONGEST_MESSAGE: Final = 300
_HEAD: Final = (
    "# Covers exactly the violations below; one more of them needs a new waiver.\n"
    "# Written by tesuri approve, reviewed by Git.\n"
)


def render_waiver_file(waiver: Waiver) -> str:
    """Give the text of waivers/ID.yaml."""
    return _HEAD + "".join(f"{line}\n" for line in _lines(waiver))


def quoted(text: str) -> str:
    """Write a text as YAML in double quotes, in which nothing but the text itself can stand."""
    return '"' + "".join(map(_letter, text)) + '"'


def moment_text(instant: datetime) -> str:
    """Write an instant as declared files do."""
    return f"{instant.astimezone(UTC).replace(microsecond=0):%Y-%m-%dT%H:%M:%SZ}"


def _letter(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    if letter.isprintable():
        return letter
    return f"\\U{ord(letter):08x}"


def _lines(waiver: Waiver) -> Iterator[str]:
    yield from terms_of(waiver).values()
    if waiver.severity:
        yield f"severity: {waiver.severity.value}"
    if waiver.exposure:
        yield f"exposure: {waiver.exposure.value}"
    if waiver.compensating_control:
        yield f"compensating_control: {quoted(waiver.compensating_control)}"
    if waiver.violations:
        yield "violations:"
    for violation in waiver.violations:
        yield from _violation(violation)


def terms_of(waiver: Waiver) -> Mapping[str, str]:
    """Give the lines that a renewal writes anew, by key."""
    review, renewals = waiver.review_on, waiver.renewals
    lines = {
        "reason": f"reason: {quoted(waiver.reason)}",
        "requester": f"requester: {quoted(waiver.requester)}",
        "approvers": f"approvers: [{', '.join(map(quoted, waiver.approvers))}]",
        "created": f"created: {moment_text(waiver.created_at)}",
        "approved": f"approved: {moment_text(waiver.approved_at)}",
        "expires": f"expires: {moment_text(waiver.expires_at)}",
        "review": f"review: {moment_text(review)}" if review else "",
        "renewals": f"renewals: {renewals}" if renewals else "",
    }
    return {key: line for key, line in lines.items() if line}


def _violation(violation: Violation) -> Iterator[str]:
    yield f"  - control: {quoted(violation.control)}"
    if violation.service:
        yield f"    service: {quoted(violation.service)}"
    yield f"    address: {quoted(violation.address)}"
    if violation.message.strip():
        yield f"    message: {quoted(violation.message[:_LONGEST_MESSAGE])}"
    yield "    parts:"
    for part in violation.parts:
        yield f"      - {quoted(part)}"
