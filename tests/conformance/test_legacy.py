"""The copy of endoflife.date of the corpus, against its real SBOMs and image reports."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tesuri.budgets.legacy import ends_at
from tesuri.budgets.products import ProductIndex, cycle_of, has_support, index_products, product_of
from tesuri.feeds.endoflife import read_products
from tesuri.feeds.gunzip import gunzipped
from tesuri.flows.intake.inspect_reports import open_report
from tesuri.model.errors import BadInput
from tesuri.model.inventory import SeenComponent
from tesuri.model.legacy import Product
from tesuri.model.observation import Informational

_NOW = datetime(2026, 8, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def products(corpus: Path) -> Sequence[Product]:
    (copy,) = (corpus / "feeds").glob("endoflife_products-*.json.gz")
    return read_products(copy.read_bytes(), where=copy.name)


@pytest.fixture(scope="module")
def index(products: Sequence[Product]) -> ProductIndex:
    return index_products(products)


def listed(path: Path) -> list[SeenComponent]:
    report = open_report(path.read_bytes(), where=path.name)
    lines = (each.component for each in report.records if isinstance(each, Informational))
    return [*report.components, *(each for each in lines if each is not None)]


@pytest.mark.corpus
def test_every_product_and_every_told_end_is_read(
    corpus: Path, products: Sequence[Product]
) -> None:
    (copy,) = (corpus / "feeds").glob("endoflife_products-*.json.gz")
    native = json.loads(gunzipped(copy.read_bytes(), where=copy.name))
    told = {
        entry["title"]: sorted(
            release["releaseCycle"] for release in entry["releases"] if "eol" in release
        )
        for entry in native
        if any("eol" in release for release in entry["releases"])
    }
    assert {each.title: sorted(c.name for c in each.cycles) for each in products} == told
    dated = {
        (entry["title"], release["releaseCycle"]): release["eol"]
        for entry in native
        for release in entry["releases"]
        if isinstance(release.get("eol"), str)
    }
    read = {(each.title, c.name): c.ends_on for each in products for c in each.cycles}
    assert all(read[key] == date.fromisoformat(day) for key, day in dated.items())


@pytest.mark.corpus
def test_every_component_of_an_sbom_is_kept(corpus: Path) -> None:
    for path in sorted((corpus / "reports" / "cyclonedx-sbom").glob("*.json")):
        native = json.loads(path.read_bytes())["components"]
        wanted: list[object] = []
        while native:
            entry = native.pop()
            native += entry.get("components", [])
            wanted += [entry] if entry.get("type") != "file" else []
        assert len(listed(path)) == len(wanted), path.name


@pytest.mark.corpus
def test_a_framework_of_a_real_sbom_is_out_of_support(corpus: Path, index: ProductIndex) -> None:
    """Laravel 7 was supported until 3 March 2021."""
    (path,) = (corpus / "reports" / "cyclonedx-sbom").glob("cdx-laravel-*.json")
    found = {
        (product.title, each.version): cycle_of(each.version, product.cycles)
        for each in listed(path)
        if has_support(each, index) and (product := product_of(each, index)) is not None
    }
    ended = {
        name for (name, _), cycle in found.items() if cycle and (ends_at(cycle) or _NOW) < _NOW
    }
    assert {"Laravel", "Guzzle"} <= ended


@pytest.mark.corpus
def test_the_operating_systems_of_real_images_have_a_known_end(
    corpus: Path, index: ProductIndex
) -> None:
    systems: set[tuple[str, str]] = set()
    for folder in ("trivy", "grype"):
        for path in sorted((corpus / "reports" / folder).glob("*.json")):
            try:
                components = open_report(path.read_bytes(), where=path.name).components
            except BadInput:
                continue
            systems |= {(each.name, each.version) for each in components}
    assert systems
    unknown = {
        (name, version)
        for name, version in systems
        if (product := product_of(SeenComponent(name, version, "operating-system"), index)) is None
        or cycle_of(version, product.cycles) is None
    }
    assert unknown <= _WITHOUT_END, unknown - _WITHOUT_END


_WITHOUT_END = {("busybox", "1.32.1")}
"""Systems of which endoflife.date says nothing: they are shown as unknown."""
