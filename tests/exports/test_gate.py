import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from tesuri.exports.gate_json import render_gate_json
from tesuri.exports.gate_junit import render_gate_junit
from tesuri.exports.gate_markdown import MOST_ROWS, render_gate_markdown
from tesuri.exports.gate_sarif import render_gate_sarif
from tesuri.model.control import (
    GateAnswer,
    GateReport,
    Point,
    Ruling,
    Rulings,
    Verdict,
    VerdictKind,
)
from tesuri.model.identifiers import ControlId, ServiceId, TeamId, WaiverId
from tesuri.model.objective import PolicyState
from tesuri.model.resource import Origin
from tesuri.model.severity import Severity


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
        at=Origin("plan.json", pointer="/resource_changes/0"),
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
        waivers_considered=((WaiverId(waiver), "applies until 2026-06-08"),) if waiver else (),
    )


FAIL, UNKNOWN, PASS = VerdictKind.FAIL, VerdictKind.UNKNOWN, VerdictKind.PASS


def gate(*rulings: Ruling) -> GateReport:
    counts = {kind: sum(one.verdict.kind is kind for one in rulings) for kind in VerdictKind}
    return GateReport(
        point=Point.PLAN,
        subject="plan.json",
        answer=max(
            (one.answer for one in rulings), key=lambda one: one.rank, default=GateAnswer.ALLOW
        ),
        rulings=rulings,
        unread=(("aws_instance.x", "its planned values are a list"),),
        counts=counts,
        resources=len(rulings),
        controls=1,
    )


MIXED = gate(
    ruling("a.pass", PASS, GateAnswer.ALLOW, message=""),
    ruling("b.unknown", UNKNOWN, GateAnswer.WARN),
    ruling("c.waived", FAIL, GateAnswer.ALLOW, waiver="WVR-1"),
    ruling("d.fail", FAIL, GateAnswer.BLOCK),
)
HOSTILE = '<b>|\n@all `x` ]]> & "q" \x00\x1b[31m'


def test_json_lists_what_is_not_a_pass_and_counts_everything() -> None:
    document = json.loads(render_gate_json(MIXED))

    assert document.keys() == {"summary", "verdicts", "unread"}
    assert [one["address"] for one in document["verdicts"]] == ["d.fail", "b.unknown", "c.waived"]
    summary = document["summary"]
    assert (summary["pass"], summary["fail"], summary["unknown"], summary["waived"]) == (1, 2, 1, 1)
    assert (summary["answer"], summary["unread"]) == ("block", 1)
    first = document["verdicts"][0]
    assert first["at"] == {"file": "plan.json", "line": None, "pointer": "/resource_changes/0"}
    assert (first["owner"], first["policy_state"], first["version"]) == (
        "payments",
        "spent",
        "0123456789ab",
    )
    assert document["verdicts"][2]["waiver"] == "WVR-1"


def test_markdown_says_the_answer_and_hides_no_part() -> None:
    text = render_gate_markdown(MIXED)

    assert text.startswith("### Tesuri blocks this change\n\n2 fail, 1 unknown, 1 waived, 1 pass;")
    assert "| waived by WVR-1 |" in text
    assert "not known: why" in text
    assert "1 parts could not be looked at" in text


def test_a_long_comment_is_cut_and_says_so() -> None:
    many = [ruling(f"a.{number}", FAIL, GateAnswer.WARN) for number in range(MOST_ROWS + 3)]

    assert "3 more are not shown here." in render_gate_markdown(gate(*many))


@pytest.mark.parametrize("answer", [GateAnswer.BLOCK, GateAnswer.WARN])
def test_text_of_a_plan_cannot_become_markup(answer: GateAnswer) -> None:
    report = gate(ruling(HOSTILE, FAIL, answer, message=HOSTILE))
    row = next(line for line in render_gate_markdown(report).splitlines() if "own-rule" in line)

    assert "\\<b\\>\\|" in row
    assert "\\@all" in row
    case = ET.fromstring(render_gate_junit(report).encode()).find(".//testcase")  # noqa: S314 - our own text
    assert case is not None
    assert case.attrib["name"].startswith("<b>|")
    assert json.loads(render_gate_sarif([report], version="1"))["runs"][0]["results"]


def test_sarif_gives_level_kind_and_suppression() -> None:
    run = json.loads(render_gate_sarif([MIXED], version="0.1.0"))["runs"][0]

    assert [(one["kind"], one["level"]) for one in run["results"]] == [
        ("fail", "error"),
        ("open", "none"),
        ("fail", "note"),
    ]
    assert run["results"][2]["suppressions"][0]["justification"] == "WVR-1"
    assert run["results"][0]["ruleIndex"] == 0
    prints = {one["partialFingerprints"]["tesuriVerdict/v1"] for one in run["results"]}
    assert len(prints) == 3


def test_junit_fails_what_blocks_and_skips_what_warns() -> None:
    suite = ET.fromstring(render_gate_junit(MIXED).encode()).find("testsuite")  # noqa: S314 - our own text

    assert suite is not None
    figures = {key: suite.attrib[key] for key in ("tests", "failures", "skipped")}
    assert figures == {"tests": "5", "failures": "1", "skipped": "3"}
    assert len(suite.findall(".//failure")) == 1
    assert len(suite.findall("testcase")) == 5


@pytest.mark.parametrize("rulings", [(), MIXED.rulings[:1], MIXED.rulings])
def test_json_in_parts_is_indented_like_one_document(rulings: tuple[Ruling, ...]) -> None:
    text = render_gate_json(replace(MIXED, rulings=rulings))

    assert text.decode() == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


def test_junit_tells_passes_by_their_verdict_when_all_are_judged_again() -> None:
    again = Rulings(MIXED.rulings[1:], 1, lambda: [replace(one) for one in MIXED.rulings])

    assert render_gate_junit(replace(MIXED, rulings=again)) == render_gate_junit(MIXED)
