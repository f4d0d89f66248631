"""Bring stored findings in line with the declared files: whose they are, and which declared asset they are of.

People declare who runs what after the first reports came in. A finding then gets the owner that it would have had, its
clock goes on, and the next scan finds it under its new name; where a scan opened it anew meanwhile, the two are merged.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from tesuri.flows.lifecycle.merge_findings import JoinCount, Joining, Naming
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import AssetId, FindingKey, GroupKey
from tesuri.model.joining import StoredFinding
from tesuri.model.observation import Kind
from tesuri.model.ownership import Ownership
from tesuri.model.workspace import Workspace
from tesuri.ports import Writer
from tesuri.routing.ownership import asset_owner
from tesuri.routing.targets import TargetIndex, asset_of_target, index_targets
from tesuri.triage.joining import identities_under, reported_rules, vulnerability_name
from tesuri.triage.table import DecisionTable

_MEMO: Final = "routing"
_BATCH: Final = 4000
_OWN_TOOL: Final = "tesuri"
"""Gates know the owner of a resource by more than its asset: tags, labels, paths."""


@dataclass(frozen=True, slots=True)
class RouteCount:
    """What was brought in line."""

    routed: int = 0
    """Findings that have another owner now."""
    joined: JoinCount = field(default_factory=JoinCount)


class Routing:
    """Routes what is open where the declared files are others than the last time; mostly nothing has to be looked at."""

    def __init__(
        self, writer: Writer, workspace: Workspace, table: DecisionTable, now: datetime
    ) -> None:
        """Ask whether who runs what has changed."""
        self._writer = writer
        self._workspace = workspace
        self._table = table
        self._now = now
        self._mark = _mark(workspace)
        self._targets = index_targets(workspace.assets)
        self.is_due = writer.memo(_MEMO) != self._mark
        """Whether findings have to be looked at."""
        self.has_moved = False
        """Whether anything was written of some finding, or of another that turned out to be the same."""
        self.count = RouteCount()
        """What was brought in line so far."""

    def route(self, findings: Sequence[Finding]) -> None:
        """Bring some findings in line."""
        for moves in _batches(_moves(findings, self._targets, self._workspace)):
            made = _move(moves, self._writer, self._workspace, self._table, self._now)
            self.count = _and(self.count, made)
            self.has_moved = True

    def keep(self) -> None:
        """Keep that everything is in line with these files."""
        if self.is_due:
            self._writer.keep_memo(_MEMO, self._mark)


@dataclass(frozen=True, slots=True)
class _Move:
    finding: Finding
    asset: AssetId
    owner: Ownership


def _moves(
    findings: Sequence[Finding], index: TargetIndex, workspace: Workspace
) -> Iterator[_Move]:
    known: dict[AssetId, tuple[AssetId, Ownership]] = {}
    for finding in findings:
        if not finding.is_current or finding.state not in (State.OPEN, State.WAIVED):
            continue
        if finding.is_neutral or _OWN_TOOL in finding.tools:
            continue
        if finding.asset not in known:
            asset = asset_of_target(finding.asset, index)
            here = asset.id if asset.is_declared else finding.asset
            known[finding.asset] = (here, asset_owner(asset, workspace))
        asset_id, owner = known[finding.asset]
        if (asset_id, owner.service, owner.source) != (
            finding.asset,
            finding.service,
            finding.owner_source,
        ):
            yield _Move(finding, asset_id, owner)


def _batches(moves: Iterator[_Move]) -> Iterator[list[_Move]]:
    some: list[_Move] = []
    for move in moves:
        some.append(move)
        if len(some) == _BATCH:
            yield some
            some = []
    if some:
        yield some


def _move(
    moves: Sequence[_Move],
    writer: Writer,
    workspace: Workspace,
    table: DecisionTable,
    now: datetime,
) -> RouteCount:
    stored = {
        each.key: each for each in writer.stored_findings({move.finding.key for move in moves})
    }
    renamed = (
        replace(stored[move.finding.key], asset=move.asset)
        for move in moves
        if move.asset != move.finding.asset
    )
    namings = [each for each in (_naming(found, workspace) for found in renamed) if each]
    groups = _groups(moves, stored, writer)
    writer.append([_moved(move, groups[move.finding.key], now) for move in moves])
    joining = Joining(writer, now, "The declared asset has another name.")
    joining.join(namings)
    joined = joining.write(workspace=workspace, table=table)
    others = sum(move.owner.service != move.finding.service for move in moves)
    return RouteCount(others, joined)


def _groups(
    moves: Sequence[_Move], stored: Mapping[FindingKey, StoredFinding], writer: Writer
) -> Mapping[FindingKey, GroupKey]:
    """Give the group of the same fix at the new owner: what stands before the first bar of its text is the team."""
    names = writer.groups({move.finding.group for move in moves})
    texts: dict[FindingKey, str] = {}
    titles: dict[str, tuple[str, str]] = {}
    for move in moves:
        fix = stored[move.finding.key].group.partition("|")[2]
        name = names[move.finding.group]
        text = texts[move.finding.key] = f"{move.owner.team or ''}|{fix}"
        titles[text] = (name.title, name.title_ja)
    groups = writer.group_keys(titles)
    return {key: groups[text] for key, text in texts.items()}


def _moved(move: _Move, group: GroupKey, now: datetime) -> Event:
    columns: dict[str, object] = {
        "service": move.owner.service,
        "owner_source": move.owner.source,
        "work_group": int(group),
    }
    if move.asset != move.finding.asset:
        columns["asset"] = move.asset
    return Event(
        EventKind.OWNER_CHANGED,
        now,
        "policy",
        move.finding.key,
        move.owner.source,
        {"set": columns},
    )


def _naming(stored: StoredFinding, workspace: Workspace) -> Naming | None:
    """Give the names under which a finding is recognised; None for what its place in a file tells."""
    if stored.kind == Kind.VULNERABILITY.value:
        names = {vulnerability_name(stored)}
    else:
        names = {workspace.rule_controls.get(rule, rule) for rule in reported_rules(stored)}
    if not identities_under(stored, names):
        return None
    return Naming(stored, tuple(sorted(names)), tuple(sorted(names)))


def _and(one: RouteCount, other: RouteCount) -> RouteCount:
    return RouteCount(one.routed + other.routed, one.joined + other.joined)


def _mark(workspace: Workspace) -> str:
    """Give a digest of all that says whose an asset is."""
    teams = sorted((each.id, each.team or "") for each in workspace.services.values())
    told = (workspace.assets, teams, sorted(workspace.teams), workspace.ownership)
    return hashlib.sha256(repr(told).encode()).hexdigest()
