"""Bulk work neither wakes the cycle collector nor gives it what stays."""

import gc
from collections.abc import Iterator

import pytest

from tesuri.flows.pause_collection import keep_for_long, paused_collection


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
