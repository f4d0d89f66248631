"""Every command answers the same whichever database TESURI_DATABASE_URL names."""

import json

import pytest

from tests.cli.company import EXPLOITED, OTHER
from tests.cli.conftest import Ask


@pytest.fixture
def ask_there(ask: Ask, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run a command on an empty store of each kind."""
    monkeypatch.setenv("TESURI_DATABASE_URL", database_url)
    return ask


def test_the_whole_road_runs_on_either_store(ask_there: Ask) -> None:
    assert ask_there("feeds", "load", "kev.json").code == 0
    taken = ask_there("ingest", "b.json", "a.json")
    assert (taken.code, taken.err) == (0, "")
    found = ask_there("findings", "--format", "jsonl").out.splitlines()
    findings = [json.loads(line) for line in found]
    assert [each["advisories"] for each in findings] == [[EXPLOITED], [OTHER]]
    assert EXPLOITED in ask_there("explain", str(findings[0]["key"])).out
    assert ask_there("tick").code == 0
    assert "Gates now block" in ask_there("week", "--team", "red").out
    services = ask_there("services", "--format", "jsonl").out.splitlines()
    assert [json.loads(line)["id"] for line in services] == ["b", "a"]
    assert ask_there("week", "--as-of", "2026-01-01T00:00:00Z").code == 0
    assert ask_there("budget").code == 0
    assert [ask_there("check", "plan", f"plan-{name}.json").code for name in "ab"] == [0, 1]
    assert ask_there("doctor").code == 0


def test_the_same_again_changes_nothing_on_either_store(ask_there: Ask) -> None:
    for arguments in (("feeds", "load", "kev.json"), ("ingest", "b.json", "a.json"), ("tick",)):
        assert ask_there(*arguments).code == 0
    before = known(ask_there)
    again = ask_there("ingest", "b.json", "a.json", "--format", "json")
    assert (again.code, again.err) == (0, "")
    assert ask_there("tick").code == 0
    assert known(ask_there) == before


def known(ask: Ask) -> list[dict[str, object]]:
    """Give the findings, without the seconds that pass."""
    lines = ask("findings", "--format", "jsonl").out.splitlines()
    return [{**json.loads(line), "late_seconds": None} for line in lines]


def test_a_server_that_does_not_answer_is_one_sentence(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "hidden-word"
    url = f"postgresql://shop:{secret}@127.0.0.1:9/shop"
    monkeypatch.setenv("TESURI_DATABASE_URL", url)
    for arguments in (("week",), ("ingest", "a.json"), ("tick",)):
        answer = ask(*arguments)
        assert answer.code == 2
        assert answer.err.count("\n") == 1, answer.err
        assert secret not in answer.err + answer.out
        assert "does not answer" in answer.err
