"""OpenVEX: each product, or each of its subcomponents, is one statement.

**source** https://github.com/openvex/spec (0.0.1 with bare texts up to 0.2.0).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from tesuri.model.errors import BadInput
from tesuri.model.observation import Package, Skipped
from tesuri.model.vex import VexDocument, VexStatement, VexStatus
from tesuri.triage.vex.product import is_asset_name, package_of
from tesuri.untrusted.advisory import aliases_of
from tesuri.untrusted.instant import instant
from tesuri.untrusted.shape import at, items, join_pointer, mapping, shape_name, text, texts

_STATUSES = {each.value: each for each in VexStatus}


def read_openvex(document: object) -> VexDocument:
    """Give the statements of a document. **raises** BadInput when it has no list of them."""
    root = mapping(document)
    listed = root.get("statements")
    if not isinstance(listed, list):
        raise BadInput(
            f"An OpenVEX document has a list `statements`, not {shape_name(listed)}.",
            where="/statements",
        )
    issued_at = instant(at(root, "last_updated")) or instant(at(root, "timestamp"))
    found = list(_statements(listed, instant(at(root, "timestamp")) or issued_at))
    return VexDocument(
        format="openvex",
        id=text(root, "@id"),
        author=text(root, "author"),
        issued_at=issued_at,
        statements=tuple(each for each in found if isinstance(each, VexStatement)),
        skipped=tuple(each for each in found if isinstance(each, Skipped)),
    )


def _statements(
    listed: list[object], issued_at: datetime | None
) -> Iterator[VexStatement | Skipped]:
    for index, entry in enumerate(listed):
        pointer = join_pointer("/statements", index)
        statement = mapping(entry)
        status = text(statement, "status").lower()
        name, aliases = _names(statement)
        if not name:
            yield Skipped(pointer, "the statement names no vulnerability")
        elif status not in _STATUSES:
            yield Skipped(pointer, f"the status {status[:40]!r} is not one of OpenVEX")
        else:
            advisories = aliases_of(name, *aliases)
            for product, package in _products(statement):
                yield VexStatement(
                    vulnerability=advisories[0] if advisories else name,
                    status=_STATUSES[status],
                    advisories=advisories,
                    product=product,
                    package=package,
                    justification=text(statement, "justification").lower(),
                    text=_words(statement),
                    stated_at=instant(at(statement, "last_updated"))
                    or instant(at(statement, "timestamp"))
                    or issued_at,
                    pointer=pointer,
                )


def _products(statement: Mapping[str, object]) -> Iterator[tuple[str, Package | None]]:
    """Give product and package of each part; a statement without products is about no product we know."""
    products = items(statement, "products")
    if not products:
        yield "", None
    # Before 0.2 subcomponents belonged to the statement.
    whole = items(statement, "subcomponents")
    for product in products:
        name = _name(product)
        parts = items(product, "subcomponents") or whole
        for part in parts:
            yield name, package_of(_name(part)) or Package(_name(part))
        if not parts:
            yield (name, None) if is_asset_name(name) else ("", package_of(name))


def _names(statement: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    vulnerability = statement.get("vulnerability")
    name = text(vulnerability, "name") or text(vulnerability)
    name = name or text(vulnerability, "@id").rstrip("/").rpartition("/")[2]
    return name, texts(vulnerability, "aliases")


def _words(statement: Mapping[str, object]) -> str:
    keys = ("impact_statement", "status_notes", "action_statement")
    return " ".join(words for key in keys if (words := text(statement, key)))


def _name(product: object) -> str:
    return (
        text(product, "identifiers", "purl")
        or text(product, "@id")
        or text(product, "identifiers", "cpe23")
        or text(product)
    )
