"""The small road: a report spends a budget, and the gate of that service blocks while the other one warns."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.company import EXPLOITED, FILES, plan, report
from tests.cli.conftest import Ask

CONTROL = "aws-ec2-security-group-admin-port-world"


def rows(ask: Ask, *arguments: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in ask(*arguments, "--format", "jsonl").out.splitlines()]


def test_the_same_change_passes_while_budget_lasts_and_is_blocked_when_it_is_spent(
    ask_known: Ask,
) -> None:
    passes = ask_known("check", "plan", "plan-a.json", "--format", "json")
    blocks = ask_known("check", "plan", "plan-b.json", "--format", "json")
    assert (passes.code, blocks.code) == (0, 1)
    verdicts = [json.loads(each.out)["verdicts"][0] for each in (passes, blocks)]
    assert [each["answer"] for each in verdicts] == ["warn", "block"]
    assert [each["policy_state"] for each in verdicts] == ["ample", "spent"]
    assert [each["owner"] for each in verdicts] == ["blue", "red"]
    assert verdicts[1]["owner_source"] == "tag service=b"
    assert verdicts[1]["at"]["pointer"].startswith("/resource_changes/0")


def test_the_answer_for_people_names_owner_state_and_reason(ask_known: Ask) -> None:
    answer = ask_known("check", "plan", "plan-b.json")
    assert answer.code == 1
    assert answer.out.startswith("block   aws_security_group.ssh")
    assert "owner b (tag service=b)" in answer.out
    assert "policy state Spent: immediate-48h of b:" in answer.out
    assert answer.out.splitlines()[-1].startswith("Blocks: plan-b.json")
    japanese = ask_known("check", "plan", "plan-b.json", "--lang", "ja").out
    assert japanese.startswith("遮断    aws_security_group.ssh")
    assert "担当 b（タグ service=b）" in japanese
    assert "予算状態 使い切り：b の immediate-48h：許容量の −" in japanese


def test_a_plan_that_was_cut_off_is_no_pass(ask_known: Ask) -> None:
    answer = ask_known("check", "plan", "cut.json")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("tesuri: cut.json: The JSON ends before it is complete")
    assert answer.err.count("\n") == 1


def test_a_bad_file_beside_a_blocking_one_is_our_error_and_the_answer_is_still_given(
    ask_known: Ask,
) -> None:
    answer = ask_known("check", "plan", "cut.json", "plan-b.json", "--format", "json")
    assert answer.code == 2
    assert [each["summary"]["answer"] for each in json.loads(answer.out)] == ["block"]


def test_a_failing_verdict_becomes_a_finding_that_counts_in_no_budget(ask_known: Ask) -> None:
    before = ask_known("budget", "--format", "json").json()["budgets"]
    ask_known("check", "plan", "plan-b.json")
    (found,) = rows(ask_known, "findings", f"rule:{CONTROL}")
    assert (found["service"], found["tools"]) == ("b", ["tesuri"])
    told = ask_known("explain", str(found["key"])).out
    assert "It counts in no budget until it is seen live" in told
    after = ask_known("budget", "--format", "json").json()["budgets"]
    assert states(after) == states(before)
    ask_known("check", "plan", "plan-b.json")
    assert len(rows(ask_known, "findings", f"rule:{CONTROL}")) == 1


def states(budgets: object) -> list[tuple[object, object, object]]:
    assert isinstance(budgets, list)
    return [(each["objective"], each["service"], each["state"]) for each in budgets]


def test_without_a_store_the_gate_warns_and_makes_none(ask: Ask, folder: Path) -> None:
    answer = ask("check", "plan", "plan-b.json")
    assert answer.code == 0
    assert "no store, so no budget" in answer.out
    assert not (folder / ".tesuri").exists()


def test_a_clean_change_is_allowed(ask_known: Ask, folder: Path) -> None:
    (folder / "clean.json").write_text(plan("b", cidr="10.0.0.0/8"), encoding="utf-8")
    answer = ask_known("check", "plan", "clean.json")
    assert answer.code == 0
    assert answer.out.startswith("Allows: clean.json · 0 failed")


def test_what_nobody_can_tell_warns_and_blocks_only_on_demand(ask_known: Ask, folder: Path) -> None:
    document = json.loads(plan("b"))
    change = document["resource_changes"][0]["change"]
    del change["after"]["ingress"][0]["cidr_blocks"]
    change["after_unknown"] = {"ingress": [{"cidr_blocks": True}]}
    (folder / "later.json").write_text(json.dumps(document), encoding="utf-8")
    warned = ask_known("check", "plan", "later.json")
    assert warned.code == 0
    assert "Nobody can tell: " in warned.out
    assert "known only after apply" in warned.out
    assert CONTROL in warned.out
    assert ask_known("check", "plan", "later.json", "--fail-on", "unknown").code == 1


def test_taking_the_same_file_in_twice_changes_nothing(ask_known: Ask) -> None:
    answer = ask_known("ingest", "b.json", "--format", "json")
    found = answer.json()["reports"]
    assert isinstance(found, list)
    (row,) = found
    assert (row["is_known"], row["new"], row["closed"]) == (True, 0, 0)
    assert "Known already, nothing changed: b.json." in ask_known("ingest", "b.json").out
    assert len(rows(ask_known, "findings")) == 2


def test_a_file_that_cannot_be_read_stops_no_other(ask: Ask, folder: Path) -> None:
    answer = ask("ingest", "missing.json", "services", "a.json", "--format", "json")
    assert answer.code == 2
    assert len(answer.json()["reports"]) == 1  # type: ignore[arg-type]  # the shape is what is tested
    refused = [
        "missing.json",
        *(f"services/{path.name}" for path in (folder / "services").iterdir()),
    ]
    assert sorted(line.split(": ")[1] for line in answer.err.splitlines()) == sorted(refused)


@pytest.mark.parametrize("when", ["yesterday", "2999-01-01T00:00:00Z", "2026-02-30"])
def test_a_wrong_time_of_the_scan_is_refused_before_anything_is_stored(
    ask: Ask, folder: Path, when: str
) -> None:
    answer = ask("ingest", "a.json", "--scanned-at", when)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("tesuri: --scanned-at: ")
    assert not (folder / ".tesuri").exists()


def test_target_partial_and_time_are_taken(ask: Ask, folder: Path) -> None:
    document = json.loads(report("", EXPLOITED, days_ago=3))
    del document["CreatedAt"]
    (folder / "bare.json").write_text(json.dumps(document), encoding="utf-8")
    given = ("--target", "shop-b:9", "--partial", "--scanned-at", "2026-01-05T00:00:00Z")
    assert ask("ingest", "bare.json", *given).code == 0
    (found,) = rows(ask, "findings")
    assert (found["asset"], found["service"]) == ("b-image", "b")
    assert found["first_seen_at"] == "2026-01-05T00:00:00Z"


def test_ticking_twice_changes_nothing(ask_known: Ask) -> None:
    first = ask_known("tick", "--format", "json").json()
    second = ask_known("tick", "--format", "json").json()
    assert {"owner": "b", "before": None, "state": "spent"} in first["policy_states"]  # type: ignore[operator]  # the shape is what is tested
    assert second["policy_states"] == []
    assert {each["count"] for each in second["changes"]} == {0}  # type: ignore[attr-defined]  # the shape is what is tested
    assert "Nothing was due." in ask_known("tick").out


def test_explain_shows_source_and_age_of_every_input(ask_known: Ask) -> None:
    (found,) = rows(ask_known, "findings", "service:b")
    told = ask_known("explain", str(found["key"]), "--format", "json").json()
    inputs = told["inputs"]
    assert isinstance(inputs, list)
    assert {each["name"] for each in inputs} >= {"severity", "cvss", "kev"}
    assert all(each["source"] for each in inputs)
    (kev,) = [each for each in inputs if each["name"] == "kev"]
    assert kev["as_of"] is not None
    shown = ask_known("explain", str(found["key"])).out
    assert "0 d old" in shown
    assert "(asset file assets/inventory.csv)" in shown
    assert "row 72 of 72" in shown


def test_the_doctor_finds_a_changed_journal(ask_known: Ask, folder: Path) -> None:
    assert ask_known("doctor").code == 0
    with sqlite3.connect(folder / ".tesuri" / "tesuri.db") as store:
        store.execute("update journal set actor = 'somebody else' where id = 1")
    store.close()
    answer = ask_known("doctor", "--format", "json")
    assert answer.code == 2
    checks = answer.json()["checks"]
    assert isinstance(checks, list)
    (journal,) = [each for each in checks if each["check"] == "journal"]
    assert journal["state"] == "wrong"
    assert "was changed after it was written" in journal["text"]


def test_the_doctor_works_where_the_workspace_does_not(ask: Ask, folder: Path) -> None:
    (folder / "tesuri.yaml").write_text(FILES["tesuri.yaml"] + "bogus: 1\n", encoding="utf-8")
    answer = ask("doctor", "--lang", "ja")
    assert answer.code == 2
    assert "tesuri.yaml: line 3" in answer.out
    assert "上と同じ理由" in answer.out
    assert ask("week").code == 2
