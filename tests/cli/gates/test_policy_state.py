"""Gates without a store: a signed state file tells them the policy state, or it is unknown."""

import json
import stat
from pathlib import Path

import pytest

from tests.cli.company import Answer
from tests.cli.conftest import Ask


@pytest.fixture
def carried(
    ask_known: Ask,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Give a folder of CI: two plans, a state file and a public key, no workspace and no store."""
    assert ask_known("state", "key", "k.pem").code == 0
    assert ask_known("state", "export", "--key", "k.pem", "--out", "state.json").code == 0
    ci = tmp_path_factory.mktemp("ci")
    for name in ("plan-a.json", "plan-b.json", "state.json", "k.pem.pub"):
        (ci / name).write_bytes((folder / name).read_bytes())
    monkeypatch.chdir(ci)
    return ci


BELIEVED = ("--state", "state.json", "--state-key", "k.pem.pub")


def decided(answer: Answer) -> dict[str, object]:
    """Give what the gate says of the port that is open to the world."""
    found = answer.json()["verdicts"]
    assert isinstance(found, list)
    return next(one for one in found if one["control"].endswith("-admin-port-world"))


def test_a_private_key_is_for_its_owner_only(ask: Ask, folder: Path) -> None:
    first = ask("state", "key", "k.pem")
    assert (first.code, len(first.out.strip())) == (0, 32)
    assert stat.S_IMODE((folder / "k.pem").stat().st_mode) == 0o600
    before = (folder / "k.pem").read_bytes()
    again = ask("state", "key", "k.pem")
    assert (again.code, (folder / "k.pem").read_bytes()) == (2, before)
    assert "there already" in again.err


def test_the_same_plan_warns_while_the_budget_lasts_and_is_blocked_when_it_is_spent(
    ask: Ask, carried: Path
) -> None:
    warned = ask("check", "plan", "plan-a.json", *BELIEVED, "--format", "json")
    blocked = ask("check", "plan", "plan-b.json", *BELIEVED, "--format", "json")

    assert (warned.code, blocked.code) == (0, 1)
    assert (decided(warned)["answer"], decided(blocked)["answer"]) == ("warn", "block")
    assert (decided(blocked)["service"], decided(blocked)["owner"]) == ("b", "red")
    assert decided(blocked)["policy_state"] == "spent"
    assert "By the state file state.json, key" in str(decided(blocked)["policy_state_reason"])


def test_the_options_may_stand_before_the_command(ask: Ask, carried: Path) -> None:
    assert ask("check", *BELIEVED, "plan", "plan-b.json").code == 1


def test_a_state_file_that_was_changed_makes_the_state_unknown(ask: Ask, carried: Path) -> None:
    envelope = json.loads((carried / "state.json").read_text())
    envelope["signatures"][0]["sig"] = "AAAA"
    (carried / "state.json").write_text(json.dumps(envelope))
    answer = ask("check", "plan", "plan-b.json", *BELIEVED, "--format", "json")

    assert answer.code == 0
    assert decided(answer)["policy_state"] == "unknown"
    assert "is not signed by a key that was given" in str(decided(answer)["policy_state_reason"])
    assert "The policy state is unknown." in answer.err
    assert ask("state", "show", "state.json", "--state-key", "k.pem.pub").code == 2


def test_nothing_declared_beside_it_makes_a_bad_file_ample(ask: Ask, carried: Path) -> None:
    (carried / "tesuri.yaml").write_text("name: CI\ndefault_policy_state: ample\n")
    (carried / "state.json").write_text("{}")
    answer = ask("check", "plan", "plan-b.json", *BELIEVED, "--format", "json")
    assert decided(answer)["policy_state"] == "unknown"


def test_a_state_file_tells_only_of_its_scope(ask: Ask, folder: Path, ask_known: Ask) -> None:
    ask_known("state", "key", "k.pem")
    export = ("state", "export", "--key", "k.pem", "--scope", "a", "--out", "state.json")
    assert ask_known(*export).code == 0
    answer = ask("check", "plan", "plan-b.json", *BELIEVED, "--format", "json")

    assert (answer.code, decided(answer)["policy_state"]) == (0, "unknown")
    assert "does not tell the state of b" in str(decided(answer)["policy_state_reason"])
    shown = ask("state", "show", "state.json", "--state-key", "k.pem.pub").json()
    assert (shown["scope"], list(json.loads(json.dumps(shown["states"])))) == (["a"], ["a"])


def test_the_reason_is_said_in_japanese_too(ask: Ask, carried: Path) -> None:
    said = ask("check", "plan", "plan-b.json", *BELIEVED, "--lang", "ja").out
    assert "状態ファイル state.json" in said
    assert "allowance" not in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "plan", "plan-a.json", "--state", "state.json"), "--state-key"),
        (
            ("check", "plan", "plan-a.json", "--state", "no.json", "--state-key", "k.pem.pub"),
            "no.json",
        ),
        (
            ("check", "plan", "plan-a.json", "--state", "state.json", "--state-key", "plan-a.json"),
            "no public key",
        ),
        (("state", "export", "--key", "k.pem.pub"), "no private key"),
    ],
)
def test_what_is_asked_wrongly_is_refused_in_one_sentence(
    ask: Ask, carried: Path, arguments: tuple[str, ...], said: str
) -> None:
    answer = ask(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert answer.err.count("\n") == 1


def test_a_scope_that_nobody_declared_is_refused(ask_known: Ask) -> None:
    ask_known("state", "key", "k.pem")
    answer = ask_known("state", "export", "--key", "k.pem", "--scope", "nobody")
    assert (answer.code, answer.out) == (2, "")
    assert "'nobody'" in answer.err


@pytest.mark.parametrize("also", [(), ("--explain",), ("--all",)])
def test_policies_in_rego_are_asked_beside_a_state_file(
    ask: Ask, carried: Path, also: tuple[str, ...]
) -> None:
    (carried / "policies").mkdir()
    rule = 'package main\n\nimport rego.v1\n\ndeny contains "never on a Sunday"\n'
    (carried / "policies" / "day.rego").write_text(rule, encoding="utf-8")
    asked = ("check", "plan", "plan-a.json", *BELIEVED, *also, "--policy", "policies")

    answer = ask(*asked, "--format", "json")

    verdicts = json.loads(answer.out)["verdicts"]
    denied = [one for one in verdicts if one["control"] == "rego:main.deny"]
    assert (answer.code, [one["answer"] for one in denied]) == (1, ["block"])
    assert decided(answer)["policy_state"] != "unknown"
