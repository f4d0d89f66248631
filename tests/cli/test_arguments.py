"""Options may stand where people write them."""

import pytest

from tests.cli.conftest import Ask
from tesuri.cli.arguments import arranged


@pytest.mark.parametrize(
    ("given", "arguments"),
    [
        ("week --lang ja", "--lang ja week"),
        ("week --lang=ja --team red", "--lang=ja week --team red"),
        ("--format json week", "week --format json"),
        ("check --format json plan a b", "check plan a b --format json"),
        ("findings -has:waiver openssl", "findings openssl -- -has:waiver"),
        ("findings -h", "findings -h"),
        ("inspect -- --lang", "inspect -- --lang"),
        ("week --lang", "--lang week"),
        ("budget", "budget show"),
        ("budget immediate-48h --team a", "budget show immediate-48h --team a"),
        ("budget simulate --arrival -20%", "budget simulate --arrival -20%"),
        ("budget --help", "budget --help"),
        ("", ""),
    ],
)
def test_options_are_moved_to_where_they_are_understood(given: str, arguments: str) -> None:
    assert arranged(given.split()) == arguments.split()


def test_language_and_format_may_stand_anywhere(ask: Ask) -> None:
    assert ask("services", "--lang", "ja").out == ask("--lang", "ja", "services").out
    before = ask("--format", "json", "services").json()
    assert before == ask("services", "--format", "json").json()


def test_the_terms_of_a_query_need_no_quotes(ask_known: Ask) -> None:
    several = ask_known("findings", "service:b", "-has:waiver", "--format", "json").json()
    one = ask_known("findings", "service:b -has:waiver", "--format", "json").json()
    assert several["total"] == one["total"] == 1
    assert ask_known("findings", "-service:b", "--format", "json").json()["total"] == 1


def test_what_the_limit_leaves_out_is_said(ask_known: Ask) -> None:
    answer = ask_known("findings", "--limit", "1")
    assert "2 findings in all\n1 more is not shown; see --limit\n" in answer.out
