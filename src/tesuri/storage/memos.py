"""Short texts that this store keeps for itself: no history, no truth, safe to lose."""

from sqlalchemy import Connection, delete, insert, select

from tesuri.storage.tables import setting


def memo(connection: Connection, name: str) -> str:
    """Give a text that was kept; empty when there is none."""
    kept = connection.execute(select(setting.c.value).where(setting.c.name == name)).scalar()
    return str(kept or "")


def keep_memo(connection: Connection, name: str, value: str) -> None:
    """Keep a text in place of the one before."""
    connection.execute(delete(setting).where(setting.c.name == name))
    connection.execute(insert(setting).values(name=name, value=value))
