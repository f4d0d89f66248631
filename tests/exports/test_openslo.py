"""Objectives as OpenSLO v1 and back."""

import re
from dataclasses import replace
from datetime import date
from fractions import Fraction
from importlib.resources import files

import pytest

from tests.budgets.history import IMMEDIATE
from tesuri.budgets.objective_file import read_objectives
from tesuri.budgets.preset import Preset, read_presets
from tesuri.exports.objective_items import render_objectives
from tesuri.exports.openslo import render_openslo
from tesuri.model.errors import BadInput
from tesuri.model.estate import Service
from tesuri.model.identifiers import ObjectiveId, ServiceId
from tesuri.model.objective import Objective
from tesuri.untrusted.shape import at, items, text
from tesuri.untrusted.yaml_document import read_yaml_documents

_FOLDER = files("tesuri.budgets").joinpath("presets")
PRESETS = read_presets({place.name: place.read_bytes() for place in _FOLDER.iterdir()})
SERVICES = (
    Service(ServiceId("checkout"), "Checkout", "購入手続き"),
    Service(ServiceId("Pay_roll.eu"), "Payroll"),
)
FULL = replace(
    IMMEDIATE,
    title_ja="即時対応：48時間以内",
    where='finding.severity == "high" && finding.cvss >= 7.0',
    agreed_by="Misaki Sato",
    agreed_on=date(2026, 10, 1),
    review_on=date(2027, 4, 1),
    tolerance=2,
    cap=5,
    target=Fraction(99999, 100_000),
)
SLICED = replace(IMMEDIATE, id=ObjectiveId("sliced"), cap=1, target=Fraction(99, 100))


def exported(*objectives: Objective) -> bytes:
    return render_openslo(objectives, SERVICES).encode()


def documents(*objectives: Objective) -> list[object]:
    return list(read_yaml_documents(exported(*objectives), where="o.yaml"))


def refused(data: bytes) -> str:
    with pytest.raises(BadInput) as caught:
        read_objectives(data, where="objectives/o.yaml")
    return str(caught.value)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_every_preset_comes_back_the_same_from_both_forms(preset: Preset) -> None:
    own = render_objectives(preset.objectives).encode()
    assert read_objectives(own, where="o.yaml") == preset.objectives
    assert read_objectives(exported(*preset.objectives), where="o.yaml") == preset.objectives


@pytest.mark.parametrize("objective", [FULL, SLICED], ids=["full", "sliced"])
def test_an_objective_with_everything_comes_back_the_same(objective: Objective) -> None:
    assert read_objectives(exported(objective), where="o.yaml") == (objective,)
    own = render_objectives([objective]).encode()
    assert read_objectives(own, where="o.yaml") == (objective,)


def test_each_objective_is_an_slo_of_each_service() -> None:
    kinds = [(text(each, "kind"), text(each, "spec", "service")) for each in documents(FULL)]
    assert [kind for kind, _ in kinds] == ["Service", "Service", "SLO", "SLO"]
    names = [text(each, "metadata", "name") for each in documents(FULL)]
    assert [service for _, service in kinds[2:]] == names[:2]


def test_every_name_is_a_dns_label_and_none_stands_twice() -> None:
    long = replace(FULL, id=ObjectiveId("a" * 64))
    slos = [each for each in documents(FULL, long) if text(each, "kind") == "SLO"]
    names = [text(each, "metadata", "name") for each in slos]
    assert len(set(names)) == 4
    for name in (*names, *(text(each, "spec", "service") for each in slos)):
        assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", name)


def test_overdue_time_is_a_ratio_of_seconds_and_cap_one_is_time_slices() -> None:
    ratio, sliced = (documents(each)[2] for each in (FULL, SLICED))
    assert text(ratio, "spec", "budgetingMethod") == "Occurrences"
    assert text(sliced, "spec", "budgetingMethod") == "Timeslices"
    assert at(items(sliced, "spec", "objectives")[0], "timeSliceWindow") == "1m"
    assert items(ratio, "spec", "timeWindow") == [{"duration": "28d", "isRolling": True}]
    assert at(items(ratio, "spec", "objectives")[0], "target") == 0.99999
    assert "Waivers" in text(ratio, "metadata", "annotations", "tesuri/not-said")


def test_an_slo_of_another_tool_is_refused_with_what_it_lacks() -> None:
    foreign = b"""\
apiVersion: openslo/v1
kind: SLO
metadata: {name: web-up}
spec:
  service: web
  budgetingMethod: Occurrences
  timeWindow: [{duration: 28d, isRolling: true}]
  objectives: [{target: 0.99}]
"""
    assert "tesuri/objective, tesuri/outcome, tesuri/within in metadata.annotations" in refused(
        foreign
    )
    assert "SLO web-up" in refused(foreign)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("openslo/v1\n", "openslo/v1alpha\n", "Tesuri reads openslo/v1."),
        ("kind: SLO", "kind: AlertPolicy", "'AlertPolicy' is no objective."),
        ("Occurrences", "RatioTimeslices", "'RatioTimeslices' has no counterpart here."),
        ("Occurrences", "Timeslices", "Timeslices and tesuri/cap 5 say different things."),
        ("isRolling: true", "isRolling: false", "The time window is not one rolling window"),
        ("tesuri/within: 48h", "tesuri/within: 30d", "3 × 720 h = 2160 h"),
        ("tesuri/cap: '5'", "tesuri/cap: many", "A whole number of at least 1 is expected"),
        ("tesuri/tolerance", "tesuri/toleranz", "The key 'toleranz' is not known."),
        ("target: 0.99999", "target: 1", "has to be between 0 and 1"),
        ("tesuri/outcome: immediate", "tesuri/outcome: soon", "'soon' is no outcome"),
    ],
)
def test_a_document_that_says_something_else_is_refused(old: str, new: str, sentence: str) -> None:
    written = exported(FULL).decode()
    assert old in written
    assert sentence in refused(written.replace(old, new).encode())


def test_two_slos_that_say_different_things_of_one_objective_are_refused() -> None:
    written = exported(FULL).decode()
    changed = written.replace("target: 0.99999", "target: 0.9", 1).encode()
    assert "'immediate-48h' is not the same as in immediate-48h-checkout" in refused(changed)


def test_several_documents_of_our_own_form_are_refused() -> None:
    assert "2 YAML documents; one is expected" in refused(b"objectives: []\n---\nobjectives: []\n")


def test_a_file_without_any_document_is_refused() -> None:
    assert "A mapping is expected, not null." in refused(b"# nothing\n")
