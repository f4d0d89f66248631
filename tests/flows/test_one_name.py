"""What an event and a snapshot tell of one thing has one name, so that it is one finding."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import tesuri.controls
from tesuri.model.resource import Resource
from tesuri.subjects.aws.arn import arn_of
from tesuri.subjects.aws.recorded.snapshot import read_snapshot
from tesuri.subjects.cloudtrail.events import read_events
from tesuri.subjects.cloudtrail.resources import EVENT, resources_of_event
from tesuri.untrusted.shape import items, mapping, text
from tesuri.untrusted.yaml_document import read_yaml

CATALOG = Path(tesuri.controls.__file__).parent / "catalog" / "aws"
ACCOUNT, REGION = "111122223333", "eu-west-1"
_LIKE_AN_ARN = 6


def shape_of(name: str) -> tuple[str, ...]:
    """Give service, region, account and the word for the kind of thing; empty for a name that is no ARN."""
    parts = name.split(":", _LIKE_AN_ARN - 1)
    if len(parts) < _LIKE_AN_ARN:
        return ()
    word = parts[5].replace(":", "/").partition("/")
    return (parts[2], parts[3], parts[4], word[0] if word[1] else "")


def seen(case: Mapping[str, object]) -> Iterator[Resource]:
    given = mapping(case, "input")
    if text(case, "point") == "event":
        for event in read_events(json.dumps(given).encode(), where="").events:
            yield from resources_of_event(event, where="")
    elif text(case, "point") == "live":
        replies = [
            {**one, "account": ACCOUNT, "region": REGION}
            for one in (items(given, "replies") or [given])
            if isinstance(one, dict)
        ]
        yield from read_snapshot([("case.json", json.dumps(replies).encode())]).resources


def names_at(point: str) -> dict[str, set[tuple[str, ...]]]:
    found: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for path in sorted(CATALOG.rglob("*.cases.yaml")):
        for case in items(read_yaml(path.read_bytes(), where=path.name), "cases"):
            if text(case, "point") != point:
                continue
            for one in seen(mapping(case)):
                if one.type != EVENT:
                    name = arn_of(one.type, one.address, one.arn) or one.address
                    found[one.type].add(shape_of(name))
    return found


def test_events_name_things_as_snapshots_do() -> None:
    live, event = names_at("live"), names_at("event")
    told = {kind: shapes - {()} for kind, shapes in live.items() if shapes - {()}}
    shared = told.keys() & event.keys()

    assert len(shared) > 30
    assert {
        kind: (event[kind], told[kind]) for kind in shared if not event[kind] <= told[kind]
    } == {}


@pytest.mark.parametrize(
    ("kind", "address", "arn"),
    [
        ("AWS::SQS::Queue", f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/orders", f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders"),
        ("AWS::SQS::Queue", f"https://{REGION}.queue.amazonaws.com/{ACCOUNT}/orders", f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders"),
        ("AWS::Logs::LogGroup", f"{ACCOUNT}/{REGION}//aws/lambda/orders", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/orders:*"),
        ("AWS::IAM::User", f"{ACCOUNT}/us-east-1/ana", f"arn:aws:iam::{ACCOUNT}:user/ana"),
        ("AWS::IAM::AccountPasswordPolicy", f"{ACCOUNT}/us-east-1/account", f"arn:aws:iam::{ACCOUNT}:password-policy"),
        ("AWS::IAM::Root", f"{ACCOUNT}/us-east-1/root", f"arn:aws:iam::{ACCOUNT}:root"),
        ("AWS::CloudFront::Distribution", f"{ACCOUNT}/us-east-1/E1A2B3", f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1A2B3"),
        ("AWS::ApiGateway::Stage", f"{ACCOUNT}/{REGION}/a1b2c3/live", f"arn:aws:apigateway:{REGION}::/restapis/a1b2c3/stages/live"),
        ("AWS::EC2::EBSEncryptionByDefault", f"{ACCOUNT}/{REGION}/account", ""),
    ],
)  # fmt: skip
def test_a_name_of_account_region_and_id_is_the_arn(kind: str, address: str, arn: str) -> None:
    assert arn_of(kind, address, "") == arn
