"""Every entry of a foreign list is a record or says why it is none."""

from collections.abc import Iterator

from tesuri.model.observation import Skipped
from tesuri.untrusted.record_list import Entry, first_mappings, mappings_in, probe, records_at


def test_each_wrong_entry_is_one_skipped_record_with_its_pointer() -> None:
    first, second = records_at({"a": {"b/c": [{"x": 1}, None]}}, "a", "b/c")
    assert first == Entry("/a/b~1c/0", {"x": 1})
    assert isinstance(second, Skipped)
    assert second.pointer == "/a/b~1c/1"


def test_a_lone_mapping_is_a_list_of_one_and_null_is_empty() -> None:
    assert mappings_in({"a": {"x": 1}}, "a") == [{"x": 1}]
    assert list(records_at({"a": None}, "a")) == []
    assert list(records_at({}, "a")) == []


def test_another_value_than_a_list_is_one_skipped_record() -> None:
    (record,) = records_at({"a": "text"}, "a", pointer="/0")
    assert record == Skipped("/0/a", "a list is expected, not a text")


def test_telling_a_format_looks_at_the_first_fifty_records_only() -> None:
    seen = []

    def records() -> Iterator[Entry | Skipped]:
        for number in range(1_000):
            seen.append(number)
            yield Entry(f"/{number}", {"number": number})

    assert len(probe(records())) == len(seen) == 50
    assert first_mappings([None, {"x": 1}]) == [{"x": 1}]
