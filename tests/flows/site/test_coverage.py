"""Which assets a complete scan has looked at in time, and which tools went quiet."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from tests.flows.reports import day, plain_workspace
from tesuri.flows.site.coverage import GATE_TOOL, by_service, coverage_of, look_at, stale_sources
from tesuri.model.estate import Asset, Service
from tesuri.model.identifiers import AssetId, ServiceId
from tesuri.ports import ScanLine

SHOP = ServiceId("shop")
WEB = Asset(AssetId("web"), "web", SHOP, targets=("shop/web",))
WORKSPACE = replace(plain_workspace(), services={SHOP: Service(SHOP, "Shop")}, assets=(WEB,))


def line(
    number: float, *, tool: str = "trivy", target: str = "shop/web", complete: bool = True
) -> ScanLine:
    return ScanLine(tool, target, "", day(number), complete)


def test_declared_asset_that_nobody_scanned_is_not_covered() -> None:
    sights, _ = look_at([], WORKSPACE)
    found = coverage_of(sights, day(0))
    assert (found.seen, found.total, found.unknown, found.share) == (0, 1, 1, Fraction(0))


def test_scanned_asset_that_nobody_declared_is_in_scope_too() -> None:
    sights, _ = look_at([line(0), line(0, target="other/image")], WORKSPACE)
    assert coverage_of(sights, day(0.5)).total == 2
    assert {service: len(found) for service, found in by_service(sights).items()} == {
        None: 1,
        SHOP: 1,
    }


@pytest.mark.parametrize(("after", "seen"), [(1, 1), (1.09, 1), (1.2, 0)])
def test_scan_counts_for_its_interval_and_a_tenth(after: float, seen: int) -> None:
    sights, _ = look_at([line(0)], WORKSPACE)
    assert coverage_of(sights, day(after)).seen == seen


def test_partial_scan_covers_nothing() -> None:
    sights, sources = look_at([line(0, complete=False)], WORKSPACE)
    assert coverage_of(sights, day(0)).seen == 0
    assert [source.last_at for source in sources] == [None]


def test_tool_that_only_made_partial_scans_goes_stale_too() -> None:
    _, sources = look_at([line(0, complete=False)], WORKSPACE)
    assert stale_sources(sources, day(2)) == ()
    (stale,) = stale_sources(sources, day(2.1))
    assert (stale.last_scanned_at, stale.assets) == (None, 1)


def test_partial_scans_do_not_stand_for_complete_ones_that_stopped() -> None:
    _, sources = look_at([line(0), line(9, complete=False)], WORKSPACE)
    assert len(stale_sources(sources, day(9))) == 1


def test_interval_is_the_median_gap_of_the_last_five_scans() -> None:
    times = (0, 20, 22, 24, 26, 35)
    _, (source,) = look_at([line(number) for number in times], WORKSPACE)
    assert source.interval == timedelta(days=2)


def test_declared_interval_decides() -> None:
    weekly = replace(WORKSPACE, services={SHOP: Service(SHOP, "Shop", scan_interval_hours=168)})
    _, (source,) = look_at([line(0), line(1)], weekly)
    assert source.interval == timedelta(days=7)


def test_tool_is_stale_after_more_than_twice_its_interval() -> None:
    _, sources = look_at([line(0), line(9, tool="grype")], WORKSPACE)
    assert stale_sources(sources, day(2)) == ()
    (stale,) = stale_sources(sources, day(2.1))
    assert (stale.tool, stale.last_scanned_at) == ("trivy", day(0))


def test_our_own_gates_cover_no_asset() -> None:
    sights, sources = look_at([line(0, tool=GATE_TOOL)], WORKSPACE)
    assert (coverage_of(sights, day(0)).seen, sources) == (0, ())


def test_nothing_in_scope_has_no_share() -> None:
    sights, _ = look_at([], plain_workspace())
    assert coverage_of(sights, day(0)).share is None
