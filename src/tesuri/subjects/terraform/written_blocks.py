"""Blocks that no provider computes: where a plan knows nothing of one, somebody wrote it.

The configuration of a plan leaves `dynamic` blocks out, so one whose members come with apply looks as if nobody had
written it. Of most attributes that means that the provider computes them; of these blocks it means that they are dynamic.

**source** The schemas of the providers: blocks that are required or optional, and not computed (terraform-provider-aws 5
and 6, terraform-provider-kubernetes 2).
"""

from collections.abc import Mapping
from typing import Final

from tesuri.model.resource import Unknown
from tesuri.subjects.planned import Planned

_STAGE: Final = ("access_log_settings",)
_DOMAIN: Final = ("log_publishing_options", "vpc_options", "cognito_options")
_BALANCER: Final = ("access_logs", "connection_logs")
_RULE: Final = ("rule",)
_BLOCKS: Final[Mapping[str, tuple[str, ...]]] = {
    "aws_alb": _BALANCER,
    "aws_alb_listener": ("default_action",),
    "aws_api_gateway_stage": _STAGE,
    "aws_apigatewayv2_stage": _STAGE,
    "aws_appsync_graphql_api": ("log_config",),
    "aws_athena_database": ("encryption_configuration",),
    "aws_athena_workgroup": ("configuration",),
    "aws_autoscaling_group": ("launch_template", "tag"),
    "aws_cloudfront_distribution": (
        "logging_config", "origin", "origin_group", "default_cache_behavior", "ordered_cache_behavior",
        "viewer_certificate", "restrictions",
    ),
    "aws_cloudtrail": ("event_selector", "advanced_event_selector", "insight_selector"),
    "aws_codebuild_project": ("artifacts", "environment", "logs_config", "secondary_artifacts", "vpc_config"),
    "aws_dax_cluster": ("server_side_encryption",),
    "aws_ecr_repository": ("encryption_configuration", "image_scanning_configuration"),
    "aws_ecs_cluster": ("configuration",),
    "aws_ecs_service": ("network_configuration", "load_balancer"),
    "aws_ecs_task_definition": ("volume",),
    "aws_eks_cluster": ("encryption_config", "vpc_config"),
    "aws_elasticsearch_domain": _DOMAIN,
    "aws_elb": ("access_logs", "listener"),
    "aws_kinesis_firehose_delivery_stream": ("server_side_encryption",),
    "aws_lambda_function": ("environment", "vpc_config", "dead_letter_config"),
    "aws_launch_template": ("block_device_mappings", "network_interfaces", "iam_instance_profile", "monitoring"),
    "aws_lb": _BALANCER,
    "aws_lb_listener": ("default_action",),
    "aws_mq_broker": ("encryption_options", "logs", "user"),
    "aws_msk_cluster": ("broker_node_group_info", "client_authentication", "encryption_info", "logging_info"),
    "aws_opensearch_domain": _DOMAIN,
    "aws_redshift_cluster": ("logging", "snapshot_copy"),
    "aws_s3_bucket_lifecycle_configuration": _RULE,
    "aws_s3_bucket_server_side_encryption_configuration": _RULE,
    "aws_s3_bucket_versioning": ("versioning_configuration",),
    "aws_sfn_state_machine": ("logging_configuration",),
    "aws_wafv2_web_acl": ("default_action", "rule"),
    "aws_wafv2_web_acl_logging_configuration": ("logging_filter", "redacted_fields"),
}  # fmt: skip
OF_KUBERNETES: Final = frozenset({"container", "init_container", "rule", "subject"})
"""The same in every resource of Kubernetes."""


def with_dynamic(
    kind: str, values: Mapping[str, Planned], written: Mapping[str, object]
) -> Mapping[str, object]:
    """Give what is written in a resource, with its dynamic blocks of which nothing is known."""
    late = [
        name
        for name in _BLOCKS.get(kind, ())
        if name not in written and isinstance(values.get(name), Unknown)
    ]
    return {**written, **dict.fromkeys(late)} if late else written
