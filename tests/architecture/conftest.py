"""The tree that the architecture tests look at: our modules, and every file of the repository."""

import subprocess
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, Module


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def modules() -> list[Module]:
    """Every module of the product but the migrations, which a tool lays out."""
    paths = sorted((ROOT / "src" / "tesuri").rglob("*.py"))
    return [Module(path) for path in paths if "versions" not in path.parts]


@pytest.fixture(scope="session")
def repository_files() -> list[Path]:
    """Every file that is committed or would be by `git add --all`."""
    listing = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-coz", "--exclude-standard"],
        capture_output=True,
        check=True,
    )
    names = listing.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]
