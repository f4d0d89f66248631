"""People declare who runs what after the first reports: findings get their owners and stay the same findings."""

import shutil
from pathlib import Path

import pytest

from tests.cli.company import EXPLOITED, OTHER, report
from tests.cli.conftest import Ask, ask, folder

__all__ = ["ask", "folder"]

INVENTORY = "id,name,service,targets\n"
DECLARED = INVENTORY + "a-image,A,a,shop-a:*\nb-image,B,b,shop-b:*\n"


@pytest.fixture
def undeclared(ask: Ask, folder: Path) -> Path:
    """Give a store that was filled before anybody declared an asset."""
    (folder / "assets" / "inventory.csv").write_text(INVENTORY, encoding="utf-8")
    assert ask("ingest", "a.json", "b.json").code == 0
    assert {row["service"] for row in _findings(ask)} == {None}
    return folder


def _findings(ask: Ask) -> list[dict[str, object]]:
    rows = ask("findings", "--format", "json").json()["findings"]
    assert isinstance(rows, list)
    return rows


def _declare(folder: Path, text: str) -> None:
    (folder / "assets" / "inventory.csv").write_text(text, encoding="utf-8")


def _ticked(ask: Ask) -> dict[str, int]:
    changes = ask("tick", "--format", "json").json()["changes"]
    assert isinstance(changes, list)
    return {row["what"]: row["count"] for row in changes}


def test_an_asset_that_is_declared_later_gives_its_findings_their_owner(
    ask: Ask, undeclared: Path
) -> None:
    before = {row["key"]: row["due_at"] for row in _findings(ask)}
    _declare(undeclared, DECLARED)
    assert _ticked(ask)["routed"] == 2
    after = _findings(ask)
    assert {row["asset"]: row["service"] for row in after} == {"a-image": "a", "b-image": "b"}
    assert {row["key"] for row in after} == before.keys()
    assert _ticked(ask)["routed"] == 0


def test_the_next_scan_finds_them_under_the_declared_name(ask: Ask, undeclared: Path) -> None:
    _declare(undeclared, DECLARED)
    _ticked(ask)
    later = report("shop-a:2", OTHER, days_ago=0)
    (undeclared / "later.json").write_text(later, encoding="utf-8")
    taken = ask("ingest", "later.json", "--format", "json").json()["reports"]
    assert isinstance(taken, list)
    assert (taken[0]["new"], taken[0]["known"]) == (0, 1)


def test_what_was_opened_anew_meanwhile_is_merged_into_the_older_one(
    ask: Ask, undeclared: Path
) -> None:
    first = next(row for row in _findings(ask) if row["asset"] == "shop-a:1")
    _declare(undeclared, DECLARED)
    later = report("shop-a:2", OTHER, days_ago=0)
    (undeclared / "later.json").write_text(later, encoding="utf-8")
    assert ask("ingest", "later.json").code == 0
    assert len(_findings(ask)) == 3
    assert _ticked(ask)["joined"] == 1
    living = next(row for row in _findings(ask) if row["service"] == "a")
    assert living["key"] == first["key"]


def test_a_service_that_is_no_longer_declared_leaves_its_findings_to_nobody(
    ask: Ask, folder: Path
) -> None:
    assert ask("ingest", "b.json").code == 0
    assert [row["service"] for row in _findings(ask)] == ["b"]
    shutil.rmtree(folder / "assets")
    (folder / "services" / "b.yaml").unlink()
    assert _ticked(ask)["routed"] == 1
    assert [row["service"] for row in _findings(ask)] == [None]


def test_groups_follow_the_team(ask: Ask, undeclared: Path) -> None:
    same = report("shop-b:1", EXPLOITED, days_ago=9)
    (undeclared / "same.json").write_text(same, encoding="utf-8")
    _declare(undeclared, DECLARED)
    _ticked(ask)
    week = ask("week", "--format", "json").json()
    assert "Red team" in str(week)
    assert "Blue team" in str(week)
