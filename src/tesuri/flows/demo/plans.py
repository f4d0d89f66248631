"""Terraform plans of the demo company: the same mistake at a service with budget and at one without."""

from collections.abc import Mapping
from typing import Final

from tesuri.flows.demo.written import Json, as_bytes

WARNED: Final = "open-ssh-checkout-api.json"
"""Of a service whose budget is ample: the gate warns."""

BLOCKED: Final = "open-ssh-payouts.json"
"""Of a service whose budget is spent: the gate blocks."""

CLEAN: Final = "close-ssh-ledger.json"


def plan_files() -> Mapping[str, bytes]:
    """Give the plans by file name, as `terraform show -json` writes them."""
    return {
        WARNED: plan_file("checkout-api", "checkout_jump", "0.0.0.0/0"),
        BLOCKED: plan_file("payouts", "payouts_jump", "0.0.0.0/0"),
        CLEAN: plan_file("ledger", "ledger_jump", "10.20.0.0/16"),
    }


def plan_file(service: str, name: str, source: str) -> bytes:
    """Give a plan that creates one security group with SSH open to `source`, tagged with its service."""
    rule: Json = {
        "description": "SSH for the jump host",
        "from_port": 22,
        "to_port": 22,
        "protocol": "tcp",
        "cidr_blocks": [source],
        "ipv6_cidr_blocks": [],
        "prefix_list_ids": [],
        "security_groups": [],
        "self": False,
    }
    after: Json = {
        "name": name.replace("_", "-"),
        "description": "Jump host",
        "ingress": [rule],
        "egress": [],
        "tags": {"service": service},
        "tags_all": {"service": service},
    }
    change: Json = {
        "address": f"aws_security_group.{name}",
        "mode": "managed",
        "type": "aws_security_group",
        "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {
            "actions": ["create"],
            "before": None,
            "after": after,
            "after_unknown": {"id": True, "arn": True},
            "before_sensitive": False,
            "after_sensitive": {},
        },
    }
    document: Json = {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "resource_changes": [change],
    }
    return as_bytes(document, indent=2)
