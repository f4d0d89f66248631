"""Undo a merge: both findings are as they were, and stay two.

What scans said since of the one that stayed is kept where only they can have changed it. The other is as it was when
it was taken up, and the next scans say what has become of it. Their group is that of the name that both go by: one fix.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from tesuri.flows.clocks.joint_clocks import JOIN_KINDS
from tesuri.flows.lifecycle.triage_findings import triage
from tesuri.model.errors import BadInput
from tesuri.model.event import Event, EventKind
from tesuri.model.identifiers import FindingKey, finding_name
from tesuri.model.joining import StoredFinding
from tesuri.model.workspace import Workspace
from tesuri.ports import Reader, Store
from tesuri.triage.joining import JUDGED
from tesuri.triage.table import DecisionTable


@dataclass(frozen=True, slots=True)
class Merge:
    """Two findings that are one now."""

    finding: FindingKey
    """The one that was taken up."""
    into: FindingKey
    at: datetime
    reason: str


def merges(reader: Reader) -> tuple[Merge, ...]:
    """Give every merge that stands, in the order in which they were made."""
    standing: dict[tuple[FindingKey, FindingKey], Merge] = {}
    for event in reader.events(kinds=JOIN_KINDS):
        if event.finding is None or "merged" not in event.payload:
            continue
        other = FindingKey(int(str(event.payload["merged"])))
        if event.kind is EventKind.MERGED:
            merge = Merge(other, event.finding, event.happened_at, event.reason)
            standing[other, event.finding] = merge
        else:
            standing.pop((other, event.finding), None)
    return tuple(standing.values())


def unmerge(
    key: FindingKey,
    *,
    by: str,
    reason: str,
    store: Store,
    workspace: Workspace,
    table: DecisionTable,
    now: datetime,
) -> Merge:
    """Make this finding one of its own again, and give the merge that is undone.

    **raises** BadInput where it is not merged, or where what it is merged into was merged itself since.
    """
    with store.write(now) as writer:
        event = _last_merge(writer, key)
        into = FindingKey(int(str(event.finding)))
        both = {each.key: each for each in writer.stored_findings([key, into])}
        survivor = both[into]
        if survivor.merged_into is not None:
            raise BadInput(
                f"{finding_name(into)}, which {finding_name(key)} is merged into, was merged into "
                f"{finding_name(survivor.merged_into)} since.",
                where=finding_name(key),
                remedy=f"Undo that first: tesuri merges undo {finding_name(into)}",
            )
        told = (now, by, reason)
        writer.append(_parting(both[key], survivor, event, told))
        decided = triage([key, into], writer=writer, workspace=workspace, table=table, now=now)
        writer.append(decided)
    return Merge(key, into, event.happened_at, event.reason)


def _last_merge(reader: Reader, key: FindingKey) -> Event:
    """Give the event of the survivor that took this finding up last. **raises** BadInput where it stands alone."""
    told = [
        each for each in reader.events(findings=[key], kinds=JOIN_KINDS) if "into" in each.payload
    ]
    if not told or told[-1].kind is EventKind.UNMERGED:
        raise BadInput(
            f"{finding_name(key)} is not merged into another finding.",
            where="FINDING",
            remedy="See what is merged: tesuri merges",
        )
    into = FindingKey(int(str(told[-1].payload["into"])))
    made = reader.events(findings=[into], kinds=[EventKind.MERGED])
    return next(each for each in reversed(made) if each.payload.get("merged") == key)


def _parting(
    other: StoredFinding, survivor: StoredFinding, merged: Event, told: tuple[datetime, str, str]
) -> list[Event]:
    now, by, reason = told
    payload = merged.payload
    set_then, before = _columns(payload, "set"), _columns(payload, "before")
    back = {
        name: value
        for name, value in before.items()
        if name in JUDGED or getattr(survivor, name) == set_then[name]
    }
    sightings, unsighted = _sightings_back(survivor, payload)
    parted: dict[str, object] = {
        "merged": int(other.key),
        "set": back,
        "sightings": sightings,
        "unsighted": unsighted,
        "unlinked": [other.identity.hex()],
        "parted": [survivor.identity.hex(), other.identity.hex()],
    }
    alone: dict[str, object] = {
        "into": int(survivor.key),
        "set": {"is_current": True, "merged_into": None},
    }
    return [
        Event(EventKind.UNMERGED, now, by, survivor.key, reason, parted),
        Event(EventKind.UNMERGED, now, by, other.key, reason, alone),
    ]


def _sightings_back(
    survivor: StoredFinding, payload: Mapping[str, object]
) -> tuple[list[Mapping[str, object]], list[int]]:
    """Give the sightings that go back to what they were, and the scopes that saw only the other one."""
    now = {each.scope: asdict(each) for each in survivor.sightings}
    back: list[Mapping[str, object]] = []
    unsighted: list[int] = []
    for then, before in zip(
        _rows(payload, "sightings"), _rows(payload, "sightings_before"), strict=True
    ):
        scope = int(str(then["scope"]))
        if len(before) == 1:
            unsighted.append(scope)
        elif now.get(scope) == then:
            back.append(before)
    return back, unsighted


def _columns(payload: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = payload.get(name)
    return found if isinstance(found, Mapping) else {}


def _rows(payload: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    found = payload.get(name)
    rows = found if isinstance(found, list) else []
    return [row for row in rows if isinstance(row, Mapping)]
