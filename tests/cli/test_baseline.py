"""Only what a change adds decides: against an earlier answer, and against the earlier plan itself."""

from pathlib import Path

import pytest

from tests.cli.company import plan
from tests.cli.conftest import Ask
from tests.cli.test_approve import answers, verdicts, with_group, with_rule


@pytest.fixture
def spent(folder: Path, ask: Ask) -> Ask:
    (folder / "tesuri.yaml").write_text("name: A\ndefault_policy_state: spent\n", encoding="utf-8")
    return ask


def test_what_was_there_before_is_counted_and_decides_nothing(spent: Ask, folder: Path) -> None:
    before = spent("check", "plan", "plan-b.json", "--format", "json")
    (folder / "before.json").write_text(before.out, encoding="utf-8")
    assert before.code == 1
    for option, name in (("--baseline", "before.json"), ("--against", "plan-b.json")):
        same = spent("check", "plan", "plan-b.json", option, name, "--format", "json")
        assert (same.code, verdicts(same)) == (0, [])
        assert f'"violations that were there before": {len(verdicts(before))}' in same.out


def test_what_the_change_adds_blocks(spent: Ask, folder: Path) -> None:
    (folder / "more.json").write_text(with_group(plan("b"), "db"), encoding="utf-8")
    more = spent("check", "plan", "more.json", "--against", "plan-b.json", "--format", "json")
    assert (more.code, answers(more)) == (1, {"block"})
    assert {each["address"] for each in verdicts(more)} == {"aws_security_group.db"}


def test_one_more_violation_of_a_known_resource_is_new(spent: Ask, folder: Path) -> None:
    (folder / "more.json").write_text(with_rule(plan("b"), 3389), encoding="utf-8")
    assert spent("check", "plan", "more.json", "--against", "plan-b.json").code == 1
    assert spent("check", "plan", "plan-b.json", "--against", "more.json").code == 0


def test_one_earlier_file_tells_nothing_of_several(spent: Ask) -> None:
    refused = spent("check", "plan", "plan-a.json", "plan-b.json", "--against", "plan-a.json")
    assert (refused.code, "several files" in refused.err) == (2, True)


def test_a_baseline_that_cannot_be_read_is_no_pass(spent: Ask) -> None:
    assert spent("check", "plan", "plan-b.json", "--baseline", "cut.json").code == 2
    assert spent("check", "plan", "plan-b.json", "--baseline", "nothing.json").code == 2
