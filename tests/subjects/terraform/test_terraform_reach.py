"""A change of Terraform source reaches more than what stands in its files; what it does not reach is not its fault."""

from pathlib import Path

import pytest

from tesuri.engines.terraform_source import read_terraform_folder
from tesuri.subjects.terraform.hcl import read_terraform_hcl
from tesuri.subjects.terraform.reach import reached

MAIN = """
resource "aws_s3_bucket" "b" { bucket = "one" }
resource "aws_s3_bucket" "c" { bucket = "two" }
resource "aws_ebs_volume" "direct" {
  availability_zone = "eu-west-1a"
  encrypted         = var.is_safe
}
resource "aws_ebs_volume" "through_local" {
  availability_zone = "eu-west-1a"
  encrypted         = local.safe
}
resource "aws_ebs_volume" "apart" {
  availability_zone = "eu-west-1a"
  encrypted         = true
}
"""
FILES = {
    "main.tf": MAIN,
    "variables.tf": 'variable "is_safe" { default = true }\nvariable "other" { default = 1 }\n',
    "locals.tf": "locals {\n  outer = var.is_safe\n  safe  = local.outer\n}\n",
    "acl.tf": 'resource "aws_s3_bucket_acl" "b" {\n  bucket = aws_s3_bucket.b.id\n  acl = "public-read"\n}\n',
    "call.tf": 'module "db" {\n  source = "./db"\n  open = true\n}\n',
    "db/main.tf": 'variable "open" {}\nresource "aws_db_instance" "d" {\n  publicly_accessible = var.open\n}\n',
    "terraform.tfvars": "is_safe = false\n",
    "more.tofu": 'resource "aws_ebs_volume" "tofu" {\n  encrypted = false\n}\n',
}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("acl.tf", {"aws_s3_bucket.b"}),
        ("variables.tf", {"aws_ebs_volume.direct", "aws_ebs_volume.through_local"}),
        ("terraform.tfvars", {"aws_ebs_volume.direct", "aws_ebs_volume.through_local"}),
        ("locals.tf", {"aws_ebs_volume.through_local"}),
        ("call.tf", {"module.db.aws_db_instance.d"}),
        ("db/main.tf", {"module.db.aws_db_instance.d"}),
        ("more.tofu", {"aws_ebs_volume.tofu"}),
    ],
)
def test_a_change_reaches_what_it_decides(tmp_path: Path, changed: str, expected: set[str]) -> None:
    pytest.importorskip("tfparse", reason="the extra terraform is not installed")
    for name, source in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(source, encoding="utf-8")
    read = read_terraform_folder(tmp_path)
    found = read_terraform_hcl(read.tree, read.sources, where="")

    chosen = reached(found.resources, read.tree, read.sources, [changed], "")

    assert {one.address for one in chosen} == expected
    assert len(reached(found.resources, read.tree, read.sources, [], "")) == len(found.resources)
