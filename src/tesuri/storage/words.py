"""What the store has learnt to call things: aliases of advisories, stored decisions, its own secret key."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, insert, select

from tesuri.model.decision import Decision
from tesuri.storage.alias_links import keep_links
from tesuri.storage.bulk import insert_tuples, rows_among
from tesuri.storage.columns import columns_of
from tesuri.storage.tables import alias, decision, setting
from tesuri.storage.texts import short_key
from tesuri.triage.alias_memory import learn
from tesuri.triage.aliases import Aliases, linkable, normal_id

_BATCH = 500
_ALIAS = columns_of(alias)
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


class AliasLearning:
    """Learns alias sets within one transaction; an id keeps the canonical one that it was once given."""

    def __init__(self, connection: Connection) -> None:
        """Take the connection of the transaction; nothing is asked of it yet."""
        self._connection = connection
        self._asked: set[str] = set()
        self._before: dict[str, str] = {}
        self._known: dict[str, str] = {}
        self._sets: set[tuple[str, ...]] = set()
        self.linked: set[str] = set()
        """Canonical names that turned out here to mean the same as another one."""

    def learn(self, sets: Iterable[tuple[str, ...]]) -> Aliases:
        """Learn these sets too and give the table of all that was learnt or found here so far."""
        wanted = set(sets) - self._sets
        self._sets |= wanted
        ids = {short_key(normal_id(each)) for names in wanted for each in names}
        found = self._ask(ids)
        # What an id is known by is known too, though this report may not name it.
        found |= self._ask(set(found.values()))
        self._before |= found
        known = self._known
        known.update(found)
        fresh_sets = [
            names for names in wanted if any(normal_id(each) not in known for each in names)
        ]
        if fresh_sets:
            self._keep(learn({name: known[name] for name in ids if name in known}, fresh_sets))
        self._link(wanted)
        return Aliases(known)

    @property
    def names(self) -> set[str]:
        """Give the canonical names that were asked for here."""
        return set(self._known.values())

    def _link(self, sets: Iterable[tuple[str, ...]]) -> None:
        pairs: set[tuple[str, str]] = set()
        for names in sets:
            if len(names) > 1:
                first, *others = sorted(
                    {self._known.get(each, each) for each in linkable(names)}
                ) or [""]
                pairs.update((first, other) for other in others)
        storable = [pair for pair in pairs if all(short_key(name) == name for name in pair)]
        self.linked |= keep_links(self._connection, storable)

    def _ask(self, ids: set[str]) -> dict[str, str]:
        fresh = ids - self._asked
        self._asked |= fresh
        return _known_aliases(self._connection, sorted(fresh))

    def at_once(self) -> Aliases:
        """Give what would have been learnt, had all these sets been told at once."""
        return learn(self._before, self._sets)

    def _keep(self, table: Aliases) -> None:
        fresh = {
            name: canonical
            for name, canonical in table.canonical_of.items()
            if name not in self._known
        }
        self._known.update(fresh)
        rows = [
            (name, canonical)
            for name, canonical in fresh.items()
            if short_key(name) == name and short_key(canonical) == canonical
        ]
        insert_tuples(self._connection, _ALIAS, rows)


def aliases(connection: Connection, names: Iterable[str]) -> Aliases:
    """Give the table of these ids as it was learnt so far; nothing is learnt by asking."""
    return Aliases(
        _known_aliases(connection, sorted({short_key(normal_id(each)) for each in names}))
    )


def _known_aliases(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    asked = "SELECT advisory, canonical FROM alias"
    return {
        str(name): str(canonical)
        for name, canonical in rows_among(connection, asked, "advisory", ids)
    }


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
