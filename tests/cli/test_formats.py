"""Every list in every format: valid, complete, and harmless for spreadsheets, terminals and pages."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.company import EXPLOITED, report
from tests.cli.conftest import Ask

LISTS = {
    "findings": ("findings",),
    "rows": ("week",),
    "services": ("services",),
    "budgets": ("budget",),
    "checks": ("doctor",),
    "changes": ("tick",),
    "feeds": ("feeds",),
    "reports": ("ingest", "a.json"),
    "loaded": ("feeds", "load", "kev.json"),
}
HOSTILE = '=cmd|"/c calc"!A1 \x1b[31m [x](http://example.org) @team \u202egnp'


@pytest.mark.parametrize("key", LISTS)
def test_a_list_is_the_same_in_json_lines_and_values(ask_known: Ask, key: str) -> None:
    whole = ask_known(*LISTS[key], "--format", "json")
    assert whole.code == 0
    assert whole.json()["schema"] == 1
    rows = whole.json()[key]
    assert isinstance(rows, list)
    assert rows
    lines = ask_known(*LISTS[key], "--format", "jsonl").out.splitlines()
    assert [json.loads(line).keys() for line in lines] == [row.keys() for row in rows]
    values = list(csv.DictReader(io.StringIO(ask_known(*LISTS[key], "--format", "csv").out)))
    assert len(values) == len(rows)
    assert set(values[0]) == set().union(*rows)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("key", LISTS)
def test_a_list_is_a_markdown_table_in_both_languages(
    ask_known: Ask, key: str, language: str
) -> None:
    answer = ask_known(*LISTS[key], "--format", "markdown", "--lang", language)
    assert answer.code == 0
    table = [line for line in answer.out.splitlines() if line.startswith("|")]
    assert len(table) >= 3
    columns = {line.replace("\\|", "").count("|") for line in table}
    assert len(columns) == 1
    # Head marks such as "#" are escaped too: nothing in a cell is markup.
    assert set(table[1]) <= set("|-: ")


@pytest.mark.parametrize("key", LISTS)
def test_a_japanese_table_has_japanese_heads(ask_known: Ask, key: str) -> None:
    english = ask_known(*LISTS[key]).out.splitlines()
    japanese = ask_known(*LISTS[key], "--lang", "ja").out.splitlines()
    position = 1 if key == "rows" else 0
    kept = {"SHA-256", "Tier", "#"}
    left = {head for head in japanese[position].split("  ") if head.strip().isascii()}
    assert {head.strip() for head in left} - {""} <= kept
    assert english[position] != japanese[position]


def test_an_empty_list_is_valid_in_every_format(ask: Ask) -> None:
    assert ask("findings", "--format", "json").json()["findings"] == []
    assert ask("findings", "--format", "jsonl").out == ""
    assert ask("findings", "--format", "csv").out.startswith("severity,key,title")
    assert ask("findings").out == "0 findings in all\n"


@pytest.fixture
def ask_hostile(ask: Ask, folder: Path) -> Ask:
    (folder / "evil.json").write_text(
        report("shop-b:1", EXPLOITED, days_ago=1, title=HOSTILE), encoding="utf-8"
    )
    assert ask("ingest", "evil.json").code == 0
    return ask


def test_no_text_of_a_report_is_a_formula(ask_hostile: Ask) -> None:
    (row,) = csv.DictReader(io.StringIO(ask_hostile("findings", "--format", "csv").out))
    assert row["title"].startswith("'=cmd")
    assert "\x1b" not in row["title"]


@pytest.mark.parametrize("command", [("findings",), ("week",), ("explain", "FND-1")])
def test_no_text_of_a_report_moves_the_cursor(
    ask_hostile: Ask, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = ask_hostile(*command).out
    assert "\x1b" not in plain
    assert "\u202e" not in plain
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[31m [x]" not in ask_hostile(*command).out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in ask_hostile(*command).out


@pytest.mark.parametrize("command", [("findings",), ("explain", "FND-1")])
def test_no_text_of_a_report_is_markup(ask_hostile: Ask, command: tuple[str, ...]) -> None:
    told = ask_hostile(*command, "--format", "markdown").out
    assert "\\[x\\](http" in told
    assert "\\@team" in told


def test_an_explanation_is_no_list(ask_known: Ask) -> None:
    answer = ask_known("explain", "FND-1", "--format", "csv")
    assert (answer.code, answer.out) == (2, "")
    assert "Use table, markdown or json." in answer.err


def gate_json(text: str) -> list[str]:
    return [each["summary"]["answer"] for each in json.loads(text)]


def gate_lines(text: str) -> list[str]:
    return [json.loads(line)["summary"]["answer"] for line in text.splitlines()]


def gate_csv(text: str) -> list[str]:
    answers: dict[str, str] = {}
    for row in csv.DictReader(io.StringIO(text)):
        known = answers.get(row["subject"], "warn")
        answers[row["subject"]] = "block" if "block" in (known, row["answer"]) else known
    return list(answers.values())


def gate_sarif(text: str) -> list[str]:
    """One run for all files: code scanning keeps one of a tool and category."""
    (run,) = json.loads(text)["runs"]
    places = {
        (result["properties"]["answer"], place["physicalLocation"]["artifactLocation"]["uri"])
        for result in run["results"]
        for place in result["locations"]
    }
    return [
        "block" if ("block", name) in places else "warn" for name in ("plan-a.json", "plan-b.json")
    ]


def gate_junit(text: str) -> list[str]:
    suites = ET.fromstring(text).findall("testsuite")  # noqa: S314 - our own text
    return ["block" if suite.find("testcase/failure") is not None else "warn" for suite in suites]


def gate_github(text: str) -> list[str]:
    """What blocks is an error, and errors stand first."""
    kinds = {
        name: line.split()[0]
        for line in reversed(text.splitlines())
        for name in ("plan-a.json", "plan-b.json")
        if f"file={name}," in line
    }
    return ["block" if kinds[name] == "::error" else "warn" for name in sorted(kinds)]


def gate_gitlab(text: str) -> list[str]:
    worst = {
        one["location"]["path"]: one["severity"] == "blocker" for one in reversed(json.loads(text))
    }
    return ["block" if worst[name] else "warn" for name in sorted(worst)]


def gate_conftest(text: str) -> list[str]:
    return ["block" if "failures" in one else "warn" for one in json.loads(text)]


def gate_atlantis(text: str) -> list[str]:
    last = [line for line in text.splitlines() if " passed, " in line]
    return ["block" if line.endswith(("failure", "failures")) else "warn" for line in last]


def gate_markdown(text: str) -> list[str]:
    return [line.split()[2][:-1] for line in text.splitlines() if line.startswith("### ")]


@pytest.mark.parametrize(
    ("form", "answers_of"),
    [
        ("json", gate_json),
        ("jsonl", gate_lines),
        ("csv", gate_csv),
        ("sarif", gate_sarif),
        ("junit", gate_junit),
        ("markdown", gate_markdown),
        ("github", gate_github),
        ("gitlab", gate_gitlab),
        ("conftest-json", gate_conftest),
        ("atlantis", gate_atlantis),
    ],
)
def test_a_gate_answers_for_several_files_in_one_document(
    ask_known: Ask, form: str, answers_of: Callable[[str], list[str]]
) -> None:
    answer = ask_known("check", "plan", "plan-a.json", "plan-b.json", "--format", form)
    assert answer.code == 1
    assert answers_of(answer.out) == ["warn", "block"]


@pytest.mark.parametrize(
    "form",
    [
        *("json", "jsonl", "csv", "sarif", "junit", "markdown", "table"),
        *("github", "gitlab", "conftest-json"),
    ],
)
def test_a_gate_that_read_nothing_answers_nothing(ask: Ask, form: str) -> None:
    answer = ask("check", "plan", "cut.json", "--format", form)
    assert (answer.code, answer.out) == (2, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "plan", "cut.json", "--format", "atlantis"),
        ("check", "plan", "no-such-file.json", "--format=atlantis"),
        ("check", "plan", "plan-a.json", "--format", "atlantis", "--no-such-option"),
    ],
)
def test_a_gate_that_could_not_look_is_no_pass_for_atlantis(
    ask: Ask, arguments: tuple[str, ...]
) -> None:
    answer = ask(*arguments)
    assert answer.code == 2
    assert answer.out.startswith("FAIL - ")
    assert answer.out.splitlines()[-1] == "1 failure"
