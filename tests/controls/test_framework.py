"""Frameworks: the files that come along, what their loader refuses, and that no control names what is not there."""

import pytest

from tesuri.controls.compiled import CompiledControl
from tesuri.controls.framework import check_maps, load_framework, load_frameworks
from tesuri.flows.catalogue.show_framework import show_frameworks
from tesuri.model.errors import BadInput
from tesuri.model.framework import Framework
from tesuri.settings import package_files

TOOLS_AND_LISTS = {"checkov", "cis-eks", "config", "prowler", "trivy"}
"""Keys of `maps` that are no framework of ours: ids of tools, and a list of which only a few ids are known."""

HOUSE = """\
id: house
aliases: [h]
title: {en: House rules, ja: 社内規程}
source: ours
reasons:
  person: {en: A person looks., ja: 人が見る。}
groups:
  - id: one
    title: {en: First, ja: 第一}
    requirements:
      - {id: H-1, en: Doors are closed, ja: 扉を閉める}
      - {id: H-2, en: Somebody looks, ja: 誰かが見る, unseen: person}
"""


@pytest.fixture(scope="module")
def frameworks() -> tuple[Framework, ...]:
    return load_frameworks(package_files("controls/frameworks"))


def test_the_frameworks_that_were_asked_for_come_along(frameworks: tuple[Framework, ...]) -> None:
    sizes = {framework.id: len(framework.requirements) for framework in frameworks}

    assert sizes["cis-aws-3.0"] == 62
    assert sizes["well-architected"] == 11
    assert sizes["pss-baseline"] == 12
    assert sizes["pss-restricted"] == 6
    assert {"fsbp", "aws-basic"} <= sizes.keys()


def test_no_shipped_control_names_a_requirement_that_does_not_exist(
    catalogue: dict[str, CompiledControl], frameworks: tuple[Framework, ...]
) -> None:
    controls = [compiled.control for compiled in catalogue.values()]
    known = {framework.id for framework in frameworks} | TOOLS_AND_LISTS

    check_maps(controls, frameworks)
    assert {name for control in controls for name in control.maps} <= known


def test_each_requirement_is_either_seen_by_a_control_or_says_why_not(
    catalogue: dict[str, CompiledControl], frameworks: tuple[Framework, ...]
) -> None:
    """A reason that stays after somebody wrote the control would hide that control."""
    controls = [compiled.control for compiled in catalogue.values()]
    declared = {
        (framework.id, requirement.id): bool(requirement.unseen)
        for framework in frameworks
        for requirement in framework.requirements
    }
    for view in show_frameworks(frameworks, controls):
        for row in view.rows:
            assert row.is_seen is not declared[row.framework, row.requirement], row.requirement


def test_restricted_holds_the_baseline_too(
    catalogue: dict[str, CompiledControl], frameworks: tuple[Framework, ...]
) -> None:
    controls = [compiled.control for compiled in catalogue.values()]
    views = {view.id: view for view in show_frameworks(frameworks, controls)}

    assert len(views["pss-restricted"].rows) == 18
    assert views["pss-restricted"].rows[0].framework == "pss-baseline"


def test_a_control_that_names_a_missing_requirement_is_refused(
    catalogue: dict[str, CompiledControl], frameworks: tuple[Framework, ...]
) -> None:
    controls = [compiled.control for compiled in catalogue.values()]
    shrunk = [
        load_framework(HOUSE.replace("id: house", "id: fsbp").encode(), where="house.yaml"),
        *(framework for framework in frameworks if framework.id != "fsbp"),
    ]

    with pytest.raises(BadInput, match="fsbp has no requirement"):
        check_maps(controls, shrunk)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("unseen: person", "unseen: nobody", "There is no reason 'nobody'"),
        ("H-2, en", "H-1, en", "stands there twice"),
        ("source: ours", "sauce: ours", "has no key 'sauce'"),
        ("en: Doors are closed, ", "", "needs a text"),
        ("    requirements:", "    needs:", "has no key 'needs'"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(old: str, new: str, said: str) -> None:
    assert old in HOUSE
    with pytest.raises(BadInput, match=said) as refused:
        load_framework(HOUSE.replace(old, new).encode(), where="house.yaml")

    assert refused.value.where.startswith("house.yaml")


def test_two_frameworks_cannot_share_a_name() -> None:
    other = HOUSE.replace("id: house", "id: h").replace("aliases: [h]", "")

    with pytest.raises(BadInput, match="'h' is taken by"):
        load_frameworks({"a.yaml": HOUSE.encode(), "b.yaml": other.encode()})


def test_what_is_included_must_exist() -> None:
    with pytest.raises(BadInput, match="no framework 'cellar' to include"):
        load_frameworks({"a.yaml": f"{HOUSE}includes: [cellar]\n".encode()})
