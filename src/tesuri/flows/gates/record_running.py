"""Remember what controls say of what runs: a failing verdict is a finding, and a pass of the same control ends it.

It is the same finding as a scanner's of the same control and resource, and counts from its detection on. A recording
is partial: what it does not hold is neither seen nor gone, and an unknown verdict says nothing. What an event tells is
only a part of its resource, so a pass there ends nothing.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Final

from tesuri.flows.clocks.closing_dates import with_due_dates
from tesuri.flows.gates.link_names import TwoNames, bare_name, link_bare_names
from tesuri.flows.gates.link_running import Sighted, link_sighted
from tesuri.flows.gates.record_gate import group_titles, is_finding, record_gate
from tesuri.flows.intake.place_findings import place_arrivals
from tesuri.flows.intake.recognise_findings import Arrival, Recognition
from tesuri.flows.site.coverage import GATE_TOOL
from tesuri.model.control import Control, GateReport, Point, Ruling, VerdictKind
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import State
from tesuri.model.gate_record import GateRecord
from tesuri.model.identifiers import Identity
from tesuri.model.observation import Kind, Observation
from tesuri.model.ownership import Ownership
from tesuri.model.standing import ScanPlace, Standing
from tesuri.model.workspace import Workspace
from tesuri.ports import Store, Writer
from tesuri.subjects.aws.arn import arn_of
from tesuri.triage.gist import outlines_of
from tesuri.triage.table import DecisionTable

RUNNING: Final = (Point.LIVE, Point.EVENT)
_ENDED_BY: Final = "The control passes on the resource."
_LIVING: Final = (State.OPEN, State.WAIVED)


@dataclass(frozen=True, slots=True)
class Keeping:
    """What keeping verdicts needs beside them."""

    store: Store
    workspace: Workspace
    table: DecisionTable
    now: datetime
    controls: Sequence[Control] = ()
    """They give the titles of work."""


def record_running(report: GateReport, keeping: Keeping) -> GateRecord:
    """Write failing verdicts, and what a snapshot shows to be fixed, in one transaction; say what changed."""
    by_target: dict[tuple[str, datetime], list[Ruling]] = defaultdict(list)
    # A pass of an event says nothing, and there are very many.
    said = report.rulings if report.point is Point.LIVE else report.departing
    for ruling in chain(said, report.existing):
        if ruling.verdict.kind in (VerdictKind.FAIL, VerdictKind.PASS, VerdictKind.UNKNOWN):
            seen_at = ruling.verdict.seen_at or keeping.now
            by_target[_target(ruling, report), seen_at].append(ruling)
    with keeping.store.write(keeping.now) as writer:
        targets = [
            _Target(name, report.point, writer, keeping, _scan(name, writer, seen_at), rulings)
            for (name, seen_at), rulings in sorted(by_target.items(), key=lambda each: each[0])
            if report.point is Point.LIVE or any(is_finding(one) for one in rulings)
        ]
        record = link_sighted(
            [each for target in targets for each in target.sighted()],
            writer=writer,
            workspace=keeping.workspace,
            table=keeping.table,
            now=keeping.now,
        )
        for target in targets:
            record += target.take()
        if report.point is Point.LIVE:
            link_bare_names(
                [each for target in targets for each in target.with_path()],
                writer=writer,
                workspace=keeping.workspace,
                table=keeping.table,
                now=keeping.now,
            )
    return record


def record_report(report: GateReport, keeping: Keeping) -> GateRecord | None:
    """Keep what a point answered; what runs gives figures of what changed."""
    if report.point in RUNNING:
        return record_running(report, keeping)
    record_gate(
        report,
        store=keeping.store,
        workspace=keeping.workspace,
        table=keeping.table,
        now=keeping.now,
        controls=keeping.controls,
    )
    return None


@dataclass(frozen=True, slots=True)
class _Target:
    """One account or cluster on its way into the store."""

    name: str
    point: Point
    writer: Writer
    keeping: Keeping
    place: ScanPlace
    rulings: Sequence[Ruling]

    def sighted(self) -> Sequence[Sighted]:
        """Give what fails, with the finding that it is."""
        failing = [one for one in self.rulings if is_finding(one)]
        return [Sighted(*pair) for pair in zip(failing, self._identities(failing), strict=True)]

    def with_path(self) -> Sequence[TwoNames]:
        """Give what fails and has a path in its ARN, with the identity that an event would give it."""
        known = {resource_name(one) for one in self.rulings}
        failing = [
            (one, bare)
            for one in self.rulings
            if is_finding(one) and (bare := bare_name(resource_name(one))) and bare not in known
        ]
        whole = self._identities([one for one, _ in failing])
        named = [
            replace(one, verdict=replace(one.verdict, address=bare, arn=bare))
            for one, bare in failing
        ]
        return [TwoNames(*pair) for pair in zip(whole, self._identities(named), strict=True)]

    def take(self) -> GateRecord:
        """Place what fails, then end what passes."""
        record = self._place([one for one in self.rulings if is_finding(one)])
        # An event's pass is of a part: there is nothing that it could end.
        is_whole = self.point is Point.LIVE and self.writer.has_findings()
        return record + self._end() if is_whole else record

    def _place(self, failing: Sequence[Ruling]) -> GateRecord:
        by_owner: dict[Ownership | None, list[Ruling]] = defaultdict(list)
        for ruling in failing:
            by_owner[_ownership(ruling)].append(ruling)
        record = GateRecord()
        keeping = self.keeping
        for owner, rulings in by_owner.items():
            placed = place_arrivals(
                self._arrival(owner, [self._observation(each) for each in rulings]),
                writer=self.writer,
                workspace=keeping.workspace,
                table=keeping.table,
                now=keeping.now,
            )
            back = placed.reopened + placed.regressed
            record += GateRecord(new=placed.new, known=placed.known, returned=back)
        return record

    def _end(self) -> GateRecord:
        passing = [one for one in self.rulings if one.verdict.kind is VerdictKind.PASS]
        others = [one for one in self.rulings if one.verdict.kind is not VerdictKind.PASS]
        passed = set(self._identities(passing)) - set(self._identities(others))
        standings = self.writer.standings(self.place.scope, sorted(passed))
        # A recording that is older than what is known ends nothing that began, or was seen, since.
        later = frozenset() if self.place.is_newest else self.writer.seen_after(self.place)
        events = [
            _fixed(each, self.place)
            for each in standings.values()
            if each.state in _LIVING
            and not each.is_neutral
            and each.opened_at <= self.place.scanned_at
            and each.identity not in later
        ]
        self.writer.append(with_due_dates(events, self.writer))
        return GateRecord(fixed=len(events))

    def _identities(self, rulings: Sequence[Ruling]) -> Sequence[Identity]:
        key = self.writer.secret_key()
        gists = outlines_of(map(self._observation, rulings), key)
        arrival = self._arrival(None, ())
        return Recognition(arrival, self.writer, self.keeping.workspace).recognise(gists).identities

    def _arrival(self, owner: Ownership | None, observations: Sequence[Observation]) -> Arrival:
        return Arrival(
            observations=observations,
            tool=GATE_TOOL,
            target=self.name,
            place=self.place,
            is_complete=False,
            owners={} if owner is None else {self.name: owner},
            titles=group_titles(self.keeping.controls),
        )

    def _observation(self, ruling: Ruling) -> Observation:
        verdict = ruling.verdict
        said = (self.point.value, verdict.at.file, verdict.at.pointer)
        return Observation(
            kind=Kind.MISCONFIGURATION,
            rule=verdict.control,
            title=ruling.message or verdict.reason or verdict.control,
            severity=verdict.severity,
            pointer=verdict.at.pointer,
            description=" ".join(part for part in said if part),
            resource=resource_name(ruling),
            resource_type=verdict.resource_type,
            target=self.name,
            parts=verdict.parts,
        )


def _scan(target: str, writer: Writer, seen_at: datetime) -> ScanPlace:
    return writer.place_scan(
        tool=GATE_TOOL,
        target=target,
        # Snapshots and events see the same things.
        configuration=Point.LIVE.value,
        scanned_at=seen_at,
        content="",
        is_complete=False,
    )


def resource_name(ruling: Ruling) -> str:
    """Give the name by which every tool knows what runs: the ARN where one can be told, else the address."""
    verdict = ruling.verdict
    return arn_of(verdict.resource_type, verdict.address, verdict.arn) or verdict.address


def _target(ruling: Ruling, report: GateReport) -> str:
    named = ruling.verdict.account or report.target
    return named or f"file://{report.subject.rstrip('/').rpartition('/')[2]}"


def _ownership(ruling: Ruling) -> Ownership | None:
    """Give the owner that the resource tells; None leaves it to the inventory."""
    if ruling.service is None and ruling.owner is None:
        return None
    return Ownership(ruling.service, ruling.owner, ruling.owner_source)


def _fixed(standing: Standing, place: ScanPlace) -> Event:
    payload: dict[str, object] = {
        "set": {
            "state": State.FIXED.value,
            "closed_at": int(place.scanned_at.timestamp()),
            "is_stale": False,
        }
    }
    if standing.detail_here is not None:
        payload["missed"] = {"scope": place.scope, "scan": place.scan, "absent_scan": place.scan}
    return Event(
        kind=EventKind.CLOSED,
        happened_at=place.scanned_at,
        actor=f"scan:{GATE_TOOL}",
        finding=standing.key,
        reason=_ENDED_BY,
        payload=payload,
    )
