"""`tesuri controls`: the list, the cases, the matrix, and the files of a new one."""

from pathlib import Path

import pytest

from tests.cli.company import Answer
from tests.cli.conftest import Ask
from tesuri.model.control import Point
from tesuri.untrusted.shape import at

ENCRYPTED = """\
id: own-volume-encrypted
title: Volumes are encrypted
statement: A volume that is not encrypted can be read by whoever copies it.
severity: high
resource: AWS::EC2::Volume
require: resource.Encrypted
message: "'not encrypted'"
points: {template: {}, live: {not: nobody collects it}}
strictness: {low: block}
maps: {house: [V-1]}
"""
CASES = """\
cases:
  - {name: open, point: template, verdict: fail, address: Disk, message: not encrypted, input: {Resources: {Disk: {Type: "AWS::EC2::Volume", Properties: {Encrypted: false}}}}}
  - {name: closed, point: template, verdict: pass, address: Disk, input: {Resources: {Disk: {Type: "AWS::EC2::Volume", Properties: {Encrypted: true}}}}}
"""
NAME = "own-volume-encrypted"


def write_control(folder: Path, *, control: str = ENCRYPTED, cases: str = CASES) -> None:
    (folder / "controls").mkdir()
    (folder / "controls" / f"{NAME}.yaml").write_text(control, encoding="utf-8")
    (folder / "controls" / f"{NAME}.cases.yaml").write_text(cases, encoding="utf-8")


def rows(answer: Answer, key: str) -> list[dict[str, object]]:
    found = answer.json()[key]
    assert isinstance(found, list)
    return found


def test_the_list_carries_what_is_needed_to_join_a_control_with_a_framework(
    ask: Ask, folder: Path
) -> None:
    write_control(folder)
    listed = {
        row["id"]: row for row in rows(ask("controls", "list", "--format", "json"), "controls")
    }

    own = listed[NAME]
    assert own["points"] == ["commit", "template"]
    assert own["cannot"] == {"live": "nobody collects it"}
    assert (own["severity"], own["maps"], own["resource"]) == (
        "high",
        {"house": ["V-1"]},
        "AWS::EC2::Volume",
    )
    assert listed["kubernetes-pod-privileged"]["catalogue"] == "PSS-B-PRIVILEGED"
    assert len(str(own["version"])) == 12


def test_the_list_is_written_in_every_format_and_in_japanese(ask: Ask, folder: Path) -> None:
    write_control(folder)
    for form in ("table", "jsonl", "csv", "markdown"):
        assert NAME in ask("controls", "list", "--format", form).out.replace("\\-", "-")
    assert "管理策" in ask("controls", "list", "--lang", "ja").out


def test_cases_that_get_their_verdict_let_the_command_end_with_zero(ask: Ask, folder: Path) -> None:
    write_control(folder)
    answer = ask("controls", "test", NAME, "kubernetes-pod-privileged", "--format", "json")

    assert answer.code == 0
    by_control = {str(row["control"]) for row in rows(answer, "cases")}
    assert by_control == {NAME, "kubernetes-pod-privileged"}
    assert all(row["is_right"] for row in rows(answer, "cases"))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("require: resource.Encrypted", "require: 'true'", "It gets pass, not fail."),
        ("'not encrypted'", "'open'", "It says 'open', not 'not encrypted'."),
    ],
)
def test_a_case_that_gets_another_answer_is_named_and_fails(
    ask: Ask, folder: Path, old: str, new: str, problem: str
) -> None:
    write_control(folder, control=ENCRYPTED.replace(old, new))
    answer = ask("controls", "test", NAME)

    assert answer.code == 1
    assert problem in answer.out
    assert "open" in answer.out
    assert "failed: 1;" in answer.err


def test_a_case_at_an_address_that_is_not_there_fails(ask: Ask, folder: Path) -> None:
    write_control(folder, cases=CASES.replace("address: Disk, message", "address: Tape, message"))
    answer = ask("controls", "test", NAME, "--format", "json")

    assert answer.code == 1
    (wrong,) = [row for row in rows(answer, "cases") if not row["is_right"]]
    assert wrong["problem"] == "The input has nothing at Tape; it has Disk."


def test_a_point_without_a_good_case_fails(ask: Ask, folder: Path) -> None:
    write_control(folder, cases="".join(CASES.splitlines(keepends=True)[:2]))
    answer = ask("controls", "test", NAME)

    assert answer.code == 1
    assert f"{NAME}: the point template has no good and bad case." in answer.err


def test_cases_without_a_control_are_refused(ask: Ask, folder: Path) -> None:
    write_control(folder)
    (folder / "controls" / "other.cases.yaml").write_text(CASES, encoding="utf-8")
    answer = ask("controls", "test")

    assert answer.code == 2
    assert "There is no control 'other' for these cases." in answer.err


def test_a_case_of_a_service_control_policy_asks_the_policy(ask: Ask, folder: Path) -> None:
    points = "points: {scp: {deny: {Action: [s3:DeleteBucket]}}}"
    request = "input: {action: '%s', principal_arn: 'arn:aws:iam::111122223333:role/x'}"
    lines = [
        "cases:",
        f"  - {{name: a, point: scp, verdict: fail, address: x, {request % 's3:DeleteBucket'}}}",
        f"  - {{name: b, point: scp, verdict: pass, address: x, {request % 's3:GetObject'}}}",
    ]
    control = ENCRYPTED.replace("points: {template: {}, live: {not: nobody collects it}}", points)
    write_control(folder, control=control, cases="\n".join(lines) + "\n")

    assert ask("controls", "test", NAME).code == 0
    shown = ask("controls", "coverage", NAME, "--format", "json")
    points_of = rows(shown, "coverage")[0]["points"]
    assert isinstance(points_of, dict)
    assert points_of["scp"] == {"effect": "blocks", "reason": "", "is_stricter": False}


@pytest.mark.parametrize(
    ("state", "effect"), [("ample", "warns"), ("low", "blocks"), ("spent", "blocks")]
)
def test_the_matrix_says_what_each_point_does_at_a_policy_state(
    ask: Ask, folder: Path, state: str, effect: str
) -> None:
    write_control(folder)
    answer = ask("controls", "coverage", NAME, "--state", state, "--format", "json")

    (row,) = rows(answer, "coverage")
    cells = row["points"]
    assert isinstance(cells, dict)
    assert list(cells) == [point.value for point in Point]
    told = {"effect": effect, "reason": "", "is_stricter": effect == "blocks"}
    assert cells["commit"] == cells["template"] == told
    cannot = {"effect": "cannot", "reason": "nobody collects it", "is_stricter": False}
    assert cells["live"] == cannot
    assert cells["plan"]["reason"] == "The control does not declare this point."


def test_every_point_where_a_control_cannot_act_has_a_reason_of_that_point(ask: Ask) -> None:
    """A matrix that only says "not declared" says nothing."""
    answer = ask("controls", "coverage", "--format", "json")

    bare = [
        (row["control"], point)
        for row in rows(answer, "coverage")
        if isinstance(cells := row["points"], dict)
        for point, cell in cells.items()
        if cell["effect"] == "cannot"
        if cell["reason"] in ("", "The control does not declare this point.")
    ]
    assert bare == []


def test_the_matrix_tells_the_reasons_under_the_table(ask: Ask, folder: Path) -> None:
    write_control(folder)
    shown = ask("controls", "coverage", NAME).out

    assert "Cannot" in shown
    assert "live: nobody collects it (1)" in shown


@pytest.mark.parametrize(
    "resource",
    ["AWS::EC2::Volume", "k8s:v1/Pod", "k8s:apps/v1/Deployment", "k8s:v1/Service", "terraform:x_y"],
)
def test_a_new_control_loads_observes_and_waits_for_its_condition(
    ask: Ask, folder: Path, resource: str
) -> None:
    written = ask("controls", "new", "own-new", "--resource", resource)
    assert written.code == 0
    assert written.out.split() == ["controls/own-new.yaml", "controls/own-new.cases.yaml"]

    answer = ask("controls", "test", "own-new", "--format", "json")
    assert answer.code == 1
    assert [(row["case"], row["found"]) for row in rows(answer, "cases")] == [
        ("the bad one", "fail"),
        ("the good one", "fail"),
    ]
    shown = ask("controls", "coverage", "own-new", "--state", "breached", "--format", "csv").out
    assert "observes" in shown
    assert "blocks" not in shown
    assert folder.joinpath("controls/own-new.yaml").is_file()


@pytest.mark.parametrize(
    ("identity", "resource", "said"),
    [
        ("Own_New", "AWS::EC2::Volume", "is no id"),
        ("own-new", "volume", "is no resource type"),
        ("own-new", "terraform:aws_instance", "becomes AWS::EC2::Instance"),
        ("kubernetes-pod-privileged", "k8s:v1/Pod", "There is a control"),
    ],
)
def test_a_new_control_that_cannot_be_is_refused_and_nothing_is_written(
    ask: Ask, folder: Path, identity: str, resource: str, said: str
) -> None:
    answer = ask("controls", "new", identity, "--resource", resource)

    assert answer.code == 2
    assert said in answer.err
    assert not (folder / "controls").exists()


def test_a_new_control_overwrites_nothing(ask: Ask, folder: Path) -> None:
    write_control(folder)
    own = folder / "controls" / "other.cases.yaml"
    own.write_text("cases: []\n", encoding="utf-8")
    answer = ask("controls", "new", "other", "--resource", "k8s:v1/Pod")

    assert answer.code == 2
    assert "is not overwritten" in answer.err
    assert own.read_text(encoding="utf-8") == "cases: []\n"
    assert not (folder / "controls" / "other.yaml").exists()


def test_coverage_says_the_figures_of_the_page(ask: Ask) -> None:
    ample = ask("controls", "coverage", "--format", "json").json()
    spent = ask("controls", "coverage", "--state", "spent", "--format", "json").json()

    assert isinstance(ample["stops"], int)
    assert isinstance(spent["stops"], int)
    assert ample["stops"] < spent["stops"]
    for answer in (ample, spent):
        total = len(answer["coverage"]) if isinstance(answer["coverage"], list) else 0
        assert sum(int(str(answer[key])) for key in ("stops", "warns", "watches")) == total
    assert "Stop a mistake before it ships" in ask("controls", "coverage").out


def test_one_control_is_shown_in_the_reader_s_language(ask: Ask) -> None:
    english = ask("controls", "show", "aws-s3-bucket-public-read").out
    japanese = ask("controls", "show", "aws-s3-bucket-public-read", "--lang", "ja").out

    assert "## Why" in english
    assert "### Fails: plan" in english
    assert "```yaml" in english
    assert "CIS AWS" not in english
    assert "**S3.2**" in english
    assert "## 直し方" in japanese
    assert "### 不合格：プラン" in japanese
    assert ask("controls", "show", "nothing").code == 2


def test_one_control_is_a_record_for_machines(ask: Ask) -> None:
    entry = ask("controls", "show", "aws-s3-bucket-public-read", "--format", "json").json()

    assert entry["control"] == "aws-s3-bucket-public-read"
    assert isinstance(entry["remedy"], dict)
    assert set(entry["remedy"]["console"]) == {"en", "ja"}


def test_every_control_has_a_page_in_both_languages(ask: Ask, folder: Path) -> None:
    write_control(folder)
    ask("controls", "docs", "pages")
    pages = {path.name: path.read_text(encoding="utf-8") for path in (folder / "pages").iterdir()}
    controls = rows(ask("controls", "list", "--format", "json"), "controls")

    assert len(pages) == 2 * len(controls) + 2
    assert f"({NAME}.md)" in pages["README.md"]
    assert f"({NAME}.ja.md)" in pages["README.ja.md"]
    for control in controls:
        for name in (f"{control['id']}.md", f"{control['id']}.ja.md"):
            assert pages[name].startswith("# ")
            assert "```yaml" in pages[name], name


def test_pages_that_cannot_be_written_are_an_error(ask: Ask, folder: Path) -> None:
    (folder / "pages").write_text("a file", encoding="utf-8")
    answer = ask("controls", "docs", "pages")

    assert answer.code == 2
    assert "The pages cannot be written" in answer.err


@pytest.mark.parametrize(
    ("control", "point", "reason"),
    [
        ("aws-elb-web-acl", "admission", "Only objects of a cluster are admitted."),
        ("kubernetes-pod-privileged", "template", "A template of CloudFormation holds no objects of a cluster."),
    ],
)  # fmt: skip
def test_a_point_where_its_things_never_come_says_so(
    ask: Ask, control: str, point: str, reason: str
) -> None:
    (row,) = rows(ask("controls", "coverage", control, "--format", "json"), "coverage")

    assert at(row, "points", point, "reason") == reason
