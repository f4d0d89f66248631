"""Link findings from before deployment to what runs: from then on they count, under the name that they have live.

Only what is certain to be the same resource is linked: a name in common, and nothing else that has it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson

from tesuri.flows.clocks.closing_dates import with_due_dates
from tesuri.flows.lifecycle.merge_findings import Joining
from tesuri.flows.site.coverage import GATE_TOOL
from tesuri.model.control import Ruling
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import State
from tesuri.model.gate_record import GateRecord
from tesuri.model.identifiers import FindingKey, Identity
from tesuri.model.joining import StoredFinding
from tesuri.model.workspace import Workspace
from tesuri.ports import Writer
from tesuri.triage.table import DecisionTable
from tesuri.untrusted.shape import texts

_SEEN: Final = "Its resource was seen live."
_TAKEN: Final = "The finding from before deployment is of the same resource."
_LIVING: Final = (State.OPEN, State.WAIVED)


@dataclass(frozen=True, slots=True)
class Sighted:
    """A failing verdict on what runs, with the finding that it is."""

    ruling: Ruling
    identity: Identity


def link_sighted(
    sighted: Sequence[Sighted],
    *,
    writer: Writer,
    workspace: Workspace,
    table: DecisionTable,
    now: datetime,
) -> GateRecord:
    """Link what waits for its resource; what failed here and could not be told from another stays as it was."""
    waiting = [each for each in writer.undeployed() if State(each.state) in _LIVING]
    if not waiting:
        return GateRecord()
    standings = writer.standings(0, sorted({each.identity for each in sighted}))
    known = {each.key: each for each in waiting}
    pairs = _pairs(sighted, waiting)
    for each in sighted:
        standing = standings.get(each.identity)
        if standing is not None and standing.key in known:
            pairs[standing.key] = each
    events: list[Event] = []
    joining = Joining(writer, now, _TAKEN)
    for key, each in pairs.items():
        standing = standings.get(each.identity)
        if standing is None or standing.key == key:
            events += _linked(known[key], each, now, is_named=standing is not None)
        else:
            joining.take_up(standing.key, key)
    writer.append(with_due_dates(events, writer))
    joining.write(workspace=workspace, table=table)
    controls = {each.ruling.verdict.control for each in sighted}
    left = [each for each in waiting if each.rule in controls and each.key not in pairs]
    return GateRecord(linked=len(pairs), unlinked=len(left))


def _pairs(
    sighted: Sequence[Sighted], waiting: Sequence[StoredFinding]
) -> dict[FindingKey, Sighted]:
    """Give what is one by a name that both have, where neither has another one by its names."""
    by_name: dict[tuple[str, str], dict[Identity, Sighted]] = defaultdict(dict)
    for each in sighted:
        verdict = each.ruling.verdict
        for name in verdict.names:
            by_name[verdict.control, name][each.identity] = each
    found: dict[FindingKey, Sighted] = {}
    claims: dict[Identity, int] = defaultdict(int)
    for stored in waiting:
        names = texts(orjson.loads(stored.detail), "names")
        fitting = {
            identity: each
            for name in names
            for identity, each in by_name.get((stored.rule, name), {}).items()
            if _is_same_owner(stored, each.ruling)
        }
        for identity in fitting:
            claims[identity] += 1
        if len(fitting) == 1:
            found[stored.key] = next(iter(fitting.values()))
    return {key: each for key, each in found.items() if claims[each.identity] == 1}


def _is_same_owner(stored: StoredFinding, ruling: Ruling) -> bool:
    return ruling.service is None or stored.asset in ("service/nobody", f"service/{ruling.service}")


def _linked(
    stored: StoredFinding, sighted: Sighted, now: datetime, *, is_named: bool
) -> list[Event]:
    verdict = sighted.ruling.verdict
    actor = f"scan:{GATE_TOOL}"
    # Whoever saw it before deployment does not see it any more: gates look at changes.
    taken: dict[str, object] = {"unsighted": [each.scope for each in stored.sightings]}
    if not is_named:
        taken["linked"] = [sighted.identity.hex()]
    payload: dict[str, object] = {
        "resource": verdict.arn or verdict.address,
        "set": {"is_neutral": False},
    }
    return [
        Event(EventKind.RELINKED, now, actor, stored.key, _SEEN, taken),
        Event(EventKind.LINKED, now, actor, stored.key, _SEEN, payload),
    ]
