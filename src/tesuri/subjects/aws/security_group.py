"""What a security group is called everywhere, and the one spelling of its rules' protocols and ports."""

from typing import Final

from tesuri.model.resource import Unknown, Value, misshapen
from tesuri.subjects.planned import Planned, changed
from tesuri.untrusted.shape import shape_name

TYPE: Final = "AWS::EC2::SecurityGroup"
INGRESS: Final = "SecurityGroupIngress"
EGRESS: Final = "SecurityGroupEgress"
ALL_PORTS: Final = (0, 65_535)

# From: https://www.iana.org/assignments/protocol-numbers; the API gives these names for the numbers.
_PROTOCOLS: Final = {"all": "-1", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}


def no_rule(entry: Planned) -> Planned:
    """Give what stands where a rule is expected and none is: nobody can tell what it means."""
    return entry if isinstance(entry, Unknown) else misshapen(shape_name(entry), "a rule")


def normal_rule(rule: Planned) -> Planned:
    """Give a rule that is written with CloudFormation's names in the one spelling of protocols and ports."""
    if not isinstance(rule, dict):
        return no_rule(rule)
    protocol = rule.get("IpProtocol")
    ports = {
        name: default if rule.get(name) is None else changed(rule[name], normal_port)
        for name, default in (("FromPort", ALL_PORTS[0]), ("ToPort", ALL_PORTS[1]))
    }
    return {
        **rule,
        **ports,
        "IpProtocol": "-1" if protocol is None else changed(protocol, normal_protocol),
    }


def normal_protocol(value: object) -> Value:
    """Give the name of a protocol; the API has names for some numbers."""
    if isinstance(value, list | dict):
        return misshapen(shape_name(value), "a protocol")
    word = str(value).strip().lower()
    return _PROTOCOLS.get(word, word)


def normal_port(value: object) -> Value:
    """Give the port as a number; Terraform sometimes writes numbers as text."""
    if isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int | str) else misshapen(shape_name(value), "a port")
