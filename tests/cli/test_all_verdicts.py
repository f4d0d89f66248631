"""`tesuri check … --all`: passes are counted, and listed for whoever asks."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.cli.conftest import Ask


def kinds(text: str) -> Counter[str]:
    return Counter(one["verdict"] for one in json.loads(text)["verdicts"])


def test_passes_are_listed_only_for_whoever_asks(ask: Ask, folder: Path) -> None:
    usual = ask("check", "plan", "plan-b.json", "--format", "json")
    whole = ask("check", "plan", "plan-b.json", "--all", "--format", "json")

    summary = json.loads(whole.out)["summary"]
    assert summary == json.loads(usual.out)["summary"]
    assert summary["pass"] > 0
    assert kinds(whole.out) == kinds(usual.out) + Counter({"pass": summary["pass"]})
    assert whole.code == usual.code


@pytest.mark.parametrize("form", ["table", "csv", "markdown"])
def test_a_pass_is_said_in_one_word(ask: Ask, folder: Path, form: str) -> None:
    usual = ask("check", "plan", "plan-b.json", "--format", form).out
    whole = ask("check", "--all", "plan", "plan-b.json", "--format", form).out

    assert len(whole.splitlines()) > len(usual.splitlines())
    assert "pass" in "".join(set(whole.splitlines()) - set(usual.splitlines()))


@pytest.mark.parametrize(
    "form", ["sarif", "github", "gitlab", "atlantis", "conftest-json", "junit"]
)
def test_remarks_on_what_is_wrong_stay_as_they_are(ask: Ask, folder: Path, form: str) -> None:
    usual = ask("check", "plan", "plan-b.json", "--format", form)
    assert ask("check", "plan", "plan-b.json", "--all", "--format", form).out == usual.out
