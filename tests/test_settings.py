from pathlib import Path

import pytest

from tesuri.model.errors import BadInput
from tesuri.settings import Colour, read_settings


def test_without_variables_everything_has_its_default(tmp_path: Path) -> None:
    settings = read_settings({}, tmp_path)
    assert settings.workspace.value == tmp_path
    assert settings.database_url.value == f"sqlite:///{tmp_path}/.tesuri/tesuri.db"
    assert settings.language.value == "en"
    assert settings.colour.value is Colour.AUTO
    origins = (settings.workspace, settings.database_url, settings.language, settings.colour)
    assert {sourced.origin for sourced in origins} == {"default"}


def test_the_nearest_workspace_upward_is_found(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "tesuri.yaml").write_text("name: x\n")
    settings = read_settings({}, inner)
    assert settings.workspace.value == tmp_path
    assert settings.workspace.origin == str(tmp_path / "tesuri.yaml")
    assert settings.database_url.value.startswith(f"sqlite:///{tmp_path}/")


def test_a_named_workspace_wins_over_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "tesuri.yaml").write_text("")
    (tmp_path / "other").mkdir()
    settings = read_settings({"TESURI_WORKSPACE": "other"}, tmp_path)
    assert settings.workspace.value == tmp_path / "other"
    assert settings.workspace.origin == "TESURI_WORKSPACE"


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    names = ("TESURI_WORKSPACE", "TESURI_DATABASE_URL", "TESURI_LANG", "NO_COLOR", "LC_ALL")
    empty = read_settings(dict.fromkeys(names, ""), tmp_path)
    assert empty == read_settings({}, tmp_path)


@pytest.mark.parametrize(
    ("environ", "where"),
    [
        ({"TESURI_WORKSPACE": "nowhere"}, "TESURI_WORKSPACE"),
        ({"TESURI_DATABASE_URL": "mysql://h/d"}, "TESURI_DATABASE_URL"),
        ({"TESURI_DATABASE_URL": "tesuri.db"}, "TESURI_DATABASE_URL"),
        ({"TESURI_DATABASE_URL_FILE": "nowhere"}, "TESURI_DATABASE_URL_FILE"),
        ({"TESURI_LANG": "fr"}, "TESURI_LANG"),
        (
            {"TESURI_DATABASE_URL": "sqlite:///a", "TESURI_DATABASE_URL_FILE": "b"},
            "TESURI_DATABASE_URL",
        ),
    ],
)
def test_a_wrong_variable_is_refused_by_name(
    environ: dict[str, str], where: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput) as caught:
        read_settings(environ, tmp_path)
    assert caught.value.where == where


def test_a_password_is_neither_in_an_error_nor_shown(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        read_settings({"TESURI_DATABASE_URL": "mysql://u:hunter2@h/d"}, tmp_path)
    assert "hunter2" not in str(caught.value)
    url = "postgresql://u:hunter2@h:5432/d"
    settings = read_settings({"TESURI_DATABASE_URL": url}, tmp_path)
    assert settings.database_url.value == "postgresql+psycopg://u:hunter2@h:5432/d"
    assert settings.shown_database_url == "postgresql+psycopg://u:…@h:5432/d"


def test_the_database_url_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("sqlite:////srv/t.db\n")
    file = str(tmp_path / "url")
    settings = read_settings({"TESURI_DATABASE_URL_FILE": file}, tmp_path)
    assert settings.database_url.value == "sqlite:////srv/t.db"
    assert settings.database_url.origin == file


@pytest.mark.parametrize(
    ("environ", "language", "origin"),
    [
        ({"LANG": "ja_JP.UTF-8"}, "ja", "LANG"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en", "LC_ALL"),
        ({"LANG": "de_DE.UTF-8"}, "en", "LANG"),
        ({"LANG": "ja_JP.UTF-8", "TESURI_LANG": "en"}, "en", "TESURI_LANG"),
    ],
)
def test_the_language_is_declared_or_that_of_the_locale(
    environ: dict[str, str], language: str, origin: str, tmp_path: Path
) -> None:
    found = read_settings(environ, tmp_path).language
    assert (found.value, found.origin) == (language, origin)


@pytest.mark.parametrize(
    ("environ", "colour"),
    [
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, Colour.NEVER),
        ({"FORCE_COLOR": "1"}, Colour.ALWAYS),
        ({"TERM": "dumb"}, Colour.NEVER),
    ],
)
def test_colour_follows_the_usual_variables(
    environ: dict[str, str], colour: Colour, tmp_path: Path
) -> None:
    assert read_settings(environ, tmp_path).colour.value is colour


def test_a_variable_that_nothing_reads_is_named(tmp_path: Path) -> None:
    environ = {"TESURI_DATABSE_URL": "sqlite:///a", "TESURI_TEST_PG": "x", "TESURI_CORPUS": "y"}
    assert read_settings(environ, tmp_path).warnings == (
        "The variable TESURI_DATABSE_URL is set, but nothing reads it.",
    )
