"""Statements that PostgreSQL works at while whoever gave them goes on: its server is another process, and need not wait for us.

A thread of its own sends them, in their order, on the one connection of the transaction. Whatever else is said on that
connection waits for them first, and meets the error that one of them ended with.
"""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Final

from sqlalchemy import Connection, Engine, event

_KEY: Final = "tesuri_behind"
_Statement = Callable[[], None]


class Behind:
    """What is still being sent on a connection."""

    def __init__(self) -> None:
        """Begin with nothing to send."""
        self._statements: SimpleQueue[_Statement | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._error: BaseException | None = None

    def add(self, statement: _Statement) -> None:
        """Have a statement sent after those before it."""
        if self._thread is None:
            # Nobody waits for it at the end of a process that gives its transaction up.
            self._thread = Thread(target=self._send, name="sending", daemon=True)
            self._thread.start()
        self._statements.put(statement)

    @property
    def is_sending(self) -> bool:
        """Whether anything may still be on its way."""
        return self._thread is not None

    def wait(self) -> BaseException | None:
        """Wait until everything was sent; give what one ended with, once."""
        if self._thread is not None:
            self._statements.put(None)
            self._thread.join()
            self._thread = None
        error, self._error = self._error, None
        return error

    def _send(self) -> None:
        while (statement := self._statements.get()) is not None:
            if self._error is not None:
                continue  # After an error the server takes nothing more in this transaction.
            try:
                statement()
            except BaseException as error:  # noqa: BLE001 - raised again where the next statement is said
                self._error = error


def behind(connection: Connection) -> Behind | None:
    """Give what is being sent on a connection; None where its store is no other process."""
    # Among its options, which can be asked for when the connection itself is lost.
    found = connection.get_execution_options().get(_KEY)
    return found if isinstance(found, Behind) else None


def is_sending(connection: Connection) -> bool:
    """Whether anything may still be on its way."""
    found = behind(connection)
    return found is not None and found.is_sending


def settle(connection: Connection, *_said: object) -> None:
    """Wait for what is being sent. **raises** what it ended with."""
    if (error := _waited(connection)) is not None:
        raise error


def let_follow(engine: Engine) -> None:
    """Let every other statement of an engine's connections follow what is being sent."""
    event.listen(engine, "engine_connect", _begin)
    event.listen(engine, "rollback", _waited)
    for each in ("before_cursor_execute", "commit"):
        event.listen(engine, each, settle)


def _begin(connection: Connection) -> None:
    connection.execution_options(**{_KEY: Behind()})


def _waited(connection: Connection) -> BaseException | None:
    found = behind(connection)
    return None if found is None else found.wait()
