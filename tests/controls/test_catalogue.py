from pathlib import Path

import pytest

import tesuri.controls
from tesuri.controls.cases import Case, load_cases, points_without_cases
from tesuri.controls.compiled import CompiledControl
from tesuri.controls.evaluate import evaluate
from tesuri.controls.scp.case import scp_verdict
from tesuri.flows.catalogue.case_resources import resources_of_case
from tesuri.model.control import Point
from tesuri.model.resource import Resource

_CATALOG = Path(next(iter(tesuri.controls.__path__))) / "catalog"
_FILES = sorted(_CATALOG.rglob("*.cases.yaml"))
_CASES = [
    pytest.param(file.name.removesuffix(".cases.yaml"), case, id=f"{case.point}: {case.name}")
    for file in _FILES
    for case in load_cases(file.read_bytes(), where=file.name)
]


def resources_of(case: Case) -> list[Resource]:
    """Read the input of a case in its own words; nothing of it is left out."""
    resources, unread = resources_of_case(case)
    assert unread == ()
    return list(resources)


@pytest.mark.parametrize(("control", "case"), _CASES)
def test_each_case_gets_its_verdict(
    control: str, case: Case, catalogue: dict[str, CompiledControl]
) -> None:
    if case.point is Point.SCP:
        assert scp_verdict(catalogue[control].control, case.input) is case.verdict
        return
    wanted = catalogue[control].control.resource
    verdicts = {
        one.address: evaluate(catalogue[control], one, now=case.now)
        for one in resources_of(case)
        if one.type == wanted or one.address != case.address
    }

    found = verdicts[case.address]
    assert (found.kind, found.reason) == (case.verdict, case.message or found.reason)


def test_each_control_stands_under_its_id_with_good_and_bad_cases(
    catalogue: dict[str, CompiledControl],
) -> None:
    by_id = {
        file.name.removesuffix(".cases.yaml"): load_cases(file.read_bytes(), where=file.name)
        for file in _FILES
    }

    assert by_id.keys() == catalogue.keys()
    for identity, compiled in catalogue.items():
        assert points_without_cases(compiled.control, by_id[identity]) == ()
        assert compiled.are_paths_checked
        assert compiled.control.title.keys() == compiled.control.statement.keys() == {"en", "ja"}


def test_each_control_says_how_it_is_mended_in_both_languages(
    catalogue: dict[str, CompiledControl],
) -> None:
    """A command line is the same in both; every sentence is not."""
    lacking = [
        f"{identity} {place}"
        for identity, compiled in catalogue.items()
        for place, texts in compiled.control.remedy.items()
        if "ja" not in texts and not texts["en"].startswith(("aws ", "kubectl "))
    ]

    assert lacking == []
    assert [each for each, compiled in catalogue.items() if not compiled.control.remedy] == []
    ways = {"console", "cli", "terraform"}
    short = [
        identity
        for identity, compiled in catalogue.items()
        if identity.startswith("aws-") and not compiled.control.remedy.keys() >= ways
    ]
    assert short == []


def test_the_read_me_says_how_many_controls_there_are(
    catalogue: dict[str, CompiledControl],
) -> None:
    root = Path(__file__).resolve().parents[2]

    assert f"{len(catalogue)} controls" in (root / "README.md").read_text(encoding="utf-8")
    assert f"{len(catalogue)} の管理策" in (root / "README.ja.md").read_text(encoding="utf-8")
