"""`docs/output.md` names the keys that machines get, and every one of them."""

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Ask

PAGE = Path(__file__).parents[3] / "docs" / "output.md"
_LINE = re.compile(r"^\| `tesuri ([^`]+)` \| `(\w+)` \| (.+) \|$", re.MULTILINE)
DOCUMENTED = {
    command: (rows, tuple(re.findall(r"`(\w+)`", keys)))
    for command, rows, keys in _LINE.findall(PAGE.read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("command", sorted(DOCUMENTED))
def test_the_page_names_every_key_of_a_row(ask_known: Ask, command: str) -> None:
    name, keys = DOCUMENTED[command]
    told = ask_known(*command.split(), "--format", "json").json()
    assert told["schema"] == 1
    rows = told[name]
    assert isinstance(rows, list)
    assert rows, "the company of the tests has a row for each of them"
    assert tuple(rows[0]) == keys


def test_the_page_knows_the_lists_that_are_used_most() -> None:
    assert {"week", "findings", "services", "budget", "budget history"} <= DOCUMENTED.keys()
