"""When a file of a watched folder is ready, as a function of what the looks saw."""

from datetime import timedelta

import pytest

from tests.flows.reports import DAY_0
from tesuri.flows.intake.watch_folder import Stamp, Watch, is_report_name

SECOND = timedelta(seconds=1)


def stamp(size: int = 5, *, age: float = 0, inode: int = 1) -> Stamp:
    """Give the stamp of a file that was written so many seconds before the first look."""
    return Stamp(inode, size, int((DAY_0 - age * SECOND).timestamp() * 1e9))


def test_a_file_that_grows_waits_until_two_looks_saw_it_alike() -> None:
    watch = Watch()
    assert watch.ready({"a": stamp(5)}, DAY_0) == ()
    assert watch.ready({"a": stamp(9, age=-1)}, DAY_0 + SECOND) == ()
    assert watch.waiting() == ("a",)
    assert watch.ready({"a": stamp(9, age=-1)}, DAY_0 + 1.5 * SECOND) == ("a",)


def test_a_file_that_nobody_touched_for_a_while_is_ready_at_first_sight() -> None:
    assert Watch().ready({"b": stamp(age=3), "a": stamp(age=2)}, DAY_0) == ("a", "b")


def test_a_file_is_taken_once_and_again_only_when_it_changes() -> None:
    watch = Watch()
    old, new = stamp(age=60), stamp(age=60, inode=2)
    assert watch.ready({"a": old}, DAY_0) == ("a",)
    watch.settle("a", old, "digest")
    assert watch.ready({"a": old}, DAY_0 + SECOND) == ()
    assert watch.waiting() == ()
    assert watch.ready({"a": new}, DAY_0 + 2 * SECOND) == ("a",)
    assert not watch.is_news("a", "digest")
    assert watch.is_news("a", "another")
    assert watch.is_news("b", "digest")


def test_a_file_that_could_not_be_stored_stays_ready() -> None:
    watch = Watch()
    for number in range(3):
        assert watch.ready({"a": stamp(age=60)}, DAY_0 + number * SECOND) == ("a",)


def test_a_file_that_was_gone_is_news_when_it_is_back() -> None:
    watch = Watch()
    watch.ready({"a": stamp(age=60)}, DAY_0)
    watch.settle("a", stamp(age=60), "digest")
    watch.ready({}, DAY_0)
    assert watch.ready({"a": stamp(age=60)}, DAY_0) == ("a",)
    assert watch.is_news("a", "digest")


@pytest.mark.parametrize("name", [".hidden.json", "a.json.part", "a.TMP", "a.json~"])
def test_a_name_of_an_unfinished_file_is_passed_over(name: str) -> None:
    assert not is_report_name(name)
    assert is_report_name("a.json")
