"""Reports of any size for every format: the records of the format's own test sample, each time of another finding.

Which list, mapping, row, line or element of a sample holds records is found out by doubling each of them and counting.
Which of its texts tell a finding from the next is found out by numbering one after the other, until every record has
an identity of its own.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import orjson

from tesuri.flows.intake.inspect_reports import inspect, open_report
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import Identity
from tesuri.model.observation import Observation, Record
from tesuri.triage.fingerprint import identity_of

_SAMPLES = Path(__file__).resolve().parent.parent / "tests" / "formats"
_DEEPEST = 6
_NUMBER = "\ue000"
_KEY = bytes(32)
_ENOUGH = 3
"""Repetitions that show whether a number tells them apart."""
_JSON_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"\s*:|"(?P<text>(?:[^"\\]|\\.)*)"')
_XML_TEXT = re.compile(
    r'(?P<text><!\[CDATA\[.*?(?=\]\]>)|>[^<>]*[^<>\s](?=<)|="[^"]+(?="))', re.DOTALL
)
_CSV_CUT = re.compile(r'"(?:[^"]|"")*"|[^,;\t]')
_CSV_TEXT = re.compile(r'(?P<text>"(?:[^"]|"")+(?=")|[^,;\t\r\n"]+)')


@dataclass(frozen=True, slots=True)
class _Repeatable:
    """A report cut into what can be repeated and the text around it."""

    head: str
    unit: str
    """Has a mark wherever the number of the repetition belongs; the first one stays without."""
    between: str
    tail: str
    texts: re.Pattern[str]
    """Its group `text` ends where a number may stand."""

    def times(self, count: int) -> bytes:
        """Give the report with the unit so many times."""
        units = (
            self.unit.replace(_NUMBER, str(number) if number else "") for number in range(count)
        )
        return f"{self.head}{self.between.join(units)}{self.tail}".encode()

    def marked(self, ends: Iterable[int]) -> Self:
        """Give the same with a number in these places of the unit."""
        cuts = (0, *sorted(ends), len(self.unit))
        parts = [self.unit[start:end] for start, end in itertools.pairwise(cuts)]
        return replace(self, unit=_NUMBER.join(parts))


def sample_paths() -> dict[str, Path]:
    """Give the sample with several findings of each format, by the format's name."""
    found: dict[str, Path] = {}
    for path in (*sorted(_SAMPLES.glob("*/many.*")), *sorted(_SAMPLES.glob("*/one.*"))):
        if path.suffix == ".txt":
            continue
        summary = inspect(path.read_bytes(), where=path.name)
        if summary.format and summary.findings:
            found.setdefault(summary.format, path)
    return found


def enlarged(path: Path, records: int) -> tuple[bytes, int]:
    """Give a report with about so many records, and how many it has."""
    data = path.read_bytes()
    repeat = max(_repeatables(data, path.suffix), key=lambda each: _count(each.times(2)))
    first, second = _count(repeat.times(1)), _count(repeat.times(2))
    if second <= first:
        raise ValueError(f"nothing in {path} can be repeated")
    made = _numbered(repeat).times(2 + max(0, records - second) // (second - first))
    return made, _count(made)


def findings_of(data: bytes) -> set[Identity]:
    """Give the identities of the findings of a report; none when it cannot be read."""
    return _told_apart(data)[0]


def _told_apart(data: bytes) -> tuple[set[Identity], list[str]]:
    """Give the identities of the findings of a report, and what each of its records is."""
    try:
        records = list(open_report(data, where="enlarged").records)
    except BadInput:
        return set(), []
    seen = [each for each in records if isinstance(each, Observation)]
    return {_identity(each) for each in seen}, sorted(map(_sort, records))


def _sort(record: Record) -> str:
    if isinstance(record, Observation):
        return f"{record.kind} {record.severity} {record.has_fix}"
    return type(record).__name__


def _identity(seen: Observation) -> Identity:
    name = min(seen.advisories, default="")
    return identity_of(seen, asset=seen.target, canonical_advisory=name, secret_key=_KEY)


def _numbered(repeat: _Repeatable) -> _Repeatable:
    """Give the same with as few numbers as tell all its findings apart and leave every record what it is."""
    once, _ = _told_apart(repeat.times(1))
    same, sorts = _told_apart(repeat.times(_ENOUGH))
    best, found = repeat, len(same)
    marks: list[int] = []
    for end in [text.end("text") for text in repeat.texts.finditer(repeat.unit) if text["text"]]:
        if found >= _ENOUGH * len(once):
            break
        tried = repeat.marked([*marks, end])
        several, tried_sorts = _told_apart(tried.times(_ENOUGH))
        if len(several) > found and tried_sorts == sorts:
            best, found = tried, len(several)
            marks.append(end)
    return best


def _count(data: bytes) -> int:
    return inspect(data, where="enlarged").records


def _repeatables(data: bytes, suffix: str) -> Iterable[_Repeatable]:
    text = data.decode()
    if suffix == ".xml":
        return _elements(text)
    if suffix == ".csv":
        lines = text.splitlines()
        first = _names_of_columns(lines) + 1
        head, rows = "\n".join(lines[:first]), "\n".join(lines[first:])
        return [_Repeatable(f"{head}\n", rows, "\n", "\n", _CSV_TEXT)]
    if suffix == ".jsonl":
        return [_Repeatable("", text.strip(), "\n", "\n", _JSON_TEXT)]
    return _json_parts(orjson.loads(data))


def _names_of_columns(lines: list[str]) -> int:
    """Give the line with the names of the columns; some tools write a few short lines above it."""
    cuts = [len(_CSV_CUT.sub("", line)) for line in lines]
    return next(at for at, count in enumerate(cuts) if count >= 0.75 * max(cuts))


def _elements(text: str) -> Iterator[_Repeatable]:
    for name in dict.fromkeys(re.findall(r"<([A-Za-z][\w:.-]*)", text)):
        if span := re.search(rf"<{name}[\s>].*?</{name}>", text, re.DOTALL):
            yield _Repeatable(text[: span.start()], span[0], "", text[span.end() :], _XML_TEXT)


def _json_parts(document: object) -> Iterator[_Repeatable]:
    """Give every list and mapping of a document as what could be repeated."""
    for keys, part in _containers(document, ()):
        is_list = isinstance(part, list)
        unit = orjson.dumps(part if is_list else _with_own_keys(part)).decode()[1:-1]
        whole = orjson.dumps(_with_hole(document, keys)).decode()
        head, _, tail = whole.partition(f'"{_NUMBER}"')
        opening, closing = "[]" if is_list else "{}"
        yield _Repeatable(head + opening, unit, ",", closing + tail, _JSON_TEXT)


def _containers(
    value: object, keys: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], list[object] | dict[str, object]]]:
    if isinstance(value, (list, dict)) and value:
        yield keys, value
    if len(keys) < _DEEPEST:
        for key, inner in _parts(value):
            yield from _containers(inner, (*keys, key))


def _parts(value: object) -> Iterable[tuple[str | int, object]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _with_own_keys(part: object) -> dict[str, object]:
    """Give a mapping whose keys are numbered, since no key can be there twice."""
    return {f"{key}{_NUMBER}": value for key, value in _parts(part)}


def _with_hole(value: object, keys: tuple[str | int, ...]) -> object:
    """Give the document with a mark in place of what the keys lead to."""
    if not keys:
        return _NUMBER
    made = dict(_parts(value))
    made[keys[0]] = _with_hole(made[keys[0]], keys[1:])
    return list(made.values()) if isinstance(value, list) else made
