"""`tesuri evidence framework`: the names, one framework with and without a store, own frameworks, wrong names."""

import csv
import io
from pathlib import Path

from tests.cli.catalogue.test_controls import ENCRYPTED, write_control
from tests.cli.company import Answer
from tests.cli.conftest import Ask

HOUSE = """\
id: house
title: {en: House rules, ja: 社内規程}
source: ours
groups:
  - id: one
    title: {en: First, ja: 第一}
    requirements:
      - {id: V-1, en: Volumes are encrypted, ja: ボリュームを暗号化する}
      - {id: V-2, en: Volumes have names, ja: ボリュームに名前がある}
"""


def rows(answer: Answer, key: str = "rows") -> list[dict[str, object]]:
    found = answer.json()[key]
    assert isinstance(found, list)
    return found


def test_the_names_come_with_how_much_of_each_is_seen(ask: Ask) -> None:
    listed = {
        row["id"]: row
        for row in rows(ask("evidence", "framework", "--format", "json"), "frameworks")
    }

    cis = listed["cis-aws-3.0"]
    assert (cis["requirements"], cis["seen"], cis["unseen"]) == (62, 61, 1)
    assert "pss" in ask("evidence", "framework").out


def test_each_requirement_leads_to_controls_and_points_or_to_a_reason(ask: Ask) -> None:
    answer = ask("evidence", "framework", "cis", "--format", "json")
    by_id = {row["requirement"]: row for row in rows(answer)}

    assert answer.json()["framework"] == "cis-aws-3.0"
    assert len(by_id) == 62
    assert by_id["5.2"]["controls"] == [
        {
            "control": "aws-ec2-security-group-admin-port-world",
            "title": "No security group opens SSH or RDP to the world",
            "points": ["commit", "plan", "template", "live", "event"],
        }
    ]
    assert by_id["1.3"]["controls"] == []
    assert by_id["1.3"]["reason"] == "Only a person can tell; no configuration shows it."


def test_the_table_hides_no_requirement_and_counts_what_nobody_sees(ask: Ask) -> None:
    english = ask("evidence", "framework", "CIS-AWS-3.0").out
    japanese = ask("evidence", "framework", "cis", "--lang", "ja").out

    assert "Only a person can tell" in english
    assert "61 of 62 requirements" in english
    assert "人だけが確認できる" in japanese
    assert "Only a person can tell" not in japanese


def test_a_spreadsheet_has_a_line_for_each_requirement_and_control(ask: Ask) -> None:
    table = list(
        csv.DictReader(io.StringIO(ask("evidence", "framework", "pss", "--format", "csv").out))
    )

    shared = [line["control"] for line in table if line["requirement"] == "host-namespaces"]
    assert shared == [
        "kubernetes-pod-host-ipc",
        "kubernetes-pod-host-network",
        "kubernetes-pod-host-pid",
    ]
    assert {line["is_seen"] for line in table} == {"true"}


def test_a_store_adds_what_is_open_and_when_it_was_observed(ask_known: Ask) -> None:
    ask_known("check", "plan", "plan-b.json")
    answer = ask_known("evidence", "framework", "cis", "--format", "json")
    (control,) = [
        control
        for row in rows(answer)
        if row["requirement"] == "5.2"
        for control in (row["controls"] if isinstance(row["controls"], list) else [])
    ]

    assert (control["open"], control["undeployed"], control["waived"]) == (1, 1, 0)
    assert control["observed_at"]
    assert isinstance(answer.json()["answered_at"], dict)
    assert "plan" in str(answer.json()["answered_at"])
    assert "not yet" in ask_known("evidence", "framework", "cis").out


def test_a_workspace_may_have_a_framework_of_its_own(ask: Ask, folder: Path) -> None:
    write_control(folder, control=ENCRYPTED)
    (folder / "frameworks").mkdir()
    (folder / "frameworks" / "house.yaml").write_text(HOUSE, encoding="utf-8")
    first, second = rows(ask("evidence", "framework", "house", "--format", "json"))

    assert first["is_seen"] is True
    assert (second["is_seen"], second["reason"]) == (False, "No control is written for it yet.")


def test_a_control_that_names_a_missing_requirement_is_an_error(ask: Ask, folder: Path) -> None:
    write_control(folder, control=ENCRYPTED.replace("V-1", "V-9"))
    (folder / "frameworks").mkdir()
    (folder / "frameworks" / "house.yaml").write_text(HOUSE, encoding="utf-8")
    for command in (("evidence", "framework", "pss"), ("controls", "test", "own-volume-encrypted")):
        answer = ask(*command)
        assert answer.code == 2
        assert "house has no requirement 'V-9'" in answer.err


def test_an_unknown_framework_is_refused_with_the_known_ones(ask: Ask) -> None:
    answer = ask("evidence", "framework", "iso")

    assert answer.code == 2
    assert "There is no framework 'iso'" in answer.err
    assert "well-architected" in answer.err
