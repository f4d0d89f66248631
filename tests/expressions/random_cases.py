"""Random documents and random conditions over them, from a seed; what the generators cannot say is never compared.

Documents have three lists, a map, an object and scalars. A `Doubt` says how often a field is missing, null, not known, or of
another type. Conditions are well formed, but need not be well typed: most errors are in them.
"""

import random
from dataclasses import dataclass
from typing import Final

from tesuri.model.resource import UNKNOWN, Value

_WORDS: Final = ("", "a", "tcp", "0.0.0.0/0", "Öß", "22", "TrUe", " x ", "2026-01-01T00:00:00Z")
_NUMBERS: Final = (0, 1, 22, 80, -1, 443, 2**40, 2**63 - 1)
_DECIMALS: Final = (1.0, 1.5, 22.0, -0.5)
_OTHERS: Final[tuple[Value, ...]] = (True, 1, 1.5, "x", [])
_WORD: Final = "resource.name"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Chances, from 0 to 1."""

    missing: float = 0.0
    null: float = 0.0
    unknown: float = 0.0
    other_type: float = 0.0


PLAIN: Final = Doubt(missing=0.15)
DOUBTS: Final = (
    Doubt(),
    PLAIN,
    Doubt(unknown=0.2),
    Doubt(null=0.2, missing=0.1),
    Doubt(0.15, 0.1, 0.1, 0.1),
)


class Documents:
    """Makes documents."""

    def __init__(self, seed: int, doubt: Doubt) -> None:
        self._draw = random.Random(seed)
        self._doubt = doubt

    def some(self, count: int) -> list[dict[str, Value]]:
        """Give so many documents."""
        return [self._document() for _ in range(count)]

    def _happens(self, chance: float) -> bool:
        return self._draw.random() < chance

    def _doubted(self, value: Value) -> Value:
        if self._happens(self._doubt.null):
            return None
        if self._happens(self._doubt.unknown):
            return UNKNOWN
        if self._happens(self._doubt.other_type):
            return self._draw.choice(_OTHERS)
        return value

    def _object(self, **fields: Value) -> dict[str, Value]:
        return {
            name: self._doubted(value)
            for name, value in fields.items()
            if not self._happens(self._doubt.missing)
        }

    def _word(self) -> str:
        return self._draw.choice(_WORDS)

    def _number(self) -> int:
        return self._draw.choice(_NUMBERS)

    def _words(self) -> list[Value]:
        return [self._doubted(self._word()) for _ in range(self._draw.randrange(4))]

    def _rule(self) -> dict[str, Value]:
        first, last, protocol = self._number(), self._number(), self._word()
        return self._object(p=protocol, first=first, last=last, cidrs=self._words())

    def _document(self) -> dict[str, Value]:
        return self._object(
            name=self._word(),
            n=self._number(),
            d=self._draw.choice(_DECIMALS),
            flag=self._happens(0.5),
            rules=[self._rule() for _ in range(self._draw.randrange(4))],
            more=[self._rule() for _ in range(self._draw.randrange(3))],
            ports=[self._doubted(self._number()) for _ in range(self._draw.randrange(4))],
            tags={key: self._doubted(self._word()) for key in "abk" if self._happens(0.4)},
            o=self._object(a=self._word()),
        )


class Conditions:
    """Makes conditions over the documents; `is_plain` leaves out extensions and whatever mixes types."""

    def __init__(self, seed: int, *, is_plain: bool = False) -> None:
        self._draw = random.Random(seed)
        self._is_plain = is_plain

    def one(self) -> str:
        """Give one condition."""
        return self._truth(self._draw.randrange(1, 4))

    def _of(self, *choices: str) -> str:
        return self._draw.choice(choices)

    def _text(self, depth: int) -> str:
        simple = self._of(_WORD, "'tcp'", "'a'", "''", "resource.o.a", "resource.tags['k']")
        if depth <= 0 or self._is_plain:
            return simple
        inner, number = self._text(depth - 1), self._number(depth - 1)
        return self._of(
            simple,
            f"{inner}.lowerAscii()",
            f"{inner}.upperAscii()",
            f"{inner}.trim()",
            f"({inner} + {self._text(depth - 1)})",
            f"{inner}.substring({number})",
            f"{inner}.substring(0, {number})",
            f"{inner}.replace('a', 'bb')",
            f"{inner}.charAt({self._number(0)})",
            f"string({number})",
            f"{self._texts()}.join('-')",
            f"({self._truth(depth - 1)} ? {inner} : {self._text(0)})",
        )

    def _number(self, depth: int) -> str:
        simple = self._of("resource.n", "1", "22", "0", "-1", "resource.ports[0]", str(2**63 - 1))
        if depth <= 0:
            return simple
        inner = self._number(depth - 1)
        sums = f"({inner} {self._of(*'+-*/%')} {self._number(depth - 1)})"
        if self._is_plain:
            return self._of(simple, sums, "size(resource.rules)")
        return self._of(
            simple,
            sums,
            f"-({inner})",
            f"size({self._list()})",
            f"size({self._text(depth - 1)})",
            "size(resource.tags)",
            f"int({self._text(depth - 1)})",
            f"{self._text(depth - 1)}.indexOf({self._text(0)})",
            f"({self._truth(depth - 1)} ? {inner} : {self._number(0)})",
        )

    def _texts(self) -> str:
        return self._of(
            "['a', 'b']",
            "resource.rules.map(r, r.p)",
            "resource.name.split('a')",
            "resource.tags.filter(k, k != 'a')",
            "resource.tags.map(k, resource.tags[k])",
            "[resource.name, 'x']",
        )

    def _list(self) -> str:
        return self._of(
            "resource.rules",
            "resource.ports",
            "(resource.rules + resource.more)",
            "resource.rules.filter(r, r.first > 20)",
            "[1, 2, 'a']",
            "[]",
            "resource.rules.map(r, has(r.first), r.first)",
            "(resource.ports + [7])",
            "resource.rules.map(r, r.cidrs)",
            "resource.ports.filter(x, x > 10)",
        )

    def _any(self, depth: int) -> str:
        return self._of(
            self._text(depth),
            self._number(depth),
            self._truth(0),
            "null",
            "1.5",
            "22.0",
            "resource.d",
            "resource.missing",
            "resource.o",
            self._list(),
        )

    def _of_rule(self) -> str:
        word, number = self._text(0), self._number(0)
        fold = self._of("all", "exists", "exists_one")
        plain = self._of(
            f"r.p == {word}",
            "r.first <= 22 && r.last >= 22",
            "has(r.first)",
            f"r.cidrs.{fold}(c, c.endsWith('/0') || r.p == c)",
            "'a' in r.cidrs",
            "r.first + 1 > r.last",
            f"r.p != {word}",
            f"r.first < {number}",
        )
        if self._is_plain:
            return plain
        return self._of(
            plain,
            "r.p in ['tcp', 'a', null]",
            "r.first in [1, 22.0, 'x']",
            f"{self._of('r.p', 'r.first', 'r.cidrs')} == {self._any(0)}",
            "type(r.p) == string",
            "r.cidrs.map(c, c.size()).exists(n, n > r.first)",
        )

    def _fold(self) -> str:
        fold = self._of("all", "exists", "exists_one")
        plain = self._of(
            f"{self._of('resource.rules', 'resource.more')}.{fold}(r, {self._of_rule()})",
            f"resource.ports.{fold}(p, p == {self._number(0)})",
            f"resource.tags.{fold}(k, resource.tags[k] == {self._text(0)})",
        )
        if self._is_plain:
            return plain
        return self._of(
            plain,
            f"(resource.rules + resource.more).{fold}(r, {self._of_rule()})",
            f"resource.rules.filter(r, has(r.p)).{fold}(r, {self._of_rule()})",
            f"resource.tags.{fold}(k, v, v == {self._text(0)} || k == 'a')",
            f"resource.ports.{fold}(i, v, v > {self._number(0)} && i < 2)",
            f"{self._texts()}.exists(x, x == {self._text(0)})",
        )

    def _comparison(self, depth: int) -> str:
        order = self._of("<", "<=", ">", ">=")
        plain = self._of(
            f"{self._text(depth)} {self._of('==', '!=')} {self._text(depth)}",
            f"{self._number(depth)} {order} {self._number(depth)}",
            f"{self._number(depth)} {self._of('==', '!=')} {self._number(depth)}",
        )
        if self._is_plain:
            return plain
        return self._of(
            plain,
            f"{self._any(depth)} {self._of('==', '!=')} {self._any(depth)}",
            f"{self._any(depth)} {order} {self._any(0)}",
            f"{self._any(depth)} in {self._of(self._list(), 'resource.tags')}",
            f"{self._text(depth)}.{self._of('startsWith', 'endsWith', 'contains')}({self._text(0)})",
            f"{self._text(depth)}.matches('^[a-z]+$')",
            f"timestamp({self._text(0)}) - timestamp('2025-01-01T00:00:00Z') > duration('24h')",
            f"type({self._any(0)}) == {self._of('string', 'int', 'list', 'map', 'null_type')}",
            f"timestamp({self._text(0)}).getHours() < {self._number(0)}",
            f"{self._text(0)}.reverse() == {self._text(0)}",
            f"bool({self._text(0)}) || double({self._any(0)}) > 1.0",
        )

    def _truth(self, depth: int) -> str:
        simple = self._of("resource.flag", "true", "has(resource.name)", "has(resource.o)")
        if depth <= 0:
            return simple
        inner = self._truth(depth - 1)
        return self._of(
            simple,
            f"({inner} && {self._truth(depth - 1)})",
            f"({inner} || {self._truth(depth - 1)})",
            f"!({inner})",
            f"({inner} ? {self._truth(depth - 1)} : {self._truth(0)})",
            self._comparison(depth - 1),
            self._comparison(depth - 1),
            self._fold(),
            self._fold(),
            self._fold() if self._is_plain else "has(resource.o.a) || has(resource.tags.k)",
        )
