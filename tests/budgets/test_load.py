"""Objectives from declared documents, and the presets that come with the package."""

import re
from datetime import date
from fractions import Fraction
from importlib.resources import files

import pytest

from tesuri.budgets.load import objectives_from
from tesuri.budgets.preset import read_presets
from tesuri.model.decision import Outcome
from tesuri.model.errors import BadInput
from tesuri.untrusted.yaml_document import read_yaml

PRESETS = (
    "default",
    "bod-26-04",
    "chainguard",
    "cyber-essentials",
    "essential-eight",
    "fedramp",
    "gitlab",
    "pci-dss",
)
WEB: dict[str, object] = {
    "id": "web-14d",
    "title": {"en": "Web findings within 14 days", "ja": "14日以内"},
    "outcome": "scheduled",
    "within": "14d",
    "target": "95%",
    "window": "90d",
}


def loaded(**changes: object) -> object:
    (objective,) = objectives_from({"objectives": [{**WEB, **changes}]}, where="o.yaml")
    return objective


def test_an_objective_is_read_whole_and_exactly() -> None:
    (objective,) = objectives_from(
        {
            "objectives": [
                {
                    **WEB,
                    "where": "finding.cvss >= 7.0",
                    "agreed_by": "Misaki",
                    "agreed_on": "2026-10-01",
                    "review_on": "2027-04-01",
                    "tolerance": 2,
                    "cap": 5,
                }
            ]
        },
        where="o.yaml",
    )
    assert objective.id == "web-14d"
    assert objective.outcome is Outcome.SCHEDULED
    assert (objective.objective_seconds, objective.window_seconds) == (14 * 86_400, 90 * 86_400)
    assert objective.target == Fraction(19, 20)
    assert (objective.tolerance, objective.cap) == (2, 5)
    assert (objective.agreed_on, objective.review_on) == (date(2026, 10, 1), date(2027, 4, 1))
    assert objective.text("ja") == "14日以内"
    assert objective.source == "o.yaml"


@pytest.mark.parametrize("written", ["95%", "95 %", "95.0%", "0.95", 0.95])
def test_a_target_is_taken_exactly_as_written(written: object) -> None:
    (objective,) = objectives_from({"objectives": [{**WEB, "target": written}]}, where="o.yaml")
    assert objective.target == Fraction(19, 20)


@pytest.mark.parametrize(("written", "hours"), [("48h", 48), ("7d", 168), ("4w", 672)])
def test_durations_are_whole_hours_days_or_weeks(written: str, hours: int) -> None:
    changed = {**WEB, "within": written, "window": "365d"}
    (objective,) = objectives_from({"objectives": [changed]}, where="o.yaml")
    assert objective.objective_seconds == hours * 3600


@pytest.mark.parametrize(
    ("key", "value", "pointer", "sentence"),
    [
        ("targt", "95%", "/targt", "not known"),
        ("within", "14", "/within", "not a duration"),
        ("within", 14, "/within", "not a duration"),
        ("within", "0d", "/within", "not a duration"),
        ("within", "1.5d", "/within", "not a duration"),
        ("target", "95", "/target", "9500%"),
        ("target", 95, "/target", "between 0 and 1"),
        ("target", "100%", "/target", "leaves an allowance of 1 − 1 = 0"),
        ("target", 0, "/target", "between 0 and 1"),
        ("target", True, "/target", "not an exact share"),
        ("target", 0.1 + 0.2, "/target", "not an exact share"),
        ("target", "most", "/target", "not an exact share"),
        ("window", "28d", "/window", r"3 × 336 h = 1008 h"),
        ("outcome", "defer", "/outcome", "no due date"),
        ("outcome", "soon", "/outcome", "no outcome"),
        ("title", {"fr": "x"}, "/title/fr", "not known"),
        ("title", {"ja": "x"}, "/title", "'en' is missing"),
        ("title", "", "/title", "empty"),
        ("title", ["x"], "/title", "mapping"),
        ("id", "Web 14", "/id", "cannot be an id"),
        ("agreed_on", "tomorrow", "/agreed_on", "not a date"),
        ("agreed_by", 5, "/agreed_by", "text is expected"),
        ("tolerance", -1, "/tolerance", "at least 0"),
        ("tolerance", True, "/tolerance", "at least 0"),
        ("cap", 0, "/cap", "at least 1"),
        ("cap", "many", "/cap", "at least 1"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(
    key: str, value: object, pointer: str, sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence) as refusal:
        loaded(**{key: value})
    assert refusal.value.where == f"o.yaml#/objectives/0{pointer}"


def test_a_cap_under_which_an_alert_can_never_fire_is_refused() -> None:
    with pytest.raises(BadInput, match=r"at most 1 / \(1 − 0\.8\) = 5: it can never fire"):
        loaded(cap=1, target="80%")


@pytest.mark.parametrize(
    "document", [None, [], "objectives", {}, {"objectives": {}}, {"goals": []}]
)
def test_another_document_is_refused(document: object) -> None:
    with pytest.raises(BadInput):
        objectives_from(document, where="o.yaml")


def test_a_missing_key_is_named() -> None:
    without = {key: value for key, value in WEB.items() if key != "target"}
    with pytest.raises(BadInput, match="'target' is missing"):
        objectives_from({"objectives": [without]}, where="o.yaml")


def test_an_id_given_twice_is_refused() -> None:
    with pytest.raises(BadInput, match="web-14d") as refusal:
        objectives_from({"objectives": [WEB, WEB]}, where="o.yaml")
    assert refusal.value.where == "o.yaml#/objectives/1/id"


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_covers_every_outcome_that_has_a_due_date(name: str) -> None:
    """The last objective of each outcome has no `where`, so no finding is left without one."""
    place = files("tesuri.budgets").joinpath("presets", f"{name}.yaml")
    (preset,) = read_presets({f"{name}.yaml": place.read_bytes()})
    objectives = preset.objectives
    last = {objective.outcome: objective.where for objective in objectives}
    assert last == {Outcome.IMMEDIATE: "", Outcome.OUT_OF_CYCLE: "", Outcome.SCHEDULED: ""}
    assert all(objective.title_ja and objective.source != name for objective in objectives)


def test_no_preset_is_forgotten() -> None:
    found = {place.name for place in files("tesuri.budgets").joinpath("presets").iterdir()}
    assert found == {f"{name}.yaml" for name in PRESETS}


def test_the_default_objectives() -> None:
    place = files("tesuri.budgets").joinpath("presets", "default.yaml")
    objectives = objectives_from(read_yaml(place.read_bytes(), where="default"), where="default")
    day = 86_400
    assert [
        (o.id, o.objective_seconds // day, o.target, o.window_seconds // day) for o in objectives
    ] == [
        ("immediate-48h", 2, Fraction(19, 20), 28),
        ("out-of-cycle-7d", 7, Fraction(19, 20), 28),
        ("scheduled-30d", 30, Fraction(9, 10), 90),
        ("scheduled-90d", 90, Fraction(9, 10), 365),
    ]
    assert objectives[2].where == 'finding.cvss >= 7.0 || finding.exploitation == "poc"'


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ("finding.cvss >", "The expression cannot be read"),
        ("finding.cvs >= 7.0", "A finding has no cvs, so this would cover nothing."),
        ("resource.public", "There is no variable 'resource'"),
    ],
)
def test_a_condition_that_covers_nothing_unseen_is_refused(condition: str, sentence: str) -> None:
    loaded(where="finding.cvss >= 7.0 && has(finding.package)")
    with pytest.raises(BadInput, match=re.escape(sentence)) as caught:
        loaded(where=condition)
    assert caught.value.where.startswith("o.yaml#/objectives/0/where")
