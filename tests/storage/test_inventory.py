"""The inventory, copies of endoflife.date and remembered objects, in both stores."""

import json
from collections.abc import Iterable, Iterator
from datetime import date

import pytest

from tests.flows.legacy.test_legacy_budgets import (
    DJANGO_4,
    DJANGO_5,
    ENDS,
    LEFT_PAD,
    ends,
    load,
    sbom,
    system,
)
from tests.flows.reports import Books, day
from tesuri.model.inventory import InventoryFigures, Presence, SeenComponent
from tesuri.model.legacy import Cycle
from tesuri.model.standing import ScanPlace
from tesuri.storage.store import SqlStore

_FAR = "CVE-2026-999999"


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    books = Books(database_url)
    yield books
    books.store.close()


def presences(store: SqlStore) -> list[Presence]:
    with store.read() as reader:
        return list(reader.inventory(lambda _: True))


def names(store: SqlStore) -> set[str]:
    return {each.component.name for each in presences(store) if each.until is None}


def record(books: Books, number: float, *listed: SeenComponent) -> InventoryFigures:
    """Write a whole inventory of a day."""
    with books.store.write(day(number)) as writer:
        place = placed(books, number, writer.place_scan)
        return writer.record_inventory(place, listed, is_whole=True)


def placed(_books: Books, number: float, place_scan: object) -> ScanPlace:
    assert callable(place_scan)
    found = place_scan(
        tool="maker",
        target="shop/web",
        configuration="",
        scanned_at=day(number),
        content=str(number),
        is_complete=True,
    )
    assert isinstance(found, ScanPlace)
    return found


def many(numbers: Iterable[int]) -> list[SeenComponent]:
    return [SeenComponent(f"part-{each}", "1", "library", "npm") for each in numbers]


def test_a_component_has_a_beginning_and_an_end(books: Books) -> None:
    books.ingest(sbom(DJANGO_4, LEFT_PAD, at=day(0)), now=day(0))
    books.ingest(sbom(DJANGO_5, LEFT_PAD, at=day(3)), now=day(3))
    found = {(each.component.version, each.since, each.until) for each in presences(books.store)}
    assert found == {("4.2.7", None, day(3)), ("5.2.1", day(3), None), ("1.3.0", None, None)}
    with books.store.read() as reader:
        assert reader.inventory_sizes() == {"shop/web": 2}


def test_only_wanted_components_are_given(books: Books) -> None:
    books.ingest(sbom(DJANGO_4, LEFT_PAD, at=day(0)), now=day(0))
    with books.store.read() as reader:
        found = reader.inventory(lambda each: each.name == "left-pad")
    assert [each.component.ecosystem for each in found] == ["npm"]


def test_thousands_of_components_appear_and_go(books: Books) -> None:
    assert record(books, 0, *many(range(1_200))) == InventoryFigures(1_200, 1_200, 0)
    assert record(books, 1, *many(range(600, 1_300))) == InventoryFigures(700, 100, 600)
    assert record(books, 2, *many(range(600, 1_300))) == InventoryFigures(700, 0, 0)
    assert len(names(books.store)) == 700


def test_what_comes_back_has_a_second_beginning(books: Books) -> None:
    for number, listed in enumerate((range(2), range(1), range(2))):
        record(books, number, *many(listed))
    back = [each for each in presences(books.store) if each.component.name == "part-1"]
    assert [(each.since, each.until) for each in back] == [(None, day(1)), (day(2), None)]


def test_texts_that_no_store_takes_are_kept_as_well_as_can_be(books: Books) -> None:
    record(books, 0, SeenComponent("a\0b", "1\ud800", "x" * 90, "y" * 90, "n" * 3_000))
    (found,) = presences(books.store)
    assert found.component.name == "a\N{REPLACEMENT CHARACTER}b"
    assert len(found.component.kind) == 64


def test_the_past_knows_what_was_listed_then(books: Books) -> None:
    books.ingest(sbom(DJANGO_4, system("debian", "11"), at=day(0)), now=day(1))
    books.ingest(sbom(DJANGO_5, at=day(2)), now=day(3))
    for at, expected in ((0.5, set()), (2, {"django", "debian"}), (3, {"django"})):
        past = books.store.past(day(at))
        assert names(past) == expected
        past.close()


def test_the_past_knows_the_ends_of_support_of_then(books: Books) -> None:
    load(books, now=day(0))
    load(books, ends(django={"4.2": "2030-01-01"}), on=date(2026, 9, 5), now=day(5))
    past = books.store.past(day(1))
    with past.read() as then, books.store.read() as now:
        assert {each.title for each in then.products()} == {"Debian", "Django", "Go"}
        (django,) = now.products()
    past.close()
    assert django.cycles[0].ends_on == date(2030, 1, 1)
    assert ENDS  # the copy of then is the one that the tests of the budgets use


def test_an_object_is_remembered_by_its_address(books: Books) -> None:
    books.store.remember_object("s3://reports/a%b", "one")
    books.store.remember_object("s3://reports/a%b", "two")
    books.store.remember_object("s3://reports/other", "three")
    assert books.store.taken_objects("s3://reports/a%") == {"s3://reports/a%b": "two"}
    assert books.store.taken_objects("s3://reports/a%%") == {}


def test_an_answer_about_one_product_leaves_the_others_as_they_were(books: Books) -> None:
    load(books, now=day(0))
    releases = [{"name": "4.2", "isEol": False, "eolFrom": "2031-01-01"}]
    answer = {"result": {"name": "django", "label": "Django", "releases": releases}}
    load(books, json.dumps(answer).encode(), on=date(2026, 9, 5), now=day(5))
    with books.store.read() as reader:
        told = {product.title: product.cycles for product in reader.products()}
    assert set(told) == {"Django", "Debian", "Go"}
    assert told["Django"] == (Cycle("4.2", date(2031, 1, 1)),)


def test_what_a_feed_says_of_a_cve_far_apart_is_kept_together(books: Books) -> None:
    rows = [f"module_path,cve\n/exploits/first.rb,{_FAR}"]
    rows += [f"/exploits/{number}.rb,CVE-2026-{number:06}" for number in range(25_000)]
    rows.append(f"/exploits/last.rb,{_FAR}")
    load(books, "\n".join(rows).encode(), now=day(0))
    with books.store.read() as reader:
        far, *near = reader.signals([(_FAR,), ("CVE-2026-024999",), ("CVE-2026-012345",)])
    assert [each.reference for each in far.exploits] == ["/exploits/first.rb", "/exploits/last.rb"]
    assert [len(each.exploits) for each in near] == [1, 1]
