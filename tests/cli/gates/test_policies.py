"""`--policy DIR`: Conftest's and Gatekeeper's Rego beside our own controls."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from tests.cli.company import Answer

Ask = Callable[..., Answer]
V1 = "package main\nimport rego.v1\n"
PLAN = {
    "format_version": "1.2",
    "terraform_version": "1.9.5",
    "resource_changes": [
        {
            "address": address,
            "mode": "managed",
            "type": kind,
            "name": address.rpartition(".")[2],
            "change": {"actions": [action], "before": None, "after": after, "after_unknown": {}},
        }
        for address, kind, action, after in (
            ("aws_s3_bucket.logs", "aws_s3_bucket", "create", {"bucket": "logs", "tags": None}),
            ("aws_s3_bucket.old", "aws_s3_bucket", "delete", None),
        )
    ],
}
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web"}},
    "spec": {"containers": [{"name": "web", "image": "web"}]},
}
TEMPLATE = """
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: requiredlabels}
spec:
  crd: {spec: {names: {kind: RequiredLabels}}}
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package requiredlabels
        import data.lib.labels
        violation[{"msg": msg, "details": {"missing": missing}}] {
          missing := {l | l := input.parameters.labels[_]} - labels.of(input.review.object)
          count(missing) > 0
          msg := sprintf("%v labels are missing on %v", [missing, input.review.operation])
        }
      libs:
        - |
          package lib.labels
          of(object) = found { found := {key | object.metadata.labels[key]} }
"""


def constraint(**spec: object) -> str:
    whole = {
        "apiVersion": "constraints.gatekeeper.sh/v1beta1",
        "kind": "RequiredLabels",
        "metadata": {"name": "owner"},
        "spec": {"parameters": {"labels": ["owner"]}, **spec},
    }
    return json.dumps(whole)


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / "policies" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "plan.json").write_text(json.dumps(PLAN))
    (folder / "pod.json").write_text(json.dumps(POD))


def said(answer: Answer) -> list[Mapping[str, object]]:
    document = json.loads(answer.out)
    return [one for one in document["verdicts"] if one["control"].startswith("rego:")]


@pytest.fixture
def check(ask: Ask, folder: Path) -> Callable[..., Answer]:
    """Write policies and check the plan, or the Pod at admission."""

    def checked(files: Mapping[str, str], *options: str, what: Sequence[str] = ()) -> Answer:
        write(folder, files)
        command = what or ("check", "plan", "plan.json")
        form = () if "--format" in options else ("--format", "json")
        return ask(*command, "--policy", "policies", *form, *options)

    return checked


ADMISSION = ("check", "admission", "pod.json")


@pytest.mark.parametrize("rule", ["deny", "deny_logs", "violation", "violation_logs"])
def test_deny_and_violation_block_whatever_the_policy_state(
    check: Callable[..., Answer], rule: str
) -> None:
    answer = check({"a.rego": f'{V1}{rule} contains "no logs here"'})
    (one,) = said(answer)
    assert answer.code == 1
    assert (one["control"], one["answer"], one["policy_state"]) == (
        f"rego:main.{rule}",
        "block",
        "unknown",
    )


def test_warn_warns_and_a_pass_is_counted(check: Callable[..., Answer]) -> None:
    answer = check({"a.rego": V1 + 'warn_x contains "careful"\ndeny contains "x" if input.nothing'})
    assert answer.code == 0
    assert [(one["answer"], one["message"]) for one in said(answer)] == [("warn", "careful")]
    assert json.loads(answer.out)["summary"]["pass"] >= 1


def test_a_message_finds_its_resource_by_metadata_or_by_its_words(
    check: Callable[..., Answer],
) -> None:
    text = (
        V1
        + 'deny contains {"msg": "a", "details": {"address": "aws_s3_bucket.logs"}, "severity": "high"}\n'
        + 'warn contains "the bucket \'aws_s3_bucket.old\'."\nwarn contains "something else"'
    )
    found = {one["message"]: one for one in said(check({"a.rego": text}))}
    assert found["a"]["address"] == "aws_s3_bucket.logs"
    assert found["a"]["resource"] == "AWS::S3::Bucket"
    assert found["a"]["severity"] == "high"
    assert found["the bucket 'aws_s3_bucket.old'."]["address"] == "aws_s3_bucket.old"
    assert found["something else"]["address"] == "plan.json"


def test_an_exception_hides_its_rule_and_is_shown(check: Callable[..., Answer]) -> None:
    text = V1 + (
        'deny_logs contains "hidden"\nviolation contains "seen"\n'
        'exception contains rules if { input.terraform_version == "1.9.5"; rules := ["logs"] }'
    )
    answer = check({"a.rego": text})
    found = {one["message"]: one for one in said(answer)}
    assert (found["hidden"]["answer"], found["hidden"]["waiver"]) == (
        "allow",
        "rego:main.exception",
    )
    assert (found["seen"]["answer"], found["seen"]["waiver"]) == ("block", None)
    assert json.loads(answer.out)["summary"]["waived"] == 1


def test_what_a_rule_denies_becomes_a_finding_and_what_it_excepts_does_not(
    check: Callable[..., Answer], ask: Ask
) -> None:
    text = V1 + (
        'deny_logs contains "kept back"\nviolation contains "seen"\nexception contains ["logs"]'
    )
    assert ask("ingest", "a.json").code == 0
    check({"a.rego": text})
    found = ask("findings", "--format", "json").out
    assert "seen" in found
    assert "kept back" not in found


def test_data_stands_below_the_names_of_its_folders(check: Callable[..., Answer]) -> None:
    text = V1 + 'deny contains sprintf("%s %s", [data.word, data.team.word])'
    files = {"a.rego": text, "word.yaml": "word: one", "data/team/word.json": '{"word": "two"}'}
    assert [one["message"] for one in said(check(files))] == ["one two"]


def test_data_may_lie_beside_the_policies(check: Callable[..., Answer], folder: Path) -> None:
    (folder / "more").mkdir()
    (folder / "more" / "word.yaml").write_text("word: beside")
    answer = check({"a.rego": V1 + "deny contains data.word"}, "--data", "more")
    assert [one["message"] for one in said(answer)] == ["beside"]


def test_only_chosen_namespaces_count(check: Callable[..., Answer]) -> None:
    files = {
        "a.rego": V1 + 'warn contains "main"',
        "b.rego": 'package net.ports\nwarn["ports"] { true }',
    }
    for options, expected in (
        ((), ["rego:main.warn"]),
        (("--namespace", "net.ports"), ["rego:net.ports.warn"]),
        (("--all-namespaces",), ["rego:main.warn", "rego:net.ports.warn"]),
    ):
        assert [one["control"] for one in said(check(files, *options))] == expected


@pytest.mark.parametrize(
    ("files", "options", "sentence"),
    [
        ({"a.txt": "x"}, (), "The folder holds no policy"),
        ({"a.rego": V1 + "allow := true"}, (), "No rule deny, violation or warn"),
        ({"a.rego": 'package x\ndeny["a"] { true }'}, (), "Namespaces with such rules: x"),
        ({"a.rego": V1 + 'deny contains "a"'}, ("--namespace", "x"), "in the namespace x"),
        ({"a.rego": V1 + "deny if true"}, (), "main.deny gives one value"),
        ({"a.rego": V1 + 'deny := "no"'}, (), "main.deny gives one value"),
        ({"a.rego": V1 + 'deny["a"] := 1 if true'}, (), "main.deny gives one value"),
        ({"a.rego": V1 + "deny contains"}, (), "policies/a.rego: line 3: This is not Rego"),
        ({"a.rego": V1 + "deny contains http.send({})"}, (), "http.send, which is refused"),
        ({"a.rego": V1 + 'deny contains "a"', "d.yaml": "a: ["}, (), "d.yaml: line"),
        ({"t.yaml": TEMPLATE}, (), "no constraint, so nothing is enforced"),
        ({"c.json": constraint()}, (), "of which the folder has no template"),
        ({"t.yaml": TEMPLATE, "c.json": constraint()}, (), "constraints of Gatekeeper only"),
        ({"t.yaml": TEMPLATE, "c.json": constraint(match=[])}, (), "match is a list"),
    ],
)
def test_a_wrong_folder_is_one_sentence_and_never_a_pass(
    check: Callable[..., Answer], files: Mapping[str, str], options: Sequence[str], sentence: str
) -> None:
    answer = check(files, *options)
    assert answer.code == 2
    assert sentence in answer.err
    assert len(answer.err.strip().splitlines()) == 1
    assert not answer.out


def test_what_nobody_can_evaluate_is_unknown_and_blocks_when_asked(
    check: Callable[..., Answer],
) -> None:
    files = {"a.rego": V1 + 'deny contains "x" if nobody.knows(input)'}
    answer = check(files)
    (one,) = said(answer)
    assert (answer.code, one["verdict"]) == (0, "unknown")
    assert one["message"] == "policies/a.rego: line 3: could not find function nobody.knows"
    assert check(files, "--fail-on", "unknown").code == 1


def test_the_workspace_maps_a_rule_to_a_control(check: Callable[..., Answer], folder: Path) -> None:
    name = "aws-s3-bucket-versioning"
    (folder / "tesuri.yaml").write_text(f"rego: {{main.deny_logs: {name}}}\n")
    answer = check({"a.rego": V1 + 'deny_logs contains "by a control"'})
    found = [one for one in json.loads(answer.out)["verdicts"] if "by a control" in one["message"]]
    assert [(one["control"], one["answer"]) for one in found] == [(name, "warn")]
    (folder / "tesuri.yaml").write_text("rego: {main.deny_logs: nothing-such}\n")
    assert "which is no control" in check({}).err


@pytest.mark.parametrize("form", ["table", "csv", "jsonl", "markdown", "sarif", "junit"])
def test_every_form_shows_the_rule(check: Callable[..., Answer], form: str) -> None:
    answer = check({"a.rego": V1 + 'deny contains "no logs here"'}, "--format", form)
    assert "rego:main.deny" in answer.out
    assert "no logs here" in answer.out


def test_a_template_and_each_document_of_a_stream_are_inputs(
    check: Callable[..., Answer], folder: Path
) -> None:
    (folder / "stack.yaml").write_text(
        "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Web:\n    Type: AWS::S3::Bucket\n"
        "    Properties: {BucketName: !Ref Name}\n"
    )
    text = (
        V1
        + 'deny contains {"msg": r.Properties.BucketName, "address": n} if { some n, r in input.Resources }'
    )
    (one,) = said(check({"a.rego": text}, what=("check", "template", "stack.yaml")))
    assert (one["message"], one["address"], one["resource"]) == ("Name", "Web", "AWS::S3::Bucket")
    (folder / "two.yaml").write_text(
        json.dumps(POD) + "\n---\n" + json.dumps(POD).replace("web", "db")
    )
    files = {"a.rego": V1 + 'deny contains input.metadata.name if input.kind == "Pod"'}
    answer = check(files, what=("check", "commit", "two.yaml"))
    found = [
        one for one in json.loads(answer.out)[0]["verdicts"] if one["control"] == "rego:main.deny"
    ]
    assert sorted((one["message"], one["address"]) for one in found) == [
        ("db", "shop/Pod/db"),
        ("web", "shop/Pod/web"),
    ]


def test_a_document_that_no_control_looks_at_is_judged_by_policies(
    check: Callable[..., Answer], folder: Path
) -> None:
    text = V1 + 'deny contains n if { some n, s in input.services; endswith(s.image, ":latest") }'
    (folder / "compose.yaml").write_text('services: {web: {image: "nginx:latest"}, db: {image: a}}')
    answer = check({"a.rego": text}, what=("check", "commit", "compose.yaml"))
    (report,) = json.loads(answer.out)
    assert answer.code == 1
    assert [one["message"] for one in report["verdicts"]] == ["web"]
    (folder / "compose.yaml").write_text("services: {db: {image: a}}")
    assert check({"a.rego": text}, what=("check", "commit", "compose.yaml")).code == 0


def test_a_document_is_only_counted_where_a_folder_holds_constraints_alone(
    check: Callable[..., Answer], folder: Path
) -> None:
    (folder / "compose.yaml").write_text("services: {}")
    files = {"t.yaml": TEMPLATE, "c.json": constraint()}
    answer = check(files, what=("check", "commit", "compose.yaml"))
    assert "1 of the files hold nothing that a control looks at" in answer.err


def test_a_constraint_judges_what_a_cluster_admits(check: Callable[..., Answer]) -> None:
    answer = check({"t.yaml": TEMPLATE, "c.json": constraint()}, what=ADMISSION)
    (one,) = said(answer)
    assert answer.code == 1
    assert one["control"] == "rego:RequiredLabels.owner"
    assert one["address"] == "shop/Pod/web"
    assert one["message"] == '{"owner"} labels are missing on CREATE'


@pytest.mark.parametrize(
    ("spec", "code", "count"),
    [
        ({"enforcementAction": "warn"}, 0, 1),
        ({"enforcementAction": "dryrun"}, 0, 1),
        ({"match": {"kinds": [{"apiGroups": [""], "kinds": ["Pod"]}]}}, 1, 1),
        ({"match": {"kinds": [{"apiGroups": ["apps"], "kinds": ["Pod"]}]}}, 0, 0),
        ({"match": {"namespaces": ["sh*"]}}, 1, 1),
        ({"match": {"excludedNamespaces": ["*op"]}}, 0, 0),
        ({"match": {"labelSelector": {"matchLabels": {"app": "web"}}}}, 1, 1),
        ({"match": {"labelSelector": {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]}}}, 0, 0),
        ({"match": {"scope": "Cluster"}}, 0, 0),
        ({"match": {"name": "web-*"}}, 0, 0),
        ({"parameters": {"labels": ["app"]}}, 0, 0),
    ],
)  # fmt: skip
def test_a_constraint_is_about_what_it_matches(
    check: Callable[..., Answer], spec: Mapping[str, object], code: int, count: int
) -> None:
    answer = check({"t.yaml": TEMPLATE, "c.json": constraint(**spec)}, what=ADMISSION)
    assert (answer.code, len(said(answer))) == (code, count)


def test_labels_of_a_namespace_that_nobody_gave_are_unknown(
    check: Callable[..., Answer], folder: Path
) -> None:
    files = {
        "t.yaml": TEMPLATE,
        "c.json": constraint(match={"namespaceSelector": {"matchLabels": {"tier": "gold"}}}),
    }
    assert [one["verdict"] for one in said(check(files, what=ADMISSION))] == ["unknown"]
    home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": {"tier": "gold"}}}  # fmt: skip
    (folder / "home.json").write_text(json.dumps(home))
    known = check(files, "--data", "home.json", what=ADMISSION)
    assert [one["verdict"] for one in said(known)] == ["fail"]


def test_a_template_in_cel_only_is_unknown(check: Callable[..., Answer]) -> None:
    template = (
        "apiVersion: templates.gatekeeper.sh/v1\nkind: ConstraintTemplate\nmetadata: {name: r}\n"
        "spec:\n  crd: {spec: {names: {kind: RequiredLabels}}}\n  targets:\n"
        "    - {target: admission.k8s.gatekeeper.sh, code: [{engine: K8sNativeValidation, source: {}}]}\n"
    )
    (one,) = said(check({"t.yaml": template, "c.json": constraint()}, what=ADMISSION))
    assert (one["verdict"], one["answer"]) == ("unknown", "warn")
    assert "written in CEL" in str(one["message"])


def test_a_review_denies_with_the_rule_and_a_deletion_shows_what_goes(
    check: Callable[..., Answer], folder: Path
) -> None:
    request = {
        "uid": "u-1",
        "operation": "DELETE",
        "kind": {"group": "", "version": "v1", "kind": "Pod"},
        "namespace": "shop",
        "name": "web",
        "object": None,
        "oldObject": POD,
    }
    review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}
    (folder / "review.json").write_text(json.dumps(review))
    files = {"t.yaml": TEMPLATE, "c.json": constraint()}
    answer = check(files, "--response", what=("check", "admission", "review.json"))
    response = json.loads(answer.out)["response"]
    assert (response["uid"], response["allowed"]) == ("u-1", False)
    assert (
        'rego:RequiredLabels.owner: shop/Pod/web: {"owner"} labels are missing on DELETE'
        in (response["status"]["message"])
    )


DENY = (
    V1
    + """deny contains msg if {
  some change in input.resource_changes
  change.change.after.tags == null
  msg := sprintf("%s (%s) says no owner", [change.address, change.change.after.bucket])
}
deny contains {"msg": "the plan is not signed", "severity": "high"} if not input.signed
"""
)
AGREED = ("--reason", "moves next week", "--by", "ken", "--requested-by", "ana")


def renamed(bucket: str) -> str:
    """Give the plan with another name of the bucket that the policy speaks of."""
    return json.dumps(PLAN).replace('"bucket": "logs"', f'"bucket": "{bucket}"')


def test_an_approval_covers_exactly_what_the_policy_said(ask: Ask, folder: Path) -> None:
    write(folder, {"own.rego": DENY})
    asked = ("check", "plan", "plan.json", "--policy", "policies", "--format", "json")
    assert ask(*asked).code == 1

    approved = ask("approve", "plan.json", *AGREED, "--policy", "policies")
    assert approved.code == 0
    passed = ask(*asked)
    waived = [(one["verdict"], one["answer"], bool(one["waiver"])) for one in said(passed)]
    assert (passed.code, waived) == (0, [("fail", "allow", True)] * 2)

    (folder / "plan.json").write_text(renamed("other"), encoding="utf-8")
    changed = ask(*asked)
    assert changed.code == 1
    assert {one["message"] for one in said(changed) if one["answer"] == "block"} == {
        "aws_s3_bucket.logs (other) says no owner"
    }


def test_an_approval_is_made_of_an_answer_that_holds_policies(ask: Ask, folder: Path) -> None:
    write(folder, {"own.rego": DENY})
    asked = ("check", "plan", "plan.json", "--policy", "policies", "--format", "json")
    (folder / "answer.json").write_text(ask(*asked).out, encoding="utf-8")
    assert ask("approve", "answer.json", *AGREED).code == 0
    assert ask(*asked).code == 0
    listed = ask("waivers", "lint", "--format", "json")
    assert "unknown-control" not in listed.out
    shown = ask("waivers", "--format", "json").json()["waivers"]
    assert isinstance(shown, list)
    assert [row["state"] for row in shown] == ["active"]


def test_an_approval_does_not_move_to_another_rule(ask: Ask, folder: Path) -> None:
    write(folder, {"own.rego": DENY})
    asked = ("check", "plan", "plan.json", "--policy", "policies", "--all-namespaces")
    ask("approve", "plan.json", *AGREED, "--policy", "policies")
    write(folder, {"own.rego": DENY, "more.rego": DENY.replace("package main", "package more")})
    assert ask(*asked).code == 1


def test_what_a_policy_said_before_the_change_decides_nothing(ask: Ask, folder: Path) -> None:
    write(folder, {"own.rego": DENY})
    asked = ("check", "plan", "plan.json", "--policy", "policies")
    assert ask(*asked, "--against", "plan.json").code == 0
    (folder / "before.json").write_text(renamed("other"), encoding="utf-8")
    assert ask(*asked, "--against", "before.json").code == 1


def test_all_messages_about_a_resource_are_one_finding_of_all_their_parts(
    ask_known: Ask, folder: Path
) -> None:
    write(
        folder, {"own.rego": DENY.replace('"the plan is not signed"', '"aws_s3_bucket.logs: no"')}
    )
    asked = ("check", "plan", "plan.json", "--policy", "policies")
    assert ask_known(*asked).code == 1
    assert ask_known("approve", "plan.json", *AGREED, "--policy", "policies").code == 0
    assert ask_known("tick").code == 0
    waived = ask_known("findings", "has:waiver", "rule:rego*", "--format", "json").json()
    assert waived["total"] == 1


def test_annotations_give_a_rule_its_title_and_severity(check: Callable[..., Answer]) -> None:
    text = (
        "package main\nimport rego.v1\n# METADATA\n# title: No logs\n# description: Logs belong elsewhere.\n"
        '# custom:\n#   severity: HIGH\ndeny_logs contains "a"\n'
        '# METADATA\n# custom: {severity: low}\nwarn contains {"msg": "b", "severity": "medium"}\n'
        '# METADATA\n# no: [yaml\nviolation contains "c"\n'
    )
    found = {one["message"]: one["severity"] for one in said(check({"a.rego": text}))}
    assert found == {"a": "high", "b": "medium", "c": "unknown"}
    sarif = json.loads(check({"a.rego": text}, "--format", "sarif").out)
    rules = {one["id"]: one for one in sarif["runs"][0]["tool"]["driver"]["rules"]}
    assert "No logs" in json.dumps(rules["rego:main.deny_logs"])
