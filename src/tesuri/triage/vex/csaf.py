"""CSAF: the status of each product in each vulnerability, of security advisories and VEX alike.

**source** https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html, 3.2.3.9 product status; also 2.1.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tesuri.model.errors import BadInput
from tesuri.model.observation import Package, Skipped
from tesuri.model.vex import VexDocument, VexStatement, VexStatus
from tesuri.triage.vex.product import package_of
from tesuri.untrusted.advisory import aliases_of
from tesuri.untrusted.instant import instant
from tesuri.untrusted.shape import at, items, join_pointer, mapping, shape_name, text, texts

_STATUSES: Final = {
    "known_not_affected": VexStatus.NOT_AFFECTED,
    "fixed": VexStatus.FIXED,
    "first_fixed": VexStatus.FIXED,
    "known_affected": VexStatus.AFFECTED,
    "first_affected": VexStatus.AFFECTED,
    "last_affected": VexStatus.AFFECTED,
    "under_investigation": VexStatus.UNDER_INVESTIGATION,
}
_WHY_SETTLED: Final = ("impact",)


@dataclass(frozen=True, slots=True)
class _Product:
    """A product of the tree: a package wherever it is, one in a product, or a product itself."""

    name: str
    package: Package | None


def read_csaf(document: object) -> VexDocument:
    """Give the statements of a document. **raises** BadInput when vulnerabilities are no list."""
    root = mapping(document)
    listed = root.get("vulnerabilities", [])
    if not isinstance(listed, list):
        raise BadInput(
            f"vulnerabilities is {shape_name(listed)}, not a list.", where="/vulnerabilities"
        )
    about = mapping(root, "document")
    issued_at = instant(at(about, "tracking", "current_release_date"))
    products = _products(root)
    found = [
        each
        for index, entry in enumerate(listed)
        for each in _statements(
            mapping(entry), join_pointer("/vulnerabilities", index), products, issued_at
        )
    ]
    return VexDocument(
        format="csaf",
        id=text(about, "tracking", "id"),
        author=text(about, "publisher", "name"),
        issued_at=issued_at,
        statements=tuple(each for each in found if isinstance(each, VexStatement)),
        skipped=tuple(each for each in found if isinstance(each, Skipped)),
    )


def _products(root: Mapping[str, object]) -> Mapping[str, _Product]:
    tree = mapping(root, "product_tree")
    listed = list(items(tree, "full_product_names"))
    waiting = list(items(tree, "branches"))
    while waiting:
        branch = waiting.pop()
        waiting += items(branch, "branches")
        listed.append(at(branch, "product"))
    found = {text(each, "product_id"): _product(each) for each in listed if isinstance(each, dict)}
    for entry in items(tree, "relationships"):
        part = found.get(text(entry, "product_reference"))
        whole = found.get(text(entry, "relates_to_product_reference"))
        if part and whole:
            package = part.package or Package(part.name)
            name = whole.name or (whole.package.name if whole.package else "")
            found[text(entry, "full_product_name", "product_id")] = _Product(name, package)
    return found


def _product(entry: object) -> _Product:
    """Give a product by its first package URL; one without is known by its name only."""
    helper = mapping(entry, "product_identification_helper")
    purls = (*texts(helper, "purl"), *texts(helper, "purls"))
    package = next((found for purl in purls if (found := package_of(purl)) is not None), None)
    if package is not None:
        return _Product("", package)
    return _Product(purls[0] if purls else text(entry, "name"), None)


def _statements(
    entry: Mapping[str, object],
    pointer: str,
    products: Mapping[str, _Product],
    issued_at: datetime | None,
) -> Iterator[VexStatement | Skipped]:
    ids = [text(each, "text") for each in items(entry, "ids")]
    name = text(entry, "cve") or next((each for each in ids if each), "")
    if not name:
        yield Skipped(pointer, "the vulnerability has no id")
        return
    status_of = {
        product: status
        for key, status in _STATUSES.items()
        for product in texts(entry, "product_status", key)
    }
    if not status_of:
        yield Skipped(pointer, "it has no product status")
    for product, status in status_of.items():
        known = products.get(product, _Product(product, None))
        labels = _about(entry, "flags", product)
        yield VexStatement(
            vulnerability=name,
            status=status,
            advisories=aliases_of(name, *ids),
            product=known.name,
            package=known.package,
            justification=next((text(each, "label").lower() for each in labels), ""),
            text=_words(entry, product, status),
            stated_at=next((instant(at(each, "date")) for each in labels), None) or issued_at,
            pointer=pointer,
        )


def _about(entry: Mapping[str, object], key: str, product: str) -> list[object]:
    """Give the entries of a list that are about a product; those that name none are about all."""
    return [
        each
        for each in items(entry, key)
        if product in texts(each, "product_ids")
        or not (texts(each, "product_ids") or texts(each, "group_ids"))
    ]


def _words(entry: Mapping[str, object], product: str, status: VexStatus) -> str:
    key = "threats" if status.is_settled else "remediations"
    found = [
        text(each, "details")
        for each in _about(entry, key, product)
        if key == "remediations" or text(each, "category") in _WHY_SETTLED
    ]
    return " ".join(words for words in found if words)
