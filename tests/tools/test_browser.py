"""`make browser` prints one path or one sentence."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def answer(declared: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.browser"],
        cwd=ROOT,
        env={**os.environ, "TESURI_CHROMIUM": str(declared)},
        capture_output=True,
        text=True,
        check=False,
    )


def program(path: Path, code: int) -> Path:
    path.write_text(f"#!/bin/sh\nexit {code}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_the_declared_browser_is_named(tmp_path: Path) -> None:
    browser = program(tmp_path / "browser", 0)
    done = answer(browser)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{browser}\n", "")


def test_a_declared_browser_that_does_not_start_is_refused_in_one_sentence(tmp_path: Path) -> None:
    done = answer(program(tmp_path / "browser", 3))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "TESURI_CHROMIUM" in done.stderr


def test_a_declared_browser_that_is_missing_is_refused(tmp_path: Path) -> None:
    assert answer(tmp_path / "nothing").returncode == 1
