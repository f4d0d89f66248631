"""Make one of stored findings that turn out to be the same, when an alias or a control is known later than they were.

The older one stays and takes the other up: what its tools see, its earlier detection, waivers and decisions about it.
The other's name leads to it from then on. All of it is in the journal, so that it can be undone (`unmerge_finding`).
Two that somebody told apart stay two.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from tesuri.budgets.clock import run_clock
from tesuri.budgets.joint_history import joint_facts
from tesuri.flows.clocks.clock_facts import clock_past
from tesuri.flows.lifecycle.triage_findings import triage
from tesuri.model.clock import ClockFact, Opened
from tesuri.model.event import Event, EventKind
from tesuri.model.identifiers import FindingKey, Identity, finding_name
from tesuri.model.joining import KeptSighting, StoredFinding
from tesuri.model.workspace import Workspace
from tesuri.ports import Writer
from tesuri.triage.joining import (
    JUDGED,
    ended_before,
    group_under,
    identities_under,
    joint_columns,
    joint_sightings,
    vulnerability_name,
    with_joined,
)
from tesuri.triage.table import DecisionTable


@dataclass(frozen=True, slots=True)
class JoinCount:
    """What turned out to be one."""

    merged: int = 0
    """Findings that others took up."""
    relinked: int = 0
    """Findings that go by another identity as well."""

    def __add__(self, other: "JoinCount") -> "JoinCount":
        """Give both together."""
        return JoinCount(self.merged + other.merged, self.relinked + other.relinked)


@dataclass(frozen=True, slots=True)
class Naming:
    """A stored finding with the names that it goes by."""

    stored: StoredFinding
    names: tuple[str, ...]
    """Under each of them it is the same finding."""
    one: tuple[str, ...]
    """Those of the names that tell which others are the same."""
    group: str = ""
    """The key of the group that it belongs to under its name now; "" where that does not change."""


def merge_named(
    writer: Writer, *, workspace: Workspace, table: DecisionTable, now: datetime
) -> JoinCount:
    """Merge what goes by names of vulnerabilities that this transaction found to be one."""
    same = writer.joined_names()
    keys = writer.findings_to_join(same) if same else ()
    if not keys:
        return JoinCount()
    together: dict[str, list[str]] = defaultdict(list)
    for name, one in same.items():
        together[one].append(name)
    namings = []
    for stored in writer.stored_findings(keys):
        named = same.get(vulnerability_name(stored))
        if named is not None:
            names = tuple(sorted(together[named]))
            namings.append(Naming(stored, names, (named,), group_under(stored, named)))
    joining = Joining(writer, now, "Two names of one vulnerability.")
    joining.join(namings)
    return joining.write(workspace=workspace, table=table)


class Joining:
    """Joins findings, and writes what comes of it at the end."""

    def __init__(self, writer: Writer, now: datetime, reason: str) -> None:
        """Take the reason that the journal keeps."""
        self._writer = writer
        self._now = now
        self._reason = reason
        self._links = dict(writer.identity_links())
        self._parted = writer.parted_identities()
        self._events: list[Event] = []
        self._now_stored: dict[FindingKey, StoredFinding] = {}
        self._facts: dict[FindingKey, list[ClockFact]] = {}
        self._into: dict[FindingKey, FindingKey] = {}
        self._relinked = 0

    def join(self, namings: Sequence[Naming]) -> None:
        """Merge those that are the same under some name, and let the others be found under all of theirs."""
        current = [
            each for each in namings if each.stored.is_current and each.stored.merged_into is None
        ]
        self._now_stored.update((each.stored.key, each.stored) for each in current)
        under = {each.stored.key: identities_under(each.stored, each.names) for each in current}
        known = self._known({identity for found in under.values() for identity in found.values()})
        places: dict[Identity, set[FindingKey]] = defaultdict(set)
        for each in current:
            for name, identity in under[each.stored.key].items():
                if name in each.one:
                    places[identity] |= {each.stored.key, *known.get(identity, ())}
        several = [keys for keys in places.values() if len(keys) > 1]
        self._load({key for keys in several for key in keys})
        for keys in several:
            self._join_place(sorted(keys))
        for key, identities in under.items():
            self._relink(key, set(identities.values()) - known.keys())
        self._regroup(current)

    def take_up(self, survivor: FindingKey, other: FindingKey) -> None:
        """Let a finding take up another that is certain to be the same; not where somebody told the two apart."""
        self._load({survivor, other})
        living, taken = self._now_stored[survivor], self._now_stored[other]
        if frozenset((living.identity, taken.identity)) not in self._parted:
            self._merge(living, taken)

    def lead(self, found: Identity, others: Iterable[Identity]) -> None:
        """Let identities that are no finding's own lead to the one that is current under this one."""
        standing = self._writer.standings(0, [found]).get(found)
        if standing is not None:
            self._load({standing.key})
            self._relink(standing.key, set(others))

    def _known(self, identities: set[Identity]) -> Mapping[Identity, tuple[FindingKey, ...]]:
        """Give the current findings that these identities lead to."""
        ends = {identity: self._links.get(identity, identity) for identity in identities}
        standings = self._writer.standings(0, sorted(set(ends.values())))
        return {
            identity: (standings[end].key,) for identity, end in ends.items() if end in standings
        }

    def _load(self, keys: set[FindingKey]) -> None:
        missing = keys - self._now_stored.keys()
        for each in self._writer.stored_findings(missing):
            self._now_stored[each.key] = each
        self._facts.update(clock_past(self._writer, keys - self._facts.keys()))

    def _join_place(self, keys: Sequence[FindingKey]) -> None:
        """Let each be taken up by the oldest that it can be one with."""
        staying: list[FindingKey] = []
        for key in dict.fromkeys(self._end(key) for key in keys):
            found = self._now_stored[key]
            for older in staying:
                if self._try(self._now_stored[older], found):
                    break
            else:
                staying.append(key)

    def _try(self, older: StoredFinding, newer: StoredFinding) -> bool:
        """Merge the newer into the older; whether there is nothing left to do about the two."""
        is_parted = frozenset((older.identity, newer.identity)) in self._parted
        if is_parted or older.is_neutral is not newer.is_neutral:
            return False
        if self._links.get(older.identity) == newer.identity:
            return False
        for past, living in ((older, newer), (newer, older)):
            if ended_before(past, living):
                self._lead(living, [past.identity], finding_name(past.key))
                return False
        self._merge(older, newer)
        return True

    def _merge(self, survivor: StoredFinding, other: StoredFinding) -> None:
        changed = joint_columns(survivor, other)
        sightings = joint_sightings(survivor, other)
        facts = joint_facts(self._facts.get(survivor.key, []), self._facts.get(other.key, []))
        self._facts[survivor.key] = facts
        if any(isinstance(fact, Opened) for fact in facts):
            due = run_clock(facts).due_at
            due_at = int(due.timestamp()) if due else None
            changed |= {"due_at": due_at} if due_at != survivor.due_at else {}
        before = {name: getattr(survivor, name) for name in {*changed, *JUDGED}}
        own = {each.scope: each for each in survivor.sightings}
        self._tell(
            survivor.key,
            {
                "merged": int(other.key),
                "set": changed,
                "before": before,
                "sightings": [asdict(each) for each in sightings],
                "sightings_before": [_kept(own.get(each.scope), each.scope) for each in sightings],
                "linked": [other.identity.hex()],
            },
        )
        self._tell(
            other.key,
            {
                "into": int(survivor.key),
                "set": {"is_current": False, "merged_into": int(survivor.key)},
            },
        )
        self._into[other.key] = survivor.key
        self._links[other.identity] = survivor.identity
        self._now_stored[survivor.key] = with_joined(survivor, changed, sightings)

    def _tell(self, key: FindingKey, payload: Mapping[str, object]) -> None:
        said = Event(EventKind.MERGED, self._now, "policy", key, self._reason, payload)
        self._events.append(said)

    def _lead(self, stored: StoredFinding, identities: Iterable[Identity], other: str = "") -> None:
        linked = sorted(identities)
        payload: dict[str, object] = {"linked": [each.hex() for each in linked]}
        if other:
            payload["past"] = other
        event = Event(EventKind.RELINKED, self._now, "policy", stored.key, self._reason, payload)
        self._events.append(event)
        self._links.update((each, stored.identity) for each in linked)
        self._relinked += 1

    def _relink(self, key: FindingKey, free: set[Identity]) -> None:
        """Let a finding be found under identities that are no finding's own."""
        stored = self._now_stored[self._end(key)]
        if fresh := free - self._links.keys():
            self._lead(stored, fresh)

    def _regroup(self, namings: Sequence[Naming]) -> None:
        """Bring together what one fix covers: groups under the old name go by the new one, or into its group."""
        moves = {
            each.stored.group: each.group
            for each in namings
            if each.group not in ("", each.stored.group)
        }
        groups = self._writer.move_groups(moves) if moves else {}
        for each in namings:
            group = groups.get(each.stored.group)
            if group is not None and each.stored.key not in self._into:
                payload = {"set": {"work_group": int(group)}}
                moved = Event(
                    EventKind.RELINKED, self._now, "policy", each.stored.key, self._reason, payload
                )
                self._events.append(moved)

    def _end(self, key: FindingKey) -> FindingKey:
        while key in self._into:
            key = self._into[key]
        return key

    def write(self, *, workspace: Workspace, table: DecisionTable) -> JoinCount:
        """Append what was found, decide again what took others up, and give the count since the last time."""
        self._writer.append(self._events)
        survivors = {self._end(key) for key in self._into}
        decided = triage(
            survivors, writer=self._writer, workspace=workspace, table=table, now=self._now
        )
        self._writer.append(decided)
        count = JoinCount(len(self._into), self._relinked)
        self._relinked = 0
        for kept in (self._events, self._now_stored, self._facts, self._into):
            kept.clear()
        return count


def _kept(before: KeptSighting | None, scope: int) -> Mapping[str, object]:
    return {"scope": scope} if before is None else asdict(before)
