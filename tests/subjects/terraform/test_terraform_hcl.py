"""HCL becomes what its plan becomes; what the evaluation leaves out is unknown or told, never missing."""

from pathlib import Path

import pytest

from tesuri.engines.terraform_source import read_terraform_folder
from tesuri.model.errors import BadInput
from tesuri.model.resource import PRESENT, UNKNOWN, Resource, partly_known
from tesuri.subjects.terraform.hcl import TerraformSource, read_terraform_hcl


def evaluated(folder: Path, **files: str) -> TerraformSource:
    pytest.importorskip("tfparse", reason="the extra terraform is not installed")
    for name, text in files.items():
        file = folder / (name.replace("__", "/") + ".tf")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    found = read_terraform_folder(folder)
    return read_terraform_hcl(found.tree, found.sources, where="infra")


def by_address(found: TerraformSource) -> dict[str, Resource]:
    return {one.address: one for one in found.resources}


def test_known_values_and_references_arrive_with_file_and_line(tmp_path: Path) -> None:
    found = evaluated(
        tmp_path,
        main="""
variable "days" { default = 7 }
variable "late" {}

resource "aws_kms_key" "k" {
  deletion_window_in_days = var.days
  enable_key_rotation     = var.late
}
resource "aws_s3_bucket" "b" {
  bucket = "x-${var.late}"
}
resource "aws_s3_bucket_public_access_block" "b" {
  bucket            = aws_s3_bucket.b.id
  block_public_acls = true
}
""",
    )
    resources = by_address(found)
    key, bucket = resources["aws_kms_key.k"], resources["aws_s3_bucket.b"]

    assert set(resources) == {"aws_kms_key.k", "aws_s3_bucket.b"}
    assert key.properties["PendingWindowInDays"] == 7
    assert key.properties["EnableKeyRotation"] is UNKNOWN
    assert (key.origin.file, key.origin.line) == ("infra/main.tf", 5)
    assert bucket.properties["BucketName"] == partly_known(["x-", ""])
    block = bucket.properties["PublicAccessBlockConfiguration"]
    assert isinstance(block, dict)
    assert block["BlockPublicAcls"] is True
    assert bucket.origins["/PublicAccessBlockConfiguration"].line == 12


def test_a_policy_document_becomes_the_policy_it_makes(tmp_path: Path) -> None:
    found = evaluated(
        tmp_path,
        main="""
resource "aws_sns_topic" "t" { name = "t" }
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.t.arn]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["1"]
    }
  }
}
resource "aws_sns_topic_policy" "p" {
  arn    = aws_sns_topic.t.arn
  policy = data.aws_iam_policy_document.d.json
}
""",
    )
    policy = by_address(found)["aws_sns_topic.t"].properties["PolicyDocument"]

    assert isinstance(policy, dict)
    assert policy["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["sns:Publish"],
            "Resource": [PRESENT],
            "Principal": {"AWS": ["*"]},
            "Condition": {"StringEquals": {"aws:SourceAccount": ["1"]}},
        }
    ]


def test_what_a_dynamic_block_would_make_is_unknown(tmp_path: Path) -> None:
    found = evaluated(
        tmp_path,
        main="""
variable "ports" {}
resource "aws_security_group" "late" {
  dynamic "ingress" {
    for_each = var.ports
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
}
resource "aws_security_group" "known" {
  dynamic "ingress" {
    for_each = [80, 443]
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["10.0.0.0/8"]
    }
  }
}
""",
    )
    resources = by_address(found)
    known = resources["aws_security_group.known"].properties["SecurityGroupIngress"]

    assert resources["aws_security_group.late"].properties["SecurityGroupIngress"] is UNKNOWN
    assert isinstance(known, list)
    assert [rule["FromPort"] for rule in known if isinstance(rule, dict)] == [80, 443]


def test_what_the_evaluation_leaves_out_is_told(tmp_path: Path) -> None:
    found = evaluated(
        tmp_path,
        main="""
variable "names" {}
resource "aws_sqs_queue" "each" {
  for_each = var.names
  name     = each.key
}
module "far" { source = "example/network/aws" }
module "near" { source = "./near" }
""",
        near__main='resource "aws_sqs_queue" "inner" { name = "n" }',
    )

    assert [one.address for one in found.resources] == ["module.near.aws_sqs_queue.inner"]
    assert {one.address for one in found.unread} == {"aws_sqs_queue.each", "module.far"}


def test_a_policy_with_an_unknown_part_is_unknown_there(tmp_path: Path) -> None:
    found = evaluated(
        tmp_path,
        main="""
variable "who" {}
resource "aws_sqs_queue" "q" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = var.who, Action = "sqs:*" }] })
}
""",
    )
    policy = by_address(found)["aws_sqs_queue.q"].properties["PolicyDocument"]

    assert policy is UNKNOWN or (isinstance(policy, dict) and _holds_unknown(policy["Statement"]))


def _holds_unknown(statements: object) -> bool:
    if not isinstance(statements, list):
        return statements is UNKNOWN
    return any(one is UNKNOWN or UNKNOWN in one.values() for one in statements)


def test_broken_hcl_is_refused_with_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"main\.tf: line 1: This is not HCL: Unclosed"):
        evaluated(tmp_path, main='resource "aws_sqs_queue" "q" {')


def test_a_folder_without_terraform_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no \.tf file"):
        read_terraform_folder(tmp_path)


def test_keys_that_are_written_into_a_provider_are_seen_and_secret(tmp_path: Path) -> None:
    found = evaluated(
        tmp_path,
        main="""
variable "secret" {}
provider "aws" {
  access_key = "AKIAEXAMPLE"
  secret_key = var.secret
}
""",
    )
    provider = found.resources[0]

    assert (provider.type, provider.origin.line) == ("terraform:provider.aws", 3)
    assert provider.properties == {"AccessKey": "AKIAEXAMPLE", "SecretKey": UNKNOWN}
    assert provider.sensitive == {"/AccessKey"}


def test_files_of_values_are_read_as_terraform_reads_them(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfvars").write_text("one = true\ntwo = false\n", encoding="utf-8")
    (tmp_path / "later.auto.tfvars").write_text("two = true\n", encoding="utf-8")
    found = evaluated(
        tmp_path,
        main="""
variable "one" {}
variable "two" {}
resource "aws_ebs_volume" "one" { encrypted = var.one }
resource "aws_ebs_volume" "two" { encrypted = var.two }
""",
    )

    assert [one.properties["Encrypted"] for one in found.resources] == [True, True]


def test_what_refers_to_a_resource_is_certain_to_be_there(tmp_path: Path) -> None:
    found = evaluated(
        tmp_path,
        main="""
variable "late" {}
resource "aws_kms_key" "k" {}
resource "aws_kms_alias" "a" {
  name          = "alias/a"
  target_key_id = aws_kms_key.k.key_id
}
resource "aws_cloudwatch_log_group" "told" { kms_key_id = aws_kms_alias.a.arn }
resource "aws_cloudwatch_log_group" "late" { kms_key_id = var.late }
resource "aws_cloudwatch_log_group" "copied" { kms_key_id = aws_cloudwatch_log_group.elsewhere.kms_key_id }
resource "aws_cloudwatch_log_group" "written" {
  kms_key_id = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
}
""",
    )
    keys = {
        one.address.split(".")[1]: one.properties.get("KmsKeyId")
        for one in found.resources
        if one.type == "AWS::Logs::LogGroup"
    }

    assert keys["told"] == PRESENT
    assert (keys["late"], keys["copied"]) == (UNKNOWN, UNKNOWN)
    assert str(keys["written"]).endswith("1234567890ab")


def test_the_text_of_a_policy_keeps_what_is_written_around_its_gaps(tmp_path: Path) -> None:
    found = evaluated(
        tmp_path,
        main="""
resource "aws_ecr_repository" "r" { name = "r" }
resource "aws_ecr_repository_policy" "r" {
  repository = aws_ecr_repository.r.name
  policy     = <<EOF
{"Statement": [{"Effect": "Allow", "Action": "ecr:${var.what}", "Principal": "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root",
  "Resource": "arn:aws:s3:::x/$${aws:username}/*"}]}
EOF
}
""",
    )
    policy = by_address(found)["aws_ecr_repository.r"].properties["RepositoryPolicyText"]

    assert isinstance(policy, dict)
    assert policy["Statement"] == [
        {
            "Effect": "Allow",
            "Action": [partly_known(["ecr:", ""])],
            "Principal": {"AWS": [partly_known(["arn:aws:iam::", ":root"])]},
            "Resource": ["arn:aws:s3:::x/${aws:username}/*"],
        }
    ]


def test_what_an_unknown_leaf_hides_is_read_from_the_source(tmp_path: Path) -> None:
    found = evaluated(
        tmp_path,
        main="""
variable "open" { default = [] }
variable "key" { default = null }
resource "aws_iam_policy" "p" {
  policy = jsonencode({
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/x" },
    ]
  })
}
resource "aws_security_group" "g" {
  dynamic "ingress" {
    for_each = var.open
    content {
      from_port = 22
    }
  }
}
resource "aws_cloudwatch_log_group" "l" { kms_key_id = var.key }
""",
    )
    resources = by_address(found)
    policy = resources["aws_iam_policy.p"].properties["PolicyDocument"]

    assert isinstance(policy, dict)
    assert policy["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["*"],
            "Resource": [partly_known(["arn:aws:iam::", ":role/x"])],
        }
    ]
    assert resources["aws_security_group.g"].properties["SecurityGroupIngress"] == []
    assert "KmsKeyId" not in resources["aws_cloudwatch_log_group.l"].properties


def test_instances_of_a_module_keep_their_own_parts_and_defaults(tmp_path: Path) -> None:
    found = evaluated(
        tmp_path,
        main="""
module "good" {
  source = "./inner"
  closed = true
}
module "bad" { source = "./inner" }
""",
        inner__main="""
variable "closed" { default = false }
resource "aws_s3_bucket" "b" { bucket = "same" }
resource "aws_s3_bucket_public_access_block" "b" {
  count             = var.closed ? 1 : 0
  bucket            = aws_s3_bucket.b.id
  block_public_acls = true
}
""",
    )
    resources = by_address(found)

    assert resources["module.good.aws_s3_bucket.b"].properties["Declared"] == [
        "BucketName",
        "PublicAccessBlockConfiguration",
    ]
    assert resources["module.bad.aws_s3_bucket.b"].properties["Declared"] == ["BucketName"]


def test_a_document_takes_in_another(tmp_path: Path) -> None:
    found = evaluated(
        tmp_path,
        main="""
data "aws_iam_policy_document" "inner" {
  statement {
    actions   = ["*"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "outer" {
  source_policy_documents = [data.aws_iam_policy_document.inner.json]
}
resource "aws_iam_policy" "p" { policy = data.aws_iam_policy_document.outer.json }
""",
    )
    policy = by_address(found)["aws_iam_policy.p"].properties["PolicyDocument"]

    assert isinstance(policy, dict)
    assert policy["Statement"] == [{"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}]


def test_what_the_parser_says_of_other_blocks_stays_with_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Blocks that hold no resource, such as `check`, are nothing to tell."""
    found = evaluated(
        tmp_path,
        main='resource "aws_kms_key" "k" {}\ncheck "c" {\n  assert {\n    condition = true\n    error_message = "x"\n  }\n}\n',
    )

    assert len(found.resources) == 1
    assert capfd.readouterr().err == ""


DYNAMIC = """
variable "ports" {{ default = [443, 22] }}
variable "rules" {{ default = {{ ssh = {{ port = 22, from = ["0.0.0.0/0"] }}, web = {{ port = 443, from = [] }} }} }}
variable "late" {{}}
locals {{ is_open = true }}
resource "aws_security_group" "g" {{
  dynamic "ingress" {{
    for_each = {members}
    content {{
      from_port   = {port}
      to_port     = {port}
      protocol    = "tcp"
      cidr_blocks = {source}
    }}
  }}
  egress {{
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["10.0.0.0/8"]
  }}
}}
"""


@pytest.mark.parametrize(
    ("members", "port", "source", "ports"),
    [
        ("var.ports", "ingress.value", '["0.0.0.0/0"]', {443, 22}),
        ("[22]", "ingress.value", '["0.0.0.0/0"]', {22}),
        ("toset([22, 80])", "ingress.value", '["0.0.0.0/0"]', {22, 80}),
        ("var.rules", "ingress.value.port", "ingress.value.from", {22, 443}),
        ("local.is_open ? [1] : []", "22", '["0.0.0.0/0"]', {22}),
        ("!local.is_open ? [1] : []", "22", '["0.0.0.0/0"]', set()),
        ("[]", "22", '["0.0.0.0/0"]', set()),
    ],
)
def test_a_dynamic_block_before_others_keeps_its_last_member(
    tmp_path: Path, members: str, port: str, source: str, ports: set[int]
) -> None:
    """The parser loses the last one where blocks that are not dynamic follow: it may be the one that is open."""
    text = DYNAMIC.format(members=members, port=port, source=source)
    group = by_address(evaluated(tmp_path, main=text))["aws_security_group.g"]
    rules = group.properties["SecurityGroupIngress"]

    assert isinstance(rules, list)
    assert {rule["FromPort"] for rule in rules if isinstance(rule, dict)} == ports
    assert not [rule for rule in rules if not isinstance(rule, dict)]


def test_a_dynamic_block_whose_members_nobody_tells_is_partly_unknown(tmp_path: Path) -> None:
    text = DYNAMIC.format(
        members="[for one in var.ports : one]", port="ingress.value", source='["0.0.0.0/0"]'
    )
    rules = by_address(evaluated(tmp_path, main=text))["aws_security_group.g"].properties[
        "SecurityGroupIngress"
    ]

    assert isinstance(rules, list)
    assert UNKNOWN in rules


def test_a_value_file_overrules_what_a_dynamic_block_goes_over(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfvars").write_text("ports = [80, 8080]\n", encoding="utf-8")
    text = DYNAMIC.format(members="var.ports", port="ingress.value", source='["0.0.0.0/0"]')
    rules = by_address(evaluated(tmp_path, main=text))["aws_security_group.g"].properties[
        "SecurityGroupIngress"
    ]

    assert isinstance(rules, list)
    assert UNKNOWN in rules
    assert 22 not in [rule["FromPort"] for rule in rules if isinstance(rule, dict)]


def test_a_dynamic_block_of_a_module_goes_over_what_the_call_gives(tmp_path: Path) -> None:
    inner = DYNAMIC.format(members="var.ports", port="ingress.value", source='["0.0.0.0/0"]')
    call = 'module "m" {\n  source = "./net"\n  late = 1\n  ports = [80, 22]\n}\n'
    found = by_address(evaluated(tmp_path, main=call, net__main=inner))
    rules = found["module.m.aws_security_group.g"].properties["SecurityGroupIngress"]

    assert isinstance(rules, list)
    assert {rule["FromPort"] for rule in rules if isinstance(rule, dict)} == {80, 22}


def test_a_reference_says_which_of_several_resources_with_one_name_is_meant(tmp_path: Path) -> None:
    found = evaluated(
        tmp_path,
        main="""
resource "aws_s3_bucket" "open" { bucket = "same" }
resource "aws_s3_bucket" "other" { bucket = "same" }
resource "aws_s3_bucket_acl" "open" {
  bucket = aws_s3_bucket.open.bucket
  acl    = "public-read"
}
resource "aws_s3_bucket_versioning" "nobody" {
  bucket = "same"
  versioning_configuration {
    status = "Enabled"
  }
}
resource "aws_db_parameter_group" "tls" {
  name   = "group"
  family = "postgres13"
  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
}
resource "aws_db_parameter_group" "plain" {
  name   = "group"
  family = "postgres13"
}
resource "aws_db_instance" "safe" { parameter_group_name = "${aws_db_parameter_group.tls.name}" }
resource "aws_db_instance" "unsafe" { parameter_group_name = aws_db_parameter_group.plain.name }
""",
    )
    resources = by_address(found)

    assert resources["aws_s3_bucket.open"].properties["AccessControl"] == "PublicRead"
    assert resources["aws_s3_bucket.other"].properties["AccessControl"] == "Private"
    versioning = resources["aws_s3_bucket.other"].properties["VersioningConfiguration"]
    assert versioning == {"Status": "Suspended"}
    assert resources["aws_db_instance.safe"].properties["Parameters"] == {"rds.force_ssl": "1"}
    assert resources["aws_db_instance.unsafe"].properties["Parameters"] == {}


def test_a_policy_document_takes_in_others_and_the_last_statement_of_a_sid_counts(
    tmp_path: Path,
) -> None:
    found = evaluated(
        tmp_path,
        main="""
data "aws_iam_policy_document" "deep" {
  statement {
    sid       = "deep"
    actions   = ["a:Deep"]
    resources = [aws_sqs_queue.q.arn]
  }
}
data "aws_iam_policy_document" "first" {
  source_policy_documents = [data.aws_iam_policy_document.deep.json]
  statement {
    sid       = "main"
    actions   = ["a:First"]
    resources = [aws_sqs_queue.q.arn]
  }
}
data "aws_iam_policy_document" "second" {
  statement {
    sid       = "main"
    actions   = ["a:Second"]
    resources = [aws_sqs_queue.q.arn]
  }
}
data "aws_iam_policy_document" "third" {
  statement {
    actions   = ["a:Third"]
    resources = [aws_sqs_queue.q.arn]
  }
}
data "aws_iam_policy_document" "all" {
  source_json = <<EOF
{"Statement": {"Sid": "text", "Effect": "Allow", "Action": "a:Text", "Resource": "*"}}
EOF
  source_policy_documents   = [data.aws_iam_policy_document.first.json]
  override_policy_documents = [
    data.aws_iam_policy_document.second.json,
    data.aws_iam_policy_document.third.json,
  ]
  statement {
    sid       = "own"
    actions   = ["a:Own"]
    resources = [aws_sqs_queue.q.arn]
  }
}
resource "aws_sqs_queue" "q" {}
resource "aws_iam_policy" "p" { policy = data.aws_iam_policy_document.all.json }
""",
    )
    policy = by_address(found)["aws_iam_policy.p"].properties["PolicyDocument"]

    assert isinstance(policy, dict)
    statements = policy["Statement"]
    assert isinstance(statements, list)
    actions = [one["Action"] for one in statements if isinstance(one, dict)]
    assert actions == [["a:Text"], ["a:Deep"], ["a:Second"], ["a:Own"], ["a:Third"]]


def test_the_default_tags_of_a_provider_are_the_tags_of_its_resources(tmp_path: Path) -> None:
    found = evaluated(
        tmp_path,
        main="""
provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = {
      service = "shop"
      stage   = "live"
    }
  }
}
provider "aws" {
  alias  = "west"
  region = "us-west-2"
  default_tags {
    tags = { service = "west" }
  }
}
resource "aws_sqs_queue" "own" {
  tags = { stage = "test" }
}
resource "aws_security_group" "none" {}
resource "aws_sqs_queue" "west" {
  provider = aws.west
}
""",
    )
    resources = by_address(found)

    assert resources["aws_sqs_queue.own"].tags == {"service": "shop", "stage": "test"}
    assert resources["aws_security_group.none"].tags == {"service": "shop", "stage": "live"}
    assert resources["aws_sqs_queue.west"].tags == {"service": "west"}
