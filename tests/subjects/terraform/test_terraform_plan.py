import json
import re
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tesuri.model.errors import BadInput
from tesuri.model.resource import PRESENT, UNKNOWN, Change, Resource
from tesuri.subjects.terraform.plan import TerraformPlan, read_terraform_plan

GROUP = "AWS::EC2::SecurityGroup"


def read(document: object) -> TerraformPlan:
    return read_terraform_plan(json.dumps(document).encode(), where="plan.json")


def change(
    address: str, after: object, *, actions: tuple[str, ...] = ("create",), **parts: object
) -> dict[str, object]:
    """Make an entry of resource_changes; `parts` adds to its change."""
    kind, name = re.sub(r"\[[^]]*\]$", "", address).split(".")[-2:]
    module = address.rpartition(f".{kind}.")[0]
    return {
        "address": address,
        "module_address": module,
        "mode": "managed",
        "type": kind,
        "name": name,
        "change": {"actions": actions, "after": after, **parts},
    }


def plan(*entries: object, **parts: object) -> dict[str, object]:
    return {"format_version": "1.2", "resource_changes": list(entries), **parts}


def by_address(found: TerraformPlan) -> Mapping[str, Resource]:
    return {one.address: one for one in found.resources}


def ingress(found: TerraformPlan, address: str) -> object:
    return by_address(found)[address].properties["SecurityGroupIngress"]


SSH = {"from_port": 22, "to_port": 22, "protocol": "tcp"}
CANONICAL_SSH = {"FromPort": 22, "ToPort": 22, "IpProtocol": "tcp"}


def test_each_source_of_an_inline_rule_becomes_a_rule() -> None:
    entry = {
        **SSH,
        "cidr_blocks": ["10.0.0.0/8", "10.1.0.0/16"],
        "ipv6_cidr_blocks": ["::/0"],
        "prefix_list_ids": ["pl-1"],
        "security_groups": ["sg-1"],
        "self": True,
        "description": "way in",
    }
    found = read(plan(change("aws_security_group.a", {"ingress": [entry], "egress": []})))

    shared = {**CANONICAL_SSH, "Description": "way in"}
    assert ingress(found, "aws_security_group.a") == [
        {**shared, "CidrIp": "10.0.0.0/8"},
        {**shared, "CidrIp": "10.1.0.0/16"},
        {**shared, "CidrIpv6": "::/0"},
        {**shared, "SourcePrefixListId": "pl-1"},
        {**shared, "SourceSecurityGroupId": "sg-1"},
        {**shared, "SourceSecurityGroupId": "self"},
    ]
    resource = found.resources[0]
    assert resource.origins["/SecurityGroupIngress/5"].pointer.endswith("/change/after/ingress/0")
    assert resource.type == GROUP


@pytest.mark.parametrize(
    ("protocol", "canonical"),
    [("tcp", "tcp"), ("6", "tcp"), ("ALL", "-1"), (-1, "-1"), (17, "udp"), (None, "-1")],
)
def test_protocols_have_one_spelling(protocol: object, canonical: str) -> None:
    entry = {"from_port": 0, "to_port": 0, "protocol": protocol, "cidr_blocks": ["10.0.0.0/8"]}
    found = read(plan(change("aws_security_group.a", {"ingress": [entry]})))

    assert isinstance(rules := ingress(found, "aws_security_group.a"), list)
    assert rules[0]["IpProtocol"] == canonical


def test_ports_that_nobody_wrote_are_all_ports() -> None:
    after = {"ip_protocol": "tcp", "cidr_ipv4": "0.0.0.0/0", "from_port": None}
    found = read(plan(change("aws_vpc_security_group_ingress_rule.a", after)))

    assert ingress(found, "aws_vpc_security_group_ingress_rule.a") == [
        {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65_535, "CidrIp": "0.0.0.0/0"}
    ]


def test_leaves_that_come_with_apply_are_unknown() -> None:
    unknown = {"ingress": [{"cidr_blocks": True}, {"cidr_blocks": [False, True]}, True]}
    after = {"ingress": [SSH, {**SSH, "cidr_blocks": ["10.0.0.0/8", None]}, None]}
    found = read(plan(change("aws_security_group.a", after, after_unknown=unknown)))

    assert ingress(found, "aws_security_group.a") == [
        {**CANONICAL_SSH, "CidrIp": UNKNOWN},
        {**CANONICAL_SSH, "CidrIp": "10.0.0.0/8"},
        {**CANONICAL_SSH, "CidrIp": UNKNOWN},
        UNKNOWN,
    ]


def test_an_absent_list_is_an_empty_one_and_marked_as_default() -> None:
    found = read(plan(change("aws_default_security_group.a", {"vpc_id": "vpc-1"})))

    assert ingress(found, "aws_default_security_group.a") == []
    assert "/SecurityGroupIngress" in found.resources[0].defaults


def test_secret_leaves_are_compared_but_marked() -> None:
    entry = {**SSH, "cidr_blocks": ["10.0.0.0/8"]}
    secret = {"ingress": [{"cidr_blocks": [True]}]}
    found = read(plan(change("aws_security_group.a", {"ingress": [entry]}, after_sensitive=secret)))

    assert ingress(found, "aws_security_group.a") == [{**CANONICAL_SSH, "CidrIp": "10.0.0.0/8"}]
    assert found.resources[0].sensitive == {"/SecurityGroupIngress/0/CidrIp"}


def reference(*names: str) -> dict[str, object]:
    return {"expressions": {"security_group_id": {"references": list(names)}}}


RULE_AFTER = {"type": "ingress", **SSH, "cidr_blocks": ["0.0.0.0/0"]}
LATE = {"security_group_id": True, "source_security_group_id": True}


def configured(rule: Mapping[str, object], **module: object) -> dict[str, object]:
    resources = [{"type": "aws_security_group_rule", "name": "r", **rule}]
    return {"root_module": {"resources": resources, **module}}


def test_a_rule_is_joined_to_its_group_by_reference() -> None:
    found = read(
        plan(
            change("aws_security_group.a", {"name": "a"}, after_unknown={"ingress": True}),
            change("aws_security_group_rule.r", RULE_AFTER, after_unknown=LATE),
            configuration=configured(reference("aws_security_group.a.id", "aws_security_group.a")),
        )
    )

    assert ingress(found, "aws_security_group.a") == [{**CANONICAL_SSH, "CidrIp": "0.0.0.0/0"}]
    assert len(found.resources) == 1
    origin = found.resources[0].origins["/SecurityGroupIngress/0"]
    assert origin.pointer == "/resource_changes/1"


def test_a_rule_is_joined_through_the_output_of_a_module_and_the_variable_of_another() -> None:
    rule = {"type": "aws_security_group_rule", "name": "r", **reference("var.group")}
    configuration = {
        "root_module": {
            "module_calls": {
                "net": {
                    "module": {
                        "outputs": {
                            "id": {"expression": {"references": ["aws_security_group.a.id"]}}
                        }
                    }
                },
                "rules": {
                    "expressions": {"group": {"references": ["module.net.id", "module.net"]}},
                    "module": {"resources": [rule]},
                },
            }
        }
    }
    found = read(
        plan(
            change("module.net.aws_security_group.a", {"ingress": []}),
            change('module.rules["x.y"].aws_security_group_rule.r', RULE_AFTER, after_unknown=LATE),
            configuration=configuration,
        )
    )

    assert ingress(found, "module.net.aws_security_group.a") == [
        {**CANONICAL_SSH, "CidrIp": "0.0.0.0/0"}
    ]


def test_instances_are_joined_key_by_key() -> None:
    found = read(
        plan(
            *(change(f"aws_security_group.a[{n}]", {"ingress": []}) for n in (0, 1)),
            change("aws_security_group_rule.r[1]", RULE_AFTER, after_unknown=LATE),
            configuration=configured(reference("aws_security_group.a", "count.index")),
        )
    )

    assert ingress(found, "aws_security_group.a[0]") == []
    assert ingress(found, "aws_security_group.a[1]") == [{**CANONICAL_SSH, "CidrIp": "0.0.0.0/0"}]


def test_a_rule_is_joined_by_the_known_id_of_its_group() -> None:
    found = read(
        plan(
            change("aws_security_group.a", {"id": "sg-1", "ingress": []}, actions=("no-op",)),
            change("aws_security_group_rule.r", {**RULE_AFTER, "security_group_id": "sg-1"}),
        )
    )

    assert [one.address for one in found.resources] == ["aws_security_group.a"]
    assert found.resources[0].change is Change.NO_CHANGE


@pytest.mark.parametrize("configuration", [{}, configured(reference("aws_security_group.other"))])
def test_a_rule_without_a_group_in_the_plan_stands_for_itself(
    configuration: dict[str, object],
) -> None:
    found = read(
        plan(
            change("aws_security_group.a", {"ingress": []}),
            change("aws_security_group_rule.r", RULE_AFTER, after_unknown=LATE),
            configuration=configuration,
        )
    )

    assert by_address(found)["aws_security_group_rule.r"].type == GROUP
    assert ingress(found, "aws_security_group_rule.r") == [{**CANONICAL_SSH, "CidrIp": "0.0.0.0/0"}]
    assert ingress(found, "aws_security_group.a") == []


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        (("create",), Change.CREATE),
        (("update",), Change.UPDATE),
        (("delete", "create"), Change.REPLACE),
        (("create", "delete"), Change.REPLACE),
        (("no-op",), Change.NO_CHANGE),
        (("create", "forget"), Change.REPLACE),
    ],
)
def test_actions_are_understood(actions: tuple[str, ...], expected: Change) -> None:
    found = read(plan(change("aws_instance.a", {}, actions=actions)))

    assert [one.change for one in found.resources] == [expected]
    assert found.resources[0].type == "AWS::EC2::Instance"


@pytest.mark.parametrize("action", ["delete", "forget"])
def test_what_goes_away_is_counted_and_not_evaluated(action: str) -> None:
    found = read(plan(change("aws_security_group.a", None, actions=(action,))))

    assert (found.resources, found.deleted) == ((), 1)


def test_data_sources_are_counted() -> None:
    entry = change("data.aws_ami.a", {}, actions=("read",)) | {"mode": "data"}

    assert read(plan(entry)).data_sources == 1


def test_parts_that_cannot_be_read_are_listed() -> None:
    found = read(
        plan(
            "text",
            change("aws_instance.a", {}, actions=("explode",)),
            change("aws_instance.b", ["a list"]),
            change("aws_instance.c", None, after_unknown=True),
            errored=True,
            deferred_changes=[{"reason": "provider_config_unknown"}],
        )
    )

    assert found.resources == ()
    assert [one.address for one in found.unread] == [
        "plan",
        "unnamed",
        "/resource_changes/0",
        "aws_instance.a",
        "aws_instance.b",
        "aws_instance.c",
    ]


def test_planned_values_serve_when_changes_are_missing_and_leave_gaps_unknown() -> None:
    group = {"mode": "managed", "type": "aws_security_group", "name": "a"}
    child = {"resources": [{**group, "address": "module.m.aws_security_group.a", "values": {}}]}
    values = {"ingress": [{**SSH, "cidr_blocks": ["::/0"]}]}
    root = {
        "resources": [{**group, "address": "aws_security_group.a", "values": values}],
        "child_modules": [child],
    }
    found = read({"format_version": "0.1", "planned_values": {"root_module": root}})

    assert ingress(found, "aws_security_group.a") == [{**CANONICAL_SSH, "CidrIp": "::/0"}]
    assert ingress(found, "module.m.aws_security_group.a") is UNKNOWN
    assert by_address(found)["module.m.aws_security_group.a"].module == "module.m"


def test_tags_come_from_the_provider_and_the_resource() -> None:
    after = {"tags": {"team": "a"}, "tags_all": {"team": "a", "cost": "b"}, "ingress": []}
    resource = read(plan(change("module.m[0].aws_security_group.a", after))).resources[0]

    assert resource.tags == {"team": "a", "cost": "b"}
    assert resource.module == "module.m[0]"


def test_tags_that_the_provider_adds_late_do_not_hide_those_of_the_resource() -> None:
    entry = change("aws_instance.a", {"tags": {"team": "a"}}, after_unknown={"tags_all": True})

    assert read(plan(entry)).resources[0].tags == {"team": "a"}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"PK\x03\x04rest", "saved plan"),
        (b"Terraform will perform the following actions:\n", "text, not a plan"),
        (b"[]", "JSON object; this is a list"),
        (b'{"format_version": "1.2", "resource_changes": [', "cut off"),
        (b'{"version": 4, "serial": 3, "lineage": "x", "resources": []}', "state, not a plan"),
        (b'{"format_version": "1.0", "values": {}}', "state, not a plan"),
        (b'{"@level": "info", "@message": "Terraform 1.9"}', "log"),
        (b'{"@level":"info"}\n{"@level":"info","type":"planned_change"}\n', "log"),
        (b'{"hello": 1}', "not a Terraform plan"),
        (b'{"format_version": "1.2", "resource_changes": null}', "not a Terraform plan"),
        (b'{"format_version": "2.0", "resource_changes": []}', "format_version '2.0'"),
        (b'{"format_version": {}, "resource_changes": []}', "format_version"),
        (b'{"format_version": "1.2", "resource_changes": {}}', "resource_changes is a mapping"),
        (b'{"format_version": "1.2", "planned_values": []}', "planned_values is a list"),
    ],
)
def test_what_is_no_plan_is_refused_in_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_terraform_plan(data, where="plan.json")

    assert sentence in str(caught.value)
    assert str(caught.value).startswith("plan.json")
    assert "\n" not in str(caught.value)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99_999) | st.sampled_from(["", "-1", "tcp", "a"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
_KEYS = st.sampled_from(
    ["ingress", "egress", "id", "protocol", "cidr_blocks", "type", "tags", "self"]
)
_TREES = st.dictionaries(_KEYS, _JSON | st.dictionaries(_KEYS, _JSON).map(lambda one: [one]))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "aws_security_group.a",
                    "aws_security_group_rule.r",
                    "aws_default_security_group.d",
                ]
            ),
            _TREES | _JSON,
            _TREES | _JSON,
            _JSON,
        ),
        max_size=3,
    )
)
def test_values_of_any_shape_never_crash_the_reader(
    parts: list[tuple[str, object, object, object]],
) -> None:
    entries = [
        change(address, after, after_unknown=unknown, after_sensitive=secret)
        for address, after, unknown, secret in parts
    ]
    found = read(plan(*entries))

    assert len(found.resources) + len(found.unread) <= len(entries)


def test_a_rule_in_a_module_instance_belongs_to_the_group_of_that_instance() -> None:
    rule = {"type": "aws_security_group_rule", "name": "r", **reference("aws_security_group.a.id")}
    found = read(
        plan(
            *(change(f"module.m[{n}].aws_security_group.a", {"ingress": []}) for n in (0, 1)),
            change("module.m[1].aws_security_group_rule.r", RULE_AFTER, after_unknown=LATE),
            configuration={
                "root_module": {"module_calls": {"m": {"module": {"resources": [rule]}}}}
            },
        )
    )

    assert ingress(found, "module.m[0].aws_security_group.a") == []
    assert ingress(found, "module.m[1].aws_security_group.a") == [
        {**CANONICAL_SSH, "CidrIp": "0.0.0.0/0"}
    ]


def test_a_rule_that_may_mean_several_groups_stands_for_itself() -> None:
    found = read(
        plan(
            *(change(f"aws_security_group.a[{n}]", {"ingress": []}) for n in (0, 1)),
            change("aws_security_group_rule.r", RULE_AFTER, after_unknown=LATE),
            configuration=configured(reference("aws_security_group.a")),
        )
    )

    assert len(found.resources) == 3
    assert ingress(found, "aws_security_group_rule.r") == [{**CANONICAL_SSH, "CidrIp": "0.0.0.0/0"}]


def test_an_instance_that_is_named_with_its_key_is_the_one() -> None:
    names = ('aws_security_group.a["x"].id', 'aws_security_group.a["x"]', "aws_security_group.a")
    found = read(
        plan(
            *(change(f'aws_security_group.a["{key}"]', {"ingress": []}) for key in ("x", "y")),
            change("aws_security_group_rule.r", RULE_AFTER, after_unknown=LATE),
            configuration=configured(reference(*names)),
        )
    )

    assert ingress(found, 'aws_security_group.a["x"]') == [{**CANONICAL_SSH, "CidrIp": "0.0.0.0/0"}]
    assert len(found.resources) == 2


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        (["aws_kms_key.k.arn", "aws_kms_key.k"], PRESENT),
        (["data.aws_kms_alias.k.arn", "data.aws_kms_alias.k"], PRESENT),
        (["aws_kms_key.k[0].arn", "aws_kms_key.k[0]", "aws_kms_key.k"], PRESENT),
        (["var.use_key", "aws_kms_key.k.arn", "aws_kms_key.k"], UNKNOWN),
        (["aws_sns_topic.t.kms_master_key_id", "aws_sns_topic.t"], UNKNOWN),
        (["local.key"], UNKNOWN),
    ],
)
def test_an_unknown_leaf_that_refers_to_a_resource_is_certain_to_be_there(
    references: list[str], expected: object
) -> None:
    written = {"encryption_config": [{"provider": [{"key_arn": {"references": references}}]}]}
    values = {"name": "c", "encryption_config": [{"resources": ["secrets"], "provider": [{}]}]}
    late = {"encryption_config": [{"provider": [{"key_arn": True}]}]}
    declared = {"type": "aws_eks_cluster", "name": "c", "expressions": written}
    found = read(
        plan(
            change("aws_eks_cluster.c", values, after_unknown=late),
            configuration={"root_module": {"resources": [declared]}},
        )
    )

    assert by_address(found)["aws_eks_cluster.c"].properties["EncryptionConfig"] == [
        {"Resources": ["secrets"], "Provider": {"KeyArn": expected}}
    ]


def test_what_the_provider_computes_in_a_block_is_as_absent_as_in_source() -> None:
    values = {"name": "c", "vpc_config": [{"subnet_ids": ["s-1"]}]}
    late = {"vpc_config": [{"public_access_cidrs": True, "security_group_ids": True}]}
    written = {"vpc_config": [{"subnet_ids": {}, "security_group_ids": {"references": ["var.x"]}}]}
    declared = {"type": "aws_eks_cluster", "name": "c", "expressions": written}
    found = read(
        plan(
            change("aws_eks_cluster.c", values, after_unknown=late),
            configuration={"root_module": {"resources": [declared]}},
        )
    )
    network = by_address(found)["aws_eks_cluster.c"].properties["ResourcesVpcConfig"]

    assert isinstance(network, dict)
    assert network["PublicAccessCidrs"] == ["0.0.0.0/0"]
    assert network["SecurityGroupIds"] is UNKNOWN


def written_as(kind: str, name: str, expressions: object) -> dict[str, object]:
    resource = {"type": kind, "name": name, "mode": "managed", "expressions": expressions}
    return {"root_module": {"resources": [resource]}}


def test_a_dynamic_block_of_which_nothing_is_known_is_unknown_and_not_absent() -> None:
    entry = change(
        "aws_eks_cluster.c", {"name": "c"}, after_unknown={"encryption_config": True, "arn": True}
    )
    found = read(plan(entry, configuration=written_as("aws_eks_cluster", "c", {"name": {}})))

    assert found.resources[0].properties["EncryptionConfig"] is UNKNOWN
    assert "/EncryptionConfig" not in found.resources[0].defaults


def test_a_dynamic_container_is_unknown() -> None:
    entry = change(
        "kubernetes_pod.p",
        {"metadata": [{"name": "p"}], "spec": [{}]},
        after_unknown={"spec": [{"container": True, "node_name": True}]},
    )
    written = written_as("kubernetes_pod", "p", {"metadata": [{}], "spec": [{}]})
    pod = read(plan(entry, configuration=written)).resources[0]
    spec = pod.properties["spec"]

    assert isinstance(spec, dict)
    assert spec["containers"] is UNKNOWN
    assert "nodeName" not in spec


def test_a_plan_that_leaves_parts_out_says_so() -> None:
    found = read(plan(change("aws_ebs_volume.v", {"encrypted": True}), complete=False))
    whole = read(plan(change("aws_ebs_volume.v", {"encrypted": True}), complete=True))

    assert [one.address for one in found.unread] == ["plan"]
    assert not whole.unread


def test_values_that_live_for_one_run_are_counted_with_what_is_looked_up() -> None:
    entry = {**change("aws_secretsmanager_secret_version.s", None), "mode": "ephemeral"}
    entry["change"] = {"actions": ["open"], "after": None}
    found = read(plan(entry, change("aws_ebs_volume.v", {"encrypted": True})))

    assert (found.data_sources, len(found.resources), len(found.unread)) == (1, 1, 0)


def test_a_deposed_object_is_not_what_the_plan_makes() -> None:
    old = {
        **change("aws_ebs_volume.v", {"encrypted": False}, actions=("no-op",)),
        "deposed": "0a1b2c3d",
    }
    found = read(plan(old, change("aws_ebs_volume.v", {"encrypted": True})))

    assert [one.properties["Encrypted"] for one in found.resources] == [True]
    assert found.deleted == 1
