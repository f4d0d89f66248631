"""Close the difference between what should be and what is; running it twice changes nothing.

Each step appends what it found before the next one looks: triage, waivers, staleness, verdicts whose change
never came, policy states.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from tesuri.flows.lifecycle.apply_waivers import apply_waivers
from tesuri.flows.lifecycle.merge_findings import JoinCount
from tesuri.flows.lifecycle.relink_rules import relink_rules
from tesuri.flows.lifecycle.route_findings import RouteCount, route_findings
from tesuri.flows.lifecycle.triage_findings import triage_findings
from tesuri.flows.pause_collection import paused_collection
from tesuri.flows.site.coverage import Source, look_at
from tesuri.flows.site.idle_tick import (
    Looked,
    TickSummary,
    changed_since,
    is_idle,
    keep_looked,
    remember_tick,
)
from tesuri.flows.site.register import Register, read_register, renew_register
from tesuri.flows.site.survey import Survey, state_of, survey_of
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import AssetId, FindingKey
from tesuri.model.workspace import Workspace
from tesuri.ports import Store, Writer
from tesuri.triage.table import DecisionTable

UNDEPLOYED_LIFE = timedelta(days=14)
"""A verdict before deployment is gone this long after the last run that showed it (words)."""

_LIVING = (State.OPEN, State.WAIVED)


@dataclass(frozen=True, slots=True)
class Known:
    """What a server read of the store for its last survey."""

    register: Register
    lasting: dict[object, object]
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
) -> TickSummary:
    """Do whatever is due at `now`, in one transaction.

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
        routed = route_findings(
            register.findings, writer=writer, workspace=workspace, table=table, now=now
        )
        register = renew_register(register, writer)
        looked = Looked(declared, writer.head(), release)
        decided = triage_findings(
            _to_decide(register, writer, looked),
            writer=writer,
            workspace=workspace,
            table=table,
            now=now,
            actor="policy",
        )
        register = _after(decided, register, writer)
        living = _living(register.findings)
        waived = apply_waivers(living, writer=writer, workspace=workspace, now=now)
        register = _after(waived, register, writer)
        aged = _age(_living(register.findings), writer, workspace, now)
        register = _after(aged, register, writer)
        lasting = known.lasting if known and known.register is register else None
        states = _policy_states(
            survey_of(register, writer, workspace, now, lasting=lasting), writer
        )
        writer.append(states)
        keep_looked(writer, looked)
        took = timedelta(seconds=monotonic() - began)
        remember_tick(writer, workspace, declared=declared, now=now, took=took)
    return _summary(decided, [*waived, *aged], states, joined, routed)


def _summary(
    decided: Sequence[Event],
    aged: Sequence[Event],
    states: Sequence[Event],
    joined: JoinCount,
    routed: RouteCount,
) -> TickSummary:
    kinds = [event.kind for event in aged]
    joined += routed.joined
    return TickSummary(
        decided=len(decided),
        waived=kinds.count(EventKind.WAIVED),
        unwaived=kinds.count(EventKind.WAIVER_ENDED),
        stale=kinds.count(EventKind.STALE),
        fresh=kinds.count(EventKind.FRESH),
        gone=kinds.count(EventKind.CLOSED),
        routed=routed.routed,
        joined=joined.merged,
        relinked=joined.relinked,
        policy_states=tuple(
            (str(each.payload["owner"]), str(each.payload["before"]), str(each.payload["state"]))
            for each in states
        ),
    )


def _living(findings: Sequence[Finding]) -> Sequence[Finding]:
    return [each for each in findings if each.state in _LIVING]


def _register(known: Known | None, writer: Writer) -> Register:
    # A store that was put back is older than what was read of it.
    if known is None or known.register.transaction > writer.head()[0]:
        return read_register(writer)
    return renew_register(known.register, writer)


def _to_decide(register: Register, writer: Writer, looked: Looked) -> Sequence[Finding]:
    """Give what may have to be decided otherwise than the last tick saw: all, or what was written of since."""
    since = changed_since(writer, looked)
    living = _living(register.findings)
    return living if since is None else [each for each in living if each.key in since]


def _after(events: Sequence[Event], register: Register, writer: Writer) -> Register:
    """Append the events and give what is known then."""
    writer.append(events)
    return renew_register(register, writer)


def _age(
    living: Sequence[Finding], writer: Writer, workspace: Workspace, now: datetime
) -> Sequence[Event]:
    """Flag what no scan looks at any more, and let go of verdicts whose change never came."""
    _, sources = look_at(writer.scans(), workspace)
    by_place: Mapping[tuple[str, AssetId], Source] = {
        (source.tool, source.asset): source for source in sources
    }
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


def _policy_states(survey: Survey, writer: Writer) -> Sequence[Event]:
    last = {
        str(event.payload["owner"]): str(event.payload["state"])
        for event in writer.events(kinds=[EventKind.POLICY_STATE_CHANGED])
    }
    events: list[Event] = []
    for service in survey.workspace.services:
        state, budget = state_of(survey, service)
        before = last.get(service, "")
        if before != state.value:
            events.append(
                Event(
                    kind=EventKind.POLICY_STATE_CHANGED,
                    happened_at=survey.now,
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
