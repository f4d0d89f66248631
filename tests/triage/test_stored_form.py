"""What of an observation becomes a row: short, masked, spelled the same way each time."""

from dataclasses import replace

import pytest

from tesuri.model.observation import Kind, Observation, Package, Place
from tesuri.model.severity import Severity
from tesuri.triage.stored_form import stored_form

SECRET = "tangerine-otter-waltz"
OBSERVATION = Observation(
    kind=Kind.SECRET,
    rule="generic-api-key",
    title="A key in a file",
    severity=Severity.HIGH,
    pointer="/0",
    secret=SECRET,
    context=f"key = {SECRET}",
)


SAID = f"Found {SECRET} here"


@pytest.mark.parametrize(
    "observation",
    [
        replace(OBSERVATION, title=SAID),
        replace(OBSERVATION, description=SAID),
        replace(OBSERVATION, remedy=SAID),
    ],
    ids=["title", "description", "remedy"],
)
def test_very_secret_of_the_record_is_taken_out_of_every_text(observation: Observation) -> None:
    form = stored_form(observation)
    assert SECRET not in repr(form)
    assert "Found … here" in repr(form)


@pytest.mark.parametrize("length", range(1900, 4100, 37))
def test_secret_at_the_cut_leaves_no_half_behind(length: int) -> None:
    text = "x" * length + " " + SECRET
    form = stored_form(replace(OBSERVATION, description=text))
    assert SECRET[:4] not in str(form.detail)


def test_each_line_of_a_secret_of_several_lines_is_taken_out() -> None:
    secret = "first-line-of-it\nsecond-line-of-it"
    form = stored_form(replace(OBSERVATION, secret=secret, description="see second-line-of-it"))
    assert "second-line" not in repr(form)


def test_neither_secret_nor_source_text_is_a_part_of_it() -> None:
    assert SECRET not in repr(stored_form(OBSERVATION))


def test_texts_are_cut_and_say_so() -> None:
    form = stored_form(replace(OBSERVATION, title="t" * 400, description="d" * 3000))
    assert (len(form.title), form.title[-1]) == (300, "…")
    assert len(str(form.detail["description"])) == 2000


def test_empty_values_are_left_out_but_no_fix_is_said() -> None:
    form = stored_form(replace(OBSERVATION, has_fix=False))
    assert form.detail == {"has_fix": False}


def test_title_falls_back_to_the_rule() -> None:
    assert stored_form(replace(OBSERVATION, title="")).title == "generic-api-key"


def test_package_and_place_are_kept() -> None:
    package = Package("openssl", "3.0.1", "deb", "debian", ("3.0.9",))
    place = Place(path="a/b.py", line=3)
    detail = stored_form(replace(OBSERVATION, package=package, place=place)).detail
    assert (detail["package"], detail["fixed_versions"]) == ("openssl", ("3.0.9",))
    assert (detail["path"], detail["line"]) == ("a/b.py", 3)
