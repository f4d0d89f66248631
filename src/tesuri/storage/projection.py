"""The current rows as the journal implies them: applied on every append, and rebuilt from nothing.

An OPENED event carries the whole row; every other event carries in `set` the columns that it changes.
`seen` and `missed` keep the sightings: which scope sees the finding, and since which scan it does not.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, delete, select

from tesuri.model.errors import Defect
from tesuri.model.event import Event, EventKind
from tesuri.storage import journal
from tesuri.storage.bulk import delete_tuples, insert_rows, insert_tuples, update_tuples
from tesuri.storage.columns import Columns
from tesuri.storage.tables import finding, identity_link, parted, sighting
from tesuri.storage.texts import storable

Row = dict[str, object]
K = TypeVar("K")

_BATCH = 5000
_JOINING = frozenset({EventKind.MERGED, EventKind.UNMERGED, EventKind.RELINKED})


def apply(connection: Connection, events: Iterable[Event]) -> None:
    """Bring the current rows up to date with events that were just appended, in their order."""
    changes = _Changes()
    for event in events:
        changes.add(event)
    changes.write(connection)


def rebuild(connection: Connection) -> None:
    """Empty the caches and make them again from the whole journal."""
    connection.execute(delete(sighting))
    connection.execute(delete(finding))
    connection.execute(delete(identity_link))
    connection.execute(delete(parted))
    events = journal.read(connection)
    while batch := list(islice(events, _BATCH)):
        apply(connection, batch)


@dataclass(slots=True)
class _Changes:
    """Row changes of one batch, folded so that each row is written once."""

    opened: dict[int, Row] = field(default_factory=dict)
    altered: dict[int, Row] = field(default_factory=dict)
    new_sightings: dict[tuple[int, int], Row] = field(default_factory=dict)
    old_sightings: dict[tuple[int, int], Row] = field(default_factory=dict)
    dropped_sightings: set[tuple[int, int]] = field(default_factory=set)
    links: dict[bytes, int | None] = field(default_factory=dict)
    """Identities with the finding that they lead to from now on; None where they lead nowhere."""
    parted: dict[tuple[bytes, bytes], None] = field(default_factory=dict)

    def add(self, event: Event) -> None:
        """Fold one event in."""
        if event.finding is None:
            return
        key = int(event.finding)
        payload = event.payload
        if event.kind is EventKind.OPENED:
            self.opened[key] = _finding_row(key, _mapping(payload, "finding"))
            previous = payload.get("regression_of")
            if isinstance(previous, int):
                self._alter(previous, {"is_current": False})
        if payload.get("set"):
            self._alter(key, dict(_mapping(payload, "set")))
        if "seen" in payload:
            self._see(key, _mapping(payload, "seen"))
        if "missed" in payload:
            self._miss(key, _mapping(payload, "missed"))
        if event.kind in _JOINING:
            self._join(key, payload)

    def _join(self, key: int, payload: Mapping[str, object]) -> None:
        for row in _mappings(payload, "sightings"):
            place = (key, _integer(row, "scope"))
            self.dropped_sightings.add(place)
            self.old_sightings.pop(place, None)
            self.new_sightings[place] = {
                "missed_scan": row["missed_scan"],
                "absent_scan": row["absent_scan"],
                "detail": str(row["detail"]),
                "first_scan": _integer(row, "first_scan"),
            }
        for scope in _list(payload, "unsighted"):
            place = (key, int(str(scope)))
            self.dropped_sightings.add(place)
            self.old_sightings.pop(place, None)
            self.new_sightings.pop(place, None)
        self.links.update({bytes.fromhex(str(each)): key for each in _list(payload, "linked")})
        self.links.update({bytes.fromhex(str(each)): None for each in _list(payload, "unlinked")})
        if pair := [bytes.fromhex(str(each)) for each in _list(payload, "parted")]:
            self.parted[min(pair), max(pair)] = None

    def _alter(self, key: int, values: Row) -> None:
        target = self.opened if key in self.opened else self.altered
        target.setdefault(key, {}).update(_storable(values))

    def _see(self, key: int, seen: Mapping[str, object]) -> None:
        place = (key, _integer(seen, "scope"))
        fresh: Row = {"missed_scan": None, "absent_scan": None, "detail": str(seen["detail"])}
        if seen.get("is_new"):
            self.new_sightings[place] = {**fresh, "first_scan": _integer(seen, "scan")}
        elif place in self.new_sightings:
            self.new_sightings[place].update(fresh)
        else:
            self.old_sightings.setdefault(place, {}).update(fresh)

    def _miss(self, key: int, missed: Mapping[str, object]) -> None:
        place = (key, _integer(missed, "scope"))
        values: Row = {
            "missed_scan": _integer(missed, "scan"),
            "absent_scan": missed.get("absent_scan"),
        }
        target = self.new_sightings if place in self.new_sightings else self.old_sightings
        target.setdefault(place, {}).update(values)

    def write(self, connection: Connection) -> None:
        """Write everything that was folded in, a few statements for any number of rows."""
        insert_rows(connection, finding, list(self.opened.values()))
        delete_tuples(
            connection, Columns("sighting", ("finding", "scope")), list(self.dropped_sightings)
        )
        insert_rows(
            connection,
            sighting,
            [
                {"finding": key, "scope": scope, **row}
                for (key, scope), row in self.new_sightings.items()
            ],
        )
        for names, rows in _by_columns(self.altered).items():
            changed = [(*row.values(), key) for key, row in rows]
            update_tuples(connection, Columns("finding", names), ("id",), changed)
        for names, places in _by_columns(self.old_sightings).items():
            moved = [(*row.values(), key, scope) for (key, scope), row in places]
            update_tuples(connection, Columns("sighting", names), ("finding", "scope"), moved)
        self._write_links(connection)

    def _write_links(self, connection: Connection) -> None:
        touched = [(identity,) for identity in self.links]
        delete_tuples(connection, Columns("identity_link", ("identity",)), touched)
        kept = [(identity, key) for identity, key in self.links.items() if key is not None]
        insert_tuples(connection, Columns("identity_link", ("identity", "finding")), kept)
        columns = Columns("parted", ("identity", "other"))
        delete_tuples(connection, columns, list(self.parted))
        insert_tuples(connection, columns, list(self.parted))


def _by_columns(rows: "dict[K, Row]") -> "dict[tuple[str, ...], list[tuple[K, Row]]]":
    grouped: dict[tuple[str, ...], list[tuple[K, Row]]] = defaultdict(list)
    for key, row in rows.items():
        ordered = dict(sorted(row.items()))
        grouped[tuple(ordered)].append((key, ordered))
    return grouped


def _finding_row(key: int, body: Mapping[str, object]) -> Row:
    # Every column is named, because one statement writes all rows of a batch.
    row: Row = {**dict.fromkeys(finding.c.keys()), "id": key, **_storable(body)}
    row["identity"] = bytes.fromhex(str(body["identity"]))
    return row


def _storable(values: Mapping[str, object]) -> Row:
    return {
        name: storable(value) if isinstance(value, str) else value for name, value in values.items()
    }


def _mapping(payload: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = payload.get(name)
    if not isinstance(value, Mapping):
        raise Defect(f"A journal event has no {name}.", where="journal")
    return value


def _list(payload: Mapping[str, object], name: str) -> Sequence[object]:
    value = payload.get(name)
    return value if isinstance(value, list | tuple) else ()


def _mappings(payload: Mapping[str, object], name: str) -> Iterable[Mapping[str, object]]:
    return (each for each in _list(payload, name) if isinstance(each, Mapping))


def _integer(payload: Mapping[str, object], name: str) -> int:
    value = payload.get(name)
    if not isinstance(value, int):
        raise Defect(f"A journal event has no whole number {name}.", where="journal")
    return value


def snapshot(connection: Connection) -> tuple[Sequence[Row], Sequence[Row]]:
    """Give every cached finding, with the identities that lead to it, and every sighting, to compare a rebuild with."""
    links: dict[int, list[bytes]] = defaultdict(list)
    for link in connection.execute(select(identity_link).order_by(identity_link.c.identity)):
        links[link.finding].append(bytes(link.identity))
    findings = [
        {**row, "links": links.get(row["id"], [])}
        for row in connection.execute(select(finding).order_by(finding.c.id)).mappings()
    ]
    sightings = [
        dict(row)
        for row in connection.execute(
            select(sighting).order_by(sighting.c.finding, sighting.c.scope)
        ).mappings()
    ]
    return findings, sightings
