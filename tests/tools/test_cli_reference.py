"""docs/cli.md is what the commands say of themselves."""

from collections.abc import Callable
from pathlib import Path

from tools.cli_reference import reference

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cli.md"


def test_the_page_of_the_command_line_is_what_the_program_says(
    golden: Callable[[Path, str], None],
) -> None:
    golden(PAGE, reference())


def test_every_command_is_on_the_page_with_its_help() -> None:
    page = reference()
    for name in ("demo", "serve", "ingest", "inspect", "week", "findings", "services", "budget"):
        assert f"### tesuri {name}\n" in page
    for name in ("tick", "explain", "check plan", "feeds load", "doctor"):
        assert f"### tesuri {name}\n" in page
    assert "..." not in page.partition("Commands:")[2].partition("```")[0].replace("(...)", "")
