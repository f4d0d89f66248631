from pathlib import Path

import pytest

from benchmarks.conditions import main, prepare


@pytest.mark.parametrize("doubt", [0.0, 0.02])
def test_emitted_and_hand_written_sql_count_the_same(
    doubt: float,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where nothing is missing; what is not known counts only in the emitted one."""
    prepare(tmp_path, 200, doubt)
    monkeypatch.chdir(tmp_path)
    for name in ("emitted", "hand"):
        main(["answer", f"{name}.sql"])
    emitted, hand = (int(line) for line in capsys.readouterr().out.split())

    assert hand == 200 * 100
    assert emitted == hand if doubt == 0.0 else 0 < emitted < hand
