"""One run, several formats: each to its file, at most one to standard output."""

import json
import os
from pathlib import Path

import pytest

from tests.cli.conftest import Ask
from tesuri.cli.arguments import arranged

PLAN = ("check", "plan", "plan-b.json")


def test_one_run_writes_each_format_to_its_file(ask: Ask, folder: Path) -> None:
    alone = {form: ask(*PLAN, "--format", form).out for form in ("sarif", "json", "table")}

    words = ("--format", "sarif", "-o", "out.sarif", "--format", "table")
    shown = ask(*PLAN, *words, "--output=out.json", "--format", "json")
    both = ask(*PLAN, *words, "--format", "json", "--output=out.json")

    assert json.loads(shown.out) == json.loads(alone["json"])
    assert (folder / "out.sarif").read_text("utf-8") == alone["sarif"]
    assert (both.code, both.out) == (0, alone["table"])
    assert (folder / "out.json").read_text("utf-8") == alone["json"]


def test_a_file_gets_no_colours_and_the_terminal_keeps_them(ask: Ask, folder: Path) -> None:
    os.environ["FORCE_COLOR"] = "1"
    try:
        shown = ask(*PLAN, "--format", "table", "-o", "out.txt", "--format", "markdown")
    finally:
        del os.environ["FORCE_COLOR"]
    assert "\x1b" not in (folder / "out.txt").read_text("utf-8")
    assert shown.out.startswith("#")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("--format a -o 1 --format b", "--format=a --format=b --output=1"),
        ("--format a --format b -o 2", "--format=b --format=a --output=2"),
        ("-o 1 --format a", "--format=a --output=1"),
        ("-o 1 --format=a --output 2 --format b", "--format=a --format=b --output=2 --output=1"),
        ("--format a -o 1 -o 2", "--format=a --output=1 --output=2"),
        ("-o 1", "--output=1"),
    ],
)
def test_a_file_belongs_to_the_format_before_it(written: str, meant: str) -> None:
    words = ["check", "plan", *written.split(), "p.json"]
    assert arranged(words) == ["check", "plan", "p.json", *meant.split()]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("--format json --format sarif", "Two formats would be written to standard output"),
        ("--format json -o a --format sarif -o a", "Two formats would be written to a"),
        ("--format json -o a -o b", "Nothing says in which format b is written"),
        ("--format json -o services", "This is a folder"),
        ("--format json -o none/a.json", "The folder of the file does not exist"),
        ("--format json -o=", "The name of the file is empty"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_looked_at(
    ask: Ask, words: str, why: str
) -> None:
    refused = ask(*PLAN, *words.split())
    assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1)
    assert why in refused.err


def test_a_gate_that_blocks_writes_all_and_ends_with_1(ask: Ask, folder: Path) -> None:
    (folder / "tesuri.yaml").write_text("name: A\ndefault_policy_state: spent\n", encoding="utf-8")
    blocked = ask(*PLAN, "--format", "junit", "-o", "out.xml")
    assert (blocked.code, blocked.out) == (1, "")
    assert "<failure" in (folder / "out.xml").read_text("utf-8")


def test_what_was_there_stays_when_nothing_could_be_looked_at(ask: Ask, folder: Path) -> None:
    (folder / "out.json").write_text("before", encoding="utf-8")
    assert ask("check", "plan", "cut.json", "--format", "json", "-o", "out.json").code == 2
    assert (folder / "out.json").read_text("utf-8") == "before"
    assert [each.name for each in folder.iterdir() if each.name.startswith(".out")] == []


def test_a_link_and_a_device_are_written_through(ask: Ask, folder: Path) -> None:
    (folder / "real.json").write_text("before", encoding="utf-8")
    (folder / "link.json").symlink_to("real.json")
    assert ask(*PLAN, "--format", "json", "-o", "link.json").code == 0
    assert (folder / "link.json").is_symlink()
    assert "summary" in json.loads((folder / "real.json").read_text("utf-8"))
    assert ask(*PLAN, "--format", "json", "-o", os.devnull).code == 0


def test_explanations_go_with_the_table_and_else_beside(ask: Ask, folder: Path) -> None:
    first = ask(*PLAN, "--explain", "--format", "table", "-o", "out.txt", "--format", "json")
    assert "what each part of it" in (folder / "out.txt").read_text("utf-8")
    assert "what each part of it" not in first.out + first.err
    second = ask(*PLAN, "--explain", "--format", "json", "-o", "out.json")
    assert "what each part of it" in second.err


@pytest.mark.parametrize("point", ["template", "commit", "admission", "event"])
def test_every_gate_writes_files(ask: Ask, folder: Path, point: str) -> None:
    template = "Resources: {B: {Type: AWS::S3::Bucket}}\n"
    (folder / "template.yaml").write_text(template, encoding="utf-8")
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a}]}\n"
    (folder / "pod.yaml").write_text(pod, encoding="utf-8")
    call = {"eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "eventID": "e-1"}
    (folder / "event.json").write_text(json.dumps({"Records": [call]}), encoding="utf-8")
    file = {"admission": "pod.yaml", "event": "event.json"}.get(point, "template.yaml")

    done = ask("check", point, file, "--format", "jsonl", "-o", "out.jsonl")

    assert (done.code, done.out) == (0, "")
    found = json.loads((folder / "out.jsonl").read_text("utf-8"))
    assert found["summary"]["point"] == point


def test_lint_of_policies_writes_files_too(ask: Ask, folder: Path) -> None:
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*"}]}
    (folder / "policy.json").write_text(json.dumps(policy), encoding="utf-8")
    words = ("scp", "lint", "policy.json", "--format", "sarif")
    alone = ask(*words)
    filed = ask(*words, "-o", "out.sarif", "--format", "json")
    assert (folder / "out.sarif").read_text("utf-8") == alone.out
    assert "schema" in filed.json()
