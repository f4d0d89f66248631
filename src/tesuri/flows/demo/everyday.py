"""The everyday weaknesses of the demo company's code and settings of its accounts."""

from collections.abc import Iterator
from typing import Final

from tesuri.flows.demo.cast import (
    PAYMENTS_ACCOUNT,
    PLATFORM_ACCOUNT,
    REGION,
    REPOSITORIES,
    repository,
)
from tesuri.flows.demo.chance import between, chance
from tesuri.flows.demo.faults import Fault, Misset, Spans, Weak
from tesuri.model.severity import Severity

_SHARE: Final = 0.42
_HISTORY_DAYS: Final = 90

_RULES: Final = (
    ("weak-hash", "MD5 is used where a collision matters", Severity.MEDIUM, "CWE-328"),
    ("cookie-not-secure", "A cookie is set without the Secure flag", Severity.LOW, "CWE-614"),
    ("log-injection", "A request's value is written to the log as it is", Severity.LOW, "CWE-117"),
    ("open-redirect", "A redirect follows an address of the request", Severity.MEDIUM, "CWE-601"),
    ("random-not-secure", "A token is made of ordinary random numbers", Severity.MEDIUM, "CWE-338"),
    ("timing-compare", "A signature is compared in unequal time", Severity.LOW, "CWE-208"),
)
_CODE: Final = {
    "weak-hash": "digest = hashlib.md5(body).hexdigest()",
    "cookie-not-secure": "reply.setCookie('basket', id, {httpOnly: true})",
    "log-injection": "logger.info('order %s' % request.args['order'])",
    "open-redirect": "return redirect(request.args['next'])",
    "random-not-secure": "token = ''.join(random.choices(LETTERS, k=24))",
    "timing-compare": "return given == expected",
}
_FILES: Final = (
    "src/api/orders.py",
    "src/api/session.py",
    "src/jobs/nightly.py",
    "src/web/form.ts",
)
# Check, title, severity, kind of resource, its name, what is wrong with it.
_CHECKS: Final = (
    (
        "s3_bucket_secure_transport_policy",
        "Check if S3 buckets have secure transport policy.",
        Severity.MEDIUM,
        ("AwsS3Bucket", "s3:::hamabe-{}"),
        ("statements", "exports", "reports", "uploads"),
    ),
    (
        "iam_user_accesskey_unused",
        "Ensure unused user access keys are disabled.",
        Severity.MEDIUM,
        ("AwsIamUser", "iam::{account}:user/{}"),
        ("batch-old", "report-reader", "ci-legacy"),
    ),
    (
        "ec2_ebs_volume_encryption",
        "Ensure there are no EBS volumes unencrypted.",
        Severity.MEDIUM,
        ("AwsEc2Volume", "ec2:{region}:{account}:volume/vol-0{}"),
        ("a71e9c04", "5d20b8f3", "e93c17aa"),
    ),
    (
        "rds_instance_deletion_protection",
        "Check if RDS instances have deletion protection enabled.",
        Severity.LOW,
        ("AwsRdsDbInstance", "rds:{region}:{account}:db:{}"),
        ("reports-replica", "notify", "ledger-archive"),
    ),
    (
        "cloudwatch_log_group_retention_policy_specific_days_enabled",
        "Check if CloudWatch log groups have a retention policy of specific days.",
        Severity.LOW,
        ("AwsLogsLogGroup", "logs:{region}:{account}:log-group:/hamabe/{}"),
        ("gateway", "batch", "worker", "edge"),
    ),
    (
        "kms_cmk_rotation_enabled",
        "Ensure rotation for customer created KMS CMKs is enabled.",
        Severity.MEDIUM,
        ("AwsKmsKey", "kms:{region}:{account}:key/9f2c-{}"),
        ("ledger", "export"),
    ),
)


def everyday_faults() -> tuple[Fault, ...]:
    """Give weaknesses by repository, then settings by account."""
    return (*_weaknesses(), *_settings())


def _weaknesses() -> Iterator[Fault]:
    for name in REPOSITORIES:
        for rule, title, severity, weakness in _RULES:
            if chance("weak", rule, name) >= _SHARE:
                continue
            place = between(0, len(_FILES) - 1, "file", rule, name)
            what = Weak(
                rule=rule,
                title=title,
                severity=severity,
                weakness=weakness,
                path=_FILES[place],
                line=between(12, 260, "line", rule, name),
                code=_CODE[rule],
                help="See the rule's page in the engineering handbook.",
            )
            yield Fault(repository(name), what, _life("weak", rule, name), tools=("semgrep",))


def _settings() -> Iterator[Fault]:
    for account in (PAYMENTS_ACCOUNT, PLATFORM_ACCOUNT):
        for check, title, severity, (kind, pattern), names in _CHECKS:
            for name in names:
                if chance("set", account, check, name) >= 2 * _SHARE:
                    continue
                resource = "arn:aws:" + pattern.replace("{}", name).replace(
                    "{account}", account
                ).replace("{region}", REGION)
                what = Misset(
                    check, title, severity, resource, kind, f"{name}: {title}", "See the runbook."
                )
                yield Fault(account, what, _life("set", account, check, name))


def _life(*names: object) -> Spans:
    since = between(3, _HISTORY_DAYS, "since", *names)
    life = between(6, 75, "life", *names)
    return ((since, max(0, since - life)),)
