"""Rules between the fields of one declared record: what a table of fields cannot say."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from tesuri.model.effort import DeclaredEffort
from tesuri.model.identifiers import ServiceId
from tesuri.model.objective import Incident
from tesuri.model.person import is_person, is_same_person
from tesuri.model.severity import Severity
from tesuri.model.waiver import Waiver
from tesuri.model.workspace import ExclusionWindow
from tesuri.routing.declared.fields import Fault

LARGEST_EXCLUDED_SHARE = 20
"""One part in twenty (5 %) of a window may be excluded; from design budgets.md."""


def waiver_faults(waiver: Waiver, longest_seconds: Mapping[Severity, int]) -> Iterator[Fault]:
    """Give what forbids a waiver: nothing that it covers, no second person, no end, or too long a life."""
    yield from _scope_faults(waiver)
    yield from _person_faults(waiver)
    if waiver.created_at > waiver.approved_at:
        yield Fault("/created", "It was approved before it was asked for.", "Correct the times.")
    if waiver.expires_at <= waiver.approved_at:
        yield Fault("/expires", "It ends before it was approved.", "Correct the times.")
    longest = longest_life_seconds(waiver.severity, longest_seconds)
    if waiver.expires_at - waiver.approved_at > timedelta(seconds=longest, days=1):
        covered = waiver.severity or "any severity"
        yield Fault(
            "/expires",
            f"It lives longer than {longest // 86_400} days, the longest for {covered}.",
            "Shorten it; renew it with a new approval when it ends.",
        )


def _scope_faults(waiver: Waiver) -> Iterator[Fault]:
    if waiver.scope and waiver.violations:
        yield Fault(
            "/violations", "It has a scope and a list of violations.", "Keep one of the two."
        )
    if not waiver.scope and not waiver.violations:
        yield Fault(
            "", "It does not say what it covers.", "Add scope, or violations that are not empty."
        )
    for position, violation in enumerate(waiver.violations):
        if not violation.parts:
            yield Fault(
                f"/violations/{position}/parts",
                "The list of parts is empty.",
                "Copy them from the answer of the gate, or let tesuri approve write the file.",
            )


def _person_faults(waiver: Waiver) -> Iterator[Fault]:
    if not is_person(waiver.requester):
        yield Fault("/requester", "The requester names nobody.", "Write the name of a person.")
    if not waiver.approvers:
        yield Fault("/approvers", "Nobody approved it.", "Name at least one person who did.")
    for position, name in enumerate(waiver.approvers):
        if not is_person(name):
            yield Fault(
                f"/approvers/{position}",
                "The approver names nobody.",
                "Write the name of a person.",
            )
        elif is_same_person(name, waiver.requester):
            yield Fault(
                "/approvers",
                f"{waiver.requester} asked for it and approved it.",
                "Let another person approve it.",
            )


def longest_life_seconds(severity: Severity | None, longest_seconds: Mapping[Severity, int]) -> int:
    """Give how long a waiver of this severity may live; without severity the longest of all."""
    if severity is None:
        return max(longest_seconds.values())
    return longest_seconds[severity]


def incident_faults(incident: Incident, closed_by: Sequence[str]) -> Iterator[Fault]:
    """Give what forbids an incident: its debit ends early only after its first actions, when two people agree."""
    if incident.closed_at is None:
        return
    if incident.closed_at < incident.declared_at:
        yield Fault("/closed", "It was closed before it was declared.", "Correct the times.")
    done_at = incident.actions_done_at
    if done_at is None or done_at > incident.closed_at:
        yield Fault(
            "/actions_done",
            "Its debit ends early before the first actions of its postmortem were done.",
            "Name the day in actions_done, or remove closed.",
        )
    if len({name.strip().casefold() for name in closed_by}) < 2:
        yield Fault(
            "/closed_by",
            "Its debit ends early without two people who agreed.",
            "Name two people in closed_by, or remove closed.",
        )


def effort_faults(effort: DeclaredEffort) -> Iterator[Fault]:
    """Give what forbids a declared effort: it must say what it is for."""
    if not (effort.advisory or effort.rule or effort.package or effort.kind):
        yield Fault("", "It does not say what it is for.", "Add advisory, rule, package or kind.")


def exclusion_faults(
    windows: Sequence[ExclusionWindow], shortest_window_seconds: int | None
) -> Iterator[Fault]:
    """Give what forbids exclusion windows: reversed times, or over 5 % of the shortest objective window.

    Counted for each service by itself, with the windows of all services; overlaps count once.
    """
    for position, window in enumerate(windows):
        if window.ends_at <= window.starts_at:
            yield Fault(
                f"/exclusions/{position}/to", "It ends before it starts.", "Correct the times."
            )
            continue
        if shortest_window_seconds is None:
            continue
        scopes = window.services or _all_scopes(windows)
        excluded = max(
            _excluded_seconds(_in_scope(windows, scope), window, shortest_window_seconds)
            for scope in scopes
        )
        if excluded * LARGEST_EXCLUDED_SHARE > shortest_window_seconds:
            limit = shortest_window_seconds // LARGEST_EXCLUDED_SHARE // 3_600
            yield Fault(
                f"/exclusions/{position}",
                f"{excluded // 3_600} h are excluded within one objective window; {limit} h (5 %) are allowed.",
                "Shorten it.",
            )


def _excluded_seconds(
    windows: Sequence[ExclusionWindow], last: ExclusionWindow, window_seconds: int
) -> int:
    """Seconds excluded in the window that ends with `last`, counted once where exclusions overlap."""
    first_instant = last.ends_at - timedelta(seconds=window_seconds)
    spans = sorted(
        (max(window.starts_at, first_instant), min(window.ends_at, last.ends_at))
        for window in windows
        if window.ends_at > first_instant and window.starts_at < last.ends_at
    )
    total = timedelta(0)
    counted_until = first_instant
    for start, end in spans:
        total += max(timedelta(0), end - max(start, counted_until))
        counted_until = max(counted_until, end)
    return int(total.total_seconds())


def _all_scopes(windows: Sequence[ExclusionWindow]) -> tuple[ServiceId | None, ...]:
    return (None, *sorted({service for window in windows for service in window.services}))


def _in_scope(
    windows: Sequence[ExclusionWindow], scope: ServiceId | None
) -> tuple[ExclusionWindow, ...]:
    return tuple(w for w in windows if not w.services or scope in w.services)
