"""CloudTrail records in every wrapping that people have them in."""

import json

import pytest

from tests.subjects.calls import record
from tesuri.model.errors import BadInput
from tesuri.model.observation import Skipped
from tesuri.subjects.cloudtrail.records import RecordedEvent, read_records


def pointers(document: object) -> list[str]:
    found = read_records(json.dumps(document).encode(), where="calls.json")
    return [each.pointer for each in found if isinstance(each, RecordedEvent)]


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (record(), [""]),
        ({"Records": [record(), record()]}, ["/Records/0", "/Records/1"]),
        ([record(), {"Records": [record()]}], ["/0", "/1/Records/0"]),
        ({"source": "aws.cloudtrail", "detail": record()}, ["/detail"]),
        (
            {"Events": [{"EventName": "x", "CloudTrailEvent": json.dumps(record())}]},
            ["/Events/0/CloudTrailEvent"],
        ),
        ({"Records": []}, []),
    ],
)
def test_records_are_found_in_any_wrapping(document: object, found: list[str]) -> None:
    assert pointers(document) == found


def test_one_record_a_line_is_read() -> None:
    lines = "\n".join(json.dumps(record(eventID=str(number))) for number in range(3))
    assert len(read_records(lines.encode(), where="calls.jsonl")) == 3


def test_an_indented_document_is_no_lines() -> None:
    text = json.dumps([record(), record()], indent=0)
    assert len(read_records(text.encode(), where="calls.json")) == 2


def test_what_is_no_record_is_counted_with_its_place() -> None:
    document = {"Records": [record(), {"configurationItem": {}}, 7]}
    found = read_records(json.dumps(document).encode(), where="calls.json")
    assert [each for each in found if isinstance(each, Skipped)] == [
        Skipped("/Records/1", "it has no eventSource and eventName"),
        Skipped("/Records/2", "the record is a number, not a mapping"),
    ]


@pytest.mark.parametrize("text", ['{"detail": {"a": 1}}', "[1]", "{}", '"x"', "", "{"])
def test_a_document_without_any_record_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=r"calls\.json"):
        read_records(text.encode(), where="calls.json")


def test_a_record_that_is_wrapped_endlessly_is_counted() -> None:
    deep: object = record()
    for _ in range(20):
        deep = {"detail": deep}
    found = read_records(json.dumps([record(), deep]).encode(), where="calls.json")
    assert sum(isinstance(each, Skipped) for each in found) == 1
