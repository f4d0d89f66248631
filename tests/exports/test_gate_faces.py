"""What CI systems and other tools take from a gate, read here as they read it."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import starmap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tesuri.exports.annotations import gate_annotations
from tesuri.exports.gate_atlantis import render_gate_atlantis
from tesuri.exports.gate_conftest import render_gate_conftest
from tesuri.exports.gate_sarif import render_gate_sarif
from tesuri.exports.github_commands import MOST_OF_A_LEVEL, render_github_commands
from tesuri.exports.gitlab_quality import render_gitlab_quality
from tesuri.model.control import GateAnswer, GateReport, Point, Ruling, Verdict, VerdictKind
from tesuri.model.identifiers import ControlId, ServiceId, TeamId, WaiverId
from tesuri.model.objective import PolicyState
from tesuri.model.resource import Origin
from tesuri.model.severity import Severity

FAIL, UNKNOWN, PASS = VerdictKind.FAIL, VerdictKind.UNKNOWN, VerdictKind.PASS
BLOCK, WARN, ALLOW = GateAnswer.BLOCK, GateAnswer.WARN, GateAnswer.ALLOW
HOSTILE = "\r\n::error::fake\n##[add-mask]x\n1 failure %0A::stop-commands::t `x` | <b>@all, a:b \x1b[31m\u2028"


def ruling(
    address: str, kind: VerdictKind, answer: GateAnswer, *, waiver: str = "", message: str = "why"
) -> Ruling:
    verdict = Verdict(
        control=ControlId("own-rule"),
        control_version="0123456789ab",
        resource_type="AWS::EC2::SecurityGroup",
        address=address,
        kind=kind,
        severity=Severity.HIGH,
        reason=message,
        at=Origin("./infra/plan.json", pointer="/resource_changes/0"),
    )
    return Ruling(
        verdict=verdict,
        answer=answer,
        service=ServiceId("checkout"),
        owner=TeamId("payments"),
        owner_source="tag service=checkout",
        policy_state=PolicyState.SPENT,
        policy_state_reason="immediate-48h of checkout",
        waiver=WaiverId(waiver) if waiver else None,
        message=message,
    )


def gate(*rulings: Ruling, subject: str = "plan.json") -> GateReport:
    return GateReport(
        point=Point.PLAN,
        subject=subject,
        answer=max((one.answer for one in rulings), key=lambda one: one.rank, default=ALLOW),
        rulings=rulings,
        unread=(("aws_instance.x", "its planned values are a list"),),
        counts={kind: sum(one.verdict.kind is kind for one in rulings) for kind in VerdictKind},
        resources=len(rulings),
        controls=1,
    )


MIXED = gate(
    ruling("a.pass", PASS, ALLOW, message=""),
    ruling("b.unknown", UNKNOWN, WARN),
    ruling("c.waived", FAIL, ALLOW, waiver="WVR-1"),
    ruling("d.fail", FAIL, BLOCK),
)
WARNING = gate(ruling("aws_lambda.failover", FAIL, WARN, message="FAILs, 2 failures, İ FAİL"))
TEXTS = st.text(max_size=60) | st.sampled_from([HOSTILE, "FAIL", "::", "%", "3 failures"])


def commands(text: str) -> list[tuple[str, Mapping[str, str], str]]:
    """Read lines as the runner of Actions does: a line that is no command is an error here."""
    found: list[tuple[str, Mapping[str, str], str]] = []
    for line in re.split("\r\n|\r|\n", text.removesuffix("\n")) if text else []:
        assert line.startswith("::")
        head, message = line[2:].split("::", 1)
        name, _, words = head.partition(" ")
        pairs = [word.split("=", 1) for word in words.split(",") if word]
        found.append((name, {key: unescaped(value) for key, value in pairs}, unescaped(message)))
    return found


def unescaped(text: str) -> str:
    for sign, letter in (("%3A", ":"), ("%2C", ","), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(sign, letter)
    return text


def annotated(*reports: GateReport) -> list[tuple[str, Mapping[str, str], str]]:
    return commands(render_github_commands(gate_annotations(reports)))


def test_github_marks_what_blocks_warns_and_is_waived() -> None:
    found = annotated(MIXED)

    assert [name for name, _, _ in found] == ["error", "warning", "warning", "notice"]
    _, place, message = found[0]
    assert place == {"file": "./infra/plan.json", "title": "own-rule"}
    assert message.startswith("block: d.fail: why; owner checkout (tag service=checkout);")
    assert "nobody can tell: why" in found[1][2]
    assert "aws_instance.x was not looked at" in found[2][2]
    assert "waived by WVR-1" in found[3][2]


def test_github_gets_a_line_where_one_is_known() -> None:
    one = ruling("a", FAIL, WARN)
    at = replace(one.verdict, at=Origin("main.tf", 7))
    assert annotated(gate(replace(one, verdict=at)))[0][1]["line"] == "7"


def test_github_is_told_what_it_would_drop() -> None:
    many = [
        ruling(f"a.{number:03}", FAIL, answer) for answer in (BLOCK, ALLOW) for number in range(40)
    ]
    found = annotated(replace(gate(*many), unread=()))
    kinds = [name for name, _, _ in found]

    assert (kinds.count("error"), kinds.count("notice")) == (MOST_OF_A_LEVEL, MOST_OF_A_LEVEL)
    assert found[-1][2] == "and 61 more; other formats list them all"


@given(address=TEXTS, message=TEXTS)
def test_no_text_becomes_a_command_of_its_own(address: str, message: str) -> None:
    report = gate(ruling(address, FAIL, BLOCK, message=message), subject=message)
    assert [name for name, _, _ in annotated(report)] == ["error", "warning"]


def issues(*reports: GateReport) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(render_gitlab_quality(gate_annotations(reports)))
    for one in found:
        assert {"description", "check_name", "fingerprint", "severity", "location"} == one.keys()
        assert one["severity"] in ("info", "minor", "major", "critical", "blocker")
    return found


def test_gitlab_gets_a_path_from_the_root_and_a_severity_of_its_own() -> None:
    found = issues(MIXED)

    assert [one["severity"] for one in found] == ["blocker", "major", "minor", "info"]
    assert found[0]["location"] == {"path": "infra/plan.json", "lines": {"begin": 1}}


def test_a_fingerprint_stays_when_lines_and_words_change() -> None:
    before = ruling("a", FAIL, WARN)
    moved = replace(
        before, verdict=replace(before.verdict, at=Origin("main.tf", 90)), message="new"
    )
    other = ruling("b", FAIL, WARN)
    marks = [issues(gate(one))[0]["fingerprint"] for one in (before, moved, other)]

    assert marks[0] == marks[1] != marks[2]
    # The same address in two files is two issues: equal marks would be shown as one.
    assert len({one["fingerprint"] for one in issues(gate(before), gate(moved))}) == 4


def test_nothing_to_say_is_an_empty_list_for_gitlab() -> None:
    assert json.loads(render_gitlab_quality(gate_annotations([replace(gate(), unread=())]))) == []


def test_conftest_counts_no_unknown_verdict_as_a_success() -> None:
    (check,) = json.loads(render_gate_conftest([MIXED]))

    assert (check["filename"], check["namespace"], check["successes"]) == ("plan.json", "main", 1)
    assert [len(check[key]) for key in ("failures", "warnings", "exceptions")] == [1, 2, 1]
    assert check["failures"][0]["msg"] == "d.fail: why"
    assert check["failures"][0]["metadata"]["control"] == "own-rule"
    assert check["warnings"][0]["msg"] == "b.unknown: nobody can tell: why"


def test_conftest_leaves_empty_lists_out() -> None:
    (check,) = json.loads(render_gate_conftest([replace(gate(), unread=())]))
    assert check.keys() == {"filename", "namespace", "successes"}


def is_refused_by_older_atlantis(output: str) -> bool:
    """Any `fail`, whatever the case."""
    return "fail" in output.lower()


def is_refused_by_newer_atlantis(output: str) -> bool:
    """A number of failures above zero, the list of them in JSON, or FAIL before a line."""
    counted = re.search(r"\b[1-9]\d* failures?\b", output)
    listed = re.search(r'"failures":\s*\[', output)
    return bool(counted or listed or re.search("^FAIL", output, re.MULTILINE))


READERS = [is_refused_by_older_atlantis, is_refused_by_newer_atlantis]


@pytest.mark.parametrize("is_refused", READERS)
def test_both_kinds_of_atlantis_see_what_blocks(is_refused: object) -> None:
    assert callable(is_refused)
    assert is_refused(render_gate_atlantis([WARNING, MIXED]))
    assert not is_refused(render_gate_atlantis([WARNING]))
    assert not is_refused(render_gate_atlantis([gate(subject="failover.json")]))


def test_atlantis_is_told_how_many_verdicts_block() -> None:
    text = render_gate_atlantis([MIXED])
    assert text.splitlines()[0].startswith("FAIL - d.fail: why [own-rule] owner checkout")
    assert text.splitlines()[-1].endswith("1 passed, 1 warnings, 1 waived, 1 unknown, 1 failure")


def test_a_parted_word_is_explained() -> None:
    text = render_gate_atlantis([WARNING])
    assert "aws_lambda.f·ailover" in text
    assert text.splitlines()[-1].startswith("A dot parts a word")


@given(address=TEXTS, message=TEXTS, subject=TEXTS)
def test_no_text_refuses_or_passes_a_change_by_itself(
    address: str, message: str, subject: str
) -> None:
    for answer in (WARN, BLOCK):
        text = render_gate_atlantis(
            [gate(ruling(address, FAIL, answer, message=message), subject=subject)]
        )
        refused = [reader(text) for reader in READERS]
        assert refused == [answer is BLOCK] * 2


def test_sarif_is_one_run_with_worst_results_first() -> None:
    log = json.loads(render_gate_sarif([WARNING, MIXED], version="0.1.0"))
    (run,) = log["runs"]

    assert run["automationDetails"]["id"] == "tesuri-plan/"
    assert [one["level"] for one in run["results"]] == ["error", "warning", "none", "note"]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in run["results"])


def test_a_file_name_cannot_leave_its_place_in_sarif() -> None:
    one = ruling("a", FAIL, WARN)
    strange = replace(one, verdict=replace(one.verdict, at=Origin('a b#?%"<\n>.json')))
    (run,) = json.loads(render_gate_sarif([gate(strange)], version="1"))["runs"]
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]

    assert uri == "a%20b%23%3F%25%22%3C%0A%3E.json"


def test_every_annotation_is_one_line() -> None:
    report = gate(*starmap(ruling, [(HOSTILE, FAIL, BLOCK), (HOSTILE, UNKNOWN, WARN)]))
    assert all(len(one.message.splitlines()) == 1 for one in gate_annotations([report]))
