"""Only what a change adds decides: against an earlier answer, and against the earlier plan itself."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import yaml

from tests.cli.company import plan
from tests.cli.conftest import Ask
from tests.cli.waivers.test_approve import answers, verdicts, with_group, with_rule
from tesuri.model.event import EventKind
from tesuri.storage.database import open_engine
from tesuri.storage.store import SqlStore

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


def test_the_store_remembers_the_answer_that_the_change_got(ask_known: Ask, folder: Path) -> None:
    assert ask_known("check", "plan", "plan-b.json").code == 1
    same = ask_known("check", "plan", "plan-b.json", "--against", "plan-b.json")
    assert same.code == 0

    answered = [(each["answer"], each["failed"] != 0) for each in gates_answered(folder)]
    assert answered == [("block", True), ("allow", False)]


def test_what_was_there_before_stays_a_finding(ask_known: Ask, folder: Path) -> None:
    ask_known("check", "plan", "plan-b.json", "--against", "plan-b.json")
    found = ask_known(
        "findings", "rule:aws-ec2-security-group-admin-port-world", "--format", "json"
    ).json()
    assert found["total"] != 0


def test_the_baseline_is_not_explained(spent: Ask) -> None:
    whole = spent("--lang", "en", "check", "--explain", "plan", "plan-b.json")
    same = spent("check", "--explain", "plan", "plan-b.json", "--against", "plan-b.json")
    assert "Condition, and what each part" in whole.out
    assert "Condition, and what each part" not in same.out


def test_admission_has_a_baseline_and_the_webhook_has_none(spent: Ask, folder: Path) -> None:
    (folder / "pod.yaml").write_text(POD, encoding="utf-8")
    worse = POD.replace("hostNetwork: false", "hostNetwork: true")
    (folder / "worse.yaml").write_text(worse, encoding="utf-8")
    asked = ("check", "admission", "pod.yaml", "--baseline")

    assert spent("check", "admission", "pod.yaml").code == 1
    assert spent(*asked, "pod.yaml").code == 0
    assert spent("check", "admission", "worse.yaml", "--baseline", "pod.yaml").code == 1
    refused = spent(*asked, "pod.yaml", "--response")
    assert (refused.code, "has no baseline" in refused.err) == (2, True)


def test_recordings_have_a_baseline(spent: Ask, folder: Path) -> None:
    (folder / "before").mkdir()
    (folder / "after").mkdir()
    for name in ("before", "after"):
        (folder / name / "pod.json").write_text(recorded(POD), encoding="utf-8")
    before = spent("check", "snapshot", "before", "--format", "json")
    (folder / "answer.json").write_text(before.out, encoding="utf-8")
    asked = ("check", "snapshot", "after", "--fail-on", "fail")

    assert spent(*asked).code == 1
    assert spent(*asked, "--baseline", "before").code == 0
    assert spent(*asked, "--baseline", "answer.json").code == 0
    worse = POD.replace("hostNetwork: false", "hostNetwork: true")
    (folder / "after" / "pod.json").write_text(recorded(worse), encoding="utf-8")
    assert spent(*asked, "--baseline", "before").code == 1


def test_events_have_a_baseline(spent: Ask, folder: Path) -> None:
    call = {"eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "eventID": "e-1"}
    root = {**call, "userIdentity": {"type": "Root", "accountId": "111122223333"}}
    (folder / "log.json").write_text(json.dumps({"Records": [root]}), encoding="utf-8")
    asked = ("check", "event", "log.json", "--fail-on", "fail")

    assert spent(*asked).code == 1
    assert spent(*asked, "--baseline", "log.json").code == 0


def recorded(manifest: str) -> str:
    """Give what `kubectl get pod -A -o json` prints of a pod."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": [yaml.safe_load(manifest)]})


def gates_answered(folder: Path) -> Sequence[Mapping[str, object]]:
    """Give what the journal keeps of the answers of gates, oldest first."""
    store = SqlStore(open_engine(f"sqlite:///{folder / '.tesuri' / 'tesuri.db'}"))
    try:
        with store.read() as reader:
            return [each.payload for each in reader.events(kinds=(EventKind.GATE_ANSWERED,))]
    finally:
        store.close()


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


def test_what_cannot_be_read_of_a_revision_is_said_and_stops_nothing(
    committed: Ask, folder: Path
) -> None:
    place = folder / "infra" / "pod.yaml"
    place.write_text("kind: Pod\napiVersion: v1\nspec: [", encoding="utf-8")
    in_git("add", "infra")
    in_git("commit", "-q", "-m", "Broken.")
    place.write_text(POD, encoding="utf-8")

    found = committed("check", "commit", "infra/pod.yaml", "--base", "HEAD")

    assert found.code == 1
    assert "In HEAD, the revision before the change: infra/pod.yaml" in found.err
    assert "What it holds counts as added since." in found.err


def test_what_git_had_is_said_under_the_name_of_the_file(committed: Ask, folder: Path) -> None:
    (folder / "infra" / "main.tf").write_text('resource "aws_s3_bucket" {', encoding="utf-8")
    in_git("add", "infra")
    staged = committed("check", "commit", "--staged")
    assert (staged.code, staged.err.count("infra")) == (2, 1)
    assert "tesuri: infra" in staged.err


def test_a_revision_that_git_does_not_know_is_refused(committed: Ask) -> None:
    for revision in ("nowhere", "--help", ""):
        refused = committed("check", "commit", "infra/pod.yaml", f"--base={revision}")
        assert refused.code == (2 if revision else 1)
        assert ("Git knows no revision" in refused.err) is bool(revision)
