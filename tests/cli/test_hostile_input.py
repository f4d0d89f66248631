"""What no gate may take for a pass: empty, cut, deep, hostile and foreign files are one sentence each, and exit code 2."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.cli.company import Answer

Ask = Callable[..., Answer]

_ALIASES = b"".join(
    b"%c: &%c [%s]\n" % (name + 1, name + 1, b",".join([b"*%c" % name] * 9))
    for name in range(97, 107)
)
HOSTILE: Mapping[str, bytes] = {
    "empty": b"",
    "blank": b" \n\t\n",
    "cut": b'{"format_version": "1.2", "resource_changes": [{"addr',
    "a list": b"[]",
    "numbers": b"[1, 2]",
    "lists": b"[[[]]]",
    "null": b"null",
    "a number": b"17",
    "a word": b'"word"',
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "deep YAML": b"".join(b" " * depth + b"a:\n" for depth in range(400)),
    "aliases": b"a: &a [x,x,x,x,x,x,x,x,x]\n" + _ALIASES,
    "an alias of itself": b"a: &a [*a]\n",
    "a tag": b"a: !!python/object/apply:os.system [id]\n",
    "a key twice": b"a: 1\na: 2\n",
    "a list as key": b"? [a, b]\n: c\n",
    "zeros": b"\0" * 4096,
    "binary": bytes(range(256)) * 8,
    "packed and cut": b"\x1f\x8b\x08\0\0\0\0\0\0\3abc",
    "another encoding": b'{"a": "\xe9\xe8"}',
    "HTML": b"<html></html>",
    "no number": b'{"a": NaN}',
    "a number too large": b'{"a": 1e999}',
}
PLAN = {
    "other version": {"format_version": "9.0", "terraform_version": "1", "resource_changes": []},
    "changes no list": {"format_version": "1.2", "resource_changes": {"a": 1}},
    "changes no objects": {"format_version": "1.2", "resource_changes": ["x", {"change": []}]},
}
TEMPLATE = {
    "other version": {"AWSTemplateFormatVersion": "2031-01-01", "Resources": {}},
    "resources a list": {"Resources": []},
    "resources no objects": {"Resources": {"A": [], "B": {"Type": []}}},
}
REVIEW = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview"}
ADMISSION = {
    "other version": {**REVIEW, "apiVersion": "admission.k8s.io/v9", "request": {}},
    "request a list": {**REVIEW, "request": []},
    "operation a list": {**REVIEW, "request": {"uid": [], "operation": ["x"]}},
}
EVENT = {"records an object": {"Records": {"a": 1}}, "records no objects": {"Records": [1, None]}}
POLICY = {
    "statements no objects": {"Version": "2012-10-17", "Statement": ["a", []]},
    "statement a number": {"Version": "2012-10-17", "Statement": 3},
}
HARMLESS = {"a list", "numbers", "lists", "null", "a number", "a word", "a tag"}
"""What any tool may keep in a repository: a gate of a commit counts it, and says so."""


def written(folder: Path, own: Mapping[str, object], suffix: str) -> list[str]:
    """Write every hostile file, and those that are nearly right for one command."""
    nearly = {name: json.dumps(value).encode() for name, value in own.items()}
    names = []
    for name, data in {**HOSTILE, **nearly}.items():
        path = folder / f"{name.replace(' ', '-')}{suffix}"
        path.write_bytes(data)
        names.append(path.name)
    return names


def told(answer: Answer, name: str) -> list[str]:
    """Give the sentences about one file."""
    return [line for line in answer.err.splitlines() if line.startswith(f"tesuri: {name}")]


@pytest.mark.parametrize(
    ("command", "own", "suffix"),
    [
        (("check", "plan"), PLAN, ".json"),
        (("check", "template"), TEMPLATE, ".yaml"),
        (("check", "admission"), ADMISSION, ".yaml"),
        (("check", "event"), EVENT, ".json"),
        (("scp", "lint"), POLICY, ".json"),
        (("scp", "replay", "--policy", "policy.json"), EVENT, ".json"),
    ],
    ids=lambda value: "-".join(value[:2]) if isinstance(value, tuple) else "",
)
def test_each_hostile_file_is_one_sentence_and_no_pass(
    ask: Ask,
    folder: Path,
    command: tuple[str, ...],
    own: Mapping[str, object],
    suffix: str,
) -> None:
    (folder / "policy.json").write_text(
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "a:B", "Resource": "*"}]}'
    )
    names = written(folder, own, suffix)
    answer = ask(*command, *names)
    assert answer.code == 2
    assert {name: len(told(answer, name)) for name in names} == dict.fromkeys(names, 1)
    assert not [name for name in names if name in answer.out]


def test_a_commit_refuses_what_is_broken_and_counts_what_is_of_others(
    ask: Ask, folder: Path
) -> None:
    harmless = {name.replace(" ", "-") for name in HARMLESS}
    for own, suffix in (({}, ".yaml"), (TEMPLATE, ".json")):
        nearly = {name: value for name, value in own.items() if name != "resources a list"}
        names = written(folder, nearly if suffix == ".yaml" else {}, suffix)
        answer = ask("check", "commit", *names)
        refused = {name for name in names if told(answer, name)}
        passed_over = {name for name in names if name.removesuffix(suffix) in harmless}
        assert answer.code == 2
        assert {name for name in names if len(told(answer, name)) > 1} == set()
        assert refused >= set(names) - passed_over - {f"HTML{suffix}"}
        assert "hold nothing that a control looks at" in answer.err


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_request_organization_or_denial_is_one_sentence(
    ask: Ask, folder: Path, name: str
) -> None:
    (folder / "organization").mkdir()
    (folder / "organization" / "organization.yaml").write_bytes(HOSTILE[name])
    (folder / "request.json").write_bytes(HOSTILE[name])
    (folder / "right.json").write_text(
        '{"principal_arn": "arn:aws:iam::111122223333:role/a", "action": "a:B", "resource": "*"}'
    )
    (folder / "policy.json").write_text('{"Version": "2012-10-17", "Statement": []}')
    for arguments in (
        ("simulate", "--policy", "policy.json", "--request", "request.json"),
        ("simulate", "--request", "right.json", "--organization", "organization"),
        ("generate", "--organization", "organization"),
        ("explain", "request.json", "--policy", "policy.json"),
    ):
        answer = ask("scp", *arguments)
        assert (answer.code, answer.out) == (2, ""), arguments
        assert answer.err.count("\n") == 1
        assert answer.err.startswith("tesuri: ")


@pytest.mark.parametrize("name", ["empty", "cut", "deep objects", "aliases", "a tag", "zeros"])
def test_a_hostile_control_or_reply_is_one_sentence(ask: Ask, folder: Path, name: str) -> None:
    (folder / "replies").mkdir()
    (folder / "replies" / "s3.ListBuckets_1.json").write_bytes(HOSTILE[name])
    (folder / "controls").mkdir()
    (folder / "controls" / "mine.yaml").write_bytes(HOSTILE[name])
    for arguments in (("check", "snapshot", "replies"), ("controls", "list"), ("controls", "test")):
        answer = ask(*arguments)
        assert (answer.code, answer.out) == (2, ""), arguments
        assert answer.err.count("\n") == 1


def test_the_program_itself_ends_without_a_traceback(program: Ask, folder: Path) -> None:
    names = written(folder, PLAN, ".json")
    answer = program("check", "plan", *names)
    assert answer.code == 2
    assert "Traceback" not in answer.err
    assert len(answer.err.splitlines()) == len(names)
