"""Presets and the decision tables that they speak of."""

from importlib.resources import files

import pytest

from tests.budgets.history import START
from tesuri.budgets.assignment import SHIPPED, assign
from tesuri.budgets.preset import preset_named, read_presets
from tesuri.expressions.compile import compile_expression
from tesuri.expressions.serialise import dump_ir
from tesuri.model.decision import Answer
from tesuri.model.errors import BadInput
from tesuri.model.finding import Finding, State, Work
from tesuri.model.identifiers import AssetId, FindingKey, GroupKey, Identity
from tesuri.model.observation import Kind
from tesuri.model.severity import Severity
from tesuri.triage.decide import decide
from tesuri.triage.table import read_table

_FOLDER = files("tesuri.budgets").joinpath("presets")
PRESETS = read_presets({place.name: place.read_bytes() for place in _FOLDER.iterdir()})
TABLES = {
    table.name: table
    for place in files("tesuri.triage").joinpath("tables").iterdir()
    if place.name.endswith(".yaml")
    for table in (read_table(place.read_bytes(), where=place.name),)
}
DAYS = {"3-days-forensic": 3, "3-days": 3, "14-days": 14, "60-days": 60, "next-upgrade": None}
FINDING = Finding(
    key=FindingKey(1),
    identity=Identity(bytes(16)),
    episode=1,
    kind=Kind.VULNERABILITY,
    rule="CVE-2026-1",
    title="Flaw",
    severity=Severity.HIGH,
    state=State.OPEN,
    work=Work.NEW,
    group=GroupKey(1),
    opened_at=START,
    asset=AssetId("image"),
)


def test_conditions_of_the_default_objectives_are_kept_as_they_compile() -> None:
    conditions = {each.where for each in preset_named("default", PRESETS).objectives} - {""}
    assert {
        each: dump_ir(compile_expression(each, where="default").tree) for each in conditions
    } == SHIPPED


def test_every_row_of_the_bod_table_leads_to_the_days_that_it_says() -> None:
    preset = preset_named("bod-26-04", PRESETS)
    table = TABLES[preset.table]
    assert len(table.rows) == 16
    for row in table.rows:
        answers = [
            Answer(question.name, value, "", "")
            for question, value in zip(table.questions, row.answers, strict=True)
        ]
        objective = assign(FINDING, decide(answers, table), preset.objectives)
        days = objective.objective_seconds / 86_400 if objective else None
        assert days == DAYS[row.result], row


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_names_its_source_and_a_table_that_comes_along(preset: object) -> None:
    found = preset_named(str(getattr(preset, "name", "")), PRESETS)
    assert found.source
    assert found.table in {"", *TABLES}
    assert {each.source for each in found.objectives} == {found.source}


def test_a_name_that_no_preset_has_is_refused() -> None:
    with pytest.raises(BadInput, match="There is no preset 'iso'"):
        preset_named("iso", PRESETS)
