"""What the store has learnt to call things: aliases of advisories, stored decisions, its own secret key."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, insert, select

from tesuri.model.decision import Decision
from tesuri.storage.bulk import insert_rows
from tesuri.storage.tables import alias, decision, setting
from tesuri.storage.texts import short_key
from tesuri.triage.alias_memory import learn
from tesuri.triage.aliases import Aliases, normal_id

_BATCH = 500
_SECRET_KEY = "secret-key"
_SECRET_KEY_BYTES = 32


def secret_key(connection: Connection) -> bytes:
    """Give the key for hashing secrets, made at first use; it never leaves the store."""
    query = select(setting.c.value).where(setting.c.name == _SECRET_KEY)
    value = connection.execute(query).scalar()
    if value is None:
        value = secrets.token_hex(_SECRET_KEY_BYTES)
        connection.execute(insert(setting).values(name=_SECRET_KEY, value=value))
    return bytes.fromhex(value)


def learn_aliases(connection: Connection, sets: Iterable[tuple[str, ...]]) -> Aliases:
    """Learn alias sets and give the table; an id keeps the canonical one that it was once given."""
    wanted = list(sets)
    ids = sorted({short_key(normal_id(each)) for names in wanted for each in names})
    known = _known_aliases(connection, ids)
    fresh_sets = [names for names in wanted if any(normal_id(each) not in known for each in names)]
    if not fresh_sets:
        return Aliases(known)
    table = learn(known, fresh_sets)
    fresh = [
        {"advisory": name, "canonical": canonical}
        for name, canonical in table.canonical_of.items()
        if name not in known and short_key(name) == name and short_key(canonical) == canonical
    ]
    insert_rows(connection, alias, fresh)
    return table


def aliases(connection: Connection, names: Iterable[str]) -> Aliases:
    """Give the table of these ids as it was learnt so far; nothing is learnt by asking."""
    return Aliases(
        _known_aliases(connection, sorted({short_key(normal_id(each)) for each in names}))
    )


def _known_aliases(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    known: dict[str, str] = {}
    for start in range(0, len(ids), _BATCH):
        query = select(alias).where(alias.c.advisory.in_(ids[start : start + _BATCH]))
        known.update({row.advisory: row.canonical for row in connection.execute(query)})
    return known


def decision_keys(connection: Connection, decisions: Iterable[Decision]) -> dict[Decision, int]:
    """Store each distinct decision once and give the keys."""
    bodies = {each: msgspec.json.encode(each).decode() for each in set(decisions)}
    digests = {each: hashlib.sha256(body.encode()).hexdigest() for each, body in bodies.items()}
    wanted: Sequence[str] = sorted(digests.values())
    known: dict[str, int] = {}
    for start in range(0, len(wanted), _BATCH):
        query = select(decision.c.id, decision.c.digest).where(
            decision.c.digest.in_(wanted[start : start + _BATCH])
        )
        known.update({row.digest: row.id for row in connection.execute(query)})
    fresh = [
        {"digest": digest, "body": bodies[each]}
        for each, digest in digests.items()
        if digest not in known
    ]
    if fresh:
        made = connection.execute(
            insert(decision).returning(decision.c.id, decision.c.digest), fresh
        )
        known.update({row.digest: row.id for row in made})
    return {each: known[digest] for each, digest in digests.items()}


def decisions(connection: Connection, keys: Iterable[int]) -> dict[int, Decision]:
    """Give stored decisions by key."""
    wanted = sorted(set(keys))
    found: dict[int, Decision] = {}
    for start in range(0, len(wanted), _BATCH):
        query = select(decision).where(decision.c.id.in_(wanted[start : start + _BATCH]))
        for row in connection.execute(query):
            found[row.id] = msgspec.json.decode(row.body, type=Decision)
    return found
