"""Reports of any size for every format: the records of the format's own test sample, over and over.

Which list, mapping, row, line or element of a sample holds records is found out by doubling each of them and counting.
Repeated records are kinder to a reader's small memories than real ones; `generated.py` has four formats without
that.
"""

import copy
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson

from tesuri.flows.intake.inspect_reports import inspect

_SAMPLES = Path(__file__).resolve().parent.parent / "tests" / "formats"
_DEEPEST = 6


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
    repeat = max(_repeaters(data, path.suffix), key=lambda each: _count(each(2)))
    first, second = _count(repeat(1)), _count(repeat(2))
    if second <= first:
        raise ValueError(f"nothing in {path} can be repeated")
    made = repeat(2 + max(0, records - second) // (second - first))
    return made, _count(made)


def _count(data: bytes) -> int:
    return inspect(data, where="enlarged").records


def _repeaters(data: bytes, suffix: str) -> list[Callable[[int], bytes]]:
    if suffix == ".xml":
        return _elements(data)
    if suffix in {".csv", ".jsonl"}:
        return [_lines(data, 1 if suffix == ".csv" else 0)]
    document = orjson.loads(data)
    return [_json_part(document, keys) for keys in _containers(document, ())]


def _lines(data: bytes, head: int) -> Callable[[int], bytes]:
    lines = [line for line in data.splitlines() if line.strip()]
    return lambda times: b"\n".join([*lines[:head], *(lines[head:] * times)]) + b"\n"


def _elements(data: bytes) -> list[Callable[[int], bytes]]:
    text = data.decode()
    names = dict.fromkeys(re.findall(r"<([A-Za-z][\w:.-]*)", text))
    spans = (re.search(rf"<{name}[\s>].*?</{name}>", text, re.DOTALL) for name in names)
    return [_element(text, *span.span()) for span in spans if span]


def _element(text: str, start: int, end: int) -> Callable[[int], bytes]:
    return lambda times: (text[:start] + text[start:end] * times + text[end:]).encode()


def _containers(value: object, keys: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, (list, dict)) and value:
        yield keys
    if len(keys) < _DEEPEST:
        parts = value.items() if isinstance(value, dict) else ()
        listed = enumerate(value) if isinstance(value, list) else ()
        for key, inner in (*parts, *listed):
            yield from _containers(inner, (*keys, key))


def _json_part(document: object, keys: tuple[str | int, ...]) -> Callable[[int], bytes]:
    def repeat(times: int) -> bytes:
        holder = {"root": copy.deepcopy(document)}
        place: object = holder
        for key in ("root", *keys)[:-1]:
            place = place[key]  # type: ignore[index] # the way that `_containers` took
        last = ("root", *keys)[-1]
        part = place[last]  # type: ignore[index] # as above
        place[last] = _repeated(part, times)  # type: ignore[index] # as above
        return orjson.dumps(holder["root"])

    return repeat


def _repeated(part: list[object] | dict[str, object], times: int) -> object:
    if isinstance(part, list):
        return part * times
    return {
        key if number == 0 else f"{key}-{number}": value
        for number in range(times)
        for key, value in part.items()
    }
