"""When releases lose support: copies of endoflife.date, as a list of products or as its API gives it.

**source** https://endoflife.date/docs/api/v1/
"""

from collections.abc import Iterator, Mapping

from tesuri.feeds.cell import day_cell
from tesuri.feeds.gunzip import gunzipped
from tesuri.model.errors import BadInput
from tesuri.model.legacy import Cycle, Product
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.shape import at, flag, items, mapping, text, texts


def read_products(data: bytes, *, where: str) -> tuple[Product, ...]:
    """Give the products of a file, plain or gzipped. **raises** BadInput when it holds none."""
    document = read_json(gunzipped(data, where=where), where=where)
    listed = document if isinstance(document, list) else items(document, "result")
    products = tuple(product for entry in listed for product in _products(mapping(entry)))
    if not products:
        raise BadInput(
            "This file tells of no end of support.",
            where=where,
            remedy="Tesuri reads lists of products of endoflife.date with their releases.",
        )
    return products


def _products(entry: Mapping[str, object]) -> Iterator[Product]:
    name = text(entry, "product") or text(entry, "name")
    cycles = tuple(_cycles(entry))
    if name and cycles:
        title = text(entry, "title") or text(entry, "label") or name
        names = {name, title, *texts(entry, "aliases")}
        yield Product(frozenset(each.casefold() for each in names), title, cycles)


def _cycles(entry: Mapping[str, object]) -> Iterator[Cycle]:
    for release in items(entry, "releases"):
        name = text(release, "releaseCycle") or text(release, "name") or text(release, "cycle")
        told = at(release, "eolFrom") or at(release, "eol")
        ends_on = day_cell(text(told))
        is_ended = ends_on is None and bool(flag(release, "isEol") or flag(release, "eol"))
        if name and _is_told(release):
            yield Cycle(name, ends_on, is_ended=is_ended)


def _is_told(release: object) -> bool:
    """Whether the release says anything of its end; what says nothing is unknown, not supported."""
    return any(at(release, key) is not None for key in ("eol", "isEol", "eolFrom"))
