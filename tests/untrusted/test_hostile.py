"""Inputs made to take long or to fill the memory cost no more than their size."""

import gzip
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tesuri.feeds.gunzip import gunzipped
from tesuri.model.errors import BadInput
from tesuri.untrusted.advisory import advisories_in, weaknesses_listed
from tesuri.untrusted.csv_document import read_csv
from tesuri.untrusted.fix import lowest_of_range, versions_listed
from tesuri.untrusted.markup import addresses_in, plain_text
from tesuri.untrusted.package_url import package_from_purl
from tesuri.untrusted.secret_text import without_literals
from tesuri.untrusted.shape import whole
from tesuri.untrusted.xml_document import read_xml
from tesuri.untrusted.yaml_document import read_yaml

# Quadratic readers took 1 to 30 s for these; linear ones take milliseconds.
SECONDS = 1.0
WORDS = [
    *(sign * 60_000 for sign in " \n\t<>'\"`&.,-1a0|="),
    *(
        word * 15_000
        for word in (
            "<!--",
            "</a",
            "<a ",
            "' ",
            "pkg:npm/",
            "CWE-",
            "CVE-2024-",
            " or ",
            ">= ",
            "https://",
            "\t \n",
            "GHSA-",
            "<\t",
        )
    ),
    "<" + " " * 60_000,
    "<a " + "\n" * 60_000,
    "'" + "a" * 60_000,
]


@contextmanager
def within(megabytes: int) -> Iterator[None]:
    """Fail when the block allocates more."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < megabytes * 2**20, f"{peak:,} bytes"


@pytest.mark.parametrize(
    "read",
    [
        advisories_in,
        weaknesses_listed,
        versions_listed,
        lowest_of_range,
        addresses_in,
        plain_text,
        without_literals,
        package_from_purl,
    ],
)
def test_a_text_of_one_sign_is_read_in_no_time(read: Callable[[str], object]) -> None:
    for word in WORDS:
        before = time.process_time()
        read(word)
        assert time.process_time() - before < SECONDS, word[:10]


def test_a_gzip_file_of_many_members_is_unpacked_in_no_time() -> None:
    member = gzip.compress(b"", mtime=0)
    before = time.process_time()
    assert gunzipped(member * 50_000, where="f") == b""
    assert time.process_time() - before < 5 * SECONDS


def test_a_gzip_file_cut_off_between_pieces_is_refused() -> None:
    whole_file = gzip.compress(bytes(range(256)) * 4_000, compresslevel=0, mtime=0)
    assert len(gunzipped(whole_file, where="f")) == 256 * 4_000
    with pytest.raises(BadInput, match="cut off"):
        gunzipped(whole_file[:65_536], where="f")


def test_short_rows_under_a_wide_header_stay_small() -> None:
    data = ",".join(f"c{number}" for number in range(1_900)) + "\n" + "1\n" * 5_000
    with within(20):
        table = read_csv(data.encode(), where="f")
    assert len(table.rows) == 5_000


def test_long_names_of_elements_are_refused_before_every_child_carries_them() -> None:
    name = "a" * 2_000
    data = f"<{name}>{'<b/>' * 50_000}</{name}>".encode()
    with within(20), pytest.raises(BadInput, match="names longer than any report"):
        read_xml(data, where="f")


def test_long_keys_are_refused_before_every_value_carries_them() -> None:
    keys = "".join(f"{' ' * depth}{'k' * 900}{depth}:\n" for depth in range(60))
    data = keys + "".join(f"{' ' * 60}- 1\n" for _ in range(20_000))
    with within(160), pytest.raises(BadInput, match="keys are too long"):
        read_yaml(data.encode(), where="f")


@pytest.mark.parametrize("number", [1e300, "9" * 400, 2**31, -1, "NaN", True])
def test_a_number_that_no_store_can_keep_is_no_whole_number(number: object) -> None:
    assert whole(number) == 0
    assert whole(2**31 - 1) == 2**31 - 1
