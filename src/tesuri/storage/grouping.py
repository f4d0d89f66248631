"""Groups on their way in: found or made by their text key, renamed once at the end where their title is another now."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from tesuri.model.event import Event, EventKind
from tesuri.model.identifiers import GroupKey
from tesuri.storage.bulk import insert_tuples, rows_among, update_tuples
from tesuri.storage.columns import Columns, columns_of
from tesuri.storage.tables import work_group
from tesuri.storage.texts import short_key, storable

_MOST_KNOWN = 50_000
"""Groups that are remembered within a transaction, about 25 MB; beyond, the table is asked again."""
_COLUMNS = columns_of(work_group)
_ASKED = "SELECT key, id, title, title_ja FROM work_group"

Titles = tuple[str, str]


class Grouping:
    """The groups that one transaction finds and makes."""

    def __init__(self, connection: Connection) -> None:
        """Take the connection of the transaction; nothing is asked of it yet."""
        self._connection = connection
        self._known: dict[str, tuple[int, Titles]] = {}
        """With the titles that were last asked for."""
        self._is_whole = False
        """Whether every group of the table is among the known ones."""
        self._first_made = 0
        """The first group that this transaction made; 0 as long as it made none."""
        self._before: dict[int, Titles] = {}
        """As the table has them, of groups that were asked for under other ones."""
        self._wanted: dict[int, Titles] = {}

    def keys(self, titles: Mapping[str, Titles]) -> dict[str, GroupKey]:
        """Find or make the groups of these text keys; titles are English and Japanese."""
        texts = {text: short_key(text) for text in titles}
        wanted = {
            texts[text]: (storable(english), storable(japanese))
            for text, (english, japanese) in titles.items()
        }
        self._look_up(wanted)
        self._make(sorted(wanted.keys() - self._known.keys()), wanted)
        for text, title in wanted.items():
            key, last = self._known[text]
            if last != title or key in self._before:
                self._before.setdefault(key, last)
                self._wanted[key] = title
                self._known[text] = (key, title)
        return {text: GroupKey(self._known[kept][0]) for text, kept in texts.items()}

    def move(self, moves: Mapping[str, str]) -> dict[str, GroupKey]:
        """Give groups another text key; give the groups that have it already, by the text key that has to end.

        What such a group held has to go there: two groups of one fix are one.
        """
        asked = sorted({short_key(text) for pair in moves.items() for text in pair})
        found = {
            str(text): int(str(key))
            for text, key, *_ in rows_among(self._connection, _ASKED, "key", asked)
        }
        held = sorted((found[short_key(old)], old) for old in moves if short_key(old) in found)
        taken: dict[str, GroupKey] = {}
        for key, old in held:
            wanted = short_key(moves[old])
            if wanted in found:
                taken[old] = GroupKey(found[wanted])
                continue
            found[wanted] = key
            if (known := self._known.pop(short_key(old), None)) is not None:
                self._known[wanted] = known
            renamed = [(wanted, key)]
            update_tuples(self._connection, Columns("work_group", ("key",)), ("id",), renamed)
        return taken

    def settle(self, recorded_at: datetime) -> list[Event]:
        """Write the titles that were last asked for; give an event for each group that had another before."""
        changed = [
            (key, title) for key, title in self._wanted.items() if title != self._before[key]
        ]
        rows = [(*title, key) for key, title in changed]
        update_tuples(self._connection, Columns("work_group", ("title", "title_ja")), ("id",), rows)
        events = [
            _renamed(key, title, self._before[key], recorded_at)
            for key, title in sorted(changed)
            if not self._first_made or key < self._first_made
        ]
        self._wanted.clear()
        self._before.clear()
        return events

    def _look_up(self, wanted: Mapping[str, Titles]) -> None:
        if not self._known:
            newest = select(func.max(work_group.c.id))
            self._is_whole = self._connection.execute(newest).scalar() is None
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
            self._is_whole = False
        if self._is_whole:
            return
        unknown = [text for text in wanted if text not in self._known]
        for text, key, english, japanese in rows_among(self._connection, _ASKED, "key", unknown):
            self._known[str(text)] = (int(str(key)), (str(english), str(japanese)))

    def _make(self, fresh: Sequence[str], wanted: Mapping[str, Titles]) -> None:
        if not fresh:
            return
        newest = self._connection.execute(select(func.max(work_group.c.id))).scalar() or 0
        self._first_made = self._first_made or newest + 1
        rows = []
        for key, text in enumerate(fresh, start=newest + 1):
            rows.append((key, text, *wanted[text]))
            self._known[text] = (key, wanted[text])
        insert_tuples(self._connection, _COLUMNS, rows)


def _renamed(key: int, title: Titles, before: Titles, recorded_at: datetime) -> Event:
    payload: Mapping[str, object] = {
        "group": key,
        "title": title[0],
        "title_before": before[0],
        "title_ja_before": before[1],
    }
    return Event(EventKind.GROUP_RENAMED, recorded_at, "policy", payload=payload)
