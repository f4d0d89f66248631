"""Public service control policies and the decisions of the corpus: every file is read or refused, every case agrees.

The counts are committed: fewer policies read, more refused or a case that disagrees is a regression.
"""

import json
from pathlib import Path

import pytest

from tests.controls.scp.documents import NOW
from tesuri.controls.scp.denial import read_denial
from tesuri.controls.scp.lint import lint_policy
from tesuri.controls.scp.policy import read_policy
from tesuri.controls.scp.request import read_request
from tesuri.flows.organization.explain_denial import Certainty, explain_denial
from tesuri.flows.organization.replay_calls import Replay, replay_file
from tesuri.flows.organization.simulate_policy import simulate_policy
from tesuri.model.errors import BadInput
from tesuri.model.scp import ScpAnswer, ScpDecision, ScpPolicy
from tesuri.subjects.cloudtrail.recorded_call import recorded_call
from tesuri.untrusted.shape import items, mapping, text

pytestmark = pytest.mark.corpus

READ, REFUSED = 27, 1
"""The refused one holds a comment, which Amazon refuses, too."""

UNFILLED = 13
"""Policies of which lint says that a placeholder is not filled in."""


def guardrails(corpus: Path) -> Path:
    folder = corpus / "guardrails"
    if not folder.is_dir():
        pytest.skip("the corpus has no guardrails")
    return folder


def cases(corpus: Path) -> list[object]:
    file = guardrails(corpus) / "scp-cases" / "cases.json"
    if not file.is_file():
        pytest.skip("the corpus has no cases of service control policies")
    return items(json.loads(file.read_bytes()), "cases")


def filled(case: object, folder: Path) -> ScpPolicy:
    """Read the policy of a case with its placeholders filled in."""
    words = (folder / text(case, "policy")).read_text(encoding="utf-8")
    for name, value in mapping(case, "bindings").items():
        words = words.replace(name, str(value))
    return read_policy(words.encode(), where=text(case, "policy"))


def test_every_public_policy_is_read_or_refused_as_amazon_does(corpus: Path) -> None:
    files = sorted((guardrails(corpus) / "scp").rglob("*.json"))
    if not files:
        pytest.skip("the corpus has no service control policies")
    read, refused, unfilled = 0, [], 0
    for file in files:
        try:
            read_policy(file.read_bytes(), where=file.name)
            found = lint_policy(file.read_bytes(), where=file.name)
        except BadInput as error:
            refused.append(str(error))
            continue
        read += 1
        rules = {each.rule for each in found if each.level.value == "error"}
        # Nothing but unfilled placeholders is wrong with published examples.
        assert rules <= {"placeholder"}, (file.name, rules)
        unfilled += bool(rules)
    assert (read, len(refused), unfilled) == (READ, REFUSED, UNFILLED)
    assert "This is not JSON at line 15" in refused[0]


def place_of(answer: ScpAnswer) -> int | None:
    return answer.decisive.statement.index if answer.decisive else None


def test_every_case_gets_its_decision_and_its_statement(corpus: Path) -> None:
    wrong = []
    found = cases(corpus)
    for case in found:
        request = read_request(json.dumps(mapping(case, "request")).encode(), where="case", now=NOW)
        answer = simulate_policy(
            request, policies=[filled(case, guardrails(corpus))], organization=None
        )
        expected = mapping(case, "expected")
        if (answer.decision.value, place_of(answer)) != (
            text(expected, "decision"),
            expected["statement_index"],
        ):
            wrong.append(text(case, "id"))
    assert (wrong, len(found) >= 9) == ([], True)


def test_the_recorded_call_of_a_case_is_decided_and_explained_alike(corpus: Path) -> None:
    recorded = [each for each in cases(corpus) if mapping(each, "cloudtrail_event")]
    for case in recorded:
        data = json.dumps(mapping(case, "cloudtrail_event")).encode()
        policy = filled(case, guardrails(corpus))
        replay = Replay()
        replay_file(data, replay, where="case", policies=[policy], organization=None)
        found = explain_denial(data, where="case", policies=[policy], organization=None)
        index = mapping(case, "expected")["statement_index"]
        assert found.statements[0].statement.index == index, text(case, "id")
        # A record does not show the key that one of the cases turns on.
        is_shown = text(case, "id") != "big-instance"
        assert (found.certainty is Certainty.CERTAIN) is is_shown, text(case, "id")
        wanted = ScpDecision.DENY if is_shown else ScpDecision.UNKNOWN
        assert replay.counts == {wanted: 1}, text(case, "id")
    assert len(recorded) >= 4


def test_every_recorded_call_of_the_corpus_is_decided_or_counted(corpus: Path) -> None:
    files = sorted((guardrails(corpus) / "cloudtrail" / "invictus").glob("*.json"))
    if not files:
        pytest.skip("the corpus has no CloudTrail logs")
    policies = [filled(case, guardrails(corpus)) for case in cases(corpus)]
    replay = Replay()
    for file in files:
        replay_file(
            file.read_bytes(), replay, where=file.name, policies=policies, organization=None
        )
    assert replay.unread == []
    assert replay.counts.total() + replay.out_of_reach.total() == replay.records
    assert replay.records == sum(
        len(items(json.loads(file.read_bytes()), "Records")) for file in files
    )
    calls = [
        recorded_call(mapping(each))
        for file in files
        for each in items(json.loads(file.read_bytes()), "Records")
    ]
    assert all(":" in each.action for each in calls)


def test_every_denial_of_the_corpus_tells_what_it_holds(corpus: Path) -> None:
    file = guardrails(corpus) / "denials" / "messages.tsv"
    if not file.is_file():
        pytest.skip("the corpus has no denials")
    rows = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()[1:]]
    found = {row[0]: read_denial(row[1]) for row in rows}
    for form, denial in found.items():
        is_detailed = form.startswith("scp-")
        assert bool(denial.principal and denial.action) is is_detailed, form
        assert denial.blames_another is False, form
        assert (denial.policy_kind == "service control policy") is is_detailed, form
    assert found["scp-with-policy-arn"].policy_id == "p-example1"
