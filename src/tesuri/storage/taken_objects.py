"""Objects of buckets that were taken in: an unchanged one is not read again, also by the next run.

No part of the journal: forgetting it costs a reading and changes nothing, because a known report changes nothing.
"""

from collections.abc import Mapping

from sqlalchemy import Column, Connection, String, Table, Text, delete, insert, select

from tesuri.storage.tables import metadata
from tesuri.storage.texts import short_key, storable

taken_object = Table(
    "taken_object",
    metadata,
    Column("address", Text, primary_key=True),
    # How it was taken in: its ETag, and what the caller said of it.
    Column("mark", String(200), nullable=False),
)


def marks(connection: Connection, prefix: str) -> Mapping[str, str]:
    """Give the marks of the objects whose addresses begin so."""
    query = select(taken_object).where(
        taken_object.c.address.startswith(storable(prefix), autoescape=True)
    )
    return {row.address: row.mark for row in connection.execute(query)}


def remember(connection: Connection, address: str, mark: str) -> None:
    """Keep how an object was taken in last."""
    key = short_key(address)
    connection.execute(delete(taken_object).where(taken_object.c.address == key))
    connection.execute(insert(taken_object).values(address=key, mark=mark[:200]))
