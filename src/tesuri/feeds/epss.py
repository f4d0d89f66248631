"""EPSS scores: the daily CSV with its comment line, and the JSON of the public interface.

**source** https://www.first.org/epss/data_stats
"""

import re
from collections.abc import Iterator
from datetime import date

from tesuri.feeds.cell import cve_cell, day_cell, need_day, share_cell
from tesuri.feeds.gunzip import Lines
from tesuri.feeds.source_copy import SourceCopy
from tesuri.model.observation import Skipped
from tesuri.model.signal import EpssScore, Feed, FeedName
from tesuri.untrusted.shape import items, mapping, text
from tesuri.untrusted.text_document import mark_and_encoding

_HEAD = 4096


def looks_like_epss_csv(head: bytes) -> bool:
    """Whether the first line that is no comment names a CVE, its score and its percentile."""
    mark, encoding = mark_and_encoding(head)
    lines = head[len(mark) :][:_HEAD].decode(encoding, "replace").splitlines()
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    return _columns(first)[:2] == ["cve", "epss"]


def looks_like_epss_json(document: object) -> bool:
    """Whether a decoded JSON document is an answer of the EPSS interface."""
    first = next(iter(items(document, "data")), None)
    return {"cve", "epss"} <= mapping(first).keys()


def read_epss_csv(copy: SourceCopy) -> Feed:
    """Give the scores of a daily file; its day and model stand in the comment before the columns.

    **cost** two passes over the file; one piece of it and one record at a time.
    """
    lines = Lines(copy.data, copy.where)
    told = _comment(lines)
    as_of = _told_day(told) or copy.as_of
    version = told.get("model_version", "")
    day = need_day(as_of, where=copy.where)
    rows = sum(1 for _ in _rows(lines))
    header = copy.header(FeedName.EPSS, as_of=day, rows=rows, version=version)
    return Feed(header, _csv_records(lines, version, day))


def read_epss_json(document: object, copy: SourceCopy) -> Feed:
    """Give the scores of an answer of the public interface; each names its own day."""
    entries = items(document, "data")
    days = [day for entry in entries if (day := day_cell(text(entry, "date"))) is not None]
    as_of = need_day(max(days, default=None) or copy.as_of, where=copy.where)
    version = text(document, "model_version")
    header = copy.header(FeedName.EPSS, as_of=as_of, rows=len(entries), version=version)
    return Feed(header, _json_records(entries, version, as_of))


def _csv_records(lines: Lines, version: str, day: date) -> Iterator[EpssScore | Skipped]:
    columns: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = _columns(line)
        if not columns:
            columns = {name: index for index, name in enumerate(cells)}
            continue
        named = {name: cells[index] for name, index in columns.items() if index < len(cells)}
        cve, score, percentile = (named.get(name, "") for name in ("cve", "epss", "percentile"))
        yield _record(f"line {number}", (cve, score, percentile), version, day)


def _json_records(
    entries: list[object], version: str, as_of: date
) -> Iterator[EpssScore | Skipped]:
    for index, entry in enumerate(entries):
        cells = (text(entry, "cve"), text(entry, "epss"), text(entry, "percentile"))
        yield _record(f"/data/{index}", cells, version, day_cell(text(entry, "date")) or as_of)


def _record(
    pointer: str, cells: tuple[str, str, str], version: str, day: date
) -> EpssScore | Skipped:
    cve, score = cve_cell(cells[0]), share_cell(cells[1])
    if not cve:
        return Skipped(pointer, "no CVE id")
    if score is None:
        return Skipped(pointer, f"the score of {cve} is no probability")
    return EpssScore(cve, score, share_cell(cells[2]), version, day)


def _rows(lines: Lines) -> Iterator[str]:
    """Lines under the column names."""
    kept = (line for line in lines if line.strip() and not line.startswith("#"))
    next(kept, None)
    return kept


def _columns(line: str) -> list[str]:
    return [cell.strip().strip('"').lower() for cell in re.split("[,;\t]", line.strip())]


def _comment(lines: Lines) -> dict[str, str]:
    """`#model_version:v2025.03.14,score_date:2026-08-16T00:00:00+0000` → its parts."""
    parts: dict[str, str] = {}
    for line in lines:
        if not line.startswith("#"):
            break
        for pair in line.lstrip("# ").split(","):
            name, _, value = pair.partition(":")
            parts[name.strip().lower()] = value.strip()
    return parts


def _told_day(told: dict[str, str]) -> date | None:
    dates = [name for name in told if name.endswith("date") and name != "score_date"]
    for name in ("score_date", *sorted(dates)):
        if (day := day_cell(told.get(name, ""))) is not None:
            return day
    return None
