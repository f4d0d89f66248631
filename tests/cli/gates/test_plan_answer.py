"""`check plan` answers in two ways: at once, and through the library of the command line; both say the same."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.company import Answer
from tests.cli.conftest import Ask
from tesuri.cli.app import answer
from tesuri.cli.gates.plan_answer import answer_plain_plans
from tesuri.model.errors import BadInput, ExitCode

GROUP = {
    "address": "aws_security_group.a",
    "type": "aws_security_group",
    "name": "a",
    "change": {
        "actions": ["create"],
        "after": {
            "ingress": [
                {
                    "from_port": 22,
                    "to_port": 22,
                    "protocol": "tcp",
                    "cidr_blocks": ["0.0.0.0/0"],
                }
            ]
        },
    },
}


@pytest.fixture
def plan(folder: Path) -> str:
    """Write a plan that opens SSH to the world."""
    document = {"format_version": "1.2", "resource_changes": [GROUP]}
    (folder / "plan.json").write_text(json.dumps(document), encoding="utf-8")
    return "plan.json"


def by_library(capsys: pytest.CaptureFixture[str], *arguments: str) -> Answer:
    capsys.readouterr()
    with pytest.raises(SystemExit) as ending:
        answer(arguments)
    shown = capsys.readouterr()
    return Answer(int(ending.value.code or 0), shown.out, shown.err)


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--lang", "ja"),
        ("--format", "json"),
        ("--format=sarif",),
        ("--fail-on", "unknown"),
        ("--repository", "shop/web", "--format", "csv"),
    ],
)
def test_both_ways_say_the_same(
    ask: Ask, capsys: pytest.CaptureFixture[str], plan: str, options: tuple[str, ...]
) -> None:
    arguments = ("check", "plan", plan, *options)
    at_once = ask(*arguments)
    assert at_once.out
    assert at_once == by_library(capsys, *arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "plan"),
        ("check", "plan", "plan.json", "--help"),
        ("check", "plan", "plan.json", "--format", "xml"),
        ("check", "plan", "plan.json", "--format"),
        ("check", "plan", "plan.json", "--lang", "fr"),
        ("check", "plan", "--", "plan.json"),
        ("check", "plan", "plan.json", "--format", "json", "--format", "csv"),
        ("check", "template", "plan.json"),
        ("week",),
    ],
)
def test_what_is_no_plain_question_is_left_to_the_library(arguments: tuple[str, ...]) -> None:
    assert answer_plain_plans(arguments) is None


def test_a_file_that_is_missing_is_told_in_both_ways(
    ask: Ask, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    at_once = ask("check", "plan", "none.json")
    assert (at_once.code, at_once.out) == (ExitCode.ERROR, "")
    assert at_once == by_library(capsys, "check", "plan", "none.json")


def test_a_wrong_workspace_is_refused(folder: Path) -> None:
    with pytest.raises(BadInput, match="does not exist"):
        answer_plain_plans(("check", "plan", "a.json", "--workspace", "nowhere"))


def test_a_plain_question_loads_no_library_of_tables_stores_or_command_lines(
    tmp_path: Path,
) -> None:
    plan = {"format_version": "1.2", "resource_changes": [GROUP]}
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    heavy = "typer rich yaml lark sqlalchemy alembic litestar babel duckdb tesuri.wiring.site tesuri.formats"
    program = (
        "import sys; from tesuri.cli.gates.plan_answer import answer_plain_plans;"
        "code = answer_plain_plans(['check', 'plan', 'plan.json']);"
        f"print(sorted(set('{heavy}'.split()) & set(sys.modules)), file=sys.stderr)"
    )
    environ = {name: text for name, text in os.environ.items() if not name.startswith("TESURI_")}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    assert "aws_security_group.a" in done.stdout
    assert done.stderr.strip() == "[]"
