"""The first decision of findings that a scan opens, straight from what it saw; equal facts are decided once.

The same as `triage_findings` says of the stored finding. Where an objective looks at more than is known here (a text
of the finding, a clock that starts at the fix), that one has to be asked: no decision is given then.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tesuri.budgets.assignment import assign
from tesuri.budgets.clock import run_clock
from tesuri.flows.intake.recognise_findings import Arrival, Placed, Seen
from tesuri.model.clock import ClockFact, Decided, Neutral, Opened
from tesuri.model.decision import Decision
from tesuri.model.estate import Asset
from tesuri.model.finding import Finding, State, Work
from tesuri.model.identifiers import AssetId, FindingKey, GroupKey, Identity, ServiceId
from tesuri.model.objective import ClockStart, Objective
from tesuri.model.observation import Cvss, Kind
from tesuri.model.opening import FirstDecision
from tesuri.model.severity import Severity
from tesuri.model.signal import Signals
from tesuri.model.workspace import Workspace
from tesuri.ports import Writer
from tesuri.routing.targets import asset_of_target, index_targets
from tesuri.triage.aliases import is_cve, normal_id
from tesuri.triage.decide import answers_of, decide
from tesuri.triage.facts import Facts
from tesuri.triage.gist import Traits
from tesuri.triage.table import DecisionTable


class _Facts(NamedTuple):
    """All of a record that its decision depends on."""

    kind: Kind
    severity: Severity
    signals: int
    vector: str | None
    weaknesses: tuple[str, ...]
    asset: str
    service: ServiceId | None


_NAMES = re.compile(r"\bfinding\b(?:\.(\w+))?")
_TOLD: Mapping[str, Callable[[Traits], object]] = {
    "kind": lambda traits: traits.kind,
    "rule": lambda traits: traits.rule,
    "control": lambda traits: traits.rule,
    "severity": lambda traits: traits.severity,
    "cvss": lambda traits: traits.score,
    "advisories": lambda traits: traits.advisories,
    "package": lambda traits: traits.package,
    "ecosystem": lambda traits: traits.ecosystem,
    "has_fix": lambda traits: traits.has_fix,
}
"""What an objective may ask of a finding that is only seen yet."""
_DECIDED = frozenset({"outcome", "exploitation", "exposure", "asset", "service"})
"""What the decision's facts tell already."""


class FirstTriage:
    """Decides what one scan opens."""

    def __init__(
        self, arrival: Arrival, writer: Writer, workspace: Workspace, table: DecisionTable
    ) -> None:
        """Take the scan and what people declared; nothing is looked up yet."""
        self._arrival = arrival
        self._writer = writer
        self._workspace = workspace
        self._table = table
        self._targets = index_targets(workspace.assets)
        self._assets: dict[str, Asset] = {}
        self._has_feeds = bool(writer.feeds())
        self._signals: dict[tuple[str, ...], int] = {}
        self._distinct: list[Signals] = []
        self._numbers: dict[Signals, int] = {}
        self._decided: dict[_Facts, tuple[Decision, int]] = {}
        self._made: dict[tuple[object, ...], FirstDecision | None] = {}
        self._shared: dict[tuple[int, Objective | None], FirstDecision] = {}
        names = {name for each in workspace.objectives for name in _NAMES.findall(each.where)}
        self._asks = [_TOLD[name] for name in sorted(names & _TOLD.keys())]
        self._is_asking_more = bool(names - _TOLD.keys() - _DECIDED)

    def decide(self, opened: Sequence[Seen]) -> Mapping[Placed, FirstDecision | None]:
        """Give the decision of each by its traits; None where `triage_findings` has to be asked."""
        placed = list(dict.fromkeys(each.placed for each in opened))
        self._look_up({each.traits.advisories for each in placed})
        facts = [self._facts_of(each) for each in placed]
        self._decide_new([each for each in dict.fromkeys(facts) if each not in self._decided])
        return {each: self._first(each, known) for each, known in zip(placed, facts, strict=True)}

    def _look_up(self, sets: set[tuple[str, ...]]) -> None:
        fresh = [names for names in sets if names not in self._signals]
        known = self._writer.signals(fresh) if self._has_feeds else map(_nothing_known, fresh)
        for names, signals in zip(fresh, known, strict=True):
            # Whether any CVE was looked up is a fact, which one is not: so equal findings are decided once.
            gist = Signals(
                kev=signals.kev,
                epss=signals.epss,
                exploits=signals.exploits,
                snapshots=signals.snapshots,
                cves=signals.cves and ("CVE",),
            )
            number = self._numbers.setdefault(gist, len(self._distinct))
            if number == len(self._distinct):
                self._distinct.append(gist)
            self._signals[names] = number

    def _facts_of(self, placed: Placed) -> _Facts:
        traits = placed.traits
        return _Facts(
            traits.kind,
            traits.severity,
            self._signals[traits.advisories],
            traits.vector,
            traits.weaknesses if traits.kind is Kind.WEAKNESS else (),
            placed.asset,
            placed.owner.service,
        )

    def _decide_new(self, fresh: Sequence[_Facts]) -> None:
        if fresh:
            made = {each: decide(answers_of(self._facts(each)), self._table) for each in fresh}
            stored = self._writer.decision_keys(made.values())
            self._decided.update(
                (each, (decision, stored[decision])) for each, decision in made.items()
            )

    def _facts(self, key: _Facts) -> Facts:
        asset = self._assets.get(key.asset)
        if asset is None:
            asset = self._assets[key.asset] = asset_of_target(key.asset, self._targets)
        return Facts(
            kind=key.kind,
            severity=key.severity,
            signals=self._distinct[key.signals],
            cvss=None if key.vector is None else Cvss(0.0, key.vector),
            weaknesses=key.weaknesses,
            asset=asset,
            service=self._workspace.services.get(key.service) if key.service else None,
            seen_at=self._arrival.place.scanned_at,
            report=self._arrival.tool,
        )

    def _first(self, placed: Placed, facts: _Facts) -> FirstDecision | None:
        key = (facts, *[ask(placed.traits) for ask in self._asks])
        try:
            return self._made[key]
        except KeyError:
            decision, stored = self._decided[facts]
            first = None if self._is_asking_more else self._shared_one(placed, decision, stored)
            self._made[key] = first
            return first

    def _shared_one(self, placed: Placed, decision: Decision, stored: int) -> FirstDecision | None:
        finding = _as_finding(placed, self._arrival)
        objective = assign(finding, decision, self._workspace.objectives)
        if objective is not None and objective.clock is not ClockStart.DETECTED:
            return None
        shared = self._shared.get((stored, objective))
        if shared is None:
            at = self._arrival.place.scanned_at
            seconds = objective.objective_seconds if objective else None
            facts: list[ClockFact] = [Opened(at), Decided(at, seconds)]
            if self._arrival.is_undeployed:
                facts.insert(1, Neutral(at))
            shared = self._shared[stored, objective] = FirstDecision(
                outcome=decision.outcome,
                decision=stored,
                objective=objective.id if objective else None,
                objective_seconds=seconds,
                due_at=run_clock(facts).due_at,
                reason=f"{decision.table}, row {decision.row + 1} of {decision.rows}",
            )
        return shared


_NOTHING, _UNLISTED = Signals(), Signals(cves=("CVE",))


def _nothing_known(advisories: Sequence[str]) -> Signals:
    """Give what is known where no feed is loaded: only whether there is a CVE to look up."""
    return _UNLISTED if any(is_cve(normal_id(name)) for name in advisories) else _NOTHING


def _as_finding(placed: Placed, arrival: Arrival) -> Finding:
    """Give what an objective may ask of; everything else is left empty, and nobody asks for it."""
    traits = placed.traits
    return Finding(
        key=FindingKey(0),
        identity=Identity(b""),
        episode=1,
        kind=traits.kind,
        rule=traits.shown_rule,
        title="",
        severity=traits.severity,
        state=State.OPEN,
        work=Work.NEW,
        group=GroupKey(0),
        opened_at=arrival.place.scanned_at,
        asset=AssetId(placed.asset),
        service=placed.owner.service,
        advisories=traits.advisories,
        package=traits.package,
        package_ecosystem=traits.ecosystem,
        cvss_score=traits.score,
        has_fix=traits.has_fix,
    )
