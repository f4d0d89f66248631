import os
import threading
from collections.abc import Iterator

import pytest

from tesuri.engines.ahead import ahead, in_fork
from tesuri.model.errors import BadInput, Defect, Unavailable


def _numbered(count: int) -> Iterator[bytes]:
    for number in range(count):
        yield b"%d of process %d" % (number, os.getpid())


def _here() -> bytes:
    return b"process %d" % os.getpid()


def test_another_process_makes_the_items_and_their_order_is_kept() -> None:
    found = list(in_fork(_numbered(300)))
    assert [each.split()[0] for each in found] == [b"%d" % number for number in range(300)]
    assert not any(each.endswith(_here()) for each in found)


def test_an_item_larger_than_a_pipe_comes_whole() -> None:
    assert list(in_fork(iter([b"x" * 3_000_000, b""]))) == [b"x" * 3_000_000, b""]


def test_what_is_wrong_with_the_input_is_said_here() -> None:
    def broken() -> Iterator[bytes]:
        yield b"one"
        raise BadInput("It ends too soon.", where="report.json", remedy="Write it again.")

    items = in_fork(broken())
    assert next(items) == b"one"
    with pytest.raises(BadInput, match=r"report\.json: It ends too soon\. Write it again\."):
        next(items)


def test_our_own_mistake_there_is_a_defect_here() -> None:
    def mistaken() -> Iterator[bytes]:
        yield b"one"
        raise KeyError("lost")

    with pytest.raises(Defect, match="KeyError: 'lost'"):
        list(in_fork(mistaken()))


def test_a_process_that_is_killed_is_no_end_of_the_items() -> None:
    def dying() -> Iterator[bytes]:
        yield b"one"
        os.kill(os.getpid(), 9)

    items = in_fork(dying())
    assert next(items) == b"one"
    with pytest.raises(Unavailable, match="ended from outside"):
        next(items)


def test_whoever_takes_no_more_items_leaves_no_process_behind() -> None:
    items = in_fork(_numbered(1_000_000))
    worker = int(next(items).split()[-1])
    items.close()
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


def test_beside_other_threads_the_items_are_made_here() -> None:
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    try:
        assert all(each.endswith(_here()) for each in ahead(_numbered(3)))
    finally:
        stop.set()
        other.join()
