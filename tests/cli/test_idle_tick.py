from datetime import UTC, datetime, timedelta
from pathlib import Path

from tesuri.settings import read_settings
from tesuri.wiring.site import Site

NOW = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


def site_at(folder: Path, now: datetime) -> Site:
    settings = read_settings({"TESURI_WORKSPACE": str(folder)}, folder)
    return Site(settings, clock=lambda: now)


def decoded_by_tick(folder: Path, now: datetime) -> bool:
    site = site_at(folder, now)
    try:
        site.tick()
        return "workspace" in vars(site)
    finally:
        site.close()


def test_a_tick_with_nothing_to_do_does_not_even_decode_the_declared_files(tmp_path: Path) -> None:
    (tmp_path / "tesuri.yaml").write_text("name: Example\n", encoding="utf-8")
    assert decoded_by_tick(tmp_path, NOW)
    assert not decoded_by_tick(tmp_path, NOW + timedelta(minutes=1))
    assert decoded_by_tick(tmp_path, NOW + timedelta(minutes=6))


def test_a_tick_sees_files_that_changed_since(tmp_path: Path) -> None:
    (tmp_path / "tesuri.yaml").write_text("name: Example\n", encoding="utf-8")
    assert decoded_by_tick(tmp_path, NOW)
    (tmp_path / "tesuri.yaml").write_text("name: Other\n", encoding="utf-8")
    assert decoded_by_tick(tmp_path, NOW + timedelta(minutes=1))
