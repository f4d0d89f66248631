"""Bring what a scan saw into line with what the store holds: open, continue, reopen, miss, close.

A report arrives in batches, and only one of them is in memory. What is new in a first import takes the short way:
one opening with its decision in it. Everything else is an event each (`continue_findings`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Final

from tesuri.flows.clocks.closing_dates import with_due_dates
from tesuri.flows.intake.continue_findings import (
    Ledger,
    continue_finding,
    is_covered,
    miss_finding,
    open_again,
)
from tesuri.flows.intake.follow_names import FormerNames
from tesuri.flows.intake.match_forms import FormMatching, comes_in_other_forms
from tesuri.flows.intake.note_likeness import Likeness, likeness_of
from tesuri.flows.intake.recognise_findings import (
    Arrival,
    Foreknowledge,
    Placed,
    Recognition,
    Seen,
    name_groups,
)
from tesuri.flows.intake.remember_records import Remembered, Remembering
from tesuri.flows.intake.triage_arrivals import FirstTriage
from tesuri.flows.lifecycle.merge_findings import JoinCount, Joining
from tesuri.flows.lifecycle.triage_findings import triage
from tesuri.model.identifiers import FindingKey, GroupKey, Identity
from tesuri.model.opening import FirstDecision, Opening, Openings, SharedFacts
from tesuri.model.record_memory import RecordKind
from tesuri.model.standing import Standing, Unseen
from tesuri.model.workspace import Workspace
from tesuri.ports import Ahead, Writer
from tesuri.triage.fingerprint import BY_PLACE
from tesuri.triage.gist import Gists, gists_of
from tesuri.triage.lifecycle import Sight, on_seen
from tesuri.triage.table import DecisionTable

MOST_RECORDS: Final = 4000
"""Records that are in memory at a time, about 25 MB of them."""


@dataclass(frozen=True, slots=True)
class Placement:
    """What became of the observations: the first six add up to them."""

    new: int = 0
    reopened: int = 0
    regressed: int = 0
    known: int = 0
    merged: int = 0
    """The same finding as an earlier record of the report."""
    predating: int = 0
    """Closed since; the scan is older than the closing, or than a clean one, and says nothing new."""
    seen_by_another: int = 0
    """Of `known`: this tool had not reported it before."""
    missed: int = 0
    """Not in this complete scan for the first time; the next one without it closes it."""
    closed: int = 0
    joined: int = 0
    """Stored findings that another form of the report, or an asset's former name, showed to be others."""
    relinked: int = 0
    """Of `known`: findings that only another form of the report, or an asset's former name, had shown before."""
    uncovered: int = 0
    """Not in this complete scan, which did not run their rule: they stay as they are."""
    likeness: Likeness | None = None
    """Whose findings the new ones of a new target are like, where the inventory no longer names it."""


@dataclass(frozen=True, slots=True)
class Judges:
    """What placing a report needs beside the report."""

    writer: Writer
    workspace: Workspace
    table: DecisionTable
    now: datetime
    batch: int = MOST_RECORDS
    ahead: Ahead | None = None
    """Reads a report beside the placing of what was read; None to do one after the other."""


def place_arrivals(
    arrival: Arrival, *, writer: Writer, workspace: Workspace, table: DecisionTable, now: datetime
) -> Placement:
    """Write what a small scan changed, and triage what it opened. **raises** nothing of its own."""
    placing = Placing(arrival, Judges(writer, workspace, table, now))
    placing.take(gists_of(arrival.observations, writer.secret_key()))
    return placing.finish()


class Placing:
    """One scan on its way into the store, batch by batch."""

    def __init__(
        self, arrival: Arrival, judges: Judges, known: Foreknowledge | None = None
    ) -> None:
        """Take the scan; `arrival.observations` are not looked at here."""
        reports = judges.writer.report_forms(arrival.place.scope) if arrival.form else ()
        others = comes_in_other_forms(reports, arrival.form)
        arrival = self._arrival = replace(arrival, has_other_forms=others)
        self._judges = judges
        self._writer = judges.writer
        self._former = FormerNames(arrival, judges.writer, judges.workspace)
        self._recognition = Recognition(arrival, judges.writer, judges.workspace, known)
        self._triage = FirstTriage(arrival, judges.writer, judges.workspace, judges.table)
        self._is_asking = judges.writer.has_findings()
        """Whether the store can know anything of what is new to this report."""
        is_plain = others and known is None
        names = judges.workspace.rule_controls
        self._forms = FormMatching(arrival, judges.writer, reports, names) if is_plain else None
        self._counts: dict[str, int] = {"merged": 0}
        self._is_new_target = bool(arrival.form) and not reports
        self._likeness: Likeness | None = None

    def take(self, gists: Gists) -> Sequence[Identity]:
        """Take the next batch in and give the identity of each. **raises** NeedsForeknowledge."""
        found = self._recognition.recognise(gists)
        if self._forms is not None:
            found = self._forms.settle(found, self._recognition)
        if self._is_asking:
            found = self._former.settle(found, self._recognition)
        ledger = Ledger(counts=self._counts)
        ledger.count("merged", found.merged)
        identities = [each.identity for each in found.first] if self._is_asking else []
        standings = self._writer.standings(self._arrival.place.scope, identities)
        self._note_likeness([each for each in found.first if each.identity not in standings])
        if not standings:
            self._open([(each, None) for each in found.first], ledger)
            self._write(ledger)
            return found.identities
        opening: list[tuple[Seen, Standing | None]] = []
        for each in found.first:
            standing = standings.get(each.identity)
            sight = on_seen(standing, self._arrival.place)
            if sight is Sight.REOPENS and self._is_of_a_change(standing):
                sight = Sight.REGRESSES
            if sight in (Sight.OPENS, Sight.REGRESSES):
                opening.append((each, standing))
            elif standing is not None:
                continue_finding(each, standing, sight, self._arrival, ledger)
        self._open(opening, ledger)
        self._write(ledger)
        return found.identities

    def _note_likeness(self, new: Sequence[Seen]) -> None:
        """Look once, at the first batch that has something to compare."""
        if not self._is_asking or not self._is_new_target:
            return
        # Vulnerabilities of packages tell little: every image of one base has the same.
        found = [each for each in new if each.placed.traits.kind in BY_PLACE]
        if found:
            judges = self._judges
            self._is_new_target = False
            self._likeness = likeness_of(found, self._arrival, judges.writer, judges.workspace)

    def _is_of_a_change(self, standing: Standing | None) -> bool:
        """Whether this is a verdict on a change, of a finding of what ran: that one stays as it ended."""
        return self._arrival.is_undeployed and standing is not None and not standing.is_neutral

    def finish(self, remembered: Remembered | None = None) -> Placement:
        """Judge what a complete scan lacks, and give what became of everything.

        **raises** NeedsForeknowledge, MemoryFails.
        """
        recognition, place = self._recognition, self._arrival.place
        recognition.check()
        if remembered is None:
            self._writer.add_content(place, recognition.identities())
        else:
            remembered.check(recognition.identities() | recognition.numbered)
            self._count(remembered)
            both = chain(remembered.met_findings(), recognition.identities())
            self._writer.add_content(place, both)
        ledger = Ledger(counts=self._counts)
        if self._arrival.is_complete and place.is_complete and not place.clean_after:
            for unseen in self._unseen(remembered):
                if not is_covered(unseen, self._arrival.rules):
                    ledger.count("uncovered")
                elif self._forms is None or self._forms.counts(unseen):
                    miss_finding(unseen, self._arrival, ledger)
        self._write(ledger)
        self._join()
        self._writer.settle_groups()
        return Placement(**self._counts, likeness=self._likeness)

    def _join(self) -> None:
        """Write what turned out to be known under another name, or from another form of the report."""
        counts = [self._joined(self._former, "The asset had another name.")]
        if self._forms is not None:
            counts.append(self._joined(self._forms, "Two forms of one report show it."))
            self._forms.keep()
        self._counts["joined"] = sum(each.merged for each in counts)
        self._counts["relinked"] = sum(each.relinked for each in counts)

    def _joined(self, found: FormMatching | FormerNames, reason: str) -> JoinCount:
        judges = self._judges
        if not found.merges and not found.links:
            return JoinCount()
        joining = Joining(self._writer, judges.now, reason)
        for survivor, other in found.merges:
            joining.take_up(survivor, other)
        for identity, others in found.links.items():
            joining.lead(identity, others)
        return joining.write(workspace=judges.workspace, table=judges.table)

    def remember(self, mark: str, collected: Remembering, remembered: Remembered | None) -> None:
        """Keep for the next scan what the records came to, those that were read and those that were met."""
        if not collected.is_possible or self._counts.get("uncovered"):
            self._writer.forget_memory(self._arrival.place)
            return
        read = self._recognition.identities()
        if remembered is not None and remembered.is_same and not read and collected.is_empty:
            self._writer.keep_memory(self._arrival.place, mark, None)
            return
        parts = collected.parts(self._recognition.shared, read)
        met = remembered.met_parts() if remembered is not None else []
        self._writer.keep_memory(self._arrival.place, mark, chain(met, parts))

    def _count(self, remembered: Remembered) -> None:
        counts = Ledger(counts=self._counts)
        counts.count("known", remembered.findings)
        counts.count("merged", remembered.met[RecordKind.FINDING] - remembered.findings)

    def _unseen(self, remembered: Remembered | None) -> Iterable[Unseen]:
        place = self._arrival.place
        if remembered is None:
            return self._writer.unseen(place)
        lacking = self._writer.missed_once(place.scope) | set(remembered.not_met())
        return self._writer.unseen_among(place, lacking - self._recognition.identities())

    def _open(self, opening: Sequence[tuple[Seen, Standing | None]], ledger: Ledger) -> None:
        if not opening:
            return
        named = name_groups([each for each, _ in opening], self._arrival.titles)
        groups = self._writer.group_keys(named.titles)
        first = int(self._writer.reserve_findings(len(opening)))
        plain: list[tuple[FindingKey, Seen]] = []
        for key, (each, standing) in enumerate(opening, start=first):
            if standing is None and not self._arrival.place.clean_after:
                plain.append((FindingKey(key), each))
            else:
                group = groups[named.keys[each.placed]]
                arrival = self._arrival
                open_again(FindingKey(key), each, group, standing, arrival=arrival, ledger=ledger)
        self._open_plainly(plain, {each: groups[text] for each, text in named.keys.items()}, ledger)

    def _open_plainly(
        self,
        plain: Sequence[tuple[FindingKey, Seen]],
        groups: Mapping[Placed, GroupKey],
        ledger: Ledger,
    ) -> None:
        decisions = self._triage.decide([each for _, each in plain])
        shared = {each: _shared(each, groups[each], made) for each, made in decisions.items()}
        arrival = self._arrival
        findings = [
            Opening(key, identity, texts.title, texts.detail, texts.here, shared[placed])
            for key, (identity, gist, placed) in plain
            for texts in (gist.texts,)
        ]
        self._writer.open_findings(
            Openings(
                scope=arrival.place.scope,
                scan=arrival.place.scan,
                opened_at=arrival.place.scanned_at,
                actor=f"scan:{arrival.tool}",
                is_neutral=arrival.is_undeployed,
                findings=findings,
            )
        )
        ledger.fresh += [each.key for each in findings if each.shared.decision is None]
        ledger.count("new", len(findings))

    def _write(self, ledger: Ledger) -> None:
        judges, writer = self._judges, self._writer
        writer.append(with_due_dates(ledger.events, writer))
        if ledger.fresh:
            decided = triage(
                ledger.fresh,
                writer=writer,
                workspace=judges.workspace,
                table=judges.table,
                now=judges.now,
            )
            writer.append(decided)


def _shared(placed: Placed, group: GroupKey, decision: FirstDecision | None) -> SharedFacts:
    traits, owner = placed.traits, placed.owner
    return SharedFacts(
        traits.kind.value,
        traits.shown_rule,
        traits.severity.value,
        group,
        placed.asset,
        owner.service,
        owner.source,
        traits.score,
        decision,
    )
