"""Which calls tell of resources that are joined: the others are read apart from them, and leave the memory in between.

A family is all calls about types of which one is a part of, or is looked up for, another one. It follows from the
tables of calls and joins; what is joined by hand in this folder is named here.
"""

from collections.abc import Iterable
from functools import cache
from typing import Final

from tesuri.subjects.aws.joins import JOINS
from tesuri.subjects.aws.recorded.data_stores import relatives_of
from tesuri.subjects.aws.recorded.things import ACCOUNT_WIDE, DETAILS, LISTINGS, MAPPED

JOINED_BY: Final = (
    ("AWS::EC2::VPC", "FlowLogs", ("ec2.DescribeFlowLogs",)),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Listeners", ("elbv2.DescribeListeners",)),
    (
        "AWS::Logs::MetricFilter",
        "Alarms",
        ("cloudwatch.DescribeAlarms", "cloudwatch.DescribeAlarmsForMetric"),
    ),
    ("AWS::Logs::LogGroup", "MetricFilters", ("logs.DescribeMetricFilters",)),
    ("AWS::CloudTrail::Trail", "MetricFilters", ("logs.DescribeMetricFilters",)),
    ("AWS::S3::Bucket", "Trails", ("cloudtrail.DescribeTrails",)),
    (
        "AWS::Config::ConfigurationRecorder",
        "DeliveryChannels",
        ("config.DescribeDeliveryChannels",),
    ),
    ("AWS::EC2::Subnet", "Routes", ("ec2.DescribeRouteTables",)),
    ("AWS::EC2::Instance", "SystemsManager", ("ssm.DescribeInstanceInformation",)),
)
"""Type, property and the calls without which nobody can tell it."""

_BY_HAND: Final = (
    ("AWS::Config::ConfigurationRecorder", "AWS::Config::DeliveryChannel"),
    ("AWS::EC2::Subnet", "AWS::EC2::RouteTable"),
    ("AWS::Logs::MetricFilter", "AWS::CloudWatch::Alarm"),
    ("AWS::CloudFront::Distribution", "AWS::S3::Bucket", "s3.HeadBucket"),
    ("AWS::IAM::User", "AWS::IAM::Role", "AWS::IAM::Group", "AWS::IAM::Policy"),
    ("AWS::IAM::User", "iam.GetCredentialReport", "iam.GetAccountSummary"),
    ("AWS::IAM::User", "iam.ListVirtualMFADevices", "iam.GetAccountPasswordPolicy"),
    ("AWS::IAM::Role", "iam.ListEntitiesForPolicy", "AWS::Account"),
    ("AWS::Account", "account.GetAlternateContact", "account.GetContactInformation"),
    # Both services are called elb in some recordings; what they answer tells which one it was.
    ("AWS::ElasticLoadBalancing::LoadBalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer"),
)


def family_of(operation: str) -> int | None:
    """Give the number of the family of a call; None for a call that tells nothing."""
    return _numbers().get(operation)


def named_in_full(operation: str) -> str:
    """Give a call that a command line named without its service, where only one service has it."""
    service, _, name = operation.partition(".")
    if service == "*":
        fitting = [one for one in MAPPED if one.endswith(f".{name}")]
        return fitting[0] if len(fitting) == 1 else operation
    return operation


@cache
def _numbers() -> dict[str, int]:
    joined = _Sets()
    for call in MAPPED:
        joined.put([call])
    for listing in (*LISTINGS, *ACCOUNT_WIDE):
        joined.put([listing.operation, listing.kind, *relatives_of(listing.kind)])
    for detail in DETAILS:
        joined.put([detail.operation, detail.kind])
    for join in JOINS:
        joined.put([join.part, join.whole])
    for kind, _, operations in JOINED_BY:
        joined.put([kind, *operations])
    for together in _BY_HAND:
        joined.put(together)
    roots = {call: joined.root(call) for call in sorted(MAPPED)}
    numbers = {root: number for number, root in enumerate(dict.fromkeys(roots.values()))}
    found = {call: numbers[root] for call, root in roots.items()}
    return found | {
        call.replace("elbv2.", "elb."): number
        for call, number in found.items()
        if call.startswith("elbv2.")
    }


class _Sets:
    """Sets of words that grow together."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def root(self, word: str) -> str:
        """Give the word that stands for the set of another one."""
        while (parent := self._parent.setdefault(word, word)) != word:
            word = parent
        return word

    def put(self, words: Iterable[str]) -> None:
        """Let the sets of some words be one."""
        first, *rest = words
        for word in rest:
            self._parent[self.root(word)] = self.root(first)
