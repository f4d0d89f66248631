"""Changing the schema: Alembic's revisions, run in one transaction."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine

from tesuri.model.errors import Unavailable

_MIGRATIONS = Path(__file__).parent / "migrations"


def bring_up(engine: Engine) -> None:
    """Bring the schema to the newest revision.

    **raises** Unavailable for a store that a newer version of Tesuri made.
    """
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                from tesuri.storage.postgresql import lock_schema  # noqa: PLC0415 - its driver is an extra

                lock_schema(connection)
            migrate(connection)
    except CommandError as error:
        raise Unavailable(
            f"The store was made by another version of Tesuri: {error}.",
            where=engine.url.render_as_string(hide_password=True),
            remedy="Use the newer version; an older one cannot read its store.",
        ) from error


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the schema up (or down) to a revision, in the caller's transaction."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    if revision == "base":
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)
