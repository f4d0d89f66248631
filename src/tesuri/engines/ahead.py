"""Work items out in a process of its own, while this one is busy with those before: two processors, and order is kept.

The process is a fork, so that whatever the items are made of is there already. It writes to a pipe and is held up by it:
at most two items are in memory. Where forking is not safe (threads, or a system without it), items are made one by one.
"""

import contextlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Generator, Iterator
from typing import BinaryIO, NoReturn

import orjson

from tesuri.model.errors import BadInput, Defect, TesuriError, Unavailable, Unsupported

_ITEM, _END, _ERROR = b"i", b"e", b"x"
_SIZE_BYTES = 8
_ERRORS: dict[str, type[TesuriError]] = {
    each.__name__: each for each in (BadInput, Unsupported, Unavailable, Defect)
}


def ahead(items: Iterator[bytes]) -> Generator[bytes]:
    """Give the items as another process makes them; see `tesuri.ports.Ahead`."""
    return in_fork(items) if _can_fork() else (each for each in items)


def in_fork(items: Iterator[bytes]) -> Generator[bytes]:
    """Give the items as a fork of this process makes them."""
    reading, writing = os.pipe()
    worker = os.fork()
    if worker == 0:
        os.close(reading)
        _work(items, writing)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as pipe:
            yield from _taken(pipe)
    finally:
        # Whoever takes no more items leaves it writing; one that is done does not mind.
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)


def _can_fork() -> bool:
    is_alone = threading.active_count() == 1
    return hasattr(os, "fork") and sys.platform != "darwin" and is_alone


def _work(items: Iterator[bytes], writing: int) -> NoReturn:
    """Write every item, and end without any farewell: files and connections belong to the other process."""
    code = 1
    try:
        with os.fdopen(writing, "wb") as pipe:
            try:
                for item in items:
                    _write(pipe, _ITEM, item)
                _write(pipe, _END, b"")
            except Exception as error:  # noqa: BLE001 - the other process raises it again
                _write(pipe, _ERROR, _told(error))
        code = 0
    except OSError:
        pass  # Nobody reads any more.
    finally:
        os._exit(code)


def _write(pipe: BinaryIO, mark: bytes, item: bytes) -> None:
    pipe.write(mark + len(item).to_bytes(_SIZE_BYTES, "big"))
    pipe.write(item)
    pipe.flush()


def _told(error: Exception) -> bytes:
    name = type(error).__name__
    if isinstance(error, TesuriError) and name in _ERRORS:
        return orjson.dumps([name, error.what, error.where, error.remedy])
    said = "".join(traceback.format_exception(error))
    return orjson.dumps(["Defect", f"Reading the report failed: {said}", "", ""])


def _taken(pipe: BinaryIO) -> Iterator[bytes]:
    while True:
        head = pipe.read(1 + _SIZE_BYTES)
        size = int.from_bytes(head[1:], "big")
        item = pipe.read(size)
        if len(head) <= _SIZE_BYTES or len(item) < size:
            raise Unavailable(
                "The process that reads the report was ended from outside; nothing of it was stored.",
                where="reading",
                remedy="Look whether memory ran out, then try again.",
            )
        if head[:1] == _END:
            return
        if head[:1] == _ERROR:
            name, what, where, remedy = orjson.loads(item)
            raise _ERRORS[name](what, where=where, remedy=remedy)
        yield item
