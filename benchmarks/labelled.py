"""How often gates are right about changes that others labelled good or bad: precision and recall at each point.

The labels come from the rules of another tool, each with changes that break it and changes that do not. Only rules that
a control of ours says too are counted, and only that control's verdict; what nobody can tell is counted apart. Where a
rule asks for a declaration although the default is good (a block of public access, a queue's key), the control is the one
that asks for the declaration, too.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.page import Table
from tesuri.flows.gates.source_kinds import SourceKind
from tesuri.model.control import GateReport, VerdictKind
from tesuri.settings import read_settings
from tesuri.untrusted.shape import items, text
from tesuri.untrusted.yaml_document import read_yaml
from tesuri.wiring.gates import GateSite, check_terraform

SAID_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "apigateway/enable_access_logging": (
        "aws-apigateway-stage-logs",
        "aws-apigateway-http-stage-logs",
    ),
    "apigateway/enable_cache_encryption": ("aws-apigateway-stage-cache-encrypted",),
    "apigateway/enable_tracing": ("aws-apigateway-stage-tracing",),
    "apigateway/no_public_access": ("aws-apigateway-method-authorization",),
    "athena/enable_at_rest_encryption": (
        "aws-athena-results-encrypted",
        "aws-athena-database-encrypted",
    ),
    "athena/no_encryption_override": ("aws-athena-results-encrypted",),
    "cloudfront/enable_logging": ("aws-cloudfront-access-logs",),
    "cloudfront/enforce_https": ("aws-cloudfront-https-only",),
    "cloudfront/use_secure_tls_policy": ("aws-cloudfront-viewer-tls",),
    "cloudtrail/enable_log_validation": ("aws-cloudtrail-log-validation",),
    "cloudtrail/encryption_customer_key": ("aws-cloudtrail-encrypted",),
    "cloudtrail/no_public_log_access": ("aws-s3-trail-bucket-private",),
    "cloudtrail/require_bucket_access_logging": ("aws-s3-trail-bucket-logged",),
    "cloudwatch/log_group_customer_key": ("aws-logs-encrypted",),
    "documentdb/enable_storage_encryption": ("aws-docdb-cluster-encrypted",),
    "dynamodb/enable_at_rest_encryption": ("aws-dax-cluster-encrypted",),
    "dynamodb/enable_recovery": ("aws-dynamodb-table-point-in-time-recovery",),
    "ec2/add_description_to_security_group": ("aws-ec2-security-group-described",),
    "ec2/as_enable_at_rest_encryption": ("aws-autoscaling-launch-configuration-volumes-encrypted",),
    "ec2/as_no_secrets_in_user_data": ("aws-ec2-launch-template-user-data-secrets",),
    "ec2/enable_at_rest_encryption": ("aws-ec2-instance-volumes-encrypted",),
    "ec2/enable_volume_encryption": ("aws-ec2-volume-encrypted",),
    "ec2/no_default_vpc": ("aws-ec2-no-default-vpc",),
    "ec2/no_public_ingress_acl": ("aws-ec2-network-acl-admin-port-world",),
    "ec2/no_public_ingress_sgr": ("aws-ec2-security-group-admin-port-world",),
    "ec2/no_public_ip": ("aws-autoscaling-launch-configuration-no-public-address",),
    "ec2/no_public_ip_subnet": ("aws-ec2-subnet-no-public-address",),
    "ec2/no_sensitive_info": ("aws-autoscaling-launch-configuration-user-data-secrets",),
    "ecr/enable_image_scans": ("aws-ecr-repository-scan-on-push",),
    "ecr/enforce_immutable_repository": ("aws-ecr-repository-immutable-tags",),
    "ecr/no_public_access": ("aws-ecr-repository-not-public",),
    "ecr/repository_customer_key": ("aws-ecr-repository-customer-key",),
    "ecs/enable_in_transit_encryption": ("aws-ecs-task-volume-tls",),
    "eks/enable_control_plane_logging": ("aws-eks-cluster-audit-logs",),
    "eks/encrypt_secrets": ("aws-eks-cluster-secrets-encrypted",),
    "eks/no_public_cluster_access": ("aws-eks-cluster-endpoint-not-public",),
    "elasticache/enable_backup_retention": ("aws-elasticache-cluster-backups",),
    "elasticache/enable_in_transit_encryption": ("aws-elasticache-encrypted-in-transit",),
    "elasticsearch/enable_domain_encryption": ("aws-opensearch-encrypted",),
    "elasticsearch/enable_domain_logging": ("aws-opensearch-audit-logs",),
    "elasticsearch/use_secure_tls_policy": ("aws-opensearch-tls-policy",),
    "elb/drop_invalid_headers": ("aws-elb-drop-invalid-headers",),
    "elb/http_not_used": ("aws-elb-listener-http-redirect",),
    "elb/use_secure_tls_policy": ("aws-elb-listener-tls-policy",),
    "iam/no_password_reuse": ("aws-iam-password-reuse",),
    "iam/no_root_access_keys": ("aws-iam-access-key-not-of-root",),
    "iam/require_lowercase_in_passwords": ("aws-iam-password-lower-case",),
    "iam/set_max_password_age": ("aws-iam-password-age",),
    "iam/set_minimum_password_length": ("aws-iam-password-length",),
    "lambda/enable_tracing": ("aws-lambda-function-tracing",),
    "mq/enable_audit_logging": ("aws-mq-broker-audit-logs",),
    "mq/enable_general_logging": ("aws-mq-broker-general-logs",),
    "mq/no_public_access": ("aws-mq-broker-not-public",),
    "msk/enable_logging": ("aws-msk-cluster-logs",),
    "rds/enable_performance_insights": ("aws-rds-instance-performance-insights",),
    "rds/specify_backup_retention": ("aws-rds-instance-backups-on", "aws-rds-cluster-backups-on"),
    "s3/block_public_acls": ("aws-s3-bucket-declares-acls-blocked",),
    "s3/enable_logging": ("aws-s3-bucket-logging",),
    "s3/enable_object_write_logging": ("aws-cloudtrail-object-writes",),
    "s3/encryption_customer_key": ("aws-s3-bucket-kms",),
    "s3/ignore_public_acls": ("aws-s3-bucket-declares-acls-ignored",),
    "s3/no_public_access_with_acl": ("aws-s3-bucket-public-read",),
    "s3/specify_public_access_block": ("aws-s3-bucket-declares-public-access-block",),
    "sam/enable_api_cache_encryption": ("aws-apigateway-stage-cache-encrypted",),
    "sam/enable_api_tracing": ("aws-apigateway-stage-tracing",),
    "sam/enable_function_tracing": ("aws-lambda-function-tracing",),
    "sam/enable_state_machine_tracing": ("aws-stepfunctions-state-machine-tracing",),
    "sns/enable_topic_encryption": ("aws-sns-topic-encrypted",),
    "sqs/enable_queue_encryption": ("aws-sqs-queue-declares-encryption",),
    "sqs/no_wildcards_in_policy_documents": ("aws-sqs-queue-policy-no-wildcard-action",),
    "kubernetes/SYS_ADMIN_capability": ("kubernetes-pod-capabilities",),
    "kubernetes/apparmor_policy_disabled": ("kubernetes-pod-app-armor",),
    "kubernetes/can_elevate_its_own_privileges": ("kubernetes-pod-privilege-escalation",),
    "kubernetes/capabilities_no_drop_all": ("kubernetes-pod-capabilities-dropped",),
    "kubernetes/host_ipc": ("kubernetes-pod-host-ipc",),
    "kubernetes/host_network": ("kubernetes-pod-host-network",),
    "kubernetes/hostpath_volumes_mounted": ("kubernetes-pod-host-path",),
    "kubernetes/non_default_proc_masks_set": ("kubernetes-pod-proc-mount",),
    "kubernetes/privileged": ("kubernetes-pod-privileged",),
    "kubernetes/runtime_default_seccomp_profile_not_set": ("kubernetes-pod-seccomp-stated",),
    "kubernetes/uses_image_tag_latest": ("kubernetes-image-tag",),
}
"""Rule of the labels → the controls that say the same, one for each kind of resource."""
_FORMS: Final = {
    "terraform": "commit, Terraform source",
    "cloudformation": "template, CloudFormation",
    "kubernetes": "admission, manifests",
}


def table(corpus: Path) -> Table | None:
    """Give the figures of each form; None without the labelled changes."""
    folder = corpus / "guardrails" / "labelled-pairs"
    if not folder.is_dir():
        return None
    found: dict[str, Counter[tuple[str, str]]] = {form: Counter() for form in _FORMS}
    for one in judged(folder):
        found[one.form][one.label, one.verdict] += 1
    return Table(
        "Right and wrong on labelled changes",
        "Changes that others labelled, judged by the one control that says the same as the label's rule; a verdict is right "
        "when it fails what is labelled bad, and only that. Rules without a control of ours are not counted.",
        (
            "Point",
            "Bad, failed",
            "Bad, passed",
            "Good, passed",
            "Good, failed",
            "Unknown",
            "Precision",
            "Recall",
        ),
        tuple(_row(_FORMS[form], counts) for form, counts in found.items()),
    )


def _row(name: str, counts: Counter[tuple[str, str]]) -> tuple[str, ...]:
    hit, missed = counts["bad", "fail"], counts["bad", "pass"]
    alarm = counts["good", "fail"]
    unknown = counts["bad", "unknown"] + counts["good", "unknown"]
    figures = (hit, missed, counts["good", "pass"], alarm, unknown)
    return (
        name,
        *map(str, figures),
        f"{hit / max(1, hit + alarm):.3f}",
        f"{hit / max(1, hit + missed):.3f}",
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """One labelled change, and what the controls say of it that mean the same as the label's rule."""

    rule: str
    form: str
    label: str
    number: int
    verdict: str


def judged(folder: Path) -> Iterator[Judged]:
    """Judge each change of a rule that a control of ours says."""
    for file in sorted(folder.rglob("*.yaml")):
        rule = "/".join(file.with_suffix("").parts[-2:])
        controls = SAID_BY.get(rule, ())
        document = read_yaml(file.read_bytes(), where=file.name)
        for form in _FORMS if controls else ():
            for label in ("good", "bad"):
                for number, source in enumerate(items(document, form, label)):
                    verdict = _verdict(_report(form, text(source)), controls)
                    yield Judged(rule, form, label, number, verdict)


def _verdict(report: GateReport, controls: tuple[str, ...]) -> str:
    said = {one.verdict.kind for one in report.rulings if one.verdict.control in controls}
    for kind in (VerdictKind.FAIL, VerdictKind.UNKNOWN):
        if kind in said:
            return kind.value
    return VerdictKind.PASS.value


def _report(form: str, source: str) -> GateReport:
    if form == "terraform":
        return _source_report(source)
    kind = SourceKind.TEMPLATE if form == "cloudformation" else SourceKind.MANIFEST
    return _SITE.check_source(
        kind, source.encode(), where="change", repository="", fail_on_unknown=False
    )


def _source_report(source: str) -> GateReport:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "main.tf").write_text(source, encoding="utf-8")
        return check_terraform(
            _SITE, Path(name), ["main.tf"], where=".", repository="", fail_on_unknown=False
        )


_SITE: Final = GateSite(read_settings({}, Path("/")))
