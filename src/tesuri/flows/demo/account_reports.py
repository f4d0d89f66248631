"""Reports about accounts and sites: Prowler's OCSF, and a table that people keep."""

import csv
from collections.abc import Sequence
from datetime import datetime
from io import StringIO

from tesuri.flows.demo.cast import REGION
from tesuri.flows.demo.faults import Fault, Misset, Noted
from tesuri.flows.demo.written import Json, Value, as_bytes, instant_text
from tesuri.model.severity import Severity

_LEVELS = {Severity.CRITICAL: 5, Severity.HIGH: 4, Severity.MEDIUM: 3, Severity.LOW: 2}
_PASSED = (
    ("cloudtrail_multi_region_enabled", "Ensure CloudTrail is enabled in all regions."),
    ("iam_root_mfa_enabled", "Ensure MFA is enabled for the root account."),
    ("s3_account_level_public_access_blocks", "Check S3 account level public access block."),
    ("guardduty_is_enabled", "Check if GuardDuty is enabled."),
)
_MUTED = Misset(
    check="ec2_instance_public_ip",
    title="Check for EC2 instances with public IP.",
    severity=Severity.MEDIUM,
    resource="arn:aws:ec2:ap-northeast-1:410000000025:instance/i-0status",
    resource_type="AwsEc2Instance",
    detail="The status page answers the public on purpose.",
    remedy="",
)
_COLUMNS = (
    "title",
    "severity",
    "rule_id",
    "kind",
    "cwe",
    "url",
    "resource",
    "description",
    "mitigation",
    "tool",
)


def prowler_report(account: str, faults: Sequence[Fault], scanned_at: datetime) -> bytes:
    """Give Prowler's report of one account: what failed, what passed, one muted, one unreadable."""
    found = [fault.what for fault in faults if isinstance(fault.what, Misset)]
    failed: list[Value] = [_entry(what, account, scanned_at, "FAIL") for what in found]
    passed: list[Value] = [_passed(check, title, account, scanned_at) for check, title in _PASSED]
    muted = {**_entry(_MUTED, account, scanned_at, "FAIL"), "status": "Suppressed"}
    # A product update wrote one line of another class; it is counted as skipped.
    foreign: Json = {**_entry(_MUTED, account, scanned_at, "FAIL"), "class_uid": 6003}
    return as_bytes([*failed, *passed, muted, foreign])


def _passed(check: str, title: str, account: str, scanned_at: datetime) -> Json:
    what = Misset(check, title, Severity.LOW, f"arn:aws:iam::{account}:root", "AwsAccount", "", "")
    return _entry(what, account, scanned_at, "PASS")


def _entry(what: Misset, account: str, scanned_at: datetime, status: str) -> Json:
    return {
        "class_uid": 2004,
        "time_dt": instant_text(scanned_at),
        "metadata": {
            "version": "1.5.0",
            "event_code": what.check,
            "product": {"name": "Prowler", "version": "5.13.0"},
        },
        "finding_info": {"uid": f"prowler-aws-{what.check}-{account}", "title": what.title},
        "cloud": {"provider": "aws", "account": {"uid": account}, "region": REGION},
        "severity": what.severity.value.title(),
        "severity_id": _LEVELS[what.severity],
        "status": "New",
        "status_code": status,
        "status_detail": what.detail,
        "resources": [{"uid": what.resource, "type": what.resource_type, "region": REGION}],
        "remediation": {"desc": what.remedy},
    }


def table_report(tool: str, faults: Sequence[Fault]) -> bytes:
    """Give the table that people keep of one site; its last line was left half empty."""
    found = [fault.what for fault in faults if isinstance(fault.what, Noted)]
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_row(what, tool) for what in found)
    # To be written up: neither title nor rule, so it is counted as skipped.
    writer.writerow(["", "low", "", "", "", "", "", "to be written up", "", tool])
    return text.getvalue().encode()


def _row(what: Noted, tool: str) -> Sequence[str]:
    return (
        what.title,
        what.severity.value,
        what.rule,
        what.kind,
        what.weakness,
        what.url,
        what.resource,
        what.detail,
        what.remedy,
        tool,
    )
