"""Networks: VPCs, subnets, routes, network ACLs, gateways. Security groups are read by `aws_security_group.py`.

**source** Documentation of the Terraform provider hashicorp/aws, resources of VPC, Transit Gateway, VPN, Route 53.
"""

from typing import Final

from tesuri.subjects.planned import Planned
from tesuri.subjects.terraform.mapping import TypeMapping

_DEFAULT: Final[dict[str, Planned]] = {"IsDefault": True}
# From: https://www.iana.org/assignments/protocol-numbers
_PROTOCOLS: Final[dict[str, Planned]] = {
    "all": -1,
    "icmp": 1,
    "tcp": 6,
    "udp": 17,
    "icmpv6": 58,
    "ipv6-icmp": 58,
}
_ENTRY: Final = {
    "rule_no": "RuleNumber",
    "action": "RuleAction",
    "from_port": "PortRange.From",
    "to_port": "PortRange.To",
    "icmp_type": "Icmp.Type",
    "icmp_code": "Icmp.Code",
}


def _acl(source: str, **more: dict[str, Planned]) -> TypeMapping:
    names = {"ingress": "Entries", "egress": "Entries", "id": "Id"}
    for side in ("ingress", "egress"):
        names |= {f"{side}.{attribute}": target for attribute, target in _ENTRY.items()}
    return TypeMapping(
        source,
        "AWS::EC2::NetworkAcl",
        names,
        words={"Entries.Protocol": _PROTOCOLS},
        marks={"ingress": {"Egress": False}, "egress": {"Egress": True}},
        constants=more.get("constants", {}),
    )


def _routes(source: str, **more: dict[str, Planned]) -> TypeMapping:
    return TypeMapping(
        source,
        "AWS::EC2::RouteTable",
        {
            "route": "Routes",
            "route.cidr_block": "DestinationCidrBlock",
            "route.ipv6_cidr_block": "DestinationIpv6CidrBlock",
            "id": "RouteTableId",
        },
        constants=more.get("constants", {}),
    )


MAPPINGS: Final = (
    TypeMapping("aws_vpc", "AWS::EC2::VPC", {"id": "VpcId"}),
    TypeMapping("aws_default_vpc", "AWS::EC2::VPC", {"id": "VpcId"}, constants=_DEFAULT),
    TypeMapping("aws_subnet", "AWS::EC2::Subnet", {"id": "SubnetId"}),
    TypeMapping("aws_default_subnet", "AWS::EC2::Subnet", {"id": "SubnetId"}, constants=_DEFAULT),
    _acl("aws_network_acl"),
    _acl("aws_default_network_acl", constants=_DEFAULT),
    TypeMapping(
        "aws_network_acl_rule",
        "AWS::EC2::NetworkAclEntry",
        {**_ENTRY, "id": ""},
        words={"Protocol": _PROTOCOLS},
    ),
    _routes("aws_route_table"),
    _routes("aws_default_route_table", constants=_DEFAULT),
    TypeMapping("aws_route", "AWS::EC2::Route", {"id": ""}),
    TypeMapping("aws_route_table_association", "AWS::EC2::SubnetRouteTableAssociation", {"id": ""}),
    TypeMapping("aws_internet_gateway", "AWS::EC2::InternetGateway", {"id": "InternetGatewayId"}),
    TypeMapping("aws_nat_gateway", "AWS::EC2::NatGateway", {"id": "NatGatewayId", "public_ip": ""}),
    TypeMapping("aws_eip", "AWS::EC2::EIP", {"instance": "InstanceId", "public_ip": ""}),
    TypeMapping("aws_eip_association", "AWS::EC2::EIPAssociation", {"id": ""}),
    TypeMapping(
        "aws_network_interface",
        "AWS::EC2::NetworkInterface",
        {"security_groups": "GroupSet", "private_ips": "", "id": "Id"},
    ),
    TypeMapping(
        "aws_flow_log",
        "AWS::EC2::FlowLog",
        {
            "vpc_id": "ResourceId",
            "subnet_id": "ResourceId",
            "eni_id": "ResourceId",
            "transit_gateway_id": "ResourceId",
            "iam_role_arn": "DeliverLogsPermissionArn",
            "id": "Id",
        },
    ),
    TypeMapping("aws_vpc_endpoint", "AWS::EC2::VPCEndpoint", {"policy": "PolicyDocument"}),
    TypeMapping("aws_vpc_peering_connection", "AWS::EC2::VPCPeeringConnection"),
    TypeMapping(
        "aws_ec2_transit_gateway",
        "AWS::EC2::TransitGateway",
        {"auto_accept_shared_attachments": "AutoAcceptSharedAttachments", "id": "Id"},
    ),
    TypeMapping("aws_ec2_transit_gateway_vpc_attachment", "AWS::EC2::TransitGatewayVpcAttachment"),
    TypeMapping("aws_vpn_connection", "AWS::EC2::VPNConnection"),
    TypeMapping("aws_ec2_client_vpn_endpoint", "AWS::EC2::ClientVpnEndpoint"),
    TypeMapping(
        "aws_route53_zone",
        "AWS::Route53::HostedZone",
        {"name": "Name", "vpc": "VPCs", "comment": "HostedZoneConfig.Comment", "zone_id": "Id"},
    ),
    TypeMapping(
        "aws_route53_record",
        "AWS::Route53::RecordSet",
        {
            "zone_id": "HostedZoneId",
            "records": "ResourceRecords",
            "alias": "AliasTarget",
            "alias.name": "DNSName",
            "alias.zone_id": "HostedZoneId",
            "id": "",
        },
    ),
    TypeMapping(
        "aws_networkfirewall_firewall", "AWS::NetworkFirewall::Firewall", {"name": "FirewallName"}
    ),
    TypeMapping(
        "aws_networkfirewall_firewall_policy",
        "AWS::NetworkFirewall::FirewallPolicy",
        {"name": "FirewallPolicyName"},
    ),
    TypeMapping(
        "aws_networkfirewall_logging_configuration", "AWS::NetworkFirewall::LoggingConfiguration"
    ),
    TypeMapping("aws_shield_protection", "AWS::Shield::Protection"),
    TypeMapping("aws_customer_gateway", "AWS::EC2::CustomerGateway"),
    TypeMapping("aws_vpn_gateway", "AWS::EC2::VPNGateway"),
    TypeMapping("aws_internet_gateway_attachment", "AWS::EC2::VPCGatewayAttachment", {"id": ""}),
    TypeMapping("aws_vpc_ipv4_cidr_block_association", "AWS::EC2::VPCCidrBlock", {"id": ""}),
    TypeMapping("aws_network_acl_association", "AWS::EC2::SubnetNetworkAclAssociation", {"id": ""}),
    TypeMapping(
        "aws_vpc_endpoint_service",
        "AWS::EC2::VPCEndpointService",
        {"acceptance_required": "AcceptanceRequired"},
    ),
    TypeMapping("aws_vpclattice_service", "AWS::VpcLattice::Service"),
    TypeMapping(
        "aws_route53_resolver_query_log_config", "AWS::Route53Resolver::ResolverQueryLoggingConfig"
    ),
    TypeMapping(
        "aws_route53_query_log",
        "AWS::Route53::HostedZone",
        {
            "cloudwatch_log_group_arn": "QueryLoggingConfig.CloudWatchLogsLogGroupArn",
            "zone_id": "",
            "id": "",
        },
        part_of="zone_id",
    ),
    TypeMapping("aws_ram_resource_share", "AWS::RAM::ResourceShare"),
)
