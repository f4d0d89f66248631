"""Canonical names of advisories that a later report gives for one record: the vulnerabilities that turn out to be one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from tesuri.storage.bulk import insert_tuples, rows_among
from tesuri.storage.columns import Columns
from tesuri.storage.tables import alias_link
from tesuri.triage.aliases import alias_table

_LINK = Columns("alias_link", ("canonical", "other"))
_ASKED = "SELECT canonical, other FROM alias_link"


def keep_links(connection: Connection, pairs: Iterable[tuple[str, str]]) -> set[str]:
    """Keep which names were given for one record; give those of the pairs that are new."""
    wanted = {(min(pair), max(pair)) for pair in pairs}
    if not wanted:
        return set()
    known = set(_pairs(connection, "canonical", {one for one, _ in wanted}))
    fresh = sorted(wanted - known)
    insert_tuples(connection, _LINK, fresh)
    return {name for pair in fresh for name in pair}


def same_vulnerabilities(connection: Connection, names: Iterable[str]) -> Mapping[str, str]:
    """Give the canonical names that mean the same as one of these, each with one name for all of them.

    Two CVEs never become one: what would join them is left apart. Names that mean only themselves are left out.
    """
    if connection.execute(select(alias_link.c.canonical).limit(1)).first() is None:
        return {}
    links = _reached(connection, set(names))
    members = {name for pair in links for name in pair}
    asked = "SELECT advisory, canonical FROM alias"
    families = [
        (str(name), str(canonical))
        for name, canonical in rows_among(connection, asked, "canonical", sorted(members))
    ]
    table = alias_table([*families, *links])
    joined: dict[str, list[str]] = defaultdict(list)
    for name in sorted(members):
        joined[table.canonical_of.get(name, name)].append(name)
    return {name: one for one, together in joined.items() if len(together) > 1 for name in together}


def _reached(connection: Connection, names: set[str]) -> set[tuple[str, str]]:
    links: set[tuple[str, str]] = set()
    known: set[str] = set()
    while names - known:
        fresh = names - known
        known |= fresh
        for column in _LINK.names:
            links |= set(_pairs(connection, column, fresh))
        names = {name for pair in links for name in pair}
    return links


def _pairs(connection: Connection, column: str, names: set[str]) -> Iterable[tuple[str, str]]:
    return [
        (str(one), str(other))
        for one, other in rows_among(connection, _ASKED, column, sorted(names))
    ]
