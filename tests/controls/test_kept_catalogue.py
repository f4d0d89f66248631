"""Controls kept as bytes are the controls that were compiled, and nothing else is taken for them."""

from collections.abc import Mapping

import msgspec
import pytest

from tesuri.controls.catalogue import Catalogue, dump_catalogue, load_catalogue
from tesuri.controls.compiled import CompiledControl
from tesuri.controls.load import load_control
from tesuri.model.control import Point
from tesuri.model.errors import BadInput

CONTROL = """
id: own-a
title: A
statement: a thing
severity: high
resource: own:Thing
require: resource.Ports.all(p, p != 22)
message: "'port ' + string(part)"
points: {plan: {}, live: {not: "nobody records it"}}
"""


def load(text: str = CONTROL) -> CompiledControl:
    return load_control(text.encode(), where="controls/a.yaml", schemas={})


def test_every_shipped_control_comes_back_as_it_was(
    catalogue: Mapping[str, CompiledControl],
) -> None:
    kept = load_catalogue(dump_catalogue(catalogue.values(), stamp="s"), stamps=("s",))
    assert kept is not None
    assert {one.control.id: one for one in kept} == catalogue


def test_what_was_made_of_other_files_is_not_taken() -> None:
    assert load_catalogue(dump_catalogue([load()], stamp="s"), stamps=("t",)) is None


@pytest.mark.parametrize("cut", [0, 1, 40, -1])
def test_damaged_bytes_are_no_catalogue(cut: int) -> None:
    assert load_catalogue(dump_catalogue([load()], stamp="s")[:cut], stamps=("s",)) is None


def test_a_control_that_is_no_control_is_said_when_it_is_asked_for() -> None:
    whole = msgspec.json.decode(dump_catalogue([load()], stamp="s"))
    whole[3][0][1] = ["no-node"]
    kept = load_catalogue(msgspec.json.encode(whole), stamps=("s",))
    assert kept is not None
    assert list(kept.ids) == ["own-a"]
    with pytest.raises(BadInput, match="own-a is damaged"):
        _ = kept[0]


def test_a_point_has_the_controls_that_act_there() -> None:
    catalogue = Catalogue.of([load()])
    assert catalogue.at(Point.LIVE).count == 0
    acting = catalogue.at(Point.PLAN)
    assert (acting.count, list(acting)) == (1, ["own:Thing"])
    assert acting["own:Thing"] == (load(),)
    assert acting.named("own-a") == load()
    assert acting.named("own-b") is None


def test_an_own_control_may_not_take_the_id_of_a_shipped_one() -> None:
    own = Catalogue.of([load()])
    with pytest.raises(BadInput, match="already a control 'own-a'") as refused:
        own.with_own(own)
    assert refused.value.where == "controls/a.yaml"


def test_two_controls_of_one_id_are_refused() -> None:
    with pytest.raises(BadInput, match="already a control 'own-a'"):
        Catalogue.of([load(), load()])


def test_a_requirement_that_gives_no_truth_is_refused() -> None:
    with pytest.raises(BadInput, match="gives int, not bool"):
        load(CONTROL.replace("resource.Ports.all(p, p != 22)", "size(resource.Ports)"))
