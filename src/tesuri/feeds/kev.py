"""CISA's list of known exploited vulnerabilities, in its JSON and its CSV form.

**source** https://www.cisa.gov/known-exploited-vulnerabilities-catalog
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from tesuri.feeds.cell import cve_cell, day_cell, need_day
from tesuri.feeds.source_copy import SourceCopy
from tesuri.model.errors import BadInput
from tesuri.model.observation import Skipped
from tesuri.model.signal import Feed, FeedName, KevEntry
from tesuri.untrusted.csv_document import Table
from tesuri.untrusted.shape import items, mapping, text


def looks_like_kev_json(document: object) -> bool:
    """Whether a decoded JSON document is the KEV catalogue."""
    listed = mapping(document).get("vulnerabilities")
    has_entry = isinstance(listed, list) and (not listed or "cveID" in mapping(listed[0]))
    return has_entry and bool({"catalogVersion", "dateReleased"} & mapping(document).keys())


def looks_like_kev_csv(columns: Sequence[str]) -> bool:
    """Whether the columns are those of the KEV catalogue."""
    return {"cveid", "dateadded"} <= {column.lower() for column in columns}


def read_kev_json(document: object, copy: SourceCopy) -> Feed:
    """Give the entries of the JSON form; its day is `dateReleased`, else `catalogVersion`."""
    listed = items(document, "vulnerabilities")
    told = day_cell(text(document, "dateReleased")) or day_cell(text(document, "catalogVersion"))
    header = copy.header(
        FeedName.KEV,
        as_of=need_day(told or copy.as_of, where=copy.where),
        rows=len(listed),
        version=text(document, "catalogVersion"),
    )
    rows = ((f"/vulnerabilities/{index}", _folded(entry)) for index, entry in enumerate(listed))
    return Feed(header, _records(rows))


def read_kev_csv(table: Table, copy: SourceCopy) -> Feed:
    """Give the entries of the CSV form, which names no day: the given one, else the last addition.

    **raises** BadInput when the given day is before the last addition.
    """
    rows = [(f"line {row.line}", _folded(row.cells)) for row in table.rows]
    added = [day for _, cells in rows if (day := day_cell(cells.get("dateadded", ""))) is not None]
    latest = max(added, default=None)
    if copy.as_of is not None and latest is not None and copy.as_of < latest:
        raise BadInput(
            f"The list holds an entry of {latest}, so it cannot be of {copy.as_of}.",
            where=copy.where,
        )
    as_of = need_day(copy.as_of or latest, where=copy.where)
    return Feed(copy.header(FeedName.KEV, as_of=as_of, rows=len(rows)), _records(iter(rows)))


def _records(rows: Iterator[tuple[str, Mapping[str, str]]]) -> Iterator[KevEntry | Skipped]:
    for pointer, cells in rows:
        cve = cve_cell(cells.get("cveid", ""))
        added: date | None = day_cell(cells.get("dateadded", ""))
        if not cve:
            yield Skipped(pointer, "no CVE id")
        elif added is None:
            yield Skipped(pointer, f"no date on which {cve} was added")
        else:
            yield KevEntry(
                cve=cve,
                date_added=added,
                due_date=day_cell(cells.get("duedate", "")),
                is_ransomware_known=cells.get("knownransomwarecampaignuse", "").lower() == "known",
                name=cells.get("vulnerabilityname", ""),
            )


def _folded(entry: object) -> dict[str, str]:
    """Column names differ in case between mirrors."""
    return {key.lower(): text(value) for key, value in mapping(entry).items()}
