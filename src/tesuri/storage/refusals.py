"""What a database says when it refuses, in one sentence of ours."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from tesuri.model.errors import Unavailable


@contextmanager
def one_sentence() -> Iterator[None]:
    """Give Unavailable where the database or its disk refuses, stops or cannot be reached.

    Anything else that a database may say is our own mistake and passes through.
    """
    try:
        yield
    except DBAPIError as error:
        if not _is_outside(error):
            raise
        raise Unavailable(
            f"The store did not take it: {first_sentence(error)}.",
            remedy="Check the disk and the database, then run the same command again: "
            "what was stored is whole, and what is known already changes nothing.",
        ) from error


def first_sentence(error: DBAPIError) -> str:
    """Give the first line of what the driver said, without its full stop."""
    said = str(error.orig).strip() or type(error.orig).__name__
    return said.splitlines()[0].rstrip(". ")


def _is_outside(error: DBAPIError) -> bool:
    # A damaged SQLite file is a DatabaseError of no closer kind.
    is_unspecific = type(error).__name__ == "DatabaseError"
    return isinstance(error, OperationalError | InterfaceError) or is_unspecific
