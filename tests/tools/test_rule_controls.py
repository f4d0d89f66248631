"""The table of rules is what the controls' maps say."""

from collections.abc import Callable
from pathlib import Path

from tools.rule_controls import TABLE, table


def test_the_table_of_rules_is_what_the_maps_of_controls_say(
    golden: Callable[[Path, str], None],
) -> None:
    golden(TABLE, table())


def test_a_rule_of_several_controls_stays_itself() -> None:
    rules = dict(line.split("\t") for line in table().splitlines())

    assert rules["CKV_AWS_24"] == "aws-ec2-security-group-admin-port-world"
    assert rules["CKV_AWS_53"] == rules["AVD-AWS-0086"] == "aws-s3-bucket-declares-acls-blocked"
    assert "AVD-AWS-0107" not in rules
