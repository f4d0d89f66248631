"""A company in a folder of its own, and the command line on it, in this process and as a program."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.company import Answer, write_company
from tesuri.cli.program import run

Ask = Callable[..., Answer]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a workspace without a store; it is the current folder."""
    write_company(tmp_path)
    monkeypatch.chdir(tmp_path)
    settings = [name for name in os.environ if name.startswith(("TESURI_", "LC_"))]
    for name in (*settings, "COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TESURI_TEST_TRACEBACK", "1")
    return tmp_path


@pytest.fixture
def ask(folder: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run a command in this process."""

    def answer(*arguments: str) -> Answer:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ending:
            run(arguments)
        code = ending.value.code
        shown = capsys.readouterr()
        return Answer(code if isinstance(code, int) else 0, shown.out, shown.err)

    return answer


@pytest.fixture(scope="session")
def known_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a store that took the reports of both services in, made once."""
    folder = tmp_path_factory.mktemp("known")
    write_company(folder)
    for arguments in (("feeds", "load", "kev.json"), ("ingest", "b.json", "a.json")):
        command = [sys.executable, "-m", "tesuri", "--workspace", str(folder), *arguments]
        subprocess.run(command, cwd=folder, capture_output=True, check=True, timeout=60)
    return folder / ".tesuri"


@pytest.fixture
def ask_known(ask: Ask, folder: Path, known_store: Path) -> Ask:
    """Run a command after the reports of both services were taken in."""
    shutil.copytree(known_store, folder / ".tesuri")
    for name in ("a.json", "b.json", "kev.json"):
        shutil.copy(known_store.parent / name, folder / name)
    return ask


@pytest.fixture
def program(folder: Path) -> Ask:
    """Run the program itself, as a shell does."""

    def answer(*arguments: str, given: bytes = b"", **variables: str) -> Answer:
        done = subprocess.run(
            [sys.executable, "-m", "tesuri", *arguments],
            cwd=folder,
            env={**os.environ, **variables},
            input=given,
            capture_output=True,
            check=False,
            timeout=60,
        )
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    return answer
