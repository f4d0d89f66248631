"""What is certain of a value that comes later."""

import pytest

from tesuri.model.resource import PRESENT, UNKNOWN, Unknown, partly_known

ROOT = partly_known(["arn:aws:iam::", ":root"])


@pytest.mark.parametrize(
    ("leaf", "text", "expected"),
    [
        (UNKNOWN, "", True),
        (UNKNOWN, None, True),
        (PRESENT, "", False),
        (PRESENT, "*", False),
        (PRESENT, None, False),
        (PRESENT, "arn:aws:iam::111122223333:role/x", True),
        (ROOT, "*", False),
        (ROOT, "arn:aws:iam::111122223333:root", True),
        (ROOT, "arn:aws:iam::111122223333:role/x", False),
        (partly_known(["ab", "bc"]), "abc", False),
    ],
)
def test_a_leaf_may_only_become_what_fits_its_pieces(
    leaf: Unknown,
    text: object,
    expected: bool,  # noqa: FBT001 - a parametrised value
) -> None:
    assert leaf.may_be(text) is expected


def test_nothing_known_of_a_text_is_simply_unknown() -> None:
    assert partly_known(["", ""]) is UNKNOWN
    assert not UNKNOWN.is_certain
    assert ROOT.is_certain
