"""`tesuri demo` builds its company beside the user's store, once a day, the same way every time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tesuri.cli.demo import demo, demo_folder
from tesuri.cli.state import Session
from tesuri.flows.demo.site import DemoClock
from tesuri.model.errors import BadInput
from tesuri.settings import Colour, Sourced, read_settings
from tesuri.wiring.site import Site, site_at
from tesuri.wording.catalogue import Language

NOW = datetime(2026, 11, 24, 0, 36, tzinfo=UTC)


def site_of(folder: Path, now: datetime = NOW) -> Site:
    return Site(read_settings({}, folder), DemoClock(now))


def run(site: Site, *arguments: str, language: Language = Language.EN) -> tuple[int, str, str]:
    app = typer.Typer()

    @app.callback()
    def _session(context: typer.Context) -> None:
        context.obj = Session(
            replace(site.settings, colour=Sourced(Colour.NEVER, "test")), language, site=site
        )

    app.command("demo")(demo)
    result = CliRunner().invoke(app, ["demo", *arguments])
    return result.exit_code, result.stdout, result.stderr


def rows(folder: Path) -> Sequence[dict[str, object]]:
    """Give the demo's findings without what depends on the store's own secret key."""
    site = site_at(folder, read_settings({}, folder))
    findings, _ = site.store.snapshot()
    site.close()
    return [{**row, "identity": None} for row in findings]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a user's folder with the demo built in it."""
    folder = tmp_path_factory.mktemp("home")
    demo_folder(site_of(folder), is_fresh=False)
    return folder


@pytest.fixture
def in_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(home)
    return home


def must_not_build(_done: int, _all: int) -> None:
    raise AssertionError("it was built again")


def test_the_user_s_own_store_is_not_touched(home: Path) -> None:
    assert not (home / ".tesuri" / "tesuri.db").exists()
    assert (home / ".tesuri" / "demo" / ".tesuri" / "tesuri.db").is_file()
    assert [path.name for path in home.iterdir()] == [".tesuri"]
    assert {path.name for path in (home / ".tesuri").iterdir()} == {".gitignore", "demo"}


def test_it_is_not_built_again_within_a_day(home: Path) -> None:
    later = site_of(home, NOW + timedelta(hours=23))
    assert demo_folder(later, is_fresh=False, tell=must_not_build) == home / ".tesuri" / "demo"


@pytest.mark.parametrize(
    ("now", "is_fresh"),
    [(NOW + timedelta(hours=24), False), (NOW, True), (NOW - timedelta(days=1), False)],
    ids=["older than a day", "asked for", "built in the future"],
)
def test_it_is_built_again_when_it_is_old_or_asked_for(
    home: Path, now: datetime, *, is_fresh: bool
) -> None:
    with pytest.raises(AssertionError, match="built again"):
        demo_folder(site_of(home, now), is_fresh=is_fresh, tell=must_not_build)


def test_a_build_that_stops_leaves_the_last_one_whole(home: Path) -> None:
    before = rows(home / ".tesuri" / "demo")
    with pytest.raises(AssertionError, match="built again"):
        demo_folder(site_of(home), is_fresh=True, tell=must_not_build)
    assert rows(home / ".tesuri" / "demo") == before


def test_the_same_present_gives_the_same_company(home: Path, tmp_path: Path) -> None:
    other = demo_folder(site_of(tmp_path), is_fresh=False)
    assert rows(other) == rows(home / ".tesuri" / "demo")


def test_it_shows_the_week_and_says_how_to_go_on(in_home: Path) -> None:
    code, out, err = run(site_of(in_home), "--no-serve")
    assert (code, err) == (0, "")
    assert "Upgrade openssl to 3.0.16" in out
    assert "tesuri --workspace .tesuri/demo week\n" in out
    assert "tesuri ingest YOUR-REPORT.json\n" in out
    assert "AKIA" not in out.replace("AKIA…Q7HD", "")


def test_the_plans_that_it_names_are_there(in_home: Path) -> None:
    _, out, _ = run(site_of(in_home), "--no-serve")
    named = [word for word in out.split() if word.startswith(".tesuri/demo/plans/")]
    assert len(named) == 2
    assert all((in_home / word).is_file() for word in named)


def test_it_speaks_japanese(in_home: Path) -> None:
    _, out, _ = run(site_of(in_home), "--no-serve", language=Language.JA)
    assert "openssl を 3.0.16" in out


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    own = tmp_path / ".tesuri" / "demo" / "notes.txt"
    own.parent.mkdir(parents=True)
    own.write_text("mine")
    with pytest.raises(BadInput, match="no demo made it"):
        demo_folder(site_of(tmp_path), is_fresh=True)
    assert own.read_text() == "mine"
