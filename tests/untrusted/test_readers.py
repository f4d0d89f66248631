"""Readers of foreign bytes: what they give, and the sentence with which they refuse."""

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tesuri.model.errors import BadInput
from tesuri.untrusted.advisory import advisories_in, aliases_of, weaknesses_in, weaknesses_listed
from tesuri.untrusted.csv_document import read_csv
from tesuri.untrusted.instant import instant
from tesuri.untrusted.json_document import read_json, read_json_lines
from tesuri.untrusted.package_url import package_from_purl, package_named
from tesuri.untrusted.score import cvss_from
from tesuri.untrusted.text_document import read_text

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(value=_JSON, encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_json_comes_back_from_every_encoding(value: object, encoding: str) -> None:
    data = json.dumps(value).encode(encoding)
    assert read_json(data, where="f") == value
    assert read_json_lines(data, where="f") == [value]


@given(data=st.binary(max_size=80))
@settings(max_examples=300)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for read in (read_json, read_json_lines, read_csv, read_text):
        with suppress(BadInput):
            read(data, where="f")


def test_size_is_bounded_before_anything_is_parsed() -> None:
    with pytest.raises(BadInput, match="6 bytes; the limit is 5"):
        read_json(b"[1, 2]", where="f", max_bytes=5)
    with pytest.raises(BadInput, match="the limit is 5"):
        read_csv(b"a,b\n1,2", where="f", max_bytes=5)


def test_depth_is_bounded() -> None:
    assert read_json(b"[[1]]", where="f", max_depth=2) == [[1]]
    with pytest.raises(BadInput, match="deeper than 1 levels"):
        read_json(b"[[1]]", where="f", max_depth=1)


def test_a_wrong_byte_and_a_number_without_end_are_refused_with_their_place() -> None:
    with pytest.raises(BadInput, match="Byte 8 is not valid UTF-8"):
        read_json(b'{"a": "x\xff"}', where="f")
    with pytest.raises(BadInput, match=r"The number at line 1, column 7 is larger"):
        read_json(b'{"a": 1e999}', where="f")


def test_wrong_escapes_inside_a_text_are_forgiven_and_right_ones_stay() -> None:
    text = rb'{"\d": ["\ud800x", "\ud83d\ude00", "\\ud800", "a\udc80", "\q\\\n", "\u12"]}'
    assert read_json(text, where="f") == {
        "\\d": ["\ufffdx", "\U0001f600", "\\ud800", "a\ufffd", "\\q\\\n", "\\u12"]
    }
    with pytest.raises(BadInput, match="line 1, column"):
        read_json(rb'{"a": "\d', where="f")


def test_table_finds_its_delimiter_and_keeps_quoted_line_ends() -> None:
    table = read_csv('\ufeffa;"b;c";d\n1;"two\nlines";3\n\n4\n'.encode(), where="f")
    assert table.columns == ("a", "b;c", "d")
    assert [dict(row.cells) for row in table.rows] == [
        {"a": "1", "b;c": "two\nlines", "d": "3"},
        {"a": "4"},
    ]
    assert [row.line for row in table.rows] == [3, 5]


def test_a_row_with_too_many_cells_says_so() -> None:
    (row,) = read_csv(b"a,b\n1,2,3\n", where="f").rows
    assert row.problem == "3 cells under 2 columns"


def test_an_open_quote_is_refused_instead_of_swallowing_rows() -> None:
    with pytest.raises(BadInput, match="line 3: This is not CSV"):
        read_csv(b'a,b\n"1,2\n3,4\n', where="f")


@pytest.mark.parametrize(
    ("word", "moment"),
    [
        ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04:05.123456789+09:00", datetime(2026, 1, 1, 18, 4, 5, 123456, tzinfo=UTC)),
        ("2026-01-02 03:04:05 +0000 UTC", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026/1/2", datetime(2026, 1, 2, tzinfo=UTC)),
        ("01/30/2026", datetime(2026, 1, 30, tzinfo=UTC)),
        ("30/01/2026", datetime(2026, 1, 30, tzinfo=UTC)),
        ("Fri, 02 Jan 2026 03:04:05 -0100", datetime(2026, 1, 2, 4, 4, 5, tzinfo=UTC)),
        (1767323045, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (1767323045000, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("2026-02-30", None),
        ("soon", None),
        ("", None),
        (True, None),
        (None, None),
    ],
)
def test_moments_become_aware_utc(word: object, moment: datetime | None) -> None:
    assert instant(word) == moment


@given(word=st.text(max_size=30) | st.integers() | st.floats() | _JSON)
def test_no_word_makes_the_reading_of_moments_fail(word: object) -> None:
    found = instant(word)
    assert found is None or found.tzinfo is UTC


@given(purl=st.text(max_size=30) | st.from_regex(r"pkg:[a-z]+/[^@]{0,9}(@.{0,5})?(\?.{0,9})?"))
def test_no_purl_makes_the_reading_of_packages_fail(purl: str) -> None:
    found = package_from_purl(purl)
    assert found is None or found.name


@given(vector=st.text(max_size=20) | st.from_regex(r"CVSS:(3\.1|4\.0)(/[A-Z]{1,2}:[A-Z]){0,12}"))
def test_no_vector_makes_the_reading_of_scores_fail(vector: str) -> None:
    found = cvss_from(vector, None)
    assert found is None or 0 <= found.score <= 10


def test_one_package_has_one_name_however_it_is_spelled() -> None:
    spelled = package_named("org.apache:tomcat", "9", ecosystem="jar")
    assert spelled == package_from_purl("pkg:maven/org.apache/tomcat@9")
    assert package_named("@a/b", "1", ecosystem="yarn") == package_from_purl("pkg:npm/%40a/b@1")
    assert package_named("Foo_Bar", ecosystem="pip") == package_from_purl("pkg:pypi/foo-bar")


def test_names_of_advisories_and_weaknesses_are_written_one_way() -> None:
    assert advisories_in("cve-2024-1234-tar, ghsa-ABCD-efgh-1234") == (
        "CVE-2024-1234",
        "GHSA-abcd-efgh-1234",
    )
    assert weaknesses_in("external/cwe/cwe-079", "CWE-0") == ("CWE-79",)
    assert weaknesses_listed("79; 89", "0") == ("CWE-79", "CWE-89")


def test_only_names_of_one_vulnerability_are_aliases() -> None:
    assert aliases_of("GHSA-aaaa-bbbb-cccc", "CVE-2024-1234") == (
        "GHSA-aaaa-bbbb-cccc",
        "CVE-2024-1234",
    )
    assert aliases_of("RHSA-2024:1", "CVE-2024-1234", "CVE-2024-1235") == ("RHSA-2024:1",)
    assert aliases_of("CVE-2024-1234", "CVE-2024-9999") == ("CVE-2024-1234",)
