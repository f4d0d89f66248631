"""Copies of endoflife.date in the forms that exist."""

import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from tesuri.feeds.endoflife import read_products
from tesuri.feeds.read import recognise_feed
from tesuri.model.errors import BadInput
from tesuri.model.legacy import Cycle, Product
from tesuri.model.signal import FeedName

LISTED = [
    {
        "product": "python",
        "title": "Python",
        "releases": [
            {"releaseCycle": "3.11", "releaseDate": "2022-10-24", "eol": "2027-10-31"},
            {"releaseCycle": "3.1", "eol": True},
            {"releaseCycle": "4", "eol": False},
            {"releaseCycle": "5"},
        ],
    },
    {"product": "empty", "title": "Empty", "releases": []},
]
ANSWERED = {
    "schema_version": "1.2.0",
    "result": [
        {
            "name": "python",
            "label": "Python",
            "aliases": ["py"],
            "releases": [
                {"name": "3.11", "isEol": False, "eolFrom": "2027-10-31"},
                {"name": "3.1", "isEol": True, "eolFrom": None},
                {"name": "4", "isEol": False, "eolFrom": None},
            ],
        }
    ],
}
CYCLES = (Cycle("3.11", date(2027, 10, 31)), Cycle("3.1", is_ended=True), Cycle("4"))


def read(document: object) -> tuple[Product, ...]:
    return read_products(json.dumps(document).encode(), where="ends.json")


def test_a_list_of_products_gives_what_says_an_end_or_none() -> None:
    (python,) = read(LISTED)
    assert (python.names, python.cycles) == (frozenset({"python"}), CYCLES)


def test_an_answer_of_the_interface_gives_the_same() -> None:
    (python,) = read(ANSWERED)
    assert (python.names, python.cycles) == (frozenset({"python", "py"}), CYCLES)


def test_an_answer_about_one_product_tells_of_it_alone() -> None:
    answer = {**ANSWERED, "generated_at": "2026-08-22T00:00:00Z", "result": ANSWERED["result"][0]}
    feed = recognise_feed(json.dumps(answer).encode(), where="python.json")
    assert (feed.header.name, feed.header.rows, feed.is_partial) == (FeedName.ENDOFLIFE, 1, True)
    assert [each.cycles for each in feed.records if isinstance(each, Product)] == [CYCLES]
    whole = recognise_feed(json.dumps(LISTED).encode(), where="all.json", as_of=date(2026, 8, 22))
    assert not whole.is_partial


def test_releases_of_the_first_interface_are_read_under_the_name_of_their_product() -> None:
    releases = [
        {"cycle": "3.11", "eol": "2027-10-31", "latest": "3.11.9", "lts": False},
        {"cycle": "3.1", "eol": True},
        {"cycle": "4", "eol": False},
    ]
    named = json.dumps({"python": releases, "empty": []}).encode()
    feed = recognise_feed(named, where="ends.json", as_of=date(2026, 8, 22))
    assert [each.cycles for each in feed.records if isinstance(each, Product)] == [CYCLES]
    with pytest.raises(BadInput, match="does not name it"):
        recognise_feed(json.dumps(releases).encode(), where="python.json", as_of=date(2026, 8, 22))


def test_a_gzipped_copy_is_read() -> None:
    packed = gzip.compress(json.dumps(LISTED).encode())
    assert read_products(packed, where="ends.json.gz") == read(LISTED)


@pytest.mark.parametrize("document", [[], {}, {"vulnerabilities": []}, [1, "x", None], [[]]])
def test_another_document_is_refused(document: object) -> None:
    with pytest.raises(BadInput, match="tells of no end of support"):
        read(document)


def test_the_real_copy_is_read_whole(corpus: Path) -> None:
    path = corpus / "feeds" / "endoflife_products-2026-08-22.json.gz"
    if not path.exists():
        pytest.skip("this copy is not among the real inputs")
    products = read_products(path.read_bytes(), where=path.name)
    assert len(products) == 464
    assert sum(len(each.cycles) for each in products) == 8351
