"""What a control says of an age: told the time it judges, and without it nobody knows."""

from datetime import UTC, datetime, timedelta

import pytest

from tesuri.controls.cases import load_cases
from tesuri.controls.compiled import CompiledControl
from tesuri.controls.evaluate import evaluate
from tesuri.model.control import VerdictKind
from tesuri.model.errors import BadInput
from tesuri.model.resource import Resource

MADE = datetime(2026, 1, 10, 9, tzinfo=UTC)
QUARTER = timedelta(days=90)


@pytest.fixture
def rotated(catalogue: dict[str, CompiledControl]) -> CompiledControl:
    return catalogue["aws-iam-user-key-rotated"]


def user() -> Resource:
    key = {"Status": "Active", "CreateDate": MADE.isoformat()}
    return Resource("AWS::IAM::User", "orders", {"AccessKeys": [dict(key)]})


def test_a_key_is_old_from_the_second_after_its_last_day(rotated: CompiledControl) -> None:
    on_time = evaluate(rotated, user(), now=MADE + QUARTER)
    late = evaluate(rotated, user(), now=MADE + QUARTER + timedelta(seconds=1))

    assert on_time.kind is VerdictKind.PASS
    assert late.kind is VerdictKind.FAIL
    assert late.reason == "an active key was made on 2026-01-10"


def test_an_old_key_is_the_same_violation_tomorrow(rotated: CompiledControl) -> None:
    today = evaluate(rotated, user(), now=MADE + 2 * QUARTER)
    tomorrow = evaluate(rotated, user(), now=MADE + 2 * QUARTER + timedelta(days=1))

    assert today.parts == tomorrow.parts
    assert len(today.parts) == 1


def test_without_the_time_an_age_is_unknown(rotated: CompiledControl) -> None:
    assert evaluate(rotated, user()).kind is VerdictKind.UNKNOWN


@pytest.mark.parametrize("said", ["yesterday", "2026-01-10T09:00:00", ""])
def test_a_case_at_no_certain_time_is_refused(said: str) -> None:
    source = f"""
cases:
  - {{name: old, point: live, verdict: fail, address: orders, now: '{said}', input: {{}}}}
"""
    with pytest.raises(BadInput, match="no such time") as refused:
        load_cases(source.encode(), where="c")
    assert refused.value.where == "c#/cases/0/now"
