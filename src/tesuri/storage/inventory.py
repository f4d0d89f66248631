"""The inventory: which components a scope lists, from which scan to which.

A row is written when a component appears, and once more when a whole inventory lists it no more; an inventory that is
the same as the one before writes nothing. What a scan older than the newest lists changes nothing: nobody can say what
was there between the two.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import Connection, and_, func, insert, select, update

from tesuri.model.inventory import InventoryFigures, Presence, SeenComponent
from tesuri.model.standing import ScanPlace
from tesuri.storage.bulk import insert_rows
from tesuri.storage.instants import from_optional_seconds, from_seconds
from tesuri.storage.inventory_tables import component, presence
from tesuri.storage.tables import scan, scope
from tesuri.storage.texts import short_key

_BATCH = 500
_LONGEST_WORD = 64
_SYSTEM = "operating-system"

T = TypeVar("T")

_Row = tuple[str, str, str, str, str]
"""Name, version, ecosystem, namespace, kind: what makes a component another one."""


def record(
    connection: Connection, place: ScanPlace, listed: Iterable[SeenComponent], *, is_whole: bool
) -> InventoryFigures:
    """Write what a scan lists; where it lists everything, what it leaves out is gone from then on.

    Parts of one scan add to each other.
    """
    rows = dict.fromkeys(map(_row, listed))
    if not rows or not place.is_newest:
        return InventoryFigures(listed=len(rows))
    keys = set(_keys(connection, list(rows)).values())
    here = (presence.c.scope == place.scope, presence.c.gone_scan.is_(None))
    there = set(connection.execute(select(presence.c.component).where(*here)).scalars())
    appeared = keys - there - _taken_back(connection, place, keys)
    is_first = _is_first(connection, place)
    insert_rows(
        connection,
        presence,
        [
            {
                "scope": place.scope,
                "component": key,
                "first_scan": place.scan,
                "is_original": is_first,
                "gone_scan": None,
            }
            for key in sorted(appeared)
        ],
    )
    gone = _gone(connection, there - keys, rows, is_whole=is_whole) if place.is_new_scan else set()
    for some in _batches(sorted(gone)):
        ended = update(presence).where(*here, presence.c.component.in_(some))
        connection.execute(ended.values(gone_scan=place.scan))
    return InventoryFigures(listed=len(rows), appeared=len(appeared), gone=len(gone))


def presences(
    connection: Connection, wanted: Callable[[SeenComponent], bool]
) -> Sequence[Presence]:
    """Give where and when the wanted components were seen, by scope and component.

    **cost** one pass over the distinct components, and one over the presences of those that are wanted.
    """
    known = {
        row.id: found
        for row in connection.execute(select(component))
        if wanted(
            found := _component(row.name, row.version, row.ecosystem, row.namespace, row.kind)
        )
    }
    first, last = scan.alias("first"), scan.alias("last")
    query = (
        select(
            presence.c.component,
            presence.c.is_original,
            scope.c.target,
            first.c.scanned_at.label("since"),
            last.c.scanned_at.label("until"),
        )
        .join(scope, scope.c.id == presence.c.scope)
        .join(first, first.c.id == presence.c.first_scan)
        .outerjoin(last, last.c.id == presence.c.gone_scan)
        .order_by(presence.c.scope, presence.c.component, presence.c.id)
    )
    return [
        Presence(
            target=row.target,
            component=known[row.component],
            since=None if row.is_original else from_seconds(row.since),
            until=from_optional_seconds(row.until),
        )
        for some in _batches(sorted(known))
        for row in connection.execute(query.where(presence.c.component.in_(some)))
    ]


def sizes(connection: Connection) -> Mapping[str, int]:
    """Give how many components each scan target is known to hold now."""
    query = (
        select(scope.c.target, func.count(presence.c.component.distinct()).label("number"))
        .join(scope, scope.c.id == presence.c.scope)
        .where(presence.c.gone_scan.is_(None))
        .group_by(scope.c.target)
    )
    return {row.target: row.number for row in connection.execute(query)}


def _gone(
    connection: Connection, unlisted: set[int], rows: Iterable[_Row], *, is_whole: bool
) -> set[int]:
    """Give what is there no more; a target has one operating system, so another one takes its place."""
    if is_whole or not any(kind == _SYSTEM for *_, kind in rows):
        return unlisted if is_whole else set()
    systems = select(component.c.id).where(component.c.kind == _SYSTEM)
    return unlisted.intersection(connection.execute(systems).scalars())


def _taken_back(connection: Connection, place: ScanPlace, keys: set[int]) -> set[int]:
    """Let be there again what an earlier part of this very scan left out; give which they are."""
    left_out = and_(presence.c.scope == place.scope, presence.c.gone_scan == place.scan)
    ended = connection.execute(select(presence.c.component).where(left_out)).scalars()
    back = keys.intersection(ended)
    for some in _batches(sorted(back)):
        again = update(presence).where(left_out, presence.c.component.in_(some))
        connection.execute(again.values(gone_scan=None))
    return back


def _is_first(connection: Connection, place: ScanPlace) -> bool:
    """Whether no other scan of the scope listed anything."""
    others = (presence.c.scope == place.scope, presence.c.first_scan != place.scan)
    return connection.execute(select(presence.c.id).where(*others).limit(1)).first() is None


def _keys(connection: Connection, rows: Sequence[_Row]) -> Mapping[_Row, int]:
    """Find or make these components."""
    known: dict[_Row, int] = {}
    for names_here in _batches(sorted({name for name, *_ in rows})):
        for row in connection.execute(select(component).where(component.c.name.in_(names_here))):
            known[row.name, row.version, row.ecosystem, row.namespace, row.kind] = row.id
    fresh = [row for row in rows if row not in known]
    names = ("name", "version", "ecosystem", "namespace", "kind")
    for some in _batches(fresh):
        made = insert(component).returning(component)
        values = [dict(zip(names, row, strict=True)) for row in some]
        for row in connection.execute(made, values):
            known[row.name, row.version, row.ecosystem, row.namespace, row.kind] = row.id
    return {row: known[row] for row in rows}


def _row(each: SeenComponent) -> _Row:
    name, version, namespace = (short_key(t) for t in (each.name, each.version, each.namespace))
    words = (short_key(word)[:_LONGEST_WORD] for word in (each.ecosystem, each.kind))
    ecosystem, kind = words
    return (name, version, ecosystem, namespace, kind)


def _component(name: str, version: str, ecosystem: str, namespace: str, kind: str) -> SeenComponent:
    return SeenComponent(name, version, kind, ecosystem, namespace)


def _batches(keys: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(keys), _BATCH):
        yield keys[start : start + _BATCH]
