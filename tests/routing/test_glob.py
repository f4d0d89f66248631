from hypothesis import given
from hypothesis import strategies as st

from tesuri.routing.glob import can_both_match, is_glob, matches, specificity

PATTERNS = st.text(alphabet="ab*?/", max_size=7)
WORDS = st.text(alphabet="ab/", max_size=7)


def test_a_star_is_any_run_and_a_question_mark_one_character() -> None:
    assert matches("host-*.example.com", "host-12.example.com")
    assert matches("host-?", "host-1")
    assert not matches("host-?", "host-12")
    assert not matches("Host", "host")


def test_other_signs_mean_themselves() -> None:
    assert matches("a[1].b*", "a[1].bc")
    assert not matches("a.b*", "axb")


def test_an_exact_name_is_more_specific_than_a_longer_glob() -> None:
    assert specificity("abc") > specificity("abcdef*") > specificity("abc*") > specificity("*")


@given(PATTERNS)
def test_a_pattern_without_wildcards_matches_exactly_itself(pattern: str) -> None:
    assert is_glob(pattern) or matches(pattern, pattern)


@given(PATTERNS, PATTERNS, WORDS)
def test_patterns_that_match_one_word_are_known_to_overlap(one: str, other: str, word: str) -> None:
    if matches(one, word) and matches(other, word):
        assert can_both_match(one, other)


@given(PATTERNS, PATTERNS)
def test_overlap_has_no_direction(one: str, other: str) -> None:
    assert can_both_match(one, other) == can_both_match(other, one)


def test_patterns_that_share_no_word_do_not_overlap() -> None:
    assert not can_both_match("a*", "b*")
    assert not can_both_match("*a", "*b")
    assert not can_both_match("a?", "a")
    assert can_both_match("a*", "*b")
    assert can_both_match("*", "")
