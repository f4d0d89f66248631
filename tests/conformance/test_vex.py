"""Real VEX documents of the corpus: every statement of the native structure is read, or counted as not read."""

import json
from pathlib import Path

import pytest

from tesuri.flows.intake.apply_vex import read_vex
from tesuri.model.vex import VexStatement
from tesuri.untrusted.shape import items, mapping, text, texts

_FOLDERS = (
    *("reports/openvex", "reports/csaf", "reports/cyclonedx-vex"),
    *("supplychain/vex/openvex", "supplychain/vex/cyclonedx", "supplychain/vex/guac"),
)


def native_count(document: object) -> int:
    """Count what a document states: parts of products, affected references, products with a status."""
    root = mapping(document)
    if "statements" in root:
        return sum(
            max(1, len(items(product, "subcomponents")))
            for statement in items(root, "statements")
            for product in items(statement, "products")
        )
    if "bomFormat" in root:
        return sum(
            max(1, len(items(affect, "versions")))
            for entry in items(root, "vulnerabilities")
            for affect in items(entry, "affects")
        )
    return sum(
        len(
            {
                name
                for key in mapping(entry, "product_status")
                for name in texts(entry, "product_status", key)
            }
        )
        for entry in items(root, "vulnerabilities")
    )


@pytest.mark.corpus
def test_every_statement_of_real_documents_is_read_or_counted(corpus: Path) -> None:
    found: list[VexStatement] = []
    for path in (path for folder in _FOLDERS for path in sorted((corpus / folder).glob("*.json"))):
        document = json.loads(path.read_bytes())
        if not isinstance(document, dict) or text(document, "spdxVersion"):
            continue
        read = read_vex(path.read_bytes(), where=path.name)
        assert len(read.statements) + len(read.skipped) == native_count(document), path.name
        found += read.statements
    if not found:
        pytest.skip("the corpus has no VEX documents")
    assert all(each.product or each.package for each in found)
