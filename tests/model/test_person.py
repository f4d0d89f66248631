import pytest

from tesuri.model.person import is_person, is_same_person, second_people


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ana", "ana"),
        ("Ana", " aNA "),
        ("Ana  Tanaka", "ana tanaka"),
        ("Ana Tanaka <ana.tanaka@example.com>", "ana.tanaka@example.com"),
        ("Ana Tanaka", "ana.tanaka@example.com"),
        ("ana@example.com", "ana@example.org"),
        ("ana+work@example.com", "ana@example.com"),
        ("@ana", "ana"),
        ("ａｎａ", "ana"),
        ("a\u200bna", "ana"),
        ("José", "jose\u0301"),
        ("田中 花", "田中花"),
    ],
)
def test_one_person_is_known_under_every_spelling(one: str, other: str) -> None:
    assert is_same_person(one, other)
    assert is_same_person(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("ana", "ken"), ("ana@example.com", "ken@example.com"), ("田中", "佐藤"), ("ana", "anabel")],
)
def test_two_people_stay_two(one: str, other: str) -> None:
    assert not is_same_person(one, other)


def test_a_name_without_a_letter_is_nobody() -> None:
    assert [is_person(name) for name in ("", " - ", "\u200b", "?!", "ana", "佐")] == [
        *([False] * 4),
        True,
        True,
    ]


def test_only_another_person_can_agree() -> None:
    assert second_people("ana", ("Ana", "ana@example.com", "-", "ken")) == ("ken",)
