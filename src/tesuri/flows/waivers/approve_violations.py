"""Approve violations: make the waiver that covers exactly those, for no longer than their severity allows.

It decides nothing about whether somebody may approve; without a server the review of the file does. What it refuses:
the requester as approver, a life longer than the worst severity may have, and controls that no waiver opens.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from tesuri.flows.waivers.judged_violations import Judged
from tesuri.model.control import Control
from tesuri.model.errors import BadInput
from tesuri.model.estate import Exposure
from tesuri.model.identifiers import ServiceId, WaiverId
from tesuri.model.person import is_person, is_same_person
from tesuri.model.severity import Severity
from tesuri.model.violation import Violation
from tesuri.model.waiver import Waiver
from tesuri.model.workspace import Workspace

DEFAULT_DAYS: Final = 7
"""Life of an approval unless somebody asks for another one."""

_REVIEW_FROM: Final = timedelta(days=30)
"""Life from which somebody looks at it again half-way."""

_DAY_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for, and who agrees."""

    reason: str
    requester: str
    approvers: tuple[str, ...]
    days: int | None = None
    """None: seven, or what the severity allows where that is less."""
    compensating_control: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """The waiver, and what it leaves out."""

    waiver: Waiver
    waived: tuple[Judged, ...]
    """Left out: a waiver lets them pass already."""
    always_blocking: tuple[Judged, ...]
    """Left out: no approval opens their control, since it always blocks, or nothing names the part that violates."""
    renewed: WaiverId | None
    """An earlier waiver of some of the same violations, so that this one counts as its renewal."""


def approve_violations(
    found: Sequence[Judged],
    asked: Asked,
    *,
    workspace: Workspace,
    controls: Mapping[str, Control],
    now: datetime,
) -> Approval:
    """Give the waiver of these violations. **raises** BadInput with the reason why there can be none."""
    check_people(asked.requester, asked.approvers)
    waived = tuple(each for each in found if each.waiver)
    # Without a part nobody could tell the next violation from this one.
    nameless = tuple(each for each in found if not each.waiver and not each.violation.parts)
    others = [each for each in found if not each.waiver and each.violation.parts]
    blocking = tuple(each for each in others if _is_always_blocking(each, controls))
    covered = [each for each in others if not _is_always_blocking(each, controls)]
    if not covered:
        raise _nothing(waived, (*blocking, *nameless))
    worst = min((_severity(each, controls) for each in covered), key=lambda each: each.rank)
    life = timedelta(days=life_days(asked.days, worst, workspace.longest_waiver_seconds))
    violations = _united(each.violation for each in covered)
    earlier = _earlier(violations, workspace.waivers)
    waiver = Waiver(
        id=_identity(violations, now),
        scope="",
        reason=asked.reason,
        requester=asked.requester,
        approvers=asked.approvers,
        created_at=now,
        approved_at=now,
        expires_at=now + life,
        review_on=now + life / 2 if life >= _REVIEW_FROM else None,
        compensating_control=asked.compensating_control,
        renewals=earlier.renewals + 1 if earlier else 0,
        severity=worst,
        violations=violations,
        exposure=_exposure(violations, workspace),
    )
    return Approval(waiver, waived, (*blocking, *nameless), earlier.id if earlier else None)


def check_people(requester: str, approvers: Iterable[str]) -> None:
    """Refuse names that are nobody, and the requester as approver. **raises** BadInput."""
    if not is_person(requester):
        raise BadInput("The requester names nobody.", where="--requested-by")
    for name in approvers:
        if not is_person(name):
            raise BadInput("The approver names nobody.", where="--by")
        if is_same_person(name, requester):
            raise BadInput(
                f"{requester} asked for it, so {name} does not approve it.",
                where="--by",
                remedy="Let another person approve it.",
            )


def life_days(days: int | None, severity: Severity, longest: Mapping[Severity, int]) -> int:
    """Give how long it lives. **raises** BadInput when that is longer than the severity allows."""
    most = longest[severity] // _DAY_SECONDS
    if days is not None and days > most:
        raise BadInput(
            f"{days} days is longer than a waiver of {severity.value} may live: {most} days.",
            where="--days",
            remedy="Ask for less, and renew it when it ends.",
        )
    return min(DEFAULT_DAYS, most) if days is None else days


def _nothing(waived: Sequence[Judged], blocking: Sequence[Judged]) -> BadInput:
    if blocking:
        first = blocking[0].violation
        return BadInput(
            f"No waiver opens {first.control}, which {first.address} violates.",
            remedy="Fix it: the control always blocks, or nothing names the part that violates.",
        )
    if waived:
        return BadInput(
            f"Nothing is left to approve: {waived[0].waiver} lets it pass already.",
            remedy="See tesuri waivers; renew it with tesuri waivers renew.",
        )
    return BadInput("There is nothing to approve: no control fails.")


def _is_always_blocking(judged: Judged, controls: Mapping[str, Control]) -> bool:
    control = controls.get(judged.violation.control)
    return control is not None and control.is_always_blocking


def _severity(judged: Judged, controls: Mapping[str, Control]) -> Severity:
    """Take the word of the control over that of a file, which anybody may have written."""
    control = controls.get(judged.violation.control)
    return control.severity if control else judged.severity


def _united(violations: Iterable[Violation]) -> tuple[Violation, ...]:
    found: dict[tuple[str, str, str], Violation] = {}
    for each in violations:
        known = found.get(each.place, each)
        parts = tuple(sorted({*known.parts, *each.parts}))
        found[each.place] = replace(known, parts=parts)
    return tuple(found[place] for place in sorted(found))


def _identity(violations: Sequence[Violation], now: datetime) -> WaiverId:
    """Give an id that two branches do not both take for different violations."""
    told = "\n".join(f"{'|'.join(each.place)}|{'|'.join(each.parts)}" for each in violations)
    return WaiverId(f"WVR-{now:%Y%m%d}-{hashlib.sha256(told.encode()).hexdigest()[:6]}")


def _earlier(violations: Sequence[Violation], waivers: Iterable[Waiver]) -> Waiver | None:
    """Give the most renewed waiver that lists, or listed, some part of these violations."""
    wanted = {(each.place, part) for each in violations for part in each.parts}
    listing = [
        waiver
        for waiver in waivers
        if any((each.place, part) in wanted for each in waiver.violations for part in each.parts)
    ]
    return max(listing, key=lambda waiver: waiver.renewals, default=None)


def _exposure(violations: Sequence[Violation], workspace: Workspace) -> Exposure:
    """Give the widest exposure of the services; one that is not declared is open."""
    services = [workspace.services.get(ServiceId(each.service)) for each in violations]
    reached = [each.exposure if each else None for each in services]
    return min((each or Exposure.OPEN for each in reached), key=list(Exposure).index)
