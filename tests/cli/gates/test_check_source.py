"""The gates of what is written: CloudFormation templates, and the files of a commit."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.company import Answer

Ask = Callable[..., Answer]

CONTROL = "aws-ec2-security-group-admin-port-world"

TERRAFORM = """
resource "aws_security_group" "web" {
  name = "web"
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["REACH"]
  }
}
"""
TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: REACH}
"""
POD = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [{name: web, image: web, securityContext: {privileged: true}}]}
"""
WORLD, HOME = "0.0.0.0/0", "10.0.0.0/8"


@pytest.fixture
def spent(folder: Path) -> Path:
    (folder / "tesuri.yaml").write_text("name: Two\ndefault_policy_state: spent\n")
    return folder


def write(folder: Path, name: str, text: str, reach: str = WORLD) -> None:
    place = folder / name
    place.parent.mkdir(exist_ok=True)
    place.write_text(text.replace("REACH", reach), encoding="utf-8")


def verdicts(answer: Answer) -> dict[str, tuple[object, ...]]:
    found = answer.json()["verdicts"]
    assert isinstance(found, list)
    return {
        one["address"]: (one["verdict"], one["answer"], one["at"]["file"], one["at"]["line"])
        for one in found
        if one["control"] == CONTROL
    }


def test_a_template_is_blocked_where_the_budget_is_spent(ask: Ask, spent: Path) -> None:
    write(spent, "web.yaml", TEMPLATE)
    answer = ask("check", "template", "web.yaml", "--format", "json")

    assert answer.code == 1
    assert verdicts(answer)["Web"][:3] == ("fail", "block", "web.yaml")


def test_a_template_that_opens_nothing_is_not_named(ask: Ask, spent: Path) -> None:
    write(spent, "web.yaml", TEMPLATE, HOME)
    assert verdicts(ask("check", "template", "web.yaml", "--format", "json")) == {}


def test_the_same_violation_is_said_of_source_and_of_template(ask: Ask, folder: Path) -> None:
    pytest.importorskip("tfparse")
    write(folder, "infra/main.tf", TERRAFORM)
    write(folder, "web.yaml", TEMPLATE)
    source = ask("check", "commit", "infra/main.tf", "--format", "jsonl")
    template = ask("check", "commit", "web.yaml", "--format", "jsonl")

    assert (source.code, template.code) == (0, 0)
    for answer, place in ((source, "infra/main.tf"), (template, "web.yaml")):
        assert CONTROL in answer.out
        assert place in answer.out


def test_a_manifest_of_a_commit_is_judged_as_admission_would(ask: Ask, spent: Path) -> None:
    write(spent, "pod.yaml", POD)
    answer = ask("check", "commit", "pod.yaml")

    assert answer.code == 1
    assert "container web is privileged" in answer.out


def test_files_that_no_control_looks_at_are_counted(ask: Ask, folder: Path) -> None:
    write(folder, "notes.txt", "hello")
    write(folder, "values.yaml", "{replicas: 3}")
    write(folder, "environment/terraform.tfvars", "days = 7\n")
    answer = ask("check", "commit", "notes.txt", "values.yaml", "environment/terraform.tfvars")

    assert answer.code == 0
    assert "3 of the files hold nothing that a control looks at" in answer.err


def test_a_template_of_manifests_is_told_and_braces_in_a_text_are_none(
    ask: Ask, spent: Path
) -> None:
    write(spent, "chart/pod.yaml", POD.replace("name: web", "name: {{ .Values.name }}"))
    write(spent, "chart/quoted.yaml", POD.replace("name: web", 'name: "{{ .Release.Name }}"'))
    alert = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: '{{ $labels.pod }}'}\n"
    write(spent, "pod.yaml", POD + alert)
    answer = ask("check", "commit", "chart/pod.yaml", "chart/quoted.yaml", "pod.yaml")

    assert answer.code == 1
    assert "container web is privileged" in answer.out
    assert "2 of the files are templates or patches of manifests: render them first" in answer.err


def test_patches_of_kustomize_are_no_objects_and_its_resources_are_told(
    ask: Ask, spent: Path
) -> None:
    write(spent, "shop/pod.yaml", POD)
    write(spent, "shop/patches/open.yaml", POD)
    write(spent, "shop/old.yaml", POD)
    write(
        spent,
        "shop/kustomization.yaml",
        "resources: [pod.yaml]\npatches: [{path: patches/open.yaml}]\npatchesStrategicMerge: [./old.yaml]\n",
    )
    files = ("shop/patches/open.yaml", "shop/old.yaml", "shop/kustomization.yaml")
    patches = ask("check", "commit", *files)
    whole = ask("check", "commit", *files, "shop/pod.yaml")

    assert patches.code == 0
    assert "3 of the files are templates or patches of manifests" in patches.err
    assert "privileged" not in patches.out
    assert whole.code == 1
    assert "container web is privileged" in whole.out
    assert "1 of the files are resources of a kustomization, which is not applied" in whole.err


def test_a_kustomization_that_names_no_file_hides_none(ask: Ask, spent: Path) -> None:
    write(spent, "shop/pod.yaml", POD)
    write(spent, "shop/kustomization.yaml", 'patches: [{path: "pod\\0.yaml"}]\nresources: [[]]\n')
    answer = ask("check", "commit", "shop/pod.yaml")

    assert answer.code == 1
    assert "container web is privileged" in answer.out


def test_a_kustomization_of_flux_is_an_object_of_the_cluster(ask: Ask, spent: Path) -> None:
    flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a, namespace: b}\n"
    write(spent, "kustomization.yaml", flux)
    answer = ask("check", "commit", "kustomization.yaml")

    assert answer.code == 0
    assert "render them first" not in answer.err


def test_what_is_broken_exits_with_2_and_the_others_are_answered(ask: Ask, spent: Path) -> None:
    pytest.importorskip("tfparse")
    write(spent, "infra/main.tf", 'resource "aws_security_group" {')
    write(spent, "bad.yaml", "AWSTemplateFormatVersion: '2010-09-09'\nResources: [a]\n")
    write(spent, "pod.yaml", POD)
    answer = ask("check", "commit", "infra/main.tf", "bad.yaml", "pod.yaml")

    assert answer.code == 2
    assert "container web is privileged" in answer.out
    assert "infra/main.tf" in answer.err
    assert "bad.yaml" in answer.err
    assert "Traceback" not in answer.err


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)  # our own words


def test_staged_files_are_taken_as_they_are_staged(ask: Ask, spent: Path) -> None:
    git(spent, "init", "-q")
    write(spent, "web.yaml", TEMPLATE)
    git(spent, "add", "web.yaml")
    write(spent, "web.yaml", TEMPLATE, HOME)
    write(spent, "pod.yaml", POD)

    bad = ask("check", "commit", "--staged")
    git(spent, "add", "web.yaml")
    good = ask("check", "commit", "--staged")

    assert bad.code == 1
    assert CONTROL in bad.out
    assert CONTROL not in good.out
    assert "privileged" not in bad.out


def test_no_file_and_no_repository_are_told_in_one_sentence(ask: Ask, folder: Path) -> None:
    none, outside = ask("check", "commit"), ask("check", "commit", "--staged")

    assert (none.code, outside.code) == (2, 2)
    assert "Nothing says which files to look at." in none.err
    assert "Git does not tell what is staged here." in outside.err
