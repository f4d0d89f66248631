"""List the waivers: which hold, which are void, unused, much renewed or due for review, and what they accept."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tesuri.flows.site.survey import Survey
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import FindingKey, ServiceId, WaiverId
from tesuri.model.rego import POLICY_PREFIX
from tesuri.model.views_waivers import (
    WaiverFlaw,
    WaiverRow,
    WaiverState,
    WaiversView,
    WaiverView,
)
from tesuri.model.waiver import Waiver
from tesuri.model.workspace import Workspace
from tesuri.ports import Reader
from tesuri.untrusted.shape import text, texts

OFTEN_RENEWED = 2
"""From the second renewal on somebody should ask whether the departure is the rule."""

ENDS_SOON = timedelta(days=7)
"""A waiver ends soon this long before its end, a short one in the last quarter of its life."""

_ANSWERS_READ = 10_000
"""Newest answers of gates that are looked through for those that a waiver let pass."""

_UNUSED_AFTER = timedelta(days=1)
_DAY = timedelta(days=1)
_READS_A_FINDING = re.compile(r"\bfinding\s*[.\[]")
_ORDER = tuple(WaiverState)


@dataclass(slots=True)
class _Use:
    """What the store knows of one waiver."""

    agreed_at: datetime
    hidden: list[Finding] = field(default_factory=list)
    voided: list[tuple[Finding, str]] = field(default_factory=list)
    used_at: datetime | None = None

    def was_voided_by(self, event: Event) -> bool:
        """Whether the waiver became void with this event, and was not agreed anew since."""
        return " is void: " in event.reason and event.happened_at >= self.agreed_at


def list_waivers(
    survey: Survey, reader: Reader, *, controls: Collection[str] = (), is_use_known: bool = True
) -> WaiversView:
    """Give every declared waiver as it stands at the survey's instant.

    `controls` are the ids that exist; without any, listed controls are not looked up. `is_use_known` is False where no
    store remembers what waivers did.
    """
    workspace = survey.workspace
    uses = _uses(survey, reader, workspace.waivers)
    rows = [
        _row(waiver, uses[waiver.id], survey, controls, is_use_known=is_use_known)
        for waiver in workspace.waivers
    ]
    hidden = [each for use in uses.values() for each in use.hidden]
    return WaiversView(
        rows=tuple(sorted(rows, key=_rank)),
        accepted_findings=len(hidden),
        accepted_before_deployment=sum(each.is_neutral for each in hidden),
        is_use_known=is_use_known,
    )


def show_waiver(
    survey: Survey,
    reader: Reader,
    identity: WaiverId,
    *,
    controls: Collection[str] = (),
    is_use_known: bool = True,
) -> WaiverView | None:
    """Give one waiver with what it hides and did; None when no such waiver is declared."""
    waivers = [each for each in survey.workspace.waivers if each.id == identity]
    if not waivers:
        return None
    use = _uses(survey, reader, waivers)[identity]
    return WaiverView(
        row=_row(waivers[0], use, survey, controls, is_use_known=is_use_known),
        findings=tuple(sorted(use.hidden, key=lambda each: each.key)),
        voided=tuple(use.voided),
        history=tuple(
            event
            for event in reader.events(kinds=(EventKind.WAIVED, EventKind.WAIVER_ENDED))
            if _waiver_of(event) == identity
        ),
    )


def _uses(survey: Survey, reader: Reader, waivers: Iterable[Waiver]) -> Mapping[WaiverId, _Use]:
    uses = {each.id: _Use(each.approved_at) for each in waivers}
    opened: dict[FindingKey, Finding] = {}
    for finding in survey.findings:
        if finding.is_current and finding.state is State.OPEN:
            opened[finding.key] = finding
        elif finding.is_current and finding.state is State.WAIVED and finding.waiver in uses:
            uses[finding.waiver].hidden.append(finding)
    for key, event in _last_ends(reader).items():
        use = uses.get(_waiver_of(event))
        if use is not None and key in opened and use.was_voided_by(event):
            use.voided.append((opened[key], event.reason))
    for name, used_at in _gate_uses(reader).items():
        if name in uses:
            uses[name].used_at = used_at
    return uses


def _gate_uses(reader: Reader) -> Mapping[WaiverId, datetime]:
    """Give when each waiver last let a change pass."""
    answers = reader.events(kinds=(EventKind.GATE_ANSWERED,), newest=_ANSWERS_READ)
    return {
        WaiverId(name): event.happened_at
        for event in answers
        for name in texts(event.payload, "waivers")
    }


def _last_ends(reader: Reader) -> Mapping[FindingKey, Event]:
    """Give how each finding last lost a waiver."""
    return {
        event.finding: event
        for event in reader.events(kinds=(EventKind.WAIVER_ENDED,))
        if event.finding is not None
    }


def _waiver_of(event: Event) -> WaiverId:
    return WaiverId(text(event.payload, "ended") or text(event.payload, "set", "waiver"))


def _row(
    waiver: Waiver,
    use: _Use,
    survey: Survey,
    controls: Collection[str],
    *,
    is_use_known: bool,
) -> WaiverRow:
    now = survey.now
    state = _state(waiver, use, now, is_use_known=is_use_known)
    return WaiverRow(
        id=waiver.id,
        state=state,
        state_reason=use.voided[0][1] if use.voided else "",
        scope=waiver.scope,
        violations=waiver.violations,
        reason=waiver.reason,
        requester=waiver.requester,
        approvers=waiver.approvers,
        created_at=waiver.created_at,
        approved_at=waiver.approved_at,
        expires_at=waiver.expires_at,
        review_on=waiver.review_on,
        days_left=max(0, -((now - waiver.expires_at) // _DAY)),
        life_days=-((waiver.approved_at - waiver.expires_at) // _DAY),
        longest_days=_longest_days(waiver, survey.workspace),
        renewals=waiver.renewals,
        severity=waiver.severity,
        exposure=waiver.exposure,
        compensating_control=waiver.compensating_control,
        flaws=_flaws(waiver, state, use, now, controls),
        findings=len(use.hidden),
        voided=len(use.voided),
        services=_services(waiver, use),
        used_at=use.used_at,
        source=waiver.source,
    )


def _state(waiver: Waiver, use: _Use, now: datetime, *, is_use_known: bool) -> WaiverState:
    if now >= waiver.expires_at:
        return WaiverState.EXPIRED
    if now < waiver.approved_at:
        return WaiverState.UPCOMING
    if use.voided and not use.hidden:
        return WaiverState.VOID
    is_used = bool(use.hidden) or (use.used_at is not None and use.used_at >= waiver.approved_at)
    if is_use_known and not is_used and now - waiver.approved_at >= _UNUSED_AFTER:
        return WaiverState.UNUSED
    return WaiverState.ACTIVE


def _flaws(
    waiver: Waiver, state: WaiverState, use: _Use, now: datetime, controls: Collection[str]
) -> tuple[WaiverFlaw, ...]:
    is_over = state is WaiverState.EXPIRED
    # Which policies in Rego there are is known only where somebody names their folder.
    listed = (
        each.control for each in waiver.violations if not each.control.startswith(POLICY_PREFIX)
    )
    is_listing_unknown = any(control not in controls for control in listed)
    met = {
        WaiverFlaw.VOID: bool(use.voided) and not is_over,
        WaiverFlaw.UNUSED: state is WaiverState.UNUSED,
        WaiverFlaw.RENEWED_OFTEN: waiver.renewals >= OFTEN_RENEWED,
        WaiverFlaw.REVIEW_DUE: bool(waiver.review_on and waiver.review_on <= now) and not is_over,
        WaiverFlaw.ENDS_SOON: not is_over and waiver.expires_at - now <= _notice(waiver),
        WaiverFlaw.EXPIRED: is_over,
        WaiverFlaw.COVERS_ALL: bool(waiver.scope) and not _READS_A_FINDING.search(waiver.scope),
        WaiverFlaw.UNKNOWN_CONTROL: bool(controls) and is_listing_unknown,
    }
    return tuple(flaw for flaw, is_met in met.items() if is_met)


def _notice(waiver: Waiver) -> timedelta:
    return min(ENDS_SOON, (waiver.expires_at - waiver.approved_at) / 4)


def _longest_days(waiver: Waiver, workspace: Workspace) -> int:
    longest = workspace.longest_waiver_seconds
    seconds = longest[waiver.severity] if waiver.severity else max(longest.values())
    return seconds // int(_DAY.total_seconds())


def _services(waiver: Waiver, use: _Use) -> tuple[ServiceId, ...]:
    found = {str(each.service) for each in use.hidden if each.service}
    found |= {each.service for each in waiver.violations if each.service}
    return tuple(ServiceId(each) for each in sorted(found))


def _rank(row: WaiverRow) -> tuple[int, float, str]:
    ends = row.expires_at.timestamp()
    is_over = row.state is WaiverState.EXPIRED
    return _ORDER.index(row.state), -ends if is_over else ends, row.id
