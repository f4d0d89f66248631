"""`tesuri merges`: what turned out to be one, under the words of a person."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Ask
from tests.flows.reports import Flaw, day, grype, trivy

CVE, GHSA = Flaw("CVE-2026-0001"), Flaw("GHSA-aaaa-bbbb-cccc")


@pytest.fixture
def ask_merged(ask: Ask, folder: Path) -> Ask:
    """Run a command where FND-2 turned out to be FND-1."""
    both = json.loads(grype(GHSA, at=day(2), image="shop/other"))
    both["matches"][0]["relatedVulnerabilities"] = [{"id": CVE.cve}]
    reports = {
        "ghsa.json": grype(GHSA, at=day(0)),
        "cve.json": trivy(CVE, at=day(1)),
        "both.json": json.dumps(both).encode(),
    }
    for name, data in reports.items():
        (folder / name).write_bytes(data)
    assert ask("ingest", "ghsa.json", "cve.json").code == 0
    shown = ask("inspect", "--against-store", "both.json", "--format", "json").json()["changes"]
    assert isinstance(shown, list)
    told = [(row["change"], row["finding"], row["joined"]) for row in shown]
    assert ("joins", "FND-1", "FND-2") in told
    assert "1 stored finding turned out to be another one" in ask("ingest", "both.json").out
    return ask


def test_a_merge_is_listed_and_the_other_name_leads_to_the_one_that_stays(ask_merged: Ask) -> None:
    merged = ask_merged("merges", "--format", "json").json()["merges"]
    assert isinstance(merged, list)
    assert [(each["finding"], each["into"]) for each in merged] == [("FND-2", "FND-1")]
    explained = ask_merged("explain", "fnd-2")
    assert "FND-2 is merged into FND-1." in explained.err
    assert "Merged with another finding" in explained.out
    assert "Two names of one vulnerability." in explained.out
    assert "同じ脆弱性の二つの名前です。" in ask_merged("merges", "--lang", "ja").out


def test_a_merge_is_undone_with_a_name_and_a_reason(ask_merged: Ask) -> None:
    undone = ask_merged("merges", "undo", "FND-2", "--by", "sato", "--reason", "They are two.")
    assert (undone.code, undone.err) == (0, "")
    assert "FND-2 and FND-1 are two findings again." in undone.out
    assert "They are two." in ask_merged("explain", "FND-2").out
    again = ask_merged("merges", "undo", "FND-2", "--by", "sato", "--reason", "They are two.")
    assert (again.code, "FND-2 is not merged into another finding" in again.err) == (2, True)
    assert "Nothing is merged." in ask_merged("merges").out


def test_an_undo_without_a_reason_is_refused(ask_merged: Ask) -> None:
    answer = ask_merged("merges", "undo", "FND-2", "--by", "sato", "--reason", " ")
    assert answer.code == 2
    assert "--reason" in answer.err
    assert ask_merged("merges", "undo", "nothing", "--by", "a", "--reason", "b").code == 2
