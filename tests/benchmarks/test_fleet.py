import sqlite3
from pathlib import Path

from benchmarks.fleet import write_fleet


def test_a_fleet_has_findings_in_each_of_its_services(tmp_path: Path) -> None:
    write_fleet(tmp_path, services=40, count=160)
    base = sqlite3.connect(tmp_path / ".tesuri" / "tesuri.db")
    counted = base.execute(
        "SELECT count(DISTINCT service), count(*), count(DISTINCT identity), count(DISTINCT opened_at) FROM finding"
    ).fetchone()
    events = base.execute("SELECT count(DISTINCT finding) FROM journal WHERE kind = 'opened'")

    assert counted[0] == 40
    assert counted[1] == counted[2] == events.fetchone()[0] >= 160
    assert counted[3] > 1
    base.close()
