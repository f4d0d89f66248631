"""Bulk work neither wakes the cycle collector nor gives it what stays."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from tesuri.flows.pause_collection import FULL_TURN, keep_for_long, paused_collection


@pytest.fixture(autouse=True)
def nothing_is_kept() -> Iterator[None]:
    gc.unfreeze()
    yield
    gc.unfreeze()
    gc.enable()


def test_nothing_is_collected_inside_and_again_afterwards() -> None:
    with paused_collection():
        assert not gc.isenabled()
        with paused_collection():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_what_is_kept_for_long_stays_so_after_later_work() -> None:
    with paused_collection():
        kept = [[number] for number in range(1000)]
        keep_for_long()
    assert gc.get_freeze_count() >= len(kept)
    with paused_collection():
        made = [[number] for number in range(10)]
    assert gc.get_freeze_count() >= len(kept)
    assert len(made) == 10


class _Ring:
    """An object that holds itself."""

    def __init__(self) -> None:
        self.own = self


def test_what_nobody_holds_is_freed_some_time_after_it_was_kept() -> None:
    with paused_collection():
        lost = weakref.ref(_Ring())
        keep_for_long()
        for _ in range(FULL_TURN):
            keep_for_long()
    assert lost() is None
