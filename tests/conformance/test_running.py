"""Recorded replies, Config items and events of other projects: how many are read, what becomes of them."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

import tesuri.controls
from tests.conformance.panther_resources import labelled
from tesuri.controls.evaluate import evaluate
from tesuri.controls.load import load_control
from tesuri.model.errors import BadInput
from tesuri.model.resource import UNKNOWN
from tesuri.subjects.aws.config_item import read_config_items
from tesuri.subjects.aws.recorded.snapshot import read_snapshot
from tesuri.subjects.cloudtrail.calls import CALLS
from tesuri.subjects.cloudtrail.events import read_events
from tesuri.subjects.cloudtrail.resources import EVENT, resources_of_event, why_nothing_changed

_CORPUS = Path(os.environ.get("TESURI_CORPUS", str(Path(__file__).parents[3] / "shared" / "data")))
_GUARDRAILS = _CORPUS / "guardrails"
_CATALOG = Path(next(iter(tesuri.controls.__path__))) / "catalog"

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not (_GUARDRAILS / "live").is_dir(), reason="no corpus"),
]

RECORDINGS: Final = {"files": 578, "replies": 578, "resources": 315, "types": 43, "unread": 52}
"""Unread: replies recorded without their parameters that fit several things, refused calls, pages that are missing."""
RECORDED_CALLS: Final = {"changing": 130, "without a mapping": 123, "of the provider or gone": 6}

CONFIG_TYPES: Final = {
    "AWS::S3::Bucket": 5,
    "AWS::EC2::Instance": 1,
    "AWS::EC2::SecurityGroup": 1,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": 1,
    "AWS::Kinesis::Stream": 1,
    "AWS::CodePipeline::Pipeline": 1,
    "AWS::RDS::DBCluster": 1,
    "AWS::RDS::DBInstance": 1,
}

EVENTS: Final = {"records": 2_440, "failed": 282, "changed resources": 216, "not CloudTrail": 52}
"""Not CloudTrail: access logs, Kubernetes audit and firewall logs, health events that lie in the same folders."""


def test_recorded_replies_become_resources_and_what_does_not_is_told() -> None:
    folder = _GUARDRAILS / "live" / "c7n-flight"
    files = [
        (path.relative_to(folder).as_posix(), path.read_bytes()) for path in folder.rglob("*.json")
    ]
    found = read_snapshot(files)

    assert {
        "files": len(files),
        "replies": found.replies,
        "resources": len(found.resources),
        "types": len({one.type for one in found.resources}),
        "unread": len(found.unread),
    } == RECORDINGS
    assert {
        "changing": found.changing,
        "without a mapping": sum(found.unmapped.values()),
        "of the provider or gone": found.passed_over,
    } == RECORDED_CALLS


def test_every_config_item_becomes_its_resource() -> None:
    found = Counter[str]()
    for path in sorted((_GUARDRAILS / "config-item").rglob("*.json")):
        items = read_config_items(path.read_bytes(), where=path.name)
        assert items.unread == ()
        found.update(one.type for one in items.resources)
        assert all(one.properties for one in items.resources)

    assert dict(found) == CONFIG_TYPES


def test_every_event_is_read_and_those_of_known_calls_tell_something() -> None:
    found = Counter[str]()
    for path in sorted((_GUARDRAILS / "cloudtrail").rglob("*.json")):
        document = json.loads(path.read_bytes())
        cases = document.get("cases") if isinstance(document, dict) else None
        for part in [case["data"] for case in cases] if cases else [document]:
            try:
                events = read_events(json.dumps(part).encode(), where=path.name).events
            except BadInput:
                found["not CloudTrail"] += 1
                continue
            for event in events:
                found["records"] += 1
                found["failed"] += bool(why_nothing_changed(event.fields))
                changed = [one for one in resources_of_event(event, where="") if one.type != EVENT]
                found["changed resources"] += len(changed)
                for one in changed:
                    is_made = any(
                        one.provider_type in call.making
                        for call in CALLS.get(one.provider_type, ())
                    )
                    assert is_made or UNKNOWN in one.properties.values(), "not all is told"

    assert dict(found) == EVENTS


DESCRIBED: Final = {"labelled": 238, "resources": 194}
"""Without resources: types that no control of the catalogue looks at, and what is told of a whole account."""

GROUP_LABELS: Final = {"violating fail": 2, "compliant pass": 2, "compliant fail": 1}
"""The last one opens all protocols with ports 30 to 45 written beside: with protocol -1 EC2 opens every port."""


def test_described_resources_of_another_project_are_understood() -> None:
    found = list(labelled(_GUARDRAILS / "live" / "panther"))

    assert {
        "labelled": len(found),
        "resources": sum(bool(one.resources) for one in found),
    } == DESCRIBED


def test_the_labels_of_another_project_agree_on_administrative_ports() -> None:
    file = next(_CATALOG.rglob("aws-ec2-security-group-admin-port-world.yaml"))
    control = load_control(file.read_bytes(), where=file.name, schemas={})
    found = Counter[str]()
    for one in labelled(_GUARDRAILS / "live" / "panther"):
        if one.policy == "aws_security_group_administrative_ingress":
            (group,) = (each for each in one.resources if each.type == control.control.resource)
            label = "compliant" if one.is_compliant else "violating"
            found[f"{label} {evaluate(control, group).kind.value}"] += 1

    assert dict(found) == GROUP_LABELS
