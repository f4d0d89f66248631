"""Terraform's security groups and their rules → AWS::EC2::SecurityGroup.

Rules written as resources of their own are joined to their group. A rule whose group is not in the plan becomes a
partial group under the rule's own address, so that every control still sees it.

**source** Documentation of the Terraform provider hashicorp/aws, resource aws_security_group and its notes on rules.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tesuri.model.resource import UNKNOWN, Origin, Unknown, misshapen
from tesuri.subjects.aws.security_group import (
    ALL_PORTS,
    EGRESS,
    INGRESS,
    no_rule,
    normal_port,
    normal_protocol,
)
from tesuri.subjects.planned import Planned, Sensitive, changed
from tesuri.subjects.terraform.plan_document import PlannedResource
from tesuri.subjects.terraform.plan_references import Follows
from tesuri.untrusted.shape import shape_name

GROUP_TYPES: Final = frozenset({"aws_security_group", "aws_default_security_group"})
RULE_TYPES: Final = frozenset(
    {
        "aws_security_group_rule",
        "aws_vpc_security_group_ingress_rule",
        "aws_vpc_security_group_egress_rule",
    }
)


_SOURCES: Final = (
    (("cidr_blocks", "cidr_ipv4"), "CidrIp", "CidrIp"),
    (("ipv6_cidr_blocks", "cidr_ipv6"), "CidrIpv6", "CidrIpv6"),
    (("prefix_list_ids", "prefix_list_id"), "SourcePrefixListId", "DestinationPrefixListId"),
    (
        ("security_groups", "source_security_group_id", "referenced_security_group_id"),
        "SourceSecurityGroupId",
        "DestinationSecurityGroupId",
    ),
)


@dataclass(slots=True)
class Group:
    """A group under construction."""

    resource: PlannedResource
    properties: dict[str, Planned]
    origins: dict[str, Origin] = field(default_factory=dict)
    defaults: set[str] = field(default_factory=set)

    def add(self, side: str, rules: Iterator[Planned], origin: Origin) -> None:
        """Append rules of one side, remembering where they are written."""
        present = self.properties.get(side)
        present = present if isinstance(present, list) else []
        for rule in rules:
            self.origins[f"/{side}/{len(present)}"] = origin
            present.append(rule)
        self.properties[side] = present


def read_groups(resources: list[PlannedResource], references: Follows) -> list[Group]:
    """Give every security group that the planned resources describe, rules joined."""
    groups = {one.address: Group(one, {}) for one in resources if one.type in GROUP_TYPES}
    joined: dict[str, list[tuple[str, PlannedResource]]] = {}
    alone: list[Group] = []
    ids = {one.values.get("id"): one.address for one in resources if _has_id(one)}
    for rule in (one for one in resources if one.type in RULE_TYPES):
        address = _group_of(rule, ids, references)
        if address is None:
            alone.append(_alone(rule))
        else:
            joined.setdefault(address, []).append((address, rule))
    for address, group in groups.items():
        _fill(group, [rule for _, rule in joined.get(address, [])])
    return [*groups.values(), *alone]


def _has_id(resource: PlannedResource) -> bool:
    return resource.type in GROUP_TYPES and isinstance(resource.values.get("id"), str)


def _group_of(rule: PlannedResource, ids: dict[Planned, str], references: Follows) -> str | None:
    known = rule.values.get("security_group_id")
    if isinstance(known, str) and known in ids:
        return ids[known]
    if isinstance(known, str):
        return None
    target = references.target(rule, "security_group_id", GROUP_TYPES)
    return target.address if target else None


def _fill(group: Group, rules: list[PlannedResource]) -> None:
    values = group.resource.values
    for attribute, name in (
        ("name", "GroupName"), ("description", "GroupDescription"), ("vpc_id", "VpcId"), ("id", "GroupId"),
    ):  # fmt: skip
        if values.get(attribute) is not None:
            group.properties[name] = values[attribute]
    for attribute, side in (("ingress", INGRESS), ("egress", EGRESS)):
        mine = [rule for rule in rules if side in _sides(rule)]
        _fill_side(group, attribute, side, is_ruled_apart=bool(mine))
        for rule in mine:
            group.add(side, _rules(rule.values, side, None), rule.origin)


def _fill_side(group: Group, attribute: str, side: str, *, is_ruled_apart: bool) -> None:
    resource = group.resource
    inline = resource.values.get(attribute)
    if isinstance(inline, dict):
        inline = [inline]
    is_missing = inline is None and not resource.is_complete
    # NOTE: an attribute that nobody wrote is planned as unknown. The provider forbids rules of both kinds on one group,
    # so that a group with rule resources has no inline rules.
    if (isinstance(inline, Unknown) or is_missing) and not is_ruled_apart:
        group.properties[side] = UNKNOWN
        return
    if not isinstance(inline, list | Unknown | None):
        group.properties[side] = misshapen(shape_name(inline), "a list of rules")
        return
    if not isinstance(inline, list):
        group.defaults.add(f"/{side}")
    group.add(side, iter(()), resource.origin)
    own = resource.values.get("id")
    for number, entry in enumerate(inline if isinstance(inline, list) else []):
        found = _rules(entry, side, own) if isinstance(entry, dict) else iter((no_rule(entry),))
        group.add(side, found, resource.origin_of(f"/{attribute}/{number}"))


def _sides(rule: PlannedResource) -> tuple[str, ...]:
    if rule.type == "aws_security_group_rule":
        kind = rule.values.get("type")
        return {"ingress": (INGRESS,), "egress": (EGRESS,)}.get(str(kind), (INGRESS, EGRESS))
    return (INGRESS,) if "ingress" in rule.type else (EGRESS,)


def _alone(rule: PlannedResource) -> Group:
    """Make a group that only has this rule: what the plan does to a group that it does not hold."""
    group = Group(rule, {INGRESS: [], EGRESS: []})
    identity = rule.values.get("security_group_id")
    if identity is not None:
        group.properties["GroupId"] = identity
    for side in _sides(rule):
        group.add(side, _rules(rule.values, side, identity), rule.origin)
    return group


def _rules(entry: dict[str, Planned], side: str, own: Planned) -> Iterator[Planned]:
    """Split one Terraform rule into one canonical rule for each source."""
    shared = _shared(entry)
    found = 0
    late: list[str] = []
    for attributes, source, destination in _SOURCES:
        name = source if side == INGRESS else destination
        for attribute in attributes:
            given = entry.get(attribute)
            # NOTE: the provider computes this one; next to another source its being unknown says nothing.
            if isinstance(given, Unknown) and attribute == "source_security_group_id":
                late.append(name)
                continue
            for value in given if isinstance(given, list) else [given] if given is not None else []:
                found += 1
                yield {**shared, name: value}
    if entry.get("self") is True:
        name = "SourceSecurityGroupId" if side == INGRESS else "DestinationSecurityGroupId"
        found += 1
        yield {**shared, name: own if own is not None else "self"}
    if not found:
        yield {**shared, **dict.fromkeys(late, UNKNOWN)}


def _shared(entry: dict[str, Planned]) -> dict[str, Planned]:
    protocol = entry.get("protocol") if "protocol" in entry else entry.get("ip_protocol")
    # NOTE: a protocol that is not written down is taken as all of them; missing ports are all ports.
    written = changed(protocol, normal_protocol) if protocol is not None else "-1"
    shared: dict[str, Planned] = {"IpProtocol": written}
    for position, (attribute, name) in enumerate(
        (("from_port", "FromPort"), ("to_port", "ToPort"))
    ):
        port = entry.get(attribute)
        shared[name] = changed(port, normal_port) if port is not None else ALL_PORTS[position]
    description = entry.get("description")
    if isinstance(description, str | Unknown | Sensitive):
        shared["Description"] = description
    return shared
