"""When releases lose support: copies of endoflife.date, as a list of products or as its API gives it.

The first API answers with the releases of one product and does not name it: those are read under the product's name, as
`{"python": [...]}`. The present one names each product, alone or in the list of all.

**source** https://endoflife.date/docs/api/v1/
"""

from collections.abc import Iterator, Mapping

from tesuri.feeds.cell import day_cell, need_day
from tesuri.feeds.gunzip import gunzipped
from tesuri.feeds.source_copy import SourceCopy
from tesuri.model.errors import BadInput
from tesuri.model.inventory import purl_key
from tesuri.model.legacy import Cycle, Product
from tesuri.model.observation import Skipped
from tesuri.model.signal import Feed, FeedName
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.package_url import package_from_purl
from tesuri.untrusted.shape import at, flag, items, join_pointer, mapping, text, texts


def looks_like_endoflife(document: object) -> bool:
    """Whether a decoded JSON document lists products with their releases."""
    listed = _listed(document)
    first = mapping(listed[0]) if listed else {}
    return bool({"product", "name"} & first.keys()) and isinstance(first.get("releases"), list)


def has_nameless_releases(document: object) -> bool:
    """Whether it is the first API's answer: the releases of one product, which it does not name."""
    return isinstance(document, list) and _is_release(document[0] if document else None)


def read_endoflife(document: object, copy: SourceCopy) -> Feed:
    """Give the products; the day is that of the answer, else the given one."""
    told = day_cell(text(document, "generated_at")) if isinstance(document, dict) else None
    listed = _listed(document)
    header = copy.header(
        FeedName.ENDOFLIFE,
        as_of=need_day(told or copy.as_of, where=copy.where),
        rows=len(listed),
        version=text(document, "schema_version") if isinstance(document, dict) else "",
    )
    pointer = "/result" if "result" in mapping(document) else ""
    is_partial = isinstance(at(document, "result"), dict)
    return Feed(header, _records(listed, pointer), is_partial=is_partial)


def read_products(data: bytes, *, where: str) -> tuple[Product, ...]:
    """Give the products of a file, plain or gzipped. **raises** BadInput when it holds none."""
    document = read_json(gunzipped(data, where=where), where=where)
    records = _records(_listed(document), "")
    products = tuple(record for record in records if isinstance(record, Product))
    if not products:
        raise BadInput(
            "This file tells of no end of support.",
            where=where,
            remedy="Tesuri reads lists of products of endoflife.date with their releases.",
        )
    return products


def _listed(document: object) -> list[object]:
    """Give the products of a list, of an answer about all or about one, or of a mapping from their names."""
    if isinstance(document, list):
        return document
    result = at(document, "result")
    if isinstance(result, dict):
        return [result]
    if isinstance(result, list):
        return result
    named = mapping(document)
    is_by_name = bool(named) and all(
        _is_release(at(releases, 0)) or releases == [] for releases in named.values()
    )
    if not is_by_name:
        return []
    return [{"product": name, "releases": releases} for name, releases in named.items()]


def _is_release(entry: object) -> bool:
    return {"cycle", "eol"} <= mapping(entry).keys()


def _records(listed: list[object], pointer: str) -> Iterator[Product | Skipped]:
    for position, entry in enumerate(listed):
        product = _product(mapping(entry))
        yield product or Skipped(
            join_pointer(pointer, position), "the product has no name, or no release with an end"
        )


def _product(entry: Mapping[str, object]) -> Product | None:
    name = text(entry, "product") or text(entry, "name")
    cycles = tuple(_cycles(entry))
    if not (name and cycles):
        return None
    title = text(entry, "title") or text(entry, "label") or name
    names = {name, title, *texts(entry, "aliases")}
    return Product(
        frozenset(each.casefold() for each in names), title, cycles, frozenset(_purls(entry))
    )


def _purls(entry: Mapping[str, object]) -> Iterator[str]:
    """Give the package URLs that mean the product, in both spellings of the list of identifiers."""
    for identifier in items(entry, "identifiers"):
        is_typed = text(identifier, "type") == "purl"
        package = package_from_purl(text(identifier, "id" if is_typed else "purl"), "")
        if package is not None:
            yield purl_key(package.ecosystem, package.namespace, package.name)


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
