"""What Conftest's rules see at `check commit`: files of other tools, Terraform as it is written, all files at once."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.cli.company import Answer

Ask = Callable[..., Answer]
V1 = "package main\nimport rego.v1\n"


@pytest.fixture
def told(ask: Ask, folder: Path) -> Callable[..., list[tuple[str, str]]]:
    """Write files and policies, look at the files, and give address and message of what the policies say."""

    def judged(
        policy: str | Mapping[str, str], files: Mapping[str, str], *options: str
    ) -> list[tuple[str, str]]:
        policies = {"policies/a.rego": policy} if isinstance(policy, str) else policy
        for name, text in {**policies, **files}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        chosen = options or ("--policy", "policies")
        answer = ask("check", "commit", *files, "--format", "json", *chosen)
        reports = json.loads(answer.out)
        return [
            (one["address"], one["message"])
            for report in reports
            for one in report["verdicts"]
            if one["control"].startswith("rego:")
        ]

    return judged


def test_a_dockerfile_is_a_list_of_instructions(told: Callable[..., list[tuple[str, str]]]) -> None:
    policy = (
        V1
        + 'deny contains one.Value[0] if { some one in input; one.Cmd == "from"; not contains(one.Value[0], ":") }'
    )
    assert told(policy, {"Dockerfile": "FROM a:1\nFROM b\n"}) == [("Dockerfile", "b")]


def test_terraform_source_is_judged_as_it_is_written(
    told: Callable[..., list[tuple[str, str]]],
) -> None:
    policy = V1 + (
        'deny contains sprintf("aws_s3_bucket.%s", [n]) if '
        '{ some n, [b] in input.resource.aws_s3_bucket; b.acl == "${var.acl}" }'
    )
    text = 'variable "acl" {}\nresource "aws_s3_bucket" "logs" {\n  acl = var.acl\n}\n'
    assert told(policy, {"infra/main.tf": text}) == [("aws_s3_bucket.logs", "aws_s3_bucket.logs")]


def test_each_member_of_a_list_is_an_input(told: Callable[..., list[tuple[str, str]]]) -> None:
    policy = V1 + "deny contains input.name if input.name"
    assert told(policy, {"a.json": '[{"name": "x"}, {"name": "y"}, 1]'}) == [
        ("a.json", "x"),
        ("a.json", "y"),
    ]


def test_marks_of_templates_within_texts_hide_no_file(
    told: Callable[..., list[tuple[str, str]]],
) -> None:
    policy = V1 + "deny contains s.run if some s in input.steps"
    text = "steps:\n  - run: echo ${{ github.ref }} # https://example.org\n"
    assert told(policy, {"ci.yaml": text}) == [("ci.yaml", "echo ${{ github.ref }}")]


def test_tags_of_other_tools_are_passed_over(told: Callable[..., list[tuple[str, str]]]) -> None:
    policy = V1 + "deny contains s if some s in input.job.script"
    assert told(policy, {"ci.yml": "job: {script: !reference [.a, script]}\n"}) == [
        ("ci.yml", ".a"),
        ("ci.yml", "script"),
    ]


def test_combined_rules_see_all_files_at_once_and_none_by_itself(
    told: Callable[..., list[tuple[str, str]]],
) -> None:
    policy = V1 + (
        "deny contains msg if { users := {e.contents.user | some e in input}; "
        "some team in input; some m in team.contents.members; not m in users; "
        'msg := sprintf("%s: %s is unknown", [team.path, m]) }'
    )
    files = {"team.yaml": "members: [ana, ken]\n", "users.yaml": "user: ana\n---\nuser: li\n"}
    found = told(policy, files, "--policy", "policies", "--combine")
    assert found == [("team.yaml", "team.yaml: ken is unknown")]


def test_policies_of_several_folders_see_each_other(
    told: Callable[..., list[tuple[str, str]]],
) -> None:
    policies = {
        "org/lib.rego": "package lib\nimport rego.v1\nbad contains 1",
        "org/own.rego": V1 + 'deny contains "org" if input.a in data.lib.bad',
        "team/own.rego": V1 + 'deny contains "team" if input.a in data.lib.bad',
    }
    found = told(policies, {"a.yaml": "a: 1\n"}, "--policy", "org", "--policy", "team")
    assert sorted(message for _, message in found) == ["org", "team"]


def test_a_file_of_policies_that_cannot_be_read_is_told(ask: Ask, folder: Path) -> None:
    (folder / "policies").mkdir()
    (folder / "policies" / "a.rego").write_text(V1 + 'deny contains "x" if input.a')
    (folder / "a.toml").write_text("a = ")
    answer = ask("check", "commit", "a.toml", "--policy", "policies")
    assert answer.code == 2
    assert "a.toml: This is not TOML" in answer.err
