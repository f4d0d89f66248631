"""`tesuri scp`: what a person sees, what a machine reads, and how it ends."""

import gzip
import json
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.company import Answer
from tests.cli.conftest import Ask

EXAMPLES = Path(__file__).parents[3] / "examples"
TREE = "organization"
REQUEST = ("--request", "scp-request.json")


@pytest.fixture(autouse=True)
def examples(folder: Path) -> None:
    """Put the examples into the workspace, whose organization/ is the tree."""
    for name in ("scp-proposal.json", "scp-request.json", "cloudtrail.json", "denied-call.json"):
        shutil.copy(EXAMPLES / name, folder / name)
    shutil.copytree(EXAMPLES / TREE, folder / TREE)


def policy(folder: Path, name: str, **fields: object) -> str:
    whole = {"Effect": "Deny", "Action": "ec2:DeleteFlowLogs", "Resource": "*", **fields}
    document = {"Version": "2012-10-17", "Statement": whole}
    (folder / name).write_text(json.dumps(document), encoding="utf-8")
    return name


def test_lint_of_a_tree_in_order_ends_with_0(ask: Ask) -> None:
    answer = ask("scp", "lint")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.strip() == "Policies checked: 2; errors: 0; warnings: 0; not read: 0"


def test_lint_ends_with_1_when_something_is_an_error(ask: Ask, folder: Path) -> None:
    name = policy(folder, "p.json", ArnNotLike={"aws:PrincipalArn": "arn:aws:iam::<ID>:role/x"})
    answer = ask("scp", "lint", name, "--format", "json")
    assert answer.code == 1
    found = answer.json()
    assert found["summary"] == {"policies": 1, "errors": 1, "warnings": 1, "refused": 0}
    remarks = found["remarks"]
    assert isinstance(remarks, list)
    assert [(each["rule"], each["file"], each["pointer"]) for each in remarks] == [
        ("operator-outside-condition", "p.json", "/Statement/ArnNotLike"),
        ("lockout", "p.json", "/Statement"),
    ]


def test_lint_ends_with_0_when_there_are_only_warnings(ask: Ask, folder: Path) -> None:
    answer = ask("scp", "lint", policy(folder, "p.json"))
    assert answer.code == 0
    assert "No role is left out" in answer.out


def test_lint_refuses_a_list_in_one_sentence_and_still_shows_the_rest(
    ask: Ask, folder: Path
) -> None:
    (folder / "list.json").write_text("[]", encoding="utf-8")
    answer = ask("scp", "lint", "list.json", policy(folder, "p.json"))
    assert answer.code == 2
    assert answer.err == "tesuri: list.json#: A policy is an object, not a list.\n"
    assert "Policies checked: 2; errors: 0; warnings: 1; not read: 1" in answer.out


def test_lint_without_anything_to_check_is_refused(ask: Ask, folder: Path) -> None:
    shutil.rmtree(folder / TREE)
    answer = ask("scp", "lint")
    assert answer.code == 2
    assert "There is nothing to check." in answer.err


def test_lint_takes_a_folder_of_policies_and_a_folder_with_a_tree(ask: Ask) -> None:
    both = ask("scp", "lint", f"{TREE}/policies", TREE)
    assert (both.code, both.out.strip()) == (
        0,
        "Policies checked: 4; errors: 0; warnings: 0; not read: 0",
    )


def test_simulate_names_policy_statement_and_each_condition(ask: Ask) -> None:
    name = f"{TREE}/policies/keep-the-trail.json"
    answer = ask("scp", "simulate", "--policy", name, *REQUEST, "--format", "json")
    assert answer.code == 0
    found = answer.json()
    assert (found["decision"], found["policy"], found["statement_index"], found["sid"]) == (
        "deny",
        name,
        0,
        "KeepTheTrail",
    )
    assert found["conditions"] == [
        {
            "operator": "ArnNotLike",
            "key": "aws:PrincipalArn",
            "wanted": ["arn:aws:iam::*:role/OrgAdmin"],
            "actual": ["arn:aws:iam::111122223333:role/Developer"],
            "truth": True,
            "note": None,
        }
    ]
    assert found["why"] == (
        "the action is listed, the resource is listed, "
        "ArnNotLike aws:PrincipalArn is true (arn:aws:iam::111122223333:role/Developer)"
    )
    assert found["problems"] == []


def test_simulate_takes_several_files_and_says_why_none_denies(ask: Ask) -> None:
    files = [f"{TREE}/policies/small-instances.json", "scp-proposal.json"]
    answer = ask("scp", "simulate", "--policy", *files, *REQUEST, "--format", "json")
    found = answer.json()
    assert (found["decision"], found["policy"], found["statement_index"]) == (
        "not-denied-by-scp",
        None,
        None,
    )
    assert found["why"] == "no denying statement lists the action"
    problems = found["problems"]
    assert isinstance(problems, list)
    assert [each["rule"] for each in problems] == ["placeholder"]


def test_simulate_without_files_asks_the_tree_of_the_workspace(ask: Ask) -> None:
    answer = ask("scp", "simulate", *REQUEST)
    assert answer.code == 0
    assert answer.out.startswith("denied\n")
    assert (
        f"{TREE}/policies/keep-the-trail.json, statement KeepTheTrail, root r-ab12: true"
        in answer.out
    )


def test_simulate_attaches_a_proposal_only_where_it_is_asked_to(ask: Ask, folder: Path) -> None:
    request = json.loads((folder / "scp-request.json").read_text(encoding="utf-8"))
    request["action"] = "iam:CreateUser"
    (folder / "create.json").write_text(json.dumps(request), encoding="utf-8")
    common = [
        *("scp", "simulate", "scp-proposal.json", "--request", "create.json"),
        *("--organization", TREE, "--format", "json", "--bind", "${Account}=*"),
    ]
    assert ask(*common, "--at", "Workloads").json()["decision"] == "deny"
    assert ask(*common, "--at", "Sandbox").json()["decision"] == "not-denied-by-scp"


def test_simulate_never_restricts_the_management_account(ask: Ask, folder: Path) -> None:
    text = (folder / "scp-request.json").read_text(encoding="utf-8")
    (folder / "other.json").write_text(text.replace("111122223333", "444455556666"), "utf-8")
    found = ask("scp", "simulate", "--request", "other.json", "--format", "json").json()
    assert found["decision"] == "not-denied-by-scp"
    assert "management account" in str(found["why"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--request", "gone.json"), "gone.json: The file cannot be read"),
        (("--request", "cloudtrail.json"), "A request has no key 'Records'."),
        ((*REQUEST, "--policy", "scp-request.json"), "The policy has no Statement."),
        ((*REQUEST, "--organization", "gone"), "gone: This folder does not exist."),
        ((*REQUEST, "scp-proposal.json", "--bind", "x"), "'x' is not NAME=VALUE."),
    ],
)
def test_simulate_refuses_what_it_cannot_read(
    ask: Ask, arguments: tuple[str, ...], sentence: str
) -> None:
    answer = ask("scp", "simulate", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert sentence in answer.err


REPLAY = ("scp", "replay", "--policy", "scp-proposal.json", "--bind", "${Account}=111122223333")


def test_replay_counts_denied_undecided_and_the_rest(ask: Ask) -> None:
    answer = ask(*REPLAY, "cloudtrail.json", "--format", "json")
    assert answer.code == 0
    found = answer.json()
    summary = found["summary"]
    assert isinstance(summary, dict)
    figures = ("records", "denied", "newly_denied", "not_denied", "unknown")
    # One of the two denied ones is what the tree itself refused at the time.
    assert [summary[key] for key in figures] == [5, 2, 1, 1, 1]
    assert summary["unknown_because_of"] == {"aws:PrincipalTag/team": 1}
    assert summary["out_of_reach"] == {"an Amazon service made the call itself": 1}
    assert summary["by_action"] == {
        "cloudtrail:StopLogging": {"denied": 1, "unknown": 0},
        "iam:CreateUser": {"denied": 1, "unknown": 0},
        "ec2:DeleteFlowLogs": {"denied": 0, "unknown": 1},
    }
    calls = found["calls"]
    assert isinstance(calls, list)
    assert {(each["action"], each["decision"], each["was_refused"]) for each in calls} == {
        ("iam:CreateUser", "deny", False),
        ("cloudtrail:StopLogging", "deny", True),
        ("ec2:DeleteFlowLogs", "unknown", False),
    }


def test_replay_reads_folders_and_gzip_and_names_what_it_cannot_read(
    ask: Ask, folder: Path
) -> None:
    logs = folder / "logs"
    logs.mkdir()
    data = (folder / "cloudtrail.json").read_bytes()
    (logs / "a.json.gz").write_bytes(gzip.compress(data))
    (logs / "b.json").write_bytes(data)
    answer = ask(*REPLAY, "logs")
    assert answer.code == 0
    assert answer.out.splitlines()[-3].startswith(
        "Records: 10; would be denied: 4 (went through at the time: 2)"
    )
    (logs / "c.json").write_text('{"no": "record"}', encoding="utf-8")
    (logs / "d.json.gz").write_bytes(gzip.compress(data)[:-20])
    wrong = ask(*REPLAY, "logs")
    assert wrong.code == 2
    assert "logs/c.json: The file holds no CloudTrail record." in wrong.err
    assert "logs/d.json.gz: The gzip file was cut off." in wrong.err
    assert "Records: 10;" in wrong.out


def test_replay_without_a_policy_and_without_a_tree_is_refused(ask: Ask, folder: Path) -> None:
    shutil.rmtree(folder / TREE)
    answer = ask("scp", "replay", "cloudtrail.json")
    assert (answer.code, answer.out) == (2, "")
    assert "There is no policy to ask." in answer.err


def test_explain_answers_policy_statement_owner_and_way_to_ask(ask: Ask) -> None:
    answer = ask("scp", "explain", "denied-call.json")
    assert answer.code == 0
    assert answer.out.startswith("Certain: the statement denies this request\n")
    assert "ArnNotLike aws:PrincipalArn: true (wanted arn:aws:iam::*:role/OrgAdmin" in answer.out
    assert "Owner: platform\n" in answer.out
    assert "To ask for a waiver: Open a request" in answer.out


def test_explain_takes_the_text_itself(ask: Ask, folder: Path) -> None:
    record = json.loads((folder / "denied-call.json").read_text(encoding="utf-8"))
    found = ask("scp", "explain", record["errorMessage"], "--format", "json").json()
    keys = ("certainty", "policy_id", "statement_index", "sid", "account", "owner")
    assert [found[key] for key in keys] == [
        *("certain", "p-aaaa0001", 0, "KeepTheTrail"),
        *("111122223333", "platform"),
    ]


def test_explain_takes_a_text_that_is_too_long_for_a_name(ask: Ask) -> None:
    answer = ask("scp", "explain", "アクセスは拒否されました " * 200)
    assert answer.code == 0
    assert "the text names neither who was denied nor what" in answer.out


def test_explain_of_a_missing_file_is_refused(ask: Ask) -> None:
    answer = ask("scp", "explain", "gone.json")
    assert (answer.code, answer.out) == (2, "")


def test_explain_says_that_an_encoded_message_must_be_decoded(ask: Ask) -> None:
    text = f"You are not authorized. Encoded authorization failure message: {'x' * 300}"
    answer = ask("scp", "explain", text)
    assert answer.code == 0
    assert "Not explained: the reason is in an encoded message" in answer.out
    assert "aws sts decode-authorization-message" in answer.out


def test_generate_writes_the_statements_of_controls_and_says_what_cannot_be(
    ask: Ask, folder: Path
) -> None:
    controls = folder / "controls"
    controls.mkdir()
    text = (
        "{id: own-flow-logs, title: Flow logs stay, statement: x, severity: high, "
        "resource: 'AWS::EC2::FlowLog', require: 'true', message: \"''\", "
        "points: {scp: {deny: {Action: ec2:DeleteFlowLogs}}}}"
    )
    (controls / "own-flow-logs.yaml").write_text(text, encoding="utf-8")
    answer = ask("scp", "generate", "--control", "own-flow-logs")
    assert answer.code == 0
    policies = answer.json()["policies"]
    assert isinstance(policies, list)
    assert policies[0]["policy"]["Statement"] == [
        {
            "Sid": "OwnFlowLogs",
            "Effect": "Deny",
            "Action": "ec2:DeleteFlowLogs",
            "Resource": "*",
            "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/OrgAdmin"}},
        }
    ]
    ask("scp", "generate", "--control", "own-flow-logs", "--out", "generated")
    assert ask("scp", "lint", "generated").code == 0
    whole = ask("scp", "generate")
    assert "aws-ec2-security-group-admin-port-world: no policy can enforce it" in whole.err
    (folder / "generated" / "tesuri-9.json").write_text("{}", encoding="utf-8")
    again = ask("scp", "generate", "--control", "own-flow-logs", "--out", "generated")
    assert (again.code, "tesuri-9.json" in again.err) == (2, True)


def test_generate_refuses_a_control_that_nobody_declared(ask: Ask) -> None:
    answer = ask("scp", "generate", "--control", "nobody")
    assert (answer.code, answer.out) == (2, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("lint", "proposal.json"),
        ("simulate", *REQUEST),
        ("replay", "--policy", "scp-proposal.json", "cloudtrail.json"),
        ("explain", "denied-call.json"),
    ],
)
def test_every_answer_is_said_in_japanese(
    ask: Ask, folder: Path, arguments: tuple[str, ...]
) -> None:
    policy(folder, "proposal.json", Effect="Maybe", Action="StopLogging")
    english = ask("scp", *arguments)
    japanese = ask("--lang", "ja", "scp", *arguments)
    assert (english.code, japanese.code) in {(0, 0), (1, 1)}
    assert japanese.out != english.out
    assert not any("\u3040" <= letter <= "\u30ff" for letter in english.out)
    for line in japanese.out.splitlines():
        assert any(ord(letter) > 0x2FFF for letter in line), line


def remarks_of(ask: Ask, form: str) -> Answer:
    return ask("scp", "lint", f"{TREE}/policies", "proposal.json", "list.json", "--format", form)


def test_lint_says_the_same_to_every_ci_system(ask: Ask, folder: Path) -> None:
    """The proposal has an error, the list is no policy, and the tree is in order."""
    (folder / "list.json").write_text("[1]")
    policy(folder, "proposal.json", Condition={"ArnNotLike": {"aws:PrincipalArn": "${Account}"}})
    levels = [one["level"] for one in json.loads(remarks_of(ask, "json").out)["remarks"]]
    assert "error" in levels

    log = json.loads(remarks_of(ask, "sarif").out)
    (run,) = log["runs"]
    assert sorted(one["level"] for one in run["results"]) == sorted(levels)
    assert all(
        run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"]
        for one in run["results"]
    )
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert "list.json" in note["message"]["text"]

    suites = ET.fromstring(remarks_of(ask, "junit").out)  # noqa: S314 - our own text
    assert int(suites.attrib["tests"]) == len(suites.findall(".//testcase"))
    assert len(suites.findall(".//failure")) == levels.count("error")
    assert len(suites.findall(".//error")) == 1

    commands = remarks_of(ask, "github").out.splitlines()
    assert sorted(line.split()[0] for line in commands) == sorted(f"::{each}" for each in levels)

    issues = json.loads(remarks_of(ask, "gitlab").out)
    assert len({one["fingerprint"] for one in issues}) == len(issues) == len(levels)
    assert remarks_of(ask, "github").code == 2
