"""Renew a waiver: agreed anew from now on, counted, and written into the file that declares it.

Only the lines that the renewal changes are written; the file is read back and refused where it would then say
anything else, so that a file of an unusual shape is left to the person.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from tesuri.exports.waiver_file import terms_of
from tesuri.flows.waivers.approve_violations import Asked, check_people, life_days
from tesuri.model.errors import BadInput
from tesuri.model.severity import Severity
from tesuri.model.waiver import Waiver
from tesuri.routing.declared import kinds
from tesuri.routing.declared.fields import faults_in
from tesuri.routing.declared.records import waiver_from
from tesuri.untrusted.yaml_document import read_yaml

_KEY: Final = re.compile(r"([A-Za-z_]+):")
_REVIEWED: Final = timedelta(days=30)


def renew_waiver(
    waiver: Waiver, asked: Asked, *, longest: Mapping[Severity, int], now: datetime
) -> Waiver:
    """Give the waiver agreed anew, for as long as before unless asked otherwise. **raises** BadInput."""
    check_people(asked.requester, asked.approvers)
    severity = waiver.severity or max(longest, key=lambda each: longest[each])
    before = max(1, -((waiver.approved_at - waiver.expires_at) // timedelta(days=1)))
    wanted = before if asked.days is None else asked.days
    most = longest[severity] // 86_400
    life = timedelta(
        days=life_days(min(wanted, most) if asked.days is None else wanted, severity, longest)
    )
    return replace(
        waiver,
        reason=asked.reason or waiver.reason,
        requester=asked.requester,
        approvers=asked.approvers,
        approved_at=now,
        expires_at=now + life,
        review_on=now + life / 2 if life >= _REVIEWED else None,
        renewals=waiver.renewals + 1,
    )


def rewritten(text: str, waiver: Waiver, *, where: str) -> str:
    """Give the text of a waiver's file with the terms of this one. **raises** BadInput for an unusual file."""
    lines = dict(terms_of(waiver))
    # When it was first asked for stays as it is written.
    lines.pop("created", None)
    written: list[str] = []
    is_replaced = False
    for line in text.splitlines():
        found = _KEY.match(line)
        if found:
            is_replaced = found[1] in lines or found[1] in ("review", "renewals")
            if is_replaced and (new := lines.pop(found[1], "")):
                written.append(new)
        # A comment stands for itself; what is indented belongs to the key above it.
        if not is_replaced or line.startswith("#"):
            written.append(line)
    first = next((number for number, line in enumerate(written) if _KEY.match(line)), 0)
    written[first:first] = lines.values()
    renewed = "".join(f"{line}\n" for line in written)
    if not _says(renewed, waiver, where):
        raise BadInput(
            "The file holds more than one waiver, or is not written line by line.",
            where=where,
            remedy="Change approved, expires, approvers and renewals by hand.",
        )
    return renewed


def check_written(text: str, waiver: Waiver, *, where: str) -> None:
    """Refuse a text that the workspace would not read back as the waiver. **raises** BadInput."""
    faults = list(faults_in(read_yaml(text.encode(), where=where), kinds.WAIVER))
    if faults:
        raise BadInput(
            faults[0].what, where=f"{where}#{faults[0].pointer}", remedy=faults[0].remedy
        )
    if not _says(text, waiver, where):
        raise BadInput(
            "The waiver cannot be written so that it is read back the same.", where=where
        )


def _says(text: str, waiver: Waiver, where: str) -> bool:
    try:
        document = read_yaml(text.encode(), where=where)
    except BadInput:
        return False
    if not isinstance(document, dict) or list(faults_in(document, kinds.WAIVER)):
        return False
    document.setdefault("id", str(waiver.id))
    return _comparable(waiver_from(document, UTC)) == _comparable(waiver)


def _comparable(waiver: Waiver) -> Waiver:
    """Leave out what a file does not say, or says to the second only."""
    review = waiver.review_on
    return replace(
        waiver,
        source="",
        # Left as it was: a date means a day of the workspace's own zone.
        created_at=waiver.approved_at.replace(microsecond=0),
        approved_at=waiver.approved_at.replace(microsecond=0),
        expires_at=waiver.expires_at.replace(microsecond=0),
        review_on=review.replace(microsecond=0) if review else None,
    )
