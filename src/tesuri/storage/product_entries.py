"""What copies of endoflife.date said of each product: an entry only where a copy says something else than before.

So years of daily copies stay small, and what was known at a time can be told: the last entry until then.
"""

from collections.abc import Sequence
from datetime import date

import msgspec
from sqlalchemy import Connection, select

from tesuri.model.legacy import Product
from tesuri.model.observation import Skipped
from tesuri.model.signal import Feed, FeedName
from tesuri.storage.bulk import insert_rows
from tesuri.storage.tables import feed, feed_entry
from tesuri.storage.texts import short_key

_GONE = "null"


def write_products(
    connection: Connection, key: int, snapshot: Feed, newest_before: date | None
) -> int:
    """Write what a copy says otherwise; give how many of its rows could not be read.

    A copy that is older than one that is known changes nothing.
    """
    before = _bodies(connection)
    told: dict[str, str] = {}
    skipped = 0
    for record in snapshot.records:
        if isinstance(record, Product):
            told[short_key(record.key)] = msgspec.json.encode(
                record, order="deterministic"
            ).decode()
        else:
            skipped += isinstance(record, Skipped)
    if newest_before is not None and snapshot.header.as_of < newest_before:
        return skipped
    after = told if snapshot.is_partial else {**dict.fromkeys(before, _GONE), **told}
    insert_rows(
        connection,
        feed_entry,
        [
            {"feed": key, "advisory": name, "body": body}
            for name, body in sorted(after.items())
            if before.get(name, _GONE) != body
        ],
    )
    return skipped


def products(connection: Connection) -> Sequence[Product]:
    """Give the products of the newest copy, by name."""
    return [
        msgspec.json.decode(body, type=Product)
        for _, body in sorted(_bodies(connection).items())
        if body != _GONE
    ]


def _bodies(connection: Connection) -> dict[str, str]:
    query = (
        select(feed_entry.c.advisory, feed_entry.c.body)
        .join(feed, feed.c.id == feed_entry.c.feed)
        .where(feed.c.name == FeedName.ENDOFLIFE.value)
        .order_by(feed.c.id)
    )
    return {row.advisory: row.body for row in connection.execute(query)}
