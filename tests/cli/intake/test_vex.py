"""`tesuri vex` and what findings say afterwards."""

from datetime import UTC, datetime
from pathlib import Path

from tests.cli.company import EXPLOITED
from tests.cli.conftest import Ask
from tests.flows.reports import Flaw
from tests.flows.statements import openvex

FLAW = Flaw(EXPLOITED, "tar", version="1.34")


def write_statements(folder: Path) -> None:
    flaws = (FLAW, Flaw("CVE-2020-9999", "tar"))
    data = openvex("not_affected", *flaws, at=datetime.now(UTC), product="shop-b:1")
    (folder / "vex.json").write_bytes(data)


def test_a_document_closes_what_it_is_about_and_says_what_it_is_not_about(
    ask_known: Ask, folder: Path
) -> None:
    write_statements(folder)
    answer = ask_known("vex", "vex.json", "--format", "json")
    assert answer.code == 0
    assert answer.err == (
        "tesuri: vex.json: /statements/1: no finding is known: "
        "CVE-2020-9999, not affected, tar 3.0.1, shop-b:1\n"
    )
    documents = answer.json()["documents"]
    assert isinstance(documents, list)
    keys = ("statements", "matched", "closed", "unchanged")
    assert [[each[key] for key in keys] for each in documents] == [[2, 1, 1, 0]]
    assert "state:not-affected" in ask_known("findings").out
    assert "1 finding in all" in ask_known("findings", "state:not-affected").out


def test_a_document_is_answered_in_japanese_and_markdown(ask_known: Ask, folder: Path) -> None:
    write_statements(folder)
    told = ask_known("vex", "vex.json", "--format", "markdown", "--lang", "ja").out
    assert "| この文書により解消 |" in told
    assert "表明 2 件" in told


def test_a_report_is_no_statement_and_a_bad_file_stops_no_other(
    ask_known: Ask, folder: Path
) -> None:
    write_statements(folder)
    answer = ask_known("vex", "a.json", "missing.json", "vex.json", "--format", "jsonl")
    assert answer.code == 2
    assert "a.json: This is a report of Trivy" in answer.err
    assert len(answer.out.splitlines()) == 1


def test_an_export_states_what_is_known_and_counts_the_rest(ask_known: Ask, folder: Path) -> None:
    write_statements(folder)
    ask_known("vex", "vex.json")
    answer = ask_known("export", "vex", "-asset:a-image", "--format", "openvex")
    assert (answer.code, answer.err) == (0, "")
    document = answer.json()
    assert document["author"] == "Two services"
    statements = document["statements"]
    assert isinstance(statements, list)
    assert [each["status"] for each in statements] == ["not_affected"]
    told = ask_known("export", "vex", "--format", "cyclonedx", "--author", "Us").json()
    assert told["bomFormat"] == "CycloneDX"
    assert ask_known("export", "vex", "colour:red").code == 2
