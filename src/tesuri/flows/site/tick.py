"""Close the difference between what should be and what is; running it twice changes nothing.

Each step appends what it found before the next one looks: triage, waivers, staleness, verdicts whose change
never came, policy states.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from tesuri.flows.clocks.clock_facts import read_clocks
from tesuri.flows.legacy.legacy_budgets import legacy_budgets
from tesuri.flows.lifecycle.apply_waivers import Waiving
from tesuri.flows.lifecycle.merge_findings import JoinCount
from tesuri.flows.lifecycle.relink_rules import relink_rules
from tesuri.flows.lifecycle.route_findings import RouteCount, Routing
from tesuri.flows.lifecycle.triage_findings import triage_findings
from tesuri.flows.pause_collection import paused_collection
from tesuri.flows.site.coverage import Source, by_service, look_at
from tesuri.flows.site.idle_tick import (
    Looked,
    TickSummary,
    changed_since,
    is_idle,
    keep_looked,
    remember_tick,
)
from tesuri.flows.site.lasting import Lasting
from tesuri.flows.site.owner_budgets import budgets_at, by_owner, count_members, deciding
from tesuri.flows.site.register import Register, follow_register, renew_register
from tesuri.flows.site.survey import members_in
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import AssetId, FindingKey
from tesuri.model.workspace import Workspace
from tesuri.ports import Store, Writer
from tesuri.routing.targets import index_targets
from tesuri.triage.table import DecisionTable

BATCH: Final = 10_000
"""Findings that are looked at together: some 20 MB."""

UNDEPLOYED_LIFE = timedelta(days=14)
"""A verdict before deployment is gone this long after the last run that showed it (words)."""

_LIVING = (State.OPEN, State.WAIVED)


@dataclass(frozen=True, slots=True)
class Known:
    """What a server read of the store for its last survey."""

    register: Register
    lasting: Lasting
    """What was made of it and of the workspace of this tick."""


@paused_collection()
def tick(
    *,
    store: Store,
    workspace: Workspace,
    table: DecisionTable,
    now: datetime,
    declared: str = "",
    release: str = "",
    known: Known | None = None,
    batch: int = BATCH,
) -> TickSummary:
    """Do whatever is due at `now`, in one transaction, some thousand findings in memory at a time.

    `declared` tells one state of the declared files from the next; with it, a tick knows by the last one that it has
    nothing to do, and decides again only what was written of since by the same release. `known` is what was read of this store before.
    **raises** Unavailable when the store is.
    """
    began = monotonic()
    with store.write(now) as writer:
        if declared and is_idle(writer, declared=declared, now=now):
            return TickSummary()
        joined = relink_rules(writer, workspace=workspace, table=table, now=now)
        register = _register(known, writer)
        since = changed_since(writer, Looked(declared, writer.head(), release))
        upkeep = _Upkeep(writer, workspace, table, now)
        counts: Counter[EventKind] = Counter()
        for living in _batches(register, writer, batch):
            counts.update(upkeep.look_at(living, since))
        routed = upkeep.routed()
        states = _policy_states(known, register, writer, workspace, now)
        writer.append(states)
        # What this tick wrote of was decided by the same: the next one need not look at it again.
        keep_looked(writer, Looked(declared, writer.head(), release))
        took = timedelta(seconds=monotonic() - began)
        remember_tick(writer, workspace, declared=declared, now=now, took=took)
    return _summary(counts, states, joined, routed)


def _summary(
    counts: Mapping[EventKind, int],
    states: Sequence[Event],
    joined: JoinCount,
    routed: RouteCount,
) -> TickSummary:
    together = joined + routed.joined
    return TickSummary(
        decided=counts[EventKind.DECIDED],
        waived=counts[EventKind.WAIVED],
        unwaived=counts[EventKind.WAIVER_ENDED],
        stale=counts[EventKind.STALE],
        fresh=counts[EventKind.FRESH],
        gone=counts[EventKind.CLOSED],
        routed=routed.routed,
        joined=together.merged,
        relinked=together.relinked,
        policy_states=tuple(
            (str(each.payload["owner"]), str(each.payload["before"]), str(each.payload["state"]))
            for each in states
        ),
    )


def _register(known: Known | None, writer: Writer) -> Register | None:
    """Give what was read before as it is now; None where nothing was."""
    if known is None:
        return None
    return renew_register(known.register, writer)


def _batches(register: Register | None, writer: Writer, batch: int) -> Iterator[Sequence[Finding]]:
    """Give the living findings by key, from what was read before or from the store."""
    if register is not None:
        living = [each for each in register.findings if each.state in _LIVING]
        for start in range(0, len(living), batch):
            yield living[start : start + batch]
        return
    after = FindingKey(0)
    while some := writer.living_findings(after, batch):
        yield some
        after = some[-1].key


class _Upkeep:
    """Does to some findings at a time what is due at one instant."""

    def __init__(
        self, writer: Writer, workspace: Workspace, table: DecisionTable, now: datetime
    ) -> None:
        self._writer = writer
        self._workspace = workspace
        self._table = table
        self._now = now
        self._routing = Routing(writer, workspace, table, now)
        self._waiving = Waiving(writer, workspace, now)
        self._targets = index_targets(workspace.assets)
        _, sources = look_at(writer.scans(), workspace)
        self._sources = {(source.tool, source.asset): source for source in sources}

    def look_at(
        self, living: Sequence[Finding], since: AbstractSet[FindingKey] | None
    ) -> Iterator[EventKind]:
        """Write what is due of living findings, and give its kinds; `since` are those that may be decided otherwise."""
        living = self._route(living)
        decided = triage_findings(
            living if since is None else [each for each in living if each.key in since],
            writer=self._writer,
            workspace=self._workspace,
            table=self._table,
            now=self._now,
            actor="policy",
            targets=self._targets,
        )
        self._writer.append(decided)
        waived = self._waive(living, decided)
        self._writer.append(waived)
        # Neither a decision nor a waiver says who looks at a finding.
        aged = _age(living, self._sources, self._writer, self._now)
        self._writer.append(aged)
        return (each.kind for each in (*decided, *waived, *aged))

    def routed(self) -> RouteCount:
        """Give what was given to others, once all was looked at."""
        self._routing.keep()
        return self._routing.count

    def _route(self, living: Sequence[Finding]) -> Sequence[Finding]:
        """Give the findings as they are once they are whose the declared files say."""
        if self._routing.is_due:
            self._routing.route(living)
        if not self._routing.has_moved:
            return living
        found = self._writer.listed_findings([each.key for each in living])
        return [each for each in found if each.state in _LIVING]

    def _waive(self, living: Sequence[Finding], decided: Sequence[Event]) -> Sequence[Event]:
        asked = [each for each in living if self._waiving.concerns(each)]
        if not asked:
            return ()
        fresh = {each.finding for each in decided}
        keys = [each.key for each in asked if each.key in fresh]
        renewed = {each.key: each for each in self._writer.listed_findings(keys)}
        return self._waiving.events([renewed.get(each.key, each) for each in asked])


def _age(
    living: Sequence[Finding],
    by_place: Mapping[tuple[str, AssetId], Source],
    writer: Writer,
    now: datetime,
) -> Sequence[Event]:
    """Flag what no scan looks at any more, and let go of verdicts whose change never came."""
    # Few tools and assets have many findings.
    known: dict[tuple[tuple[str, ...], AssetId], bool] = {}
    events = []
    for finding in living:
        place = (finding.tools, finding.asset)
        if place not in known:
            known[place] = _is_stale(finding, by_place, now)
        if known[place] != finding.is_stale:
            events.append(_flag(finding, is_stale=known[place], now=now))
    return [*events, *_undeployed(living, writer, now)]


def _is_stale(
    finding: Finding, by_place: Mapping[tuple[str, AssetId], Source], now: datetime
) -> bool:
    found = [by_place.get((tool, finding.asset)) for tool in finding.tools]
    watching = [source for source in found if source is not None]
    return bool(watching) and all(source.is_stale(now) for source in watching)


def _flag(finding: Finding, *, is_stale: bool, now: datetime) -> Event:
    return Event(
        kind=EventKind.STALE if is_stale else EventKind.FRESH,
        happened_at=now,
        actor="policy",
        finding=finding.key,
        payload={"set": {"is_stale": is_stale}},
    )


def _undeployed(living: Sequence[Finding], writer: Writer, now: datetime) -> Sequence[Event]:
    neutral = {finding.key for finding in living if finding.is_neutral}
    if not neutral:
        return []
    shown: dict[FindingKey, datetime] = {}
    kinds = (EventKind.OPENED, EventKind.REOPENED, EventKind.SEEN_BY, EventKind.CHANGED)
    for event in writer.events(findings=neutral, kinds=kinds):
        if event.finding is not None:
            last = shown.get(event.finding, event.happened_at)
            shown[event.finding] = max(last, event.happened_at)
    return [
        Event(
            kind=EventKind.CLOSED,
            happened_at=at + UNDEPLOYED_LIFE,
            actor="policy",
            finding=key,
            reason="No run has shown it for 14 days, and it was never seen live.",
            payload={
                "set": {
                    "state": State.GONE.value,
                    "closed_at": int((at + UNDEPLOYED_LIFE).timestamp()),
                }
            },
        )
        for key, at in sorted(shown.items())
        if now - at >= UNDEPLOYED_LIFE
    ]


def _followed(known: Known, writer: Writer) -> tuple[Lasting, Register]:
    """Give what was read before as it is now, with what of it goes on."""
    renewal = follow_register(known.register, writer)
    if renewal.register is known.register:
        return known.lasting, known.register
    change = renewal.change
    return Lasting() if change is None else known.lasting.after(change), renewal.register


def _policy_states(
    known: Known | None,
    register: Register | None,
    writer: Writer,
    workspace: Workspace,
    now: datetime,
) -> Sequence[Event]:
    """Give the changes of the owners' policy states; a register that was read before is renewed, not read again."""
    if known is None or register is None:
        members = count_members(writer.counted_findings(), read_clocks(writer), workspace)
    else:
        members = members_in(*_followed(known, writer), workspace)
    sights, _ = look_at(writer.scans(), workspace)
    legacy = legacy_budgets(writer, workspace, now)
    budgets = by_owner(budgets_at(members, by_service(sights), legacy, workspace, now))
    last = {
        str(event.payload["owner"]): str(event.payload["state"])
        for event in writer.events(kinds=[EventKind.POLICY_STATE_CHANGED])
    }
    events: list[Event] = []
    for service in workspace.services:
        state, budget = deciding(budgets.get(service, ()), workspace)
        before = last.get(service, "")
        if before != state.value:
            events.append(
                Event(
                    kind=EventKind.POLICY_STATE_CHANGED,
                    happened_at=now,
                    actor="policy",
                    reason=budget.reason if budget else "",
                    payload={
                        "owner": service,
                        "state": state.value,
                        "before": before,
                        "objective": budget.objective if budget else None,
                    },
                )
            )
    return events
