"""`tesuri init`: the first files of a workspace, which hold as they are."""

import shutil
from pathlib import Path

import pytest

from tests.cli.company import OTHER, report
from tests.cli.conftest import Ask


@pytest.fixture
def fresh(folder: Path) -> Path:
    """Give the current folder, emptied."""
    for place in folder.iterdir():
        shutil.rmtree(place) if place.is_dir() else place.unlink()
    return folder


def test_the_first_files_are_a_workspace_that_is_in_order(ask: Ask, fresh: Path) -> None:
    made = ask("init", "--service", "shop", "--team", "red", "--time-zone", "Asia/Tokyo")
    assert made.code == 0
    names = ["tesuri.yaml", "teams.yaml", "services/shop.yaml", "assets/inventory.csv"]
    assert made.out.split() == names
    checked = ask("doctor", "--format", "json").json()
    assert "wrong" not in str(checked).casefold()
    assert [row["id"] for row in _rows(ask("services", "--format", "json").json())] == ["shop"]
    assert (fresh / ".tesuri" / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_what_nobody_claims_stands_in_the_inventory(ask: Ask, fresh: Path) -> None:
    (fresh / "a.json").write_text(report("shop-a:1", OTHER, days_ago=1), encoding="utf-8")
    assert ask("ingest", "a.json").code == 0
    assert ask("init", "--service", "shop").code == 0
    inventory = (fresh / "assets" / "inventory.csv").read_text(encoding="utf-8")
    assert inventory.splitlines()[1:] == ["shop-a:1,shop-a:1,,,"]


def test_a_workspace_is_not_begun_twice(ask: Ask, folder: Path) -> None:
    before = (folder / "tesuri.yaml").read_bytes()
    refused = ask("init")
    assert refused.code == 2
    assert "is a workspace already" in refused.err
    assert (folder / "tesuri.yaml").read_bytes() == before


def test_files_that_are_there_stay(ask: Ask, fresh: Path) -> None:
    (fresh / "teams.yaml").write_text("- {id: my-team}\n", encoding="utf-8")
    made = ask("init", "--service", "shop")
    assert "teams.yaml is there already and stays" in made.out
    assert (fresh / "teams.yaml").read_text(encoding="utf-8") == "- {id: my-team}\n"


@pytest.mark.parametrize("name", ["My Shop", "-shop", "läden"])
def test_a_name_that_is_no_id_is_refused(ask: Ask, fresh: Path, name: str) -> None:
    refused = ask("init", f"--service={name}")
    assert (refused.code, "is no id" in refused.err) == (2, True)
    assert list(fresh.iterdir()) == []


@pytest.mark.parametrize("zone", ["Mars/Base", "UTC: x", "../UTC", "Asia", ""])
def test_a_zone_that_nobody_knows_is_refused(ask: Ask, fresh: Path, zone: str) -> None:
    refused = ask("init", "--service=shop", f"--time-zone={zone}")
    assert (refused.code, "No time zone has the name" in refused.err) == (2, True)
    assert list(fresh.iterdir()) == []


def _rows(document: dict[str, object]) -> list[dict[str, object]]:
    rows = document["services"]
    assert isinstance(rows, list)
    return rows
