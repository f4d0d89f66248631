"""`tesuri inspect`: one object a file, sums that hold, and nothing stored."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Ask

KEYS = ["file", "format", "version", "tool", "target", "records"]
COUNTS = ["findings", "suppressed", "informational", "skipped"]


def rows(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


def is_summed(row: dict[str, object]) -> bool:
    skipped = row["skipped"]
    assert isinstance(skipped, list)
    return row["records"] == sum(
        int(str(row[key])) for key in ("findings", "suppressed", "informational")
    ) + len(skipped)


def test_each_file_is_one_object_and_the_counts_add_up(ask: Ask) -> None:
    answer = ask("inspect", "a.json", "b.json", "--format", "jsonl")
    assert (answer.code, answer.err) == (0, "")
    first, second = rows(answer.out)
    assert list(first) == [*KEYS, *COUNTS, "detection", "suppressed_by", "informational_by"]
    assert first["detection"] == {
        "score": 100,
        "signs": ["SchemaVersion", "ArtifactName"],
        "others": [],
    }
    assert (first["file"], first["format"], first["target"]) == ("a.json", "trivy", "shop-a:1")
    assert (second["tool"], second["records"], second["skipped"]) == ("trivy", 1, [])
    assert is_summed(first)
    assert is_summed(second)


def test_a_record_that_cannot_be_read_is_counted_with_place_and_reason(
    ask: Ask, folder: Path
) -> None:
    document = json.loads((folder / "a.json").read_text(encoding="utf-8"))
    document["Results"][0]["Vulnerabilities"].append(5)
    (folder / "odd.json").write_text(json.dumps(document), encoding="utf-8")
    (row,) = rows(ask("inspect", "odd.json", "--format", "jsonl").out)
    assert (row["records"], row["findings"]) == (2, 1)
    assert isinstance(row["skipped"], list)
    assert set(row["skipped"][0]) == {"pointer", "reason"}
    shown = ask("inspect", "odd.json")
    assert "odd.json: skipped /Results/0/Vulnerabilities/1" in shown.out


def test_bad_files_are_said_and_the_good_ones_are_still_read(ask: Ask, folder: Path) -> None:
    (folder / "empty.json").write_bytes(b"")
    (folder / "binary.bin").write_bytes(bytes(range(256)) * 9)
    (folder / "other.json").write_text('{"weather": "fine"}', encoding="utf-8")
    bad = ["empty.json", "binary.bin", "other.json", "missing.json", "cut.json"]
    answer = ask("inspect", *bad, "services", "a.json", "--format", "jsonl")
    found = {str(row["file"]): row for row in rows(answer.out)}
    assert answer.code == 2
    assert found["a.json"]["format"] == "trivy"
    inside = [path.relative_to(folder).as_posix() for path in (folder / "services").iterdir()]
    for name in (*bad, *inside):
        assert (found[name]["format"], found[name]["records"]) == (None, 0)
        error = str(found[name]["error"])
        assert error.startswith(f"{name}: ")
        assert "\n" not in error
        assert is_summed(found[name])
    assert "error" not in found["a.json"]


@pytest.mark.parametrize("name", ["a.json", "missing.json"])
def test_inspecting_stores_nothing(ask: Ask, folder: Path, name: str) -> None:
    before = sorted(path.name for path in folder.iterdir())
    ask("inspect", name)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_column_that_only_bad_files_have_is_in_the_table_of_values(ask: Ask) -> None:
    answer = ask("inspect", "a.json", "missing.json", "--format", "csv")
    head, *lines = answer.out.splitlines()
    assert head.endswith(",error")
    assert "No such file" in lines[1]


def test_standard_input_and_a_name_that_is_no_text_are_read(program: Ask, folder: Path) -> None:
    data = (folder / "a.json").read_bytes()
    assert rows(program("inspect", "-", "--format", "jsonl", given=data).out)[0]["findings"] == 1
    (folder / "odd\udcff.json").write_bytes(data)
    answer = program("inspect", "odd\udcff.json", "--format", "jsonl")
    assert (answer.code, rows(answer.out)[0]["file"]) == (0, "odd\\xff.json")


def test_an_empty_list_is_taken_in_once_its_format_is_named(ask: Ask, folder: Path) -> None:
    (folder / "empty.json").write_text("[]", encoding="utf-8")
    refused = ask("inspect", "empty.json")
    assert refused.code == 2
    assert "--as gitleaks" in refused.err + refused.out
    seen = ask("inspect", "empty.json", "--as", "gitleaks", "--format", "json")
    assert seen.code == 0
    assert "gitleaks" in seen.out
    done = ask("ingest", "empty.json", "--as", "gitleaks", "--target", "shop", "--format", "jsonl")
    assert done.code == 0
    assert '"format":"gitleaks"' in done.out.replace(" ", "")
