"""Whatever stands in a document, reading it ends with resources, with things told as not read, or with one sentence."""

import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tesuri.model.errors import BadInput
from tesuri.subjects.aws.config_item import read_config_items
from tesuri.subjects.aws.recorded.snapshot import read_snapshot
from tesuri.subjects.aws.recorded.things import DETAILS, LISTINGS
from tesuri.subjects.cloudtrail.calls import CALLS
from tesuri.subjects.cloudtrail.events import read_events
from tesuri.subjects.cloudtrail.resources import resources_of_event, why_nothing_changed
from tesuri.subjects.kubernetes.admission_review import read_admission, read_admission_review
from tesuri.subjects.kubernetes.manifests import read_manifests

_WORDS = st.sampled_from(
    [
        "kind",
        "apiVersion",
        "metadata",
        "spec",
        "name",
        "items",
        "containers",
        "template",
        "request",
        "object",
        "operation",
        "Records",
        "eventName",
        "eventSource",
        "requestParameters",
        "responseElements",
        "userIdentity",
        "configurationItem",
        "configuration",
        "resourceType",
        "supplementaryConfiguration",
        "Policy",
        "Rules",
        "Tags",
        "Grants",
        "Grantee",
        "Permission",
        "Statement",
        "Attributes",
        "add",
        "rule",
    ]
)
_TEXTS = st.sampled_from(
    (
        *[
            "Pod",
            "v1",
            "List",
            "Deployment",
            "apps/v1",
            "CREATE",
            "CONNECT",
            "AdmissionReview",
            "s3.amazonaws.com",
            "Root",
            "OK",
            "%7B",
            "é",
            "0",
        ],
        *("", '{"Statement": [1]}', '{"a":', "AWS::S3::Bucket", "AWS::EC2::SecurityGroup"),
    )
)
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXTS
)
VALUES = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(_WORDS | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=25,
)


def _events(data: bytes) -> None:
    for event in read_events(data, where="x", wanted=frozenset({"CreateUser"})).events:
        list(resources_of_event(event, where="x"))


READERS: tuple[Callable[[bytes], object], ...] = (
    lambda data: read_manifests(data, where="x"),
    lambda data: read_admission(data, where="x"),
    lambda data: read_admission_review(data, where="x"),
    lambda data: read_config_items(data, where="x"),
    lambda data: read_snapshot([("a/s3.ListBuckets_1.json", data), ("b.json", data)]),
    _events,
)


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=60, deadline=None)
@given(value=VALUES)
def test_a_reader_never_crashes(reader: Callable[[bytes], object], value: object) -> None:
    with suppress(BadInput):
        reader(json.dumps(value).encode())


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[" * 5_000,
        b'{"a":' * 300 + b"1" + b"}" * 300,
        b"null",
        b'"x"',
        b"- &a [*a]",
    ],
)
def test_a_monster_is_refused_or_told(reader: Callable[[bytes], object], data: bytes) -> None:
    with suppress(BadInput):
        reader(data)


@settings(max_examples=40, deadline=None)
@given(value=VALUES, other=VALUES)
def test_no_answer_of_any_call_crashes_the_mapping(value: object, other: object) -> None:
    replies = [
        {
            "service": one.operation.partition(".")[0],
            "operation": one.operation.partition(".")[2],
            "data": _nested(one.path, value),
        }
        for one in LISTINGS
    ]
    replies += [
        {
            "service": one.operation.partition(".")[0],
            "operation": one.operation.partition(".")[2],
            "parameters": {one.parameters[0]: "one"},
            "data": other,
        }
        for one in DETAILS
    ]
    read_snapshot([("replies.json", json.dumps(replies).encode())])


def _nested(path: tuple[str, ...], value: object) -> object:
    for name in reversed(path):
        value = [value] if name == "*" else {name: value}
    return value


@settings(max_examples=40, deadline=None)
@given(request=VALUES, response=VALUES)
def test_no_parameters_of_any_event_crash_the_mapping(request: object, response: object) -> None:
    records = [
        {
            "eventName": name,
            "eventSource": f"{one.source}.amazonaws.com",
            "requestParameters": request,
            "responseElements": response,
        }
        for name, some in CALLS.items()
        for one in some
    ]
    for event in read_events(json.dumps({"Records": records}).encode(), where="x").events:
        why_nothing_changed(event.fields)
        assert list(resources_of_event(event, where="x"))
