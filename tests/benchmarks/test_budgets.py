from pathlib import Path

import pytest

from benchmarks.budgets import DAYS, main, prepare, sums


def test_the_engine_and_plain_sql_find_the_same_late_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(tmp_path, 300)
    monkeypatch.chdir(tmp_path)
    for name in ("plain", "engine", "own"):
        main([name])
    ((days, late),) = sums(tmp_path / "days.parquet")

    assert sums(tmp_path / "plain.parquet") == [(days, late)]
    assert isinstance(days, int)
    assert days % DAYS == 0
    assert sums(tmp_path / "own.parquet") != [(days, late)]
