"""Changes a sample into something that a stranger might send: near enough to be looked at, wrong somewhere.

JSON is changed value by value and XML tag by tag, because bytes changed at random are refused at the door.
"""

import random
import re
from collections.abc import Iterator

import orjson

_PIECES = re.compile(rb"(<[^<>]*>)")
_Holder = dict[str, object] | list[object]

STRANGE: tuple[object, ...] = (
    None,
    True,
    0,
    -1,
    2**63,
    1e308,
    "",
    "0",
    " ",
    "9" * 400,
    "NaN",
    "Infinity",
    "1e999",
    "\x00",
    "\u202e\ufeff",
    "0000-00-00T00:00:00Z",
    "9999-12-31T23:59:59-23:59",
    "1970-01-01T00:00:00+23:59",
    "Sun, 99 Foo 99999 99:99:99 +9999",
    "http://[::1",
    "https://a:99999999/%zz",
    "pkg:npm/%ff@",
    "CVSS:3.1/" + "AV:N/" * 60,
    "CVSS:4.0/AV:N",
    "../" * 500,
    "'" * 3_000,
    "<" * 3_000,
    "<p " * 1_000,
    "a" * 9_000 + "!",
    "1." * 3_000,
    " " * 9_000,
    "\n" * 9_000,
    "-1" * 3_000,
    "{0}" * 2_000,
    [],
    {},
    [[[[[[[[]]]]]]]],
    [None, 1, "a", {}],
    {"": {"": ""}},
)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Give the sample with one to four changes; bytes that are neither JSON nor XML get them anywhere."""
    for _ in range(chance.randint(1, 4)):
        data = _changed(data, chance)
    return data


def _changed(data: bytes, chance: random.Random) -> bytes:
    head = data.lstrip()[:1]
    if head in {b"{", b"["} and chance.random() < 0.9:
        try:
            return _changed_json(orjson.loads(data), chance)
        except orjson.JSONDecodeError:
            pass
    if head == b"<" and chance.random() < 0.8:
        return _changed_xml(data, chance)
    return _changed_bytes(data, chance)


def _changed_json(document: object, chance: random.Random) -> bytes:
    places = list(_places(document))
    if not places:
        return orjson.dumps(chance.choice(STRANGE[:4]))
    holder, key = chance.choice(places)
    match chance.randrange(6):
        case 0 | 1:
            _put(holder, key, chance.choice([each for each in STRANGE if each != 2**63]))
        case 2:
            other, its_key = chance.choice(places)
            _put(holder, key, orjson.loads(orjson.dumps(_value(other, its_key))))
        case 3:
            _put(holder, key, [_value(holder, key)] * chance.randint(1, 3))
        case 4:
            _put(holder, key, str(_value(holder, key))[: chance.randint(0, 40)])
        case _:
            del holder[key]  # type: ignore[arg-type] # a key of its own holder
    return orjson.dumps(document)


def _value(holder: _Holder, key: str | int) -> object:
    return holder[key]  # type: ignore[index] # a key of its own holder


def _put(holder: _Holder, key: str | int, value: object) -> None:
    holder[key] = value  # type: ignore[index] # a key of its own holder


def _places(value: object) -> Iterator[tuple[_Holder, str | int]]:
    pending = [value]
    while pending:
        holder = pending.pop()
        if isinstance(holder, dict):
            pending.extend(holder.values())
            yield from ((holder, key) for key in holder)
        elif isinstance(holder, list):
            pending.extend(holder)
            yield from ((holder, index) for index in range(len(holder)))


def _changed_xml(data: bytes, chance: random.Random) -> bytes:
    pieces = _PIECES.split(data)
    place = chance.randrange(len(pieces))
    word = chance.choice([each for each in STRANGE if isinstance(each, str) and "<" not in each])
    choices = (b"", b"<x/>", b"&amp;", pieces[place] * 2, chance.choice(pieces), word.encode())
    pieces[place] = chance.choice(choices)
    return b"".join(pieces)


def _changed_bytes(data: bytes, chance: random.Random) -> bytes:
    start = chance.randint(0, len(data))
    end = min(len(data), start + chance.choice((0, 1, 1, 4, 40)))
    words = [each.encode() for each in STRANGE if isinstance(each, str)]
    more = (b"", chance.randbytes(2), data[start:end] * 3, b'"', b"\n", b"\xff\xfe", b"(" * 300)
    return data[:start] + chance.choice((*more, *words)) + data[end:]
