"""Moments as people and scanners write them."""

import pytest

from tesuri.untrusted.instant import instant


@pytest.mark.parametrize(
    ("word", "moment"),
    [
        ("05/13/2021 07:08:28", "2021-05-13T07:08:28+00:00"),
        ("08/10/2021 at 12:00:00 (GMT)", "2021-08-10T12:00:00+00:00"),
        ("13/05/2021", "2021-05-13T00:00:00+00:00"),
        ("12/31/2020 12:05 AM", "2020-12-31T00:05:00+00:00"),
        ("12/31/2020 12:05 PM", "2020-12-31T12:05:00+00:00"),
        ("May 12, 2020 8:59:12 PM", "2020-05-12T20:59:12+00:00"),
        ("Mon Jan  5 10:00:00 2026", "2026-01-05T10:00:00+00:00"),
    ],
)
def test_a_moment_is_found_in_each_spelling(word: str, moment: str) -> None:
    found = instant(word)
    assert found is not None
    assert found.isoformat() == moment


@pytest.mark.parametrize("word", ["", "never", "99/99/2020", "1:00 " + "AM " * 5000])
def test_what_is_no_moment_is_none(word: str) -> None:
    assert instant(word) is None
