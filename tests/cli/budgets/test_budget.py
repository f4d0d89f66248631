"""`tesuri budget` and what stands below it."""

import json
from pathlib import Path

import pytest

from tests.cli.company import Answer
from tests.cli.conftest import Ask


def test_a_budget_without_a_command_is_shown(ask_known: Ask) -> None:
    plain = ask_known("budget", "--format", "json")
    assert plain.code == 0
    assert gist(ask_known("budget", "show", "--format", "json")) == gist(plain)
    one = gist(ask_known("budget", "immediate-48h", "--service", "b", "--format", "json"))
    assert one == [("immediate-48h", "b", "spent")]


def gist(answer: Answer) -> list[tuple[str, str, str]]:
    """Give what does not change from one second to the next."""
    rows = json.loads(answer.out)["budgets"]
    return [(row["objective"], row["service"], row["state"]) for row in rows]


def test_report_says_in_both_languages_how_long_findings_live(ask_known: Ask) -> None:
    (first, *_) = json.loads(ask_known("budget", "report", "--format", "json").out)["lifetimes"]
    assert (first["findings"], first["open"], first["half_seconds"]) == (1, 1, None)
    english, japanese = (
        ask_known("budget", "report", "--by", "team"),
        ask_known("budget", "report", "--by", "team", "--lang", "ja"),
    )
    assert "Half closed by" in english.out
    assert "半数が解消されるまで" in japanese.out
    assert "red" in english.out


def test_a_longer_time_gives_the_spent_budget_back(ask_known: Ask) -> None:
    asked = ("budget", "simulate", "--objective", "immediate-48h", "--service", "b")
    found = json.loads(ask_known(*asked, "--within", "9d", "--format", "json").out)
    (row,) = found["simulated"]
    # Its only scan is ten days old: hours that were not late are no proof that all is well.
    assert (row["now"]["state"], row["then"]["state"]) == ("spent", "unknown")
    assert row["then"]["remaining"] > row["now"]["remaining"]
    assert row["then"]["throughput"]["open_now"] == 1


def test_a_simulation_is_a_table_of_both_in_both_languages(ask_known: Ask) -> None:
    asked = ("budget", "simulate", "--team", "red", "--capacity", "16 h", "--arrival", "+50%")
    english, japanese = ask_known(*asked), ask_known(*asked, "--lang", "ja")
    assert (english.code, japanese.code) == (0, 0)
    assert "Capacity 8 h → 16 h a week" in english.out
    assert "the backlog of 1 grows by" in english.out
    assert "8時間 → 16時間" in japanese.out


def test_a_simulation_stores_nothing(ask_known: Ask) -> None:
    before = gist(ask_known("budget", "--format", "json"))
    ask_known("budget", "simulate", "--objective", "immediate-48h", "--target", "99%")
    assert gist(ask_known("budget", "--format", "json")) == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--within", "24h"), "Name it with --objective"),
        (("--objective", "immediate-48h", "--within", "20d"), "3 × 480 h = 1440 h"),
        (("--arrival", "more"), "'more' is no change. Write +50% or -20%."),
        (("--capacity", "much"), "'much' is not a duration. Write it as 20h."),
        (("--capacity", "20h"), "Name it with --team."),
        (("--service", "c"), "There is no service 'c'."),
    ],
)
def test_a_question_that_cannot_be_answered_is_one_sentence(
    ask_known: Ask, arguments: tuple[str, ...], sentence: str
) -> None:
    answer = ask_known("budget", "simulate", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert sentence in answer.err
    assert answer.err.count("\n") == 1


def test_the_presets_are_listed_with_the_one_in_force(ask: Ask) -> None:
    rows = json.loads(ask("budget", "presets", "--format", "json").out)["presets"]
    assert [row["name"] for row in rows if row["is_in_force"]] == ["default"]
    assert len(rows) == 8
    assert all(row["source"] and row["objectives"] for row in rows)
    assert "default (in force)" in ask("budget", "presets").out


def test_a_journey_adds_its_services_up(ask_known: Ask, folder: Path) -> None:
    (folder / "journeys.yaml").write_text("[{id: buy, name: Buy, services: [a, b]}]")
    rows = json.loads(ask_known("budget", "--journey", "buy", "--format", "json").out)["budgets"]
    assert (rows[0]["objective"], rows[0]["state"]) == ("immediate-48h", "spent")
    assert {row["owner"] for row in rows} == {"Buy"}
    unknown = ask_known("budget", "--journey", "sell")
    assert (unknown.code, unknown.err.count("\n")) == (2, 1)
    assert "There is no journey 'sell'. Known: buy." in unknown.err


def test_the_page_names_every_preset_with_its_source(ask: Ask) -> None:
    page = (Path(__file__).parents[3] / "docs" / "budgets.md").read_text("utf-8")
    for row in json.loads(ask("budget", "presets", "--format", "json").out)["presets"]:
        (line,) = (line for line in page.splitlines() if line.startswith(f"| `{row['name']}` |"))
        assert row["source"] in line


def test_an_exported_file_is_read_back_as_the_same_objectives(ask: Ask, folder: Path) -> None:
    before = ask("budget", "export").out
    (folder / "objectives").mkdir()
    (folder / "objectives" / "all.yaml").write_text(ask("budget", "export", "--openslo").out)
    assert ask("budget", "export").out == before
    assert ask("budget", "export", "--openslo", "--service", "a").out.count("kind: SLO") == 4


def test_an_export_of_an_unknown_service_is_refused(ask: Ask) -> None:
    answer = ask("budget", "export", "--openslo", "--service", "c")
    assert (answer.code, answer.out) == (2, "")
    assert "There is no service 'c'." in answer.err


def test_the_legacy_budget_names_what_is_unknown_and_what_says_nothing(
    ask: Ask, folder: Path
) -> None:
    service = "{name: Shop window, team: blue, components: [python 3.9.1, forever 1, cobol 85]}\n"
    (folder / "services" / "a.yaml").write_text(service)
    releases = [{"releaseCycle": "3.9", "eol": "2020-10-31"}]
    products = [
        {"product": "python", "releases": releases},
        {"product": "forever", "releases": [{"releaseCycle": "1", "eol": False}]},
    ]
    (folder / "ends.json").write_text(json.dumps(products))
    shown = ask("budget", "legacy", "ends.json")
    assert shown.code == 0
    assert "Nobody knows how long these are supported: cobol 85" in shown.out
    assert "These do not say what they run on: b" in shown.out
    found = json.loads(ask("budget", "legacy", "ends.json", "--format", "json").out)
    (row,) = found["legacy"]
    assert (row["service"], row["state"], row["ended"], row["unknown"]) == ("a", "spent", 1, 1)
    assert (row["share"], found["undeclared"]) == (0.5, ["b"])
    assert row["used_seconds"] == 90 * 86_400


def test_a_legacy_budget_of_nothing_declared_says_what_to_declare(ask: Ask, folder: Path) -> None:
    products = [{"product": "python", "releases": [{"releaseCycle": "3", "eol": False}]}]
    (folder / "ends.json").write_text(json.dumps(products))
    answer = ask("budget", "legacy", "ends.json")
    assert (answer.code, answer.out) == (2, "")
    assert "Nobody knows what any service runs on. Declare it, as components:" in answer.err
    assert "tells of no end of support" in ask("budget", "legacy", "kev.json").err
    assert "No copy of endoflife.date is loaded." in ask("budget", "legacy").err


def test_a_declared_legacy_budget_is_one_of_the_budgets(ask: Ask, folder: Path) -> None:
    service = "{name: Shop window, team: blue, components: [python 3.9.1, redis 7.2]}\n"
    (folder / "services" / "a.yaml").write_text(service)
    (folder / "objectives").mkdir()
    before = ask("budget", "export").out
    (folder / "objectives" / "own.yaml").write_text(before)
    declared = "{id: legacy, title: Supported, counts: components, target: 95%, window: 90d}"
    (folder / "objectives" / "legacy.yaml").write_text(f"objectives: [{declared}]")
    products = [
        {"product": "python", "releases": [{"releaseCycle": "3.9", "eol": "2020-10-31"}]},
        {"product": "redis", "releases": [{"releaseCycle": "7.2", "eol": False}]},
    ]
    (folder / "ends.json").write_text(json.dumps(products))
    loaded = ask("feeds", "load", "ends.json", "--as-of", "2026-08-22")
    assert (loaded.code, "endoflife.date" in loaded.out) == (0, True)
    rows = json.loads(ask("budget", "legacy", "--format", "json").out)
    assert (rows["objective"], rows["as_of"]) == ("legacy", "2026-08-22")
    gists = gist(ask("budget", "show", "legacy", "--format", "json"))
    assert sorted(gists) == [("legacy", "a", "spent"), ("legacy", "b", "unknown")]
    assert "out of support" in ask("budget", "show", "legacy").out
    assert "サポート切れの許容時間" in ask("budget", "show", "legacy", "--lang", "ja").out
    exported = ask("budget", "export").out
    assert "counts: components" in exported
    slo = ask("budget", "export", "--openslo", "--service", "a").out
    for path in (folder / "objectives").iterdir():
        path.unlink()
    (folder / "objectives" / "slo.yaml").write_text(slo)
    assert ask("budget", "export").out == exported
