"""Every example that a reader may copy runs: commands in pages and lines in docstrings.

In a page, a fence of the kind `console` is run, in order, in one fresh folder with the repository's
`examples/` beside it. A fence `console exit=1` shows a command that ends with that code.
"""

import doctest
import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.architecture.tree import Module

FENCE = re.compile(r"^```console(?: exit=(\d))?\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_every_command_in_a_page_ends_as_the_page_says(
    root: Path, repository_files: list[Path], tmp_path: Path
) -> None:
    pages = [page for page in repository_files if page.suffix == ".md"]
    wrong = [
        line
        for number, page in enumerate(pages)
        for line in failures(page, prepared(tmp_path / str(number), root))
    ]
    assert not wrong, "\n".join(wrong)


def prepared(folder: Path, root: Path) -> Path:
    folder.mkdir()
    if (root / "examples").is_dir():
        shutil.copytree(root / "examples", folder / "examples")
    return folder


def failures(page: Path, folder: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    wrong = []
    for code, block in FENCE.findall(text):
        for command in re.findall(r"^\$ (.+)$", block, re.MULTILINE):
            done = run(command, folder)
            if done.returncode != int(code or 0):
                wrong.append(f"{page.name}: {command} gave {done.returncode}\n{done.stderr}")
    return wrong


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    programs = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", command],
        cwd=folder,
        env={"PATH": programs, "HOME": str(folder), "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_command_that_fails_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ false\n```\n```console exit=1\n$ false\n```\n", encoding="utf-8")
    assert len(failures(page, tmp_path)) == 1


def test_every_docstring_example_gives_what_it_shows(modules: list[Module]) -> None:
    failed = {
        module.place: doctest.testmod(importlib.import_module(module.name)).failed
        for module in modules
        if ">>> " in module.text
    }
    assert {place: count for place, count in failed.items() if count} == {}
