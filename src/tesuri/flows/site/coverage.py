"""What was looked at in time: coverage of assets by scans, and the tools that went quiet."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from tesuri.model.estate import Asset
from tesuri.model.identifiers import AssetId, ServiceId
from tesuri.model.views import Coverage, StaleSource
from tesuri.model.workspace import Workspace
from tesuri.ports import ScanLine
from tesuri.routing.ownership import asset_owner
from tesuri.routing.targets import asset_of_target, index_targets

DEFAULT_INTERVAL = timedelta(hours=24)
GATE_TOOL = "tesuri"
"""Name under which our own gates report; a change that was looked at is not an asset that was."""
_LAST_SCANS = 5
# A nightly job does not start on the second: a tenth of the interval is not yet a missed scan.
_GRACE = 1.1
_STALE_INTERVALS = 2


@dataclass(frozen=True, slots=True)
class AssetSight:
    """One asset with the last time that a complete scan looked at it."""

    asset: Asset
    service: ServiceId | None
    seen_at: datetime | None
    interval: timedelta
    tools: tuple[str, ...]

    def is_seen(self, now: datetime) -> bool:
        """Whether a complete scan lies within the scan interval."""
        return self.seen_at is not None and now - self.seen_at <= self.interval * _GRACE


@dataclass(frozen=True, slots=True)
class Source:
    """One tool at one target: its last complete scan and how often it comes."""

    tool: str
    asset: AssetId
    last_at: datetime | None
    """None where it only ever made partial scans."""
    interval: timedelta
    last_partial_at: datetime | None = None
    """Its last partial scan, where it made no complete one."""

    def is_stale(self, now: datetime) -> bool:
        """Whether it has been quiet for more than twice its interval (words: stale)."""
        last_at = self.last_at or self.last_partial_at
        return last_at is not None and now - last_at > self.interval * _STALE_INTERVALS


def look_at(
    scans: Sequence[ScanLine], workspace: Workspace
) -> tuple[tuple[AssetSight, ...], tuple[Source, ...]]:
    """Give every asset, declared or only scanned, and every source of scans."""
    index = index_targets(workspace.assets)
    assets: dict[AssetId, Asset] = {asset.id: asset for asset in workspace.assets}
    times: dict[tuple[str, AssetId], list[datetime]] = defaultdict(list)
    partial_times: dict[tuple[str, AssetId], list[datetime]] = defaultdict(list)
    tools: dict[AssetId, set[str]] = defaultdict(set)
    for line in scans:
        if line.tool == GATE_TOOL:
            continue
        asset = asset_of_target(line.target, index)
        assets.setdefault(asset.id, asset)
        tools[asset.id].add(line.tool)
        (times if line.is_complete else partial_times)[line.tool, asset.id].append(line.scanned_at)
    owners = {key: asset_owner(asset, workspace).service for key, asset in assets.items()}
    sources = (
        *(
            Source(tool, key, max(at), _interval(at, owners[key], workspace))
            for (tool, key), at in sorted(times.items())
        ),
        *(
            Source(tool, key, None, _interval(at, owners[key], workspace), max(at))
            for (tool, key), at in sorted(partial_times.items())
            if (tool, key) not in times
        ),
    )
    by_asset: dict[AssetId, list[Source]] = defaultdict(list)
    for source in sources:
        by_asset[source.asset].append(source)
    sights = tuple(
        _sight(assets[key], owners[key], by_asset[key], tuple(sorted(tools[key])))
        for key in sorted(assets)
    )
    return sights, sources


def coverage_of(sights: Iterable[AssetSight], now: datetime) -> Coverage:
    """Count the assets that were looked at in time."""
    seen = [sight.is_seen(now) for sight in sights]
    return Coverage(seen=sum(seen), total=len(seen), unknown=len(seen) - sum(seen))


def stale_sources(sources: Iterable[Source], now: datetime) -> tuple[StaleSource, ...]:
    """Give the tools of which some source is stale, with how many assets that concerns."""
    quiet: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        if source.is_stale(now):
            quiet[source.tool].append(source)
    return tuple(
        StaleSource(
            tool, max((each.last_at for each in found if each.last_at), default=None), len(found)
        )
        for tool, found in sorted(quiet.items())
    )


def _sight(
    asset: Asset, service: ServiceId | None, sources: Sequence[Source], tools: tuple[str, ...]
) -> AssetSight:
    newest = max(
        (source for source in sources if source.last_at),
        key=lambda source: (source.last_at, source.interval),
        default=None,
    )
    return AssetSight(
        asset=asset,
        service=service,
        seen_at=newest.last_at if newest else None,
        interval=newest.interval if newest else DEFAULT_INTERVAL,
        tools=tools,
    )


def _interval(
    times: Sequence[datetime], service: ServiceId | None, workspace: Workspace
) -> timedelta:
    """Declared, else the median gap of the last five scans, else a day (budgets.md)."""
    declared = workspace.services[service].scan_interval_hours if service else None
    if declared is not None:
        return timedelta(hours=declared)
    last = sorted(set(times))[-_LAST_SCANS:]
    gaps = [later - earlier for earlier, later in pairwise(last)]
    return (
        timedelta(seconds=median(gap.total_seconds() for gap in gaps)) if gaps else DEFAULT_INTERVAL
    )


def by_service(sights: Iterable[AssetSight]) -> Mapping[ServiceId | None, tuple[AssetSight, ...]]:
    """Give the assets of each service; None for those that nobody owns."""
    grouped: dict[ServiceId | None, list[AssetSight]] = defaultdict(list)
    for sight in sights:
        grouped[sight.service].append(sight)
    return {service: tuple(found) for service, found in grouped.items()}
