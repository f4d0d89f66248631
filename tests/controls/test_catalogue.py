import json
from pathlib import Path

import pytest

import tesuri.controls
from tesuri.controls.cases import Case, load_cases, points_without_cases
from tesuri.controls.evaluate import evaluate
from tesuri.controls.load import CompiledControl
from tesuri.model.control import Point
from tesuri.subjects.terraform_plan import read_terraform_plan

_CATALOG = Path(next(iter(tesuri.controls.__path__))) / "catalog"
_FILES = sorted(_CATALOG.rglob("*.cases.yaml"))
_CASES = [
    pytest.param(file.name.removesuffix(".cases.yaml"), case, id=f"{case.point}: {case.name}")
    for file in _FILES
    for case in load_cases(file.read_bytes(), where=file.name)
]


@pytest.mark.parametrize(("control", "case"), _CASES)
def test_each_case_gets_its_verdict(
    control: str, case: Case, catalogue: dict[str, CompiledControl]
) -> None:
    assert case.point is Point.PLAN
    plan = read_terraform_plan(json.dumps(case.input).encode(), where="case")
    verdicts = {one.address: evaluate(catalogue[control], one) for one in plan.resources}

    assert plan.unread == ()
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
