"""What the people of the demo company do: take work, ask, declare an incident; each as a recorded event."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tesuri.flows.demo import cast
from tesuri.flows.demo.chance import between, chance
from tesuri.flows.demo.faults import Fault, Leak, Misset, Noted, Vulnerable, Weak, What
from tesuri.flows.demo.story_code import LEAK, SESSION, STORED_SCRIPT
from tesuri.flows.demo.story_packages import EXPORT, OPENSSL, QUEUE
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import Finding, Work
from tesuri.model.observation import Kind
from tesuri.model.workspace import Workspace
from tesuri.routing.targets import asset_of_target, index_targets

_WORKED_SHARE: Final = 0.6
_ON_CALL: Final = cast.YUTO

Wanted = Callable[[Finding], bool]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a person did about findings of one kind."""

    age_days: float
    actor: str
    what: What
    reason: str
    work: Work | None = None
    """None: a comment."""
    assets: tuple[str, ...] = ()
    """Empty: wherever it is open."""


ACTS: Final = (
    Act(6.0, cast.LUCAS, QUEUE, "Rolling the gateway back to the last good build.", Work.TRIAGED),
    Act(
        2.4,
        cast.LUCAS,
        OPENSSL,
        "Took it: base image 2026.11.2 has the fix, rebuilds run one after another.",
        Work.IN_PROGRESS,
        ("payments-api", "ledger", "payouts-worker", "mobile-gateway", "notify"),
    ),
    Act(2.3, cast.MINH, OPENSSL, "Ledger needs a restart window; asked for Thursday 02:00."),
    Act(1.3, cast.PRIYA, EXPORT, "Took it; the bank's test window is tonight.", Work.IN_PROGRESS),
    Act(1.2, cast.MISAKI, EXPORT, "Can the export be switched off until then? Nobody needs it."),
    Act(1.1, cast.AMARA, STORED_SCRIPT, "Same place as in September.", Work.TRIAGED),
    Act(1.0, cast.SAKURA, SESSION, "Checked by hand: it works. Fix is in review.", Work.TRIAGED),
    Act(
        0.09,
        cast.KEN,
        LEAK,
        "The key …Q7HD was used 2 h ago from a network that we do not know; revoking it now.",
        Work.IN_PROGRESS,
    ),
)

_TEAMS: Final = {
    "payments": (cast.KEN, cast.PRIYA, cast.YUTO),
    "marketplace": (cast.SAKURA, cast.AMARA),
    "platform": (cast.LUCAS, cast.MINH),
    "identity": (cast.INGRID, cast.HARUKA),
}


def act_events(act: Act, findings: Iterable[Finding], at: datetime) -> Sequence[Event]:
    """Give the events of one act on open findings; none when what it is about is not among them."""
    wanted = _about(act.what)
    found = [
        finding
        for finding in findings
        if wanted(finding) and (not act.assets or finding.asset in act.assets)
    ]
    if act.work is None:
        # A comment is made once, however many findings the group has.
        return [
            Event(EventKind.COMMENTED, at, act.actor, finding.key, act.reason)
            for finding in found[:1]
        ]
    return [_work(finding, act.work, at, act.actor, act.reason) for finding in found]


def fixing_events(
    faults: Iterable[Fault],
    findings: Sequence[Finding],
    workspace: Workspace,
    *,
    before_days: float,
    after_days: float,
    now: datetime,
) -> Sequence[Event]:
    """Give who began to work on what the scan of age `after_days` will no longer see.

    Only some of it: the rest went with a rebuild that nobody noted.
    """
    index = index_targets(workspace.assets)
    events: list[Event] = []
    for fault in faults:
        names = (fault.target, str(fault.what))
        is_fixed = fault.is_there(before_days) and not fault.is_there(after_days)
        if not is_fixed or chance("worked", *names) >= _WORKED_SHARE:
            continue
        asset = asset_of_target(fault.target, index).id
        wanted = _about(fault.what)
        at = now - timedelta(days=after_days, minutes=between(35, 240, "minutes", *names))
        events += [
            _work(finding, Work.IN_PROGRESS, at, _person(finding, workspace), "Took it.")
            for finding in findings
            if finding.asset == asset
            and wanted(finding)
            and finding.work is Work.NEW
            and finding.opened_at <= at
        ]
    return events


def incident_events(workspace: Workspace, at: datetime) -> Sequence[Event]:
    """Give the events that declare the incidents of that very instant (incidents/incidents.yaml)."""
    return [
        Event(
            kind=EventKind.INCIDENT_DECLARED,
            happened_at=at,
            actor=_ON_CALL,
            reason=incident.title,
            payload={
                "incident": incident.id,
                "service": incident.service,
                "grade": incident.grade.value,
            },
        )
        for incident in workspace.incidents
        if incident.declared_at == at
    ]


def _work(finding: Finding, work: Work, at: datetime, actor: str, reason: str) -> Event:
    payload = {"set": {"work": work.value}}
    return Event(EventKind.WORK_CHANGED, at, actor, finding.key, reason, payload)


def _person(finding: Finding, workspace: Workspace) -> str:
    service = workspace.services.get(finding.service) if finding.service else None
    people = _TEAMS.get(service.team or "" if service else "", (cast.MINH,))
    return people[between(0, len(people) - 1, "person", finding.asset, finding.rule)]


def _about(what: What) -> Wanted:
    """Give the question whether a finding is about this fault, wherever it was found."""
    match what:
        case Vulnerable():
            return lambda finding: what.advisory in finding.advisories
        case Weak():
            return lambda finding: finding.rule == what.rule and finding.path == what.path
        case Leak():
            return lambda finding: finding.kind is Kind.SECRET and finding.path == what.path
        case Misset():
            return lambda finding: finding.rule == what.check and finding.resource == what.resource
        case Noted():
            return lambda finding: finding.rule == what.rule
