"""A CloudTrail record is read out of whatever carries it, and what carries none is told for what it is."""

import base64
import csv
import gzip
import io
import json
from collections.abc import Mapping

import pytest

from tesuri.model.errors import BadInput
from tesuri.subjects.cloudtrail.events import EventFile, is_digest, read_events
from tesuri.subjects.cloudtrail.records import RecordedEvent, read_records
from tesuri.untrusted.byte_source import CHUNK_BYTES


def record(number: int = 1) -> dict[str, object]:
    return {
        "eventVersion": "1.11",
        "eventSource": "ec2.amazonaws.com",
        "eventName": "RunInstances",
        "eventTime": "2026-10-01T00:00:00Z",
        "eventID": f"e-{number}",
        "requestParameters": {"note": 'a "}{" in words'},
    }


def table(rows: list[Mapping[str, object]]) -> bytes:
    held = io.StringIO()
    writer = csv.DictWriter(held, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return held.getvalue().encode()


def dumped(value: object) -> str:
    return json.dumps(value)


ENVELOPE = {"detail-type": "AWS API Call via CloudTrail", "detail": record()}
NOTICE = {"Type": "Notification", "TopicArn": "arn", "Message": dumped(ENVELOPE)}
LOGS = {
    "messageType": "DATA_MESSAGE",
    "logGroup": "g",
    "logEvents": [{"id": "1", "message": dumped(record())}],
}
PACKED = base64.b64encode(gzip.compress(dumped(LOGS).encode())).decode()

WRAPPED = {
    "lake, as text": [{"eventID": "e", "eventJson": dumped(record())}],
    "lake, results": {
        "QueryStatus": "FINISHED",
        "QueryResultRows": [[{"eventID": "e"}, {"eventJson": dumped(record())}]],
    },
    "lake, other case": {"QueryResultRows": [[{"eventjson": dumped(record())}]]},
    "looked up": {"Events": [{"EventId": "e", "CloudTrailEvent": dumped(record())}]},
    "envelope": ENVELOPE,
    "topic": NOTICE,
    "topic, function": {"Records": [{"EventSource": "aws:sns", "Sns": NOTICE}]},
    "queue, received": {"Messages": [{"MessageId": "m", "Body": dumped(NOTICE)}]},
    "queue, function": {
        "Records": [{"messageId": "m", "eventSource": "aws:sqs", "body": dumped(ENVELOPE)}]
    },
    "stream, function": {
        "Records": [
            {
                "eventSource": "aws:kinesis",
                "kinesis": {"data": base64.b64encode(dumped(ENVELOPE).encode()).decode()},
            }
        ]
    },
    "logs, delivered": LOGS,
    "logs, subscription": {"awslogs": {"data": PACKED}},
    "logs, filtered": {"events": [{"eventId": "1", "message": dumped(record())}]},
    "logs, queried": {
        "results": [
            [
                {"field": "@timestamp", "value": "t"},
                {"field": "@message", "value": dumped(record())},
            ]
        ]
    },
}


def read(data: bytes) -> EventFile:
    return read_events(data, where="file")


@pytest.mark.parametrize("name", WRAPPED)
def test_a_record_is_read_out_of_what_carries_it(name: str) -> None:
    data = dumped(WRAPPED[name]).encode()
    found = read(data)

    assert [event.fields for event in found.events] == [record()]
    assert found.skipped == ()
    assert [
        one.fields for one in read_records(data, where="f") if isinstance(one, RecordedEvent)
    ] == [record()]


MANY = [record(number) for number in range(3)]
TEXTS = {
    "joined": b"".join(json.dumps(one).encode() for one in MANY),
    "joined, envelopes": b" ".join(json.dumps({"detail": one}).encode() for one in MANY),
    "joined, indented": b"\n".join(json.dumps(one, indent=1).encode() for one in MANY),
    "joined, logs": b"".join(
        json.dumps({"logEvents": [{"message": dumped(one)}]}).encode() for one in MANY
    ),
    "stamped": b"".join(
        b"2026-10-01T00:00:00.000Z " + json.dumps(one).encode() + b"\n" for one in MANY
    ),
    "table": table([{"eventID": "e", "eventJson": dumped(one)} for one in MANY]),
    "table of one column": table([{"x": 1, "EVENTJSON": dumped(one)} for one in MANY]),
}


@pytest.mark.parametrize("name", TEXTS)
def test_records_that_are_no_single_document_are_read_one_after_the_other(name: str) -> None:
    found = read(TEXTS[name])

    assert [event.fields for event in found.events] == MANY
    assert [event.fields for event in found.events] == MANY
    assert (found.total, found.skipped) == (3, ())
    assert len(read_records(TEXTS[name], where="f")) == 3


class Large:
    """A source that is read in parts, whatever its size."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = len(data)

    def read(self, start: int, count: int) -> bytes:
        return self.data[start : start + count]


@pytest.mark.parametrize("name", ["joined", "stamped", "table"])
def test_a_large_text_is_read_in_parts(name: str) -> None:
    padded = [{**record(number), "userAgent": "x" * 300_000} for number in range(60)]
    dumps = [json.dumps(one).encode() for one in padded]
    data = {
        "joined": b"".join(dumps),
        "stamped": b"\n".join(b"2026-10-01T00:00:00.000Z " + one for one in dumps),
        "table": table([{"eventJson": one.decode(), "eventID": "e"} for one in dumps]),
    }[name]
    assert len(data) > 8 * CHUNK_BYTES

    found = read_events(Large(data), where="file")
    assert [event.fields["eventID"] for event in found] == [one["eventID"] for one in padded]


def test_a_table_without_whole_records_is_refused_with_a_sentence() -> None:
    athena = table(
        [{"eventversion": "1.11", "eventname": "RunInstances", "eventsource": "ec2.amazonaws.com"}]
    )
    rows = {"QueryResultRows": [[{"eventName": "A"}, {"eventSource": "ec2.amazonaws.com"}]]}
    with pytest.raises(BadInput, match="columns do not tell whole records"):
        read(athena)
    with pytest.raises(BadInput, match="columns do not tell whole records"):
        assert read(dumped(rows).encode()).events


def test_a_text_that_was_cut_off_is_refused() -> None:
    with pytest.raises(BadInput, match="ends before it is complete"):
        assert read(TEXTS["joined"][:-5]).events


def test_insights_are_counted_and_are_no_skipped_record() -> None:
    insight = {
        "eventType": "AwsCloudTrailInsight",
        "insightDetails": {"eventSource": "ec2.amazonaws.com", "eventName": "RunInstances"},
    }
    found = read(dumped({"Records": [insight, record()]}).encode())

    assert len(found.events) == 1
    assert (found.total, found.insights, found.skipped) == (2, 1, ())
    alone = read(dumped({"Records": [insight]}).encode())
    assert (alone.events, alone.insights) == ((), 1)


def test_a_notice_about_a_file_is_no_record() -> None:
    notices = {
        "Records": [
            record(),
            {"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": {"bucket": {}}},
            {"Message": dumped({"s3Bucket": "b", "s3ObjectKey": ["k.json.gz"]})},
        ]
    }
    found = read(dumped(notices).encode())

    assert len(found.events) == 1
    assert {one.reason for one in found.skipped} == {
        "it tells where a log file is, and holds no event"
    }


def test_the_sign_file_of_a_query_is_no_log() -> None:
    sign = {"version": "1.0", "files": [{"fileHashValue": "a"}], "hashSignature": "b"}
    assert is_digest(dumped(sign).encode())
    assert not is_digest(dumped(record()).encode())
