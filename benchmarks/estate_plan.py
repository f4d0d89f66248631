"""A plan as large as a company's: the same module called again and again, each a small service of some 28 resources.

Types, attributes and references are those of real plans; every value is made up, the same at every run. About a third
of the resources break some control, as in an estate that nobody looked at before.
"""

import random
from collections.abc import Iterator
from itertools import count
from typing import Final

import orjson

from benchmarks.generated import SEED

Values = dict[str, object]
_TRUST: Final = orjson.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
).decode()
_SECRET: Final = ("password", "master_password")


def estate_plan(resources: int) -> bytes:
    """Give the plan of at least so many resources as `terraform show -json` writes it."""
    draw = random.Random(SEED)
    changes: list[Values] = []
    planned: list[Values] = []
    calls: Values = {}
    for number in count():
        if len(changes) >= resources:
            break
        name = f"service_{number}"
        made = list(_service(number, draw))
        changes += [_change(f"module.{name}", *one) for one in made]
        held = [_planned(f"module.{name}", *one) for one in made]
        planned.append({"address": f"module.{name}", "resources": held})
        written = {"resources": [_written(*one) for one in made]}
        calls[name] = {"source": "./service", "module": written}
    provider = {"aws": {"name": "aws", "full_name": _PROVIDER}}
    document = {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "planned_values": {"root_module": {"child_modules": planned}},
        "resource_changes": changes,
        "configuration": {"provider_config": provider, "root_module": {"module_calls": calls}},
    }
    return orjson.dumps(document)


_PROVIDER: Final = "registry.terraform.io/hashicorp/aws"
_Made = tuple[str, str, Values, Values, Values]
"""Type, name, known values, values known after apply, and the references that set attributes."""


def _change(
    module: str, kind: str, name: str, after: Values, unknown: Values, _written: Values
) -> Values:
    secret = {key: True for key in _SECRET if key in after}
    return {
        "address": f"{module}.{kind}.{name}",
        "module_address": module,
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider_name": _PROVIDER,
        "change": {
            "actions": ["create"],
            "before": None,
            "after": after,
            "after_unknown": {"id": True, "arn": True, **unknown},
            "before_sensitive": False,
            "after_sensitive": secret,
        },
    }


def _planned(
    module: str, kind: str, name: str, after: Values, _unknown: Values, _written: Values
) -> Values:
    return {
        "address": f"{module}.{kind}.{name}",
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider_name": _PROVIDER,
        "schema_version": 1,
        "values": after,
        "sensitive_values": {key: True for key in _SECRET if key in after},
    }


def _written(kind: str, name: str, after: Values, _unknown: Values, references: Values) -> Values:
    plain = {
        key: {"constant_value": value}
        for key, value in after.items()
        if isinstance(value, str | int | bool) and len(str(value)) < 40
    }
    followed = {key: {"references": [f"{target}.id", target]} for key, target in references.items()}
    return {
        "address": f"{kind}.{name}",
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider_config_key": "aws",
        "expressions": {**plain, **followed},
        "schema_version": 1,
    }


def _service(number: int, draw: random.Random) -> Iterator[_Made]:
    tags = {
        "Name": f"shop-{number}",
        "service": f"service-{number % 40}",
        "environment": draw.choice(("production", "staging")),
        "cost-centre": f"cc-{number % 17:04}",
    }
    both: Values = {"tags": tags, "tags_all": tags}
    yield from _network(number, draw, both)
    yield from _entrances(number, draw, both)
    yield from _buckets(number, draw, both)
    yield from _stores(number, draw, both)
    yield from _computing(number, draw, both)
    yield from _identities(number, draw, both)


def _network(number: int, draw: random.Random, tags: Values) -> Iterator[_Made]:
    block = f"10.{number % 250}"
    vpc: Values = {"cidr_block": f"{block}.0.0/16", "enable_dns_hostnames": True, **tags}
    yield "aws_vpc", "main", vpc, {"main_route_table_id": True}, {}
    for zone in "abc":
        subnet: Values = {
            "availability_zone": f"eu-west-1{zone}",
            "cidr_block": f"{block}.{ord(zone)}.0/24",
            "map_public_ip_on_launch": draw.random() < 0.2,
            **tags,
        }
        yield "aws_subnet", f"part_{zone}", subnet, {"vpc_id": True}, {"vpc_id": "aws_vpc.main"}
    for name, port in (("web", 443), ("shell", 22), ("data", 5432)):
        world = draw.random() < 0.4
        group: Values = {
            "name": f"{name}-{number}",
            "description": f"{name} of service {number}",
            "ingress": [_rule(port, "0.0.0.0/0" if world else f"{block}.0.0/16")],
            "egress": [_rule(0, "0.0.0.0/0")],
            "revoke_rules_on_delete": False,
            **tags,
        }
        unknown: Values = {"vpc_id": True, "ingress": [{}], "egress": [{}]}
        yield "aws_security_group", name, group, unknown, {"vpc_id": "aws_vpc.main"}


def _entrances(number: int, draw: random.Random, tags: Values) -> Iterator[_Made]:
    block = f"10.{number % 250}"
    rule: Values = {
        "type": "ingress",
        "from_port": 8080,
        "to_port": 8080,
        "protocol": "tcp",
        "cidr_blocks": [f"{block}.0.0/16"],
        "self": False,
    }
    to_group: Values = {"security_group_id": "aws_security_group.web"}
    yield "aws_security_group_rule", "admin", rule, {"security_group_id": True}, to_group
    balancer: Values = {
        "name": f"front-{number}",
        "internal": draw.random() < 0.5,
        "load_balancer_type": "application",
        "drop_invalid_header_fields": draw.random() < 0.5,
        "enable_deletion_protection": draw.random() < 0.5,
        "access_logs": [],
        **tags,
    }
    inside: Values = {"subnets": True, "security_groups": True}
    groups: Values = {"security_groups": "aws_security_group.web"}
    yield "aws_lb", "front", balancer, inside, groups
    listener: Values = {
        "port": 443,
        "protocol": draw.choice(("HTTP", "HTTPS")),
        "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "default_action": [{"type": "forward", "order": 1}],
    }
    yield (
        "aws_lb_listener",
        "front",
        listener,
        {"load_balancer_arn": True},
        {"load_balancer_arn": "aws_lb.front"},
    )


def _rule(port: int, block: str) -> Values:
    return {
        "description": f"port {port}",
        "from_port": port,
        "to_port": port,
        "protocol": "tcp" if port else "-1",
        "cidr_blocks": [block],
        "ipv6_cidr_blocks": [],
        "prefix_list_ids": [],
        "security_groups": [],
        "self": False,
    }


def _buckets(number: int, draw: random.Random, tags: Values) -> Iterator[_Made]:
    for name in ("assets", "logs"):
        bucket: Values = {"bucket": f"shop-{name}-{number}", "force_destroy": False, **tags}
        late: Values = {"acl": True, "policy": True, "region": True, "versioning": True}
        yield "aws_s3_bucket", name, bucket, late, {}
        to_bucket: Values = {"bucket": f"aws_s3_bucket.{name}"}
        closed = draw.random() < 0.7
        block: Values = dict.fromkeys(
            (
                "block_public_acls",
                "block_public_policy",
                "ignore_public_acls",
                "restrict_public_buckets",
            ),
            closed,
        )
        yield "aws_s3_bucket_public_access_block", name, block, {"bucket": True}, to_bucket
        if draw.random() < 0.6:
            status = [{"mfa_delete": None, "status": "Enabled"}]
            versions: Values = {"versioning_configuration": status}
            yield "aws_s3_bucket_versioning", name, versions, {"bucket": True}, to_bucket


def _stores(number: int, draw: random.Random, tags: Values) -> Iterator[_Made]:
    queue: Values = {
        "name": f"orders-{number}",
        "sqs_managed_sse_enabled": draw.random() < 0.7,
        "visibility_timeout_seconds": 30,
        **tags,
    }
    yield "aws_sqs_queue", "orders", queue, {"url": True, "policy": True}, {}
    topic: Values = {"name": f"events-{number}", "kms_master_key_id": None, **tags}
    yield "aws_sns_topic", "events", topic, {"policy": True}, {}
    table: Values = {
        "name": f"carts-{number}",
        "billing_mode": "PAY_PER_REQUEST",
        "hash_key": "id",
        "attribute": [{"name": "id", "type": "S"}],
        "point_in_time_recovery": [{"enabled": draw.random() < 0.5}],
        "server_side_encryption": [],
        "deletion_protection_enabled": False,
        **tags,
    }
    yield "aws_dynamodb_table", "carts", table, {"stream_arn": True}, {}
    database: Values = {
        "identifier": f"shop-{number}",
        "engine": "postgres",
        "engine_version": "16.3",
        "instance_class": "db.r6g.large",
        "allocated_storage": 100,
        "storage_encrypted": draw.random() < 0.8,
        "publicly_accessible": draw.random() < 0.1,
        "multi_az": draw.random() < 0.5,
        "backup_retention_period": draw.choice((0, 7, 30)),
        "auto_minor_version_upgrade": True,
        "deletion_protection": draw.random() < 0.5,
        "password": f"invented-{number}",
        "enabled_cloudwatch_logs_exports": ["postgresql"],
        **tags,
    }
    data: Values = {"vpc_security_group_ids": "aws_security_group.data"}
    yield (
        "aws_db_instance",
        "main",
        database,
        {"endpoint": True, "vpc_security_group_ids": True},
        data,
    )
    key: Values = {
        "description": f"key of service {number}",
        "enable_key_rotation": draw.random() < 0.6,
        "deletion_window_in_days": 30,
        **tags,
    }
    yield "aws_kms_key", "main", key, {"key_id": True, "policy": True}, {}


def _computing(number: int, draw: random.Random, tags: Values) -> Iterator[_Made]:
    for name in ("worker", "bastion"):
        instance: Values = {
            "ami": f"ami-{number:017x}",
            "instance_type": "m6i.large",
            "associate_public_ip_address": draw.random() < 0.3,
            "ebs_optimized": True,
            "monitoring": draw.random() < 0.5,
            "metadata_options": [
                {"http_endpoint": "enabled", "http_tokens": draw.choice(("optional", "required"))}
            ],
            "root_block_device": [{"encrypted": draw.random() < 0.6, "volume_size": 50}],
            "user_data": None,
            **tags,
        }
        late: Values = {"subnet_id": True, "vpc_security_group_ids": True, "public_ip": True}
        group: Values = {"vpc_security_group_ids": "aws_security_group.shell"}
        yield "aws_instance", name, instance, late, group
    function: Values = {
        "function_name": f"resize-{number}",
        "runtime": draw.choice(("python3.12", "python3.8", "nodejs20.x")),
        "handler": "index.handler",
        "memory_size": 256,
        "timeout": 30,
        "tracing_config": [{"mode": "Active"}],
        "environment": [{"variables": {"STAGE": "production", "LEVEL": "info"}}],
        "vpc_config": [],
        **tags,
    }
    yield "aws_lambda_function", "resize", function, {"role": True}, {"role": "aws_iam_role.task"}
    log_group: Values = {
        "name": f"/shop/{number}",
        "retention_in_days": draw.choice((0, 30, 365)),
        "kms_key_id": None,
        **tags,
    }
    yield "aws_cloudwatch_log_group", "main", log_group, {}, {}
    images: Values = {
        "name": f"shop/{number}",
        "image_tag_mutability": draw.choice(("MUTABLE", "IMMUTABLE")),
        "image_scanning_configuration": [{"scan_on_push": draw.random() < 0.6}],
        "encryption_configuration": [],
        **tags,
    }
    yield "aws_ecr_repository", "images", images, {"repository_url": True}, {}


def _identities(number: int, draw: random.Random, tags: Values) -> Iterator[_Made]:
    role: Values = {
        "name": f"task-{number}",
        "assume_role_policy": _TRUST,
        "max_session_duration": 3600,
        "path": "/",
        **tags,
    }
    yield "aws_iam_role", "task", role, {"unique_id": True}, {}
    action = draw.choice(("s3:GetObject", "s3:*", "*"))
    statement = {
        "Effect": "Allow",
        "Action": action,
        "Resource": "*" if draw.random() < 0.4 else f"arn:aws:s3:::shop-assets-{number}/*",
    }
    document = orjson.dumps({"Version": "2012-10-17", "Statement": [statement]}).decode()
    policy: Values = {"name": f"task-{number}", "path": "/", "policy": document, **tags}
    yield "aws_iam_policy", "task", policy, {"policy_id": True}, {}
    both: Values = {"role": "aws_iam_role.task", "policy_arn": "aws_iam_policy.task"}
    attached: Values = {"role": f"task-{number}"}
    yield "aws_iam_role_policy_attachment", "task", attached, {"policy_arn": True}, both
