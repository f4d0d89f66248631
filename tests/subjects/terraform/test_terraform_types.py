"""The tables of Terraform types: each target exists, and what the tables say arrives under the canonical names."""

import json

import pytest

from tesuri.model.resource import UNKNOWN, Resource
from tesuri.model.resource_shape import resource_shape
from tesuri.subjects.aws.documented_defaults import DEFAULTS, PROVIDER
from tesuri.subjects.aws.joins import JOINS
from tesuri.subjects.terraform.mapping import Block, shape_at
from tesuri.subjects.terraform.plan import read_terraform_plan
from tesuri.subjects.terraform.types.index import MAPPINGS, block_of


def planned(*entries: tuple[str, object], **parts: object) -> list[Resource]:
    """Read a plan that creates some resources."""
    changes = [
        {
            "address": address,
            "mode": "managed",
            "type": address.split(".")[0],
            "name": address.split(".")[1],
            "change": {"actions": ["create"], "after": after, "after_unknown": {}},
        }
        for address, after in entries
    ]
    document = {"format_version": "1.2", "resource_changes": changes, **parts}
    return list(read_terraform_plan(json.dumps(document).encode(), where="plan.json").resources)


def one(kind: str, after: object) -> Resource:
    return planned((f"{kind}.a", after))[0]


def check(block: Block) -> None:
    for key in filter(None, block.tree):
        step = block.step(key)
        if step is not None and step.inner is not None:
            check(step.inner)


@pytest.mark.parametrize("kind", sorted(MAPPINGS))
def test_every_table_names_properties_that_the_type_has(kind: str) -> None:
    mapping = MAPPINGS[kind]
    block = block_of(kind)
    check(block)  # an unknown target is an assertion in the mapping itself
    assert block.root, mapping.target
    for path in (*mapping.words, *mapping.leaves, *mapping.constants):
        assert shape_at(dict(block.root), tuple(path.split("."))) is not None, path


def test_every_default_and_join_names_a_property_that_exists() -> None:
    for kind, table in DEFAULTS.items():
        shape = resource_shape(kind)
        assert shape is not None, kind
        for path in table:
            assert shape_at(dict(shape), tuple(path.split("."))) is not None, (kind, path)
    for source, table in PROVIDER.items():
        root = block_of(source).root
        for path in table:
            assert shape_at(dict(root), tuple(path.split("."))) is not None, (source, path)
    for join in JOINS:
        part, whole = resource_shape(join.part), resource_shape(join.whole)
        assert part is not None, join
        assert whole is not None, join
        assert join.into in whole, join
        assert join.link in (whole if join.is_reverse else part), join
        assert {*join.take, *filter(None, [join.value])} <= set(part), join


@pytest.mark.parametrize(
    ("kind", "after", "properties"),
    [
        (
            "aws_db_instance",
            {"storage_encrypted": "true", "identifier": "db", "port": 5432, "multi_az": False},
            {"StorageEncrypted": True, "DBInstanceIdentifier": "db", "Port": "5432", "MultiAZ": False},
        ),
        (
            "aws_ebs_volume",
            {"encrypted": True, "kms_key_id": "", "size": 8, "type": "gp3"},
            {"Encrypted": True, "Size": 8, "VolumeType": "gp3"},
        ),
        (
            "aws_instance",
            {
                "metadata_options": [{"http_tokens": "required", "http_put_response_hop_limit": 1}],
                "root_block_device": [{"encrypted": True}],
                "ebs_block_device": [{"encrypted": False, "device_name": "sdb"}],
                "associate_public_ip_address": True,
            },
            {
                "MetadataOptions": {
                    "HttpTokens": "required",
                    "HttpPutResponseHopLimit": 1,
                    "HttpEndpoint": "enabled",
                },
                "BlockDeviceMappings": [
                    {"Ebs": {"Encrypted": True}},
                    {"Ebs": {"Encrypted": False}, "DeviceName": "sdb"},
                ],
                "NetworkInterfaces": [{"AssociatePublicIpAddress": True}],
            },
        ),
        (
            "aws_eks_cluster",
            {
                "enabled_cluster_log_types": ["audit"],
                "vpc_config": [{"endpoint_public_access": False}],
                "encryption_config": [{"resources": ["secrets"], "provider": [{"key_arn": "k"}]}],
            },
            {
                "Logging": {"ClusterLogging": {"EnabledTypes": [{"Type": "audit"}]}},
                "ResourcesVpcConfig": {
                    "EndpointPublicAccess": False,
                    "EndpointPrivateAccess": False,
                    "PublicAccessCidrs": ["0.0.0.0/0"],
                },
                "EncryptionConfig": [{"Resources": ["secrets"], "Provider": {"KeyArn": "k"}}],
            },
        ),
        (
            "aws_ecs_task_definition",
            {"container_definitions": '[{"name": "a", "readonlyRootFilesystem": true}]'},
            {
                "ContainerDefinitions": [
                    {
                        "Name": "a",
                        "ReadonlyRootFilesystem": True,
                        "Privileged": False,
                        "Environment": [],
                        "Secrets": [],
                    }
                ]
            },
        ),
        (
            "aws_lb",
            {"internal": False, "enable_deletion_protection": True, "access_logs": [{"enabled": True}]},
            {
                "Scheme": "internet-facing",
                "LoadBalancerAttributes": [
                    {"Key": "deletion_protection.enabled", "Value": "true"},
                    {"Key": "access_logs.s3.enabled", "Value": "true"},
                ],
            },
        ),
        (
            "aws_network_acl",
            {"ingress": [{"protocol": "tcp", "rule_no": 1, "action": "allow", "from_port": 22, "to_port": 22}]},
            {
                "Entries": [
                    {
                        "Egress": False,
                        "Protocol": 6,
                        "RuleNumber": 1,
                        "RuleAction": "allow",
                        "PortRange": {"From": 22, "To": 22},
                    }
                ]
            },
        ),
        (
            "aws_cloudfront_distribution",
            {"viewer_certificate": [{"minimum_protocol_version": "TLSv1.2_2021"}], "web_acl_id": "w"},
            {
                "DistributionConfig": {
                    "ViewerCertificate": {"MinimumProtocolVersion": "TLSv1.2_2021"},
                    "WebACLId": "w",
                    "CacheBehaviors": [],
                    "OriginGroups": {},
                }
            },
        ),
        (
            "aws_db_parameter_group",
            {"parameter": [{"name": "rds.force_ssl", "value": "1", "apply_method": "immediate"}]},
            {"Parameters": {"rds.force_ssl": "1"}},
        ),
        ("aws_cloudwatch_log_group", {"retention_in_days": 0, "name": "a"}, {"LogGroupName": "a"}),
        ("aws_launch_template", {"user_data": "aGVsbG8="}, {"LaunchTemplateData": {
            "UserData": "hello", "NetworkInterfaces": [], "BlockDeviceMappings": [],
            "MetadataOptions": {"HttpTokens": UNKNOWN, "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": UNKNOWN},
        }}),
        ("aws_instance", {"user_data": "a" * 40}, {"UserData": UNKNOWN}),
    ],
)  # fmt: skip
def test_attributes_arrive_under_canonical_names(
    kind: str, after: object, properties: dict[str, object]
) -> None:
    found = one(kind, after)

    assert found.type == MAPPINGS[kind].target
    assert {name: found.properties[name] for name in properties} == properties


def test_an_empty_text_is_an_absent_one_and_an_absent_list_an_empty_one() -> None:
    found = one("aws_ebs_volume", {"kms_key_id": "", "encrypted": None})

    assert "KmsKeyId" not in found.properties
    assert found.properties["Encrypted"] is False
    assert {"/Encrypted", "/Tags"} <= found.defaults


POLICY = '{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Principal": "*", "Resource": "*"}}'
NORMAL = {
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject"],
            "Principal": {"AWS": ["*"]},
            "Resource": ["*"],
        }
    ]
}


def test_the_parts_of_a_bucket_are_one_bucket() -> None:
    resources = planned(
        ("aws_s3_bucket.a", {"bucket": "logs", "id": "logs"}),
        ("aws_s3_bucket_public_access_block.b", {"bucket": "logs", "block_public_acls": True}),
        ("aws_s3_bucket_versioning.c", {"bucket": "logs", "versioning_configuration": [{"status": "Enabled"}]}),
        ("aws_s3_bucket_policy.d", {"bucket": "logs", "policy": POLICY}),
        ("aws_s3_bucket_acl.e", {"bucket": "logs", "acl": "public-read"}),
    )  # fmt: skip
    bucket = resources[0]

    assert [each.type for each in resources] == ["AWS::S3::Bucket", "AWS::S3::BucketPolicy"]
    assert bucket.properties["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": False,
        "IgnorePublicAcls": False,
        "RestrictPublicBuckets": False,
    }
    assert bucket.properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket.properties["PolicyDocument"] == NORMAL
    assert bucket.properties["AccessControl"] == "PublicRead"
    where = bucket.origins["/PublicAccessBlockConfiguration/BlockPublicAcls"].pointer
    assert where == "/resource_changes/1/change/after/block_public_acls"
    assert bucket.origins["/PolicyDocument"].pointer == "/resource_changes/3/change/after/policy"


def test_a_part_of_a_bucket_outside_the_plan_is_a_partial_bucket() -> None:
    found = one("aws_s3_bucket_acl", {"bucket": "elsewhere", "acl": "public-read"})

    assert (found.type, found.address) == ("AWS::S3::Bucket", "aws_s3_bucket_acl.a")
    assert found.properties["AccessControl"] == "PublicRead"
    assert found.properties["BucketEncryption"] is UNKNOWN


def test_a_bucket_that_was_there_before_may_be_public() -> None:
    document = {
        "resource_changes": [
            {
                "address": "aws_s3_bucket.a",
                "mode": "managed",
                "type": "aws_s3_bucket",
                "name": "a",
                "change": {"actions": ["update"], "after": {"bucket": "old"}},
            }
        ]
    }
    plan = read_terraform_plan(json.dumps(document).encode(), where="plan.json")

    assert plan.resources[0].properties["PublicAccessBlockConfiguration"] is UNKNOWN
    fresh = one("aws_s3_bucket", {"bucket": "new"})
    assert "/PublicAccessBlockConfiguration" in fresh.defaults


def test_alarms_reach_the_trail_whose_log_group_their_filter_reads() -> None:
    arn = "arn:aws:logs:eu-west-1:1:log-group:trail:*"
    transformation = [{"name": "roots", "namespace": "cis", "value": "1"}]
    resources = planned(
        ("aws_cloudtrail.t", {"name": "t", "cloud_watch_logs_group_arn": arn}),
        ("aws_cloudwatch_log_group.g", {"name": "trail", "arn": arn.removesuffix(":*")}),
        ("aws_cloudwatch_log_metric_filter.f", {
            "name": "f", "pattern": "{ $.userIdentity.type = Root }", "log_group_name": "trail",
            "metric_transformation": transformation,
        }),
        ("aws_cloudwatch_metric_alarm.m", {
            "alarm_name": "m", "metric_name": "roots", "namespace": "cis", "alarm_actions": ["arn:sns"],
        }),
    )  # fmt: skip
    trail = next(each for each in resources if each.type == "AWS::CloudTrail::Trail")

    assert trail.properties["MetricFilters"] == [
        {
            "FilterName": "f",
            "FilterPattern": "{ $.userIdentity.type = Root }",
            "Alarms": [{"AlarmName": "m", "AlarmActions": ["arn:sns"]}],
        }
    ]


def test_policies_and_attachments_reach_their_role_by_name() -> None:
    resources = planned(
        ("aws_iam_role.r", {"name": "r", "assume_role_policy": POLICY}),
        ("aws_iam_role_policy.p", {"name": "p", "role": "r", "policy": POLICY}),
        ("aws_iam_role_policy_attachment.t", {"role": "r", "policy_arn": "arn:aws:iam::aws:policy/A"}),
    )  # fmt: skip
    role = resources[0]

    assert role.properties["AssumeRolePolicyDocument"] == NORMAL
    assert role.properties["Policies"] == [{"PolicyName": "p", "PolicyDocument": NORMAL}]
    assert role.properties["ManagedPolicyArns"] == ["arn:aws:iam::aws:policy/A"]
    assert role.origins["/Policies/0/PolicyDocument"].pointer.startswith("/resource_changes/1/")


def test_what_nobody_wrote_is_a_default_although_the_plan_calls_it_unknown() -> None:
    entry = {
        "address": "aws_ebs_volume.a",
        "mode": "managed",
        "type": "aws_ebs_volume",
        "name": "a",
        "change": {"actions": ["create"], "after": {}, "after_unknown": {"encrypted": True}},
    }
    told = {
        "root_module": {"resources": [{"type": "aws_ebs_volume", "name": "a", "expressions": {}}]}
    }
    references = {"encrypted": {"references": ["var.is_encrypted"]}}
    asked = {
        "root_module": {
            "resources": [{"type": "aws_ebs_volume", "name": "a", "expressions": references}]
        }
    }  # fmt: skip

    def encrypted(**parts: object) -> object:
        data = json.dumps({"resource_changes": [entry], **parts}).encode()
        return read_terraform_plan(data, where="p").resources[0].properties["Encrypted"]

    assert encrypted(configuration=told) is False
    assert encrypted(configuration=asked) is UNKNOWN
    assert encrypted() is UNKNOWN


def test_planned_values_without_changes_leave_out_what_is_unknown() -> None:
    values = {"resources": [{"address": "aws_ebs_volume.a", "mode": "managed", "type": "aws_ebs_volume", "name": "a", "values": {"size": 8}}]}  # fmt: skip
    document = {"planned_values": {"root_module": values}}
    found = read_terraform_plan(json.dumps(document).encode(), where="p").resources[0]
    assert found.properties["Encrypted"] is UNKNOWN

    declared = [{"type": "aws_ebs_volume", "name": "a", "expressions": {"size": {}}}]
    told = document | {"configuration": {"root_module": {"resources": declared}}}
    found = read_terraform_plan(json.dumps(told).encode(), where="p").resources[0]
    assert found.properties["Encrypted"] is False


def test_a_policy_that_is_no_policy_is_unknown_and_never_passes_for_none() -> None:
    for wrong in ("not json", "[1]", '{"Statement": [7]}'):
        found = one("aws_kms_key", {"policy": wrong})
        assert UNKNOWN in (found.properties["KeyPolicy"], *_statements(found)), wrong


def _statements(found: Resource) -> list[object]:
    policy = found.properties["KeyPolicy"]
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    return list(statements) if isinstance(statements, list) else []


def test_types_without_a_mapping_are_counted_by_type() -> None:
    document = {
        "resource_changes": [
            {
                "address": f"random_id.{name}",
                "mode": "managed",
                "type": "random_id",
                "name": name,
                "change": {"actions": ["create"], "after": {"byte_length": 4}},
            }
            for name in ("a", "b")
        ]
    }
    plan = read_terraform_plan(json.dumps(document).encode(), where="p")

    assert plan.unmapped == {"random_id": 2}
    assert plan.resources[0].properties == {"byte_length": 4}


def test_keys_that_are_written_into_a_provider_are_secret_constants() -> None:
    expressions = {
        "access_key": {"constant_value": "AKIA"},
        "secret_key": {"references": ["var.k"]},
    }
    configuration = {"provider_config": {"aws": {"name": "aws", "expressions": expressions}}}
    resources = planned(configuration=configuration)

    assert resources[0].type == "terraform:provider.aws"
    assert resources[0].properties == {"AccessKey": "AKIA", "SecretKey": UNKNOWN}
    assert resources[0].sensitive == {"/AccessKey"}


BLOCK_ADDRESS = "aws_s3_bucket_versioning.v"
VERSIONED = {"versioning_configuration": [{"status": "Enabled"}]}


def versioned(*, expressions: object, **declared: object) -> dict[str, object]:
    """Read two buckets and versioning whose bucket is known only after apply."""

    def entry(address: str, kind: str, after: object, unknown: object) -> object:
        change = {"actions": ["create"], "after": after, "after_unknown": unknown}
        name = address.split(".")[1].partition("[")[0]
        return {"address": address, "mode": "managed", "type": kind, "name": name, "change": change}

    late = {"bucket": True}
    document = {
        "resource_changes": [
            entry('aws_s3_bucket.b["x"]', "aws_s3_bucket", {}, late),
            entry('aws_s3_bucket.b["y"]', "aws_s3_bucket", {}, late),
            entry(f'{BLOCK_ADDRESS}["x"]', "aws_s3_bucket_versioning", VERSIONED, late),
        ],
        "configuration": {
            "root_module": {
                "resources": [
                    {"type": "aws_s3_bucket", "name": "b", "expressions": {}},
                    {
                        "type": "aws_s3_bucket_versioning",
                        "name": "v",
                        "expressions": {"bucket": {"references": expressions}},
                        **declared,
                    },
                ]
            }
        },
    }
    plan = read_terraform_plan(json.dumps(document).encode(), where="p")
    return {
        each.address: each.properties["VersioningConfiguration"]
        for each in plan.resources
        if each.provider_type == "aws_s3_bucket"
    }


def test_a_part_of_each_follows_what_it_is_made_for() -> None:
    found = versioned(
        expressions=["each.value.id", "each.value"],
        for_each_expression={"references": ["aws_s3_bucket.b"]},
    )

    assert found['aws_s3_bucket.b["x"]'] == {"Status": "Enabled"}
    assert found['aws_s3_bucket.b["y"]'] == {"Status": "Suspended"}


def test_a_part_that_may_belong_to_several_resources_makes_them_unknown() -> None:
    found = versioned(expressions=["local.bucket"])

    assert set(found) == {'aws_s3_bucket.b["x"]', 'aws_s3_bucket.b["y"]'}
    assert all(value is UNKNOWN for value in found.values())


def test_a_subnet_has_the_routes_of_its_table_else_nobody_knows() -> None:
    resources = planned(
        ("aws_subnet.s", {"id": "subnet-1"}),
        ("aws_subnet.other", {"id": "subnet-2"}),
        ("aws_route_table.t", {"id": "rtb-1", "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}]}),
        ("aws_route.r", {"route_table_id": "rtb-1", "destination_cidr_block": "10.0.0.0/8"}),
        ("aws_route_table_association.a", {"subnet_id": "subnet-1", "route_table_id": "rtb-1"}),
    )  # fmt: skip
    found = {each.address: each.properties for each in resources}

    assert found["aws_subnet.s"]["Routes"] == [
        {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"},
        {"DestinationCidrBlock": "10.0.0.0/8"},
    ]
    assert found["aws_subnet.other"]["Routes"] is UNKNOWN
    assert found["aws_route_table.t"]["SubnetIds"] == ["subnet-1"]


def test_a_block_of_planned_values_lacks_what_is_unknown() -> None:
    values = {"encryption_configuration": [{"encryption_type": "KMS"}]}
    key = {"references": ["aws_kms_key.k"]}
    expressions = {"encryption_configuration": [{"encryption_type": {}, "kms_key": key}]}
    document = {
        "planned_values": {
            "root_module": {
                "resources": [
                    {
                        "address": "aws_ecr_repository.a",
                        "mode": "managed",
                        "type": "aws_ecr_repository",
                        "name": "a",
                        "values": values,
                    }
                ]
            }
        },
        "configuration": {
            "root_module": {
                "resources": [
                    {"type": "aws_ecr_repository", "name": "a", "expressions": expressions}
                ]
            }
        },
    }
    found = read_terraform_plan(json.dumps(document).encode(), where="p").resources[0]

    assert found.properties["EncryptionConfiguration"] == {
        "EncryptionType": "KMS",
        "KmsKey": UNKNOWN,
    }
    assert found.properties["ImageTagMutability"] == "MUTABLE"


def created(kind: str, unknown: object, expressions: object) -> Resource:
    """Read the plan of one resource whose attributes all come with apply."""
    entry = {
        "address": f"{kind}.a",
        "mode": "managed",
        "type": kind,
        "name": "a",
        "change": {"actions": ["create"], "after": {}, "after_unknown": unknown},
    }
    declared = {"type": kind, "name": "a", "expressions": expressions}
    configuration = {"root_module": {"resources": [declared]}}
    document = {"resource_changes": [entry], "configuration": configuration}
    return read_terraform_plan(json.dumps(document).encode(), where="p").resources[0]


def test_what_only_the_provider_computes_is_absent_as_it_is_in_source() -> None:
    reference = {"references": ["data.aws_iam_policy_document.d.json"]}
    silent = created("aws_kms_key", {"policy": True, "key_id": True, "tags_all": True}, {})
    written = created("aws_kms_key", {"policy": True}, {"policy": reference})

    assert "KeyPolicy" not in silent.properties
    assert silent.properties["Tags"] == []
    assert written.properties["KeyPolicy"] is UNKNOWN


def test_tags_that_come_with_apply_are_unknown() -> None:
    late = {"references": ["aws_vpc.a.id"]}

    assert created("aws_kms_key", {"tags": True}, {"tags": late}).properties["Tags"] is UNKNOWN
    group = created("aws_security_group", {"tags": True}, {"tags": late})
    assert group.properties["Tags"] is UNKNOWN
    raw = created("aws_nobody_knows", {"a": True, "b": True}, {"a": late})
    assert raw.properties == {"a": UNKNOWN}


def test_user_data_is_taken_from_the_configuration_where_the_plan_has_its_digest() -> None:
    def read(expression: object) -> object:
        entry = {
            "address": "aws_instance.a",
            "mode": "managed",
            "type": "aws_instance",
            "name": "a",
            "change": {"actions": ["create"], "after": {"user_data": "a" * 40}},
        }
        declared = {"type": "aws_instance", "name": "a", "expressions": {"user_data": expression}}
        configuration = {"root_module": {"resources": [declared]}}
        document = {"resource_changes": [entry], "configuration": configuration}
        plan = read_terraform_plan(json.dumps(document).encode(), where="p")
        return plan.resources[0].properties["UserData"]

    assert read({"constant_value": "export KEY=1"}) == "export KEY=1"
    assert read({"references": ["var.script"]}) is UNKNOWN
