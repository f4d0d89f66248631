"""EC2's answers: security groups, networks, machines, disks, images.

**source** Amazon EC2 API reference, the Describe… and Get… calls named here.
"""

from base64 import b64decode
from collections.abc import Mapping
from typing import Final

from tesuri.model.resource import UNKNOWN, Unknown, Value
from tesuri.subjects.aws.recorded.shape import (
    Properties,
    Rename,
    entries,
    fitted,
    names,
    parts_of,
    pick,
    plain,
    shaped,
)
from tesuri.subjects.aws.recorded.sources import Detail, Listing
from tesuri.untrusted.shape import text

GROUP: Final = "AWS::EC2::SecurityGroup"
INSTANCE: Final = "AWS::EC2::Instance"
SNAPSHOT: Final = "AWS::EC2::Snapshot"
IMAGE: Final = "AWS::EC2::Image"
TEMPLATE: Final = "AWS::EC2::LaunchTemplate"

# From: https://www.iana.org/assignments/protocol-numbers; the API gives these names for the numbers.
_PROTOCOLS: Final = {"all": "-1", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
_ALL_PORTS: Final = (0, 65_535)
_SOURCES: Final = (
    ("IpRanges", "CidrIp", "CidrIp", "CidrIp"),
    ("Ipv4Ranges", "CidrIp", "CidrIp", "CidrIp"),
    ("Ipv6Ranges", "CidrIpv6", "CidrIpv6", "CidrIpv6"),
    ("PrefixListIds", "PrefixListId", "SourcePrefixListId", "DestinationPrefixListId"),
    ("UserIdGroupPairs", "GroupId", "SourceSecurityGroupId", "DestinationSecurityGroupId"),
    ("Groups", "GroupId", "SourceSecurityGroupId", "DestinationSecurityGroupId"),
)


def rules_of(permissions: object, *, is_ingress: bool) -> list[Value]:
    """Give one rule for each source of each permission, as plans and templates say them."""
    found: list[Value] = []
    for permission in parts_of(permissions):
        if not isinstance(permission, dict):
            found.append(UNKNOWN)
            continue
        shared = _shared(permission)
        before = len(found)
        told: set[tuple[str, str | Unknown]] = set()
        for holder, name, source, target in _SOURCES:
            key = source if is_ingress else target
            for one in parts_of(pick(permission, holder)):
                value = _source(one, name)
                if value and (key, value) not in told:
                    told.add((key, value))
                    found.append({**shared, key: value, **_description(one)})
        if len(found) == before:
            found.append(shared)
    return found


def _source(one: object, name: str) -> str | Unknown:
    """Give where a rule lets in from; empty where an entry does not say."""
    told = pick(one, name) if isinstance(one, dict) else one
    return text(told) if told is None or isinstance(told, str) else UNKNOWN


def _shared(permission: object) -> dict[str, Value]:
    protocol = text(pick(permission, "IpProtocol")).casefold() or "-1"
    ports = [pick(permission, name) for name in ("FromPort", "ToPort")]
    known = [
        port if isinstance(port, int) and not isinstance(port, bool) else every
        for port, every in zip(ports, _ALL_PORTS, strict=True)
    ]
    return {
        "IpProtocol": _PROTOCOLS.get(protocol, protocol),
        "FromPort": known[0],
        "ToPort": known[1],
    }


def _description(one: object) -> dict[str, Value]:
    words = text(pick(one, "Description"))
    return {"Description": words} if words else {}


_NETWORK_ACL: Final[Mapping[str, Rename]] = {
    "Id": ("NetworkAclId",),
    "Entries": lambda entry: [
        {
            **shaped("AWS::EC2::NetworkAclEntry", one, {"Icmp": ("IcmpTypeCode",)}),
        }
        for one in entries(pick(entry, "Entries"))
    ],
}


def _launch_permissions(entry: object) -> Value:
    return plain(entries(pick(entry, "LaunchPermissions")))


def _is_owned_elsewhere(entry: object) -> str:
    owner = text(pick(entry, "ImageOwnerAlias"))
    return f"it is an image of {owner}" if owner in ("amazon", "aws-marketplace") else ""


def _is_terminated(entry: object) -> str:
    state = text(pick(entry, "State", "Name"))
    return f"it is {state}" if state in ("terminated", "shutting-down") else ""


def _bool_state(entry: object) -> Value:
    state = text(pick(entry, "Monitoring", "State"))
    return None if not state else state in ("enabled", "pending")


def script(value: object) -> Value:
    """Give a start-up script as the text that people wrote; UNKNOWN where it is packed."""
    try:
        return b64decode(text(value), validate=True).decode()
    except ValueError:
        return UNKNOWN


def _machine_attribute(answer: object) -> Properties:
    """Give the one attribute of a machine that was asked for; a script that is not there is empty."""
    found: Properties = {}
    is_kept = fitted(pick(answer, "DisableApiTermination", "Value"), "boolean")
    if is_kept is not None:
        found["DisableApiTermination"] = is_kept
    if pick(answer, "UserData") is not None:
        found["UserData"] = script(pick(answer, "UserData", "Value"))
    return found


def _template_data(entry: object) -> Value:
    told = shaped(TEMPLATE, {"LaunchTemplateData": pick(entry, "LaunchTemplateData")})
    data = told.get("LaunchTemplateData")
    if isinstance(data, dict) and "UserData" in data:
        data["UserData"] = script(data["UserData"])
    return data


LISTINGS: Final = (
    Listing(
        "ec2.DescribeSecurityGroups",
        ("SecurityGroups",),
        GROUP,
        ("GroupId", "GroupName"),
        {
            "GroupDescription": ("Description",),
            "SecurityGroupIngress": lambda e: rules_of(pick(e, "IpPermissions"), is_ingress=True),
            "SecurityGroupEgress": lambda e: rules_of(
                pick(e, "IpPermissionsEgress"), is_ingress=False
            ),
            "IsDefault": lambda e: text(pick(e, "GroupName")) == "default",
        },
    ),
    Listing(
        "ec2.DescribeInstances",
        ("Reservations", "*", "Instances"),
        INSTANCE,
        ("InstanceId",),
        {
            "IamInstanceProfile": ("IamInstanceProfile", "Arn"),
            "Monitoring": _bool_state,
            "PublicIp": ("PublicIpAddress",),
            "SecurityGroupIds": lambda e: names(pick(e, "SecurityGroups"), "GroupId"),
            "Tenancy": ("Placement", "Tenancy"),
            "AvailabilityZone": ("Placement", "AvailabilityZone"),
        },
        _is_terminated,
    ),
    Listing("ec2.DescribeVolumes", ("Volumes",), "AWS::EC2::Volume", ("VolumeId",)),
    Listing("ec2.DescribeVpcs", ("Vpcs",), "AWS::EC2::VPC", ("VpcId",)),
    Listing(
        "ec2.DescribeFlowLogs",
        ("FlowLogs",),
        "AWS::EC2::FlowLog",
        ("FlowLogId",),
        {"Id": ("FlowLogId",)},
    ),
    Listing(
        "ec2.DescribeSubnets",
        ("Subnets",),
        "AWS::EC2::Subnet",
        ("SubnetId",),
        {"IsDefault": ("DefaultForAz",)},
    ),
    Listing(
        "ec2.DescribeNetworkAcls",
        ("NetworkAcls",),
        "AWS::EC2::NetworkAcl",
        ("NetworkAclId",),
        _NETWORK_ACL,
    ),
    Listing(
        "ec2.DescribeRouteTables",
        ("RouteTables",),
        "AWS::EC2::RouteTable",
        ("RouteTableId",),
        {
            "SubnetIds": lambda e: names(pick(e, "Associations"), "SubnetId"),
            "IsDefault": lambda e: any(
                pick(one, "Main") is True for one in entries(pick(e, "Associations"))
            ),
        },
    ),
    Listing("ec2.DescribeSnapshots", ("Snapshots",), SNAPSHOT, ("SnapshotId",)),
    Listing(
        "ec2.DescribeImages",
        ("Images",),
        IMAGE,
        ("ImageId",),
        {"LaunchPermissions": _launch_permissions},
        _is_owned_elsewhere,
    ),
    Listing(
        "ec2.DescribeLaunchTemplateVersions",
        ("LaunchTemplateVersions",),
        TEMPLATE,
        ("LaunchTemplateId", "LaunchTemplateName"),
        {"LaunchTemplateData": _template_data},
    ),
    Listing(
        "ec2.DescribeTransitGateways",
        ("TransitGateways",),
        "AWS::EC2::TransitGateway",
        ("TransitGatewayId",),
        {
            "Id": ("TransitGatewayId",),
            "AutoAcceptSharedAttachments": ("Options", "AutoAcceptSharedAttachments"),
        },
    ),
    Listing(
        "ec2.DescribeVpcEndpoints",
        ("VpcEndpoints",),
        "AWS::EC2::VPCEndpoint",
        ("VpcEndpointId",),
        {"SecurityGroupIds": lambda e: names(pick(e, "Groups"), "GroupId")},
    ),
    Listing(
        "ec2.DescribeInternetGateways",
        ("InternetGateways",),
        "AWS::EC2::InternetGateway",
        ("InternetGatewayId",),
    ),
    Listing("ec2.DescribeNatGateways", ("NatGateways",), "AWS::EC2::NatGateway", ("NatGatewayId",)),
    Listing(
        "ec2.DescribeNetworkInterfaces",
        ("NetworkInterfaces",),
        "AWS::EC2::NetworkInterface",
        ("NetworkInterfaceId",),
        {"Id": ("NetworkInterfaceId",), "GroupSet": lambda e: names(pick(e, "Groups"), "GroupId")},
    ),
    Listing("ec2.DescribeKeyPairs", ("KeyPairs",), "AWS::EC2::KeyPair", ("KeyPairId", "KeyName")),
    Listing("ec2.DescribeAddresses", ("Addresses",), "AWS::EC2::EIP", ("AllocationId", "PublicIp")),
)


def _permissions(answer: object) -> Properties:
    return {"CreateVolumePermissions": plain(entries(pick(answer, "CreateVolumePermissions")))}


def _image_permissions(answer: object) -> Properties:
    return {"LaunchPermissions": _launch_permissions(answer)}


DETAILS: Final = (
    Detail(
        "ec2.DescribeSnapshotAttribute",
        SNAPSHOT,
        ("SnapshotId",),
        ("CreateVolumePermissions",),
        _permissions,
        is_whole=True,
    ),
    Detail(
        "ec2.DescribeImageAttribute",
        IMAGE,
        ("ImageId",),
        ("LaunchPermissions",),
        _image_permissions,
    ),
    Detail(
        "ec2.DescribeInstanceAttribute",
        INSTANCE,
        ("InstanceId",),
        ("DisableApiTermination", "UserData"),
        _machine_attribute,
        tells_one=True,
    ),
)

ACCOUNT_WIDE: Final = (
    Listing(
        "ec2.GetEbsEncryptionByDefault",
        (),
        "AWS::EC2::EBSEncryptionByDefault",
        (),
        {"Enabled": ("EbsEncryptionByDefault",)},
    ),
    Listing("ec2.GetSnapshotBlockPublicAccessState", (), "AWS::EC2::SnapshotBlockPublicAccess", ()),
)
