"""Only what a change adds decides: against an earlier answer, and against the earlier plan itself."""

import subprocess
from pathlib import Path

import pytest

from tests.cli.company import plan
from tests.cli.conftest import Ask
from tests.cli.test_approve import answers, verdicts, with_group, with_rule

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  hostNetwork: false
  containers: [{name: web, image: web, securityContext: {privileged: true}}]
"""


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


def in_git(*words: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    subprocess.run(["git", *identity, *words], check=True, capture_output=True)


@pytest.fixture
def committed(spent: Ask, folder: Path) -> Ask:
    (folder / "infra").mkdir()
    (folder / "infra" / "pod.yaml").write_text(POD, encoding="utf-8")
    in_git("init", "-q")
    in_git("add", "infra")
    in_git("commit", "-q", "-m", "Before.")
    return spent


def test_what_a_revision_had_decides_nothing(committed: Ask, folder: Path) -> None:
    place = folder / "infra" / "pod.yaml"
    place.write_text(f"# A line moves everything.\n{POD}", encoding="utf-8")
    assert committed("check", "commit", "infra/pod.yaml").code == 1

    same = committed("check", "commit", "infra/pod.yaml", "--base", "HEAD", "--format", "json")

    assert same.code == 0
    assert '"violations that were there before": 0' not in same.out


def test_what_was_added_since_a_revision_blocks(committed: Ask, folder: Path) -> None:
    worse = POD.replace("hostNetwork: false", "hostNetwork: true")
    (folder / "infra" / "pod.yaml").write_text(worse, encoding="utf-8")
    in_git("add", "infra")

    more = committed("check", "commit", "--staged", "--base", "HEAD", "--format", "json")

    assert more.code == 1
    assert '"kubernetes-pod-host-network"' in more.out
    assert '"kubernetes-pod-privileged"' not in more.out


def test_a_file_that_the_revision_had_not_is_all_new(committed: Ask, folder: Path) -> None:
    (folder / "infra" / "new.yaml").write_text(POD, encoding="utf-8")
    assert committed("check", "commit", "infra/new.yaml", "--base", "HEAD").code == 1


def test_a_revision_that_git_does_not_know_is_refused(committed: Ask) -> None:
    for revision in ("nowhere", "--help", ""):
        refused = committed("check", "commit", "infra/pod.yaml", f"--base={revision}")
        assert refused.code == (2 if revision else 1)
        assert ("Git knows no revision" in refused.err) is bool(revision)
