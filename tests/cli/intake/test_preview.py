"""`tesuri inspect --against-store`: what ingest would do, in every format, and nothing stored."""

import json
from pathlib import Path

from tests.cli.company import OTHER, report
from tests.cli.conftest import Ask


def counts(reports: object) -> list[dict[str, object]]:
    assert isinstance(reports, list)
    return [
        {key: each[key] for key in ("new", "known", "reopened", "missed", "closed")}
        for each in reports
    ]


def test_a_preview_names_known_findings_and_says_new_of_others(
    ask_known: Ask, folder: Path
) -> None:
    (folder / "next.json").write_text(report("shop-b:1", OTHER, days_ago=0), encoding="utf-8")
    answer = ask_known("inspect", "--against-store", "next.json", "--format", "json")
    assert (answer.code, answer.err) == (0, "")
    rows = answer.json()["changes"]
    assert isinstance(rows, list)
    found = {row["change"]: (row["finding"], row["asset"]) for row in rows}
    assert found == {"opens": ("new", "b-image"), "misses": ("FND-1", "b-image")}
    foreseen = answer.json()["reports"]
    done = ask_known("ingest", "next.json", "--format", "json").json()["reports"]
    assert counts(foreseen) == counts(done)


def test_a_preview_is_shown_as_table_and_markdown_in_both_languages(ask_known: Ask) -> None:
    shown = ask_known("inspect", "--against-store", "a.json", "--target", "elsewhere")
    assert "Would open" in shown.out
    assert "a.json: 1 new, 0 known" in shown.out
    told = ask_known(
        *("inspect", "--against-store", "a.json", "--target", "elsewhere"),
        *("--format", "markdown", "--lang", "ja"),
    )
    assert "| 新しく検出 |" in told.out


def test_a_preview_makes_no_store(ask: Ask, folder: Path) -> None:
    before = sorted(path.name for path in folder.rglob("*"))
    answer = ask("inspect", "--against-store", "a.json", "missing.json", "--format", "jsonl")
    assert answer.code == 2
    assert "missing.json" in answer.err
    assert [json.loads(line)["finding"] for line in answer.out.splitlines()] == ["new"]
    assert sorted(path.name for path in folder.rglob("*")) == before
