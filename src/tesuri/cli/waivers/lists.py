"""The waivers as lists: all of them, what should be looked at, and one with what it covers."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.lists.values import value_of, values_of
from tesuri.model.finding import Finding
from tesuri.model.identifiers import finding_name
from tesuri.model.views_waivers import (
    WaiverFlaw,
    WaiverRow,
    WaiverState,
    WaiversView,
    WaiverView,
)
from tesuri.wording.phrases import Phrases, msg
from tesuri.wording.words import word

_STATES: Final[Mapping[WaiverState, str]] = {
    WaiverState.VOID: msg("Void"),
    WaiverState.UNUSED: msg("Unused"),
    WaiverState.ACTIVE: msg("Active"),
    WaiverState.UPCOMING: msg("Not yet"),
    WaiverState.EXPIRED: msg("Expired"),
}
_FLAWS: Final[Mapping[WaiverFlaw, str]] = {
    WaiverFlaw.VOID: msg("It no longer holds for some of what it covers."),
    WaiverFlaw.UNUSED: msg("Nothing needs it; remove it."),
    WaiverFlaw.RENEWED_OFTEN: msg("It was renewed twice or more; is the departure the rule?"),
    WaiverFlaw.REVIEW_DUE: msg("Its review is due."),
    WaiverFlaw.ENDS_SOON: msg("It ends soon."),
    WaiverFlaw.EXPIRED: msg("It expired; remove it or renew it."),
    WaiverFlaw.COVERS_ALL: msg("Its scope reads nothing of a finding, so it covers every one."),
    WaiverFlaw.UNKNOWN_CONTROL: msg("It lists a control that is not there."),
}
_STYLES: Final = {WaiverState.VOID: "red", WaiverState.UNUSED: "yellow", WaiverState.EXPIRED: "dim"}


def waivers_listing(phrases: Phrases, view: WaiversView) -> Listing:
    """Give every waiver in one line."""
    columns = [
        Column("state", phrases.gettext("State")),
        Column("id", phrases.gettext("Waiver")),
        Column("days_left", phrases.gettext("Days left"), is_number=True),
        Column("renewals", phrases.gettext("Renewals"), is_number=True),
        Column("findings", phrases.gettext("Hides"), is_number=True),
        Column("requester", phrases.gettext("Asked by")),
        Column("approvers", phrases.gettext("Approved by")),
        Column("scope", phrases.gettext("Covers"), is_cut=True),
    ]
    lines = [
        Line(
            values_of(row),
            [
                phrases.gettext(_STATES[row.state]),
                row.id,
                str(row.days_left),
                str(row.renewals),
                str(row.findings),
                row.requester,
                ", ".join(row.approvers),
                _scope(phrases, row),
            ],
            _STYLES.get(row.state, ""),
        )
        for row in view.rows
    ]
    facts = {
        "accepted_findings": view.accepted_findings,
        "accepted_before_deployment": view.accepted_before_deployment,
        "is_use_known": view.is_use_known,
    }
    return Listing("waivers", columns, lines, notes=list(_notes(phrases, view)), facts=facts)


def _notes(phrases: Phrases, view: WaiversView) -> Iterator[str]:
    yield phrases.ngettext("{count} waiver", "{count} waivers", len(view.rows))
    yield phrases.gettext(
        "Accepted exposure: {count} findings, {before} of them before deployment",
        count=str(view.accepted_findings),
        before=str(view.accepted_before_deployment),
    )
    if not view.is_use_known:
        yield phrases.gettext("No store: nobody knows what is unused, or void for a finding.")


def _scope(phrases: Phrases, row: WaiverRow) -> str:
    if row.scope:
        return " ".join(row.scope.split())
    return phrases.ngettext(
        "{count} violation", "{count} violations", sum(len(each.parts) for each in row.violations)
    )


def flaw_listing(phrases: Phrases, view: WaiversView) -> Listing:
    """Give what somebody should look at, a line for each flaw of each waiver."""
    columns = [
        Column("id", phrases.gettext("Waiver")),
        Column("flaw", phrases.gettext("Remark"), is_wrapped=True),
    ]
    lines = [
        Line(
            {"id": row.id, "flaw": flaw.value, "source": row.source, "reason": row.state_reason},
            [row.id, phrases.gettext(_FLAWS[flaw])],
            _STYLES.get(row.state, ""),
        )
        for row in view.rows
        for flaw in row.flaws
    ]
    notes = [
        phrases.gettext(
            "Waivers checked: {waivers}; remarks: {remarks}",
            waivers=str(len(view.rows)),
            remarks=str(len(lines)),
        )
    ]
    if not view.is_use_known:
        notes.append(
            phrases.gettext("No store: nobody knows what is unused, or void for a finding.")
        )
    return Listing("remarks", columns, lines, notes=notes, facts={"waivers": len(view.rows)})


def waiver_listing(phrases: Phrases, view: WaiverView, now: datetime) -> Listing:
    """Give one waiver: what it covers as lines, its terms around them."""
    columns = [
        Column("kind", phrases.gettext("State")),
        Column("control", phrases.gettext("Control")),
        Column("address", phrases.gettext("Resource"), is_cut=True, is_cut_left=True),
        Column("text", phrases.gettext("What"), is_wrapped=True),
    ]
    row = view.row
    facts = {
        "waiver": values_of(row),
        "history": [
            {"at": value_of(each.happened_at), "kind": each.kind.value, "reason": each.reason}
            for each in view.history
        ],
    }
    return Listing(
        "covers",
        columns,
        list(_covered(phrases, view)),
        title=f"{row.id} · {phrases.gettext(_STATES[row.state])} · {row.reason}",
        notes=list(_terms(phrases, row, now)),
        facts=facts,
    )


def _covered(phrases: Phrases, view: WaiverView) -> Iterator[Line]:
    for each in view.row.violations:
        said = f"{each.message} ({'; '.join(each.parts)})".strip()
        cells = [phrases.gettext("lists"), each.control, each.address, said]
        yield Line({"kind": "lists", **values_of(each)}, cells)
    for finding in view.findings:
        yield _finding(finding, "hides", phrases.gettext("hides"), finding.title)
    for finding, reason in view.voided:
        yield _finding(finding, "void", phrases.gettext("no longer hides"), phrases.said(reason))


def _finding(finding: Finding, kind: str, shown: str, text: str) -> Line:
    name = finding_name(finding.key)
    values = {
        "kind": kind,
        "control": finding.rule,
        "address": finding.resource,
        "service": finding.service,
        "finding": name,
        "message": text,
    }
    return Line(values, [shown, finding.rule, finding.resource or finding.asset, f"{name} {text}"])


def _terms(phrases: Phrases, row: WaiverRow, now: datetime) -> Iterator[str]:
    if row.scope:
        yield phrases.gettext("Scope: {scope}", scope=" ".join(row.scope.split()))
    yield phrases.gettext(
        "Asked by {requester}, approved by {approvers} on {day}",
        requester=row.requester,
        approvers=", ".join(row.approvers),
        day=phrases.day(row.approved_at, now),
    )
    yield phrases.gettext(
        "Until {day}: {left} days left of {life}, at most {longest}; renewals: {renewals}",
        day=phrases.day(row.expires_at, now),
        left=str(row.days_left),
        life=str(row.life_days),
        longest=str(row.longest_days),
        renewals=str(row.renewals),
    )
    if row.exposure:
        yield phrases.gettext("Reach: {exposure} at most", exposure=word(phrases, row.exposure))
    if row.compensating_control:
        yield phrases.gettext("Meanwhile: {control}", control=row.compensating_control)
    if row.state_reason:
        yield phrases.said(row.state_reason)
    yield from (phrases.gettext(_FLAWS[flaw]) for flaw in row.flaws)
