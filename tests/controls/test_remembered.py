"""What is remembered of resources that are alike is what is judged anew."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tesuri.controls.evaluate import Examined, judgement
from tesuri.controls.load import load_control
from tesuri.controls.remembered import MOST_REMEMBERED, Remembered
from tesuri.model.resource import UNKNOWN, Resource, Value, partly_known

CONTROL = load_control(
    b"""
id: test-rules
title: {en: Rules, ja: Rules}
statement: {en: No rule is open.}
severity: high
resource: Test::Thing
require: resource.Rules.all(r, r.Open != true) && (!has(resource.Kind) || resource.Kind == 1)
message: "'rule ' + string(part.Port) + ' of ' + resource.Name"
points: {live: {}}
answerable: platform
""",
    where="test",
    schemas={},
)

_LEAVES = st.sampled_from([True, 1, 1.0, "1", None, UNKNOWN, partly_known(["a", "b"])])
_RULES: st.SearchStrategy[Value] = st.lists(
    st.fixed_dictionaries({}, optional={"Open": _LEAVES, "Port": _LEAVES, "Name": _LEAVES}),
    max_size=3,
)
_PROPERTIES = st.fixed_dictionaries(
    {"Rules": _RULES | _LEAVES}, optional={"Kind": _LEAVES, "Name": _LEAVES, "Other": _LEAVES}
)


@settings(deadline=None)
@given(st.lists(st.tuples(_PROPERTIES, st.booleans()), max_size=12))
def test_a_memory_says_what_is_judged_anew(drawn: list[tuple[dict[str, Value], bool]]) -> None:
    remembered = Remembered([CONTROL])
    for properties, is_secret in drawn * 2:
        sensitive = frozenset({"/Rules"}) if is_secret else frozenset[str]()
        examined = Examined(Resource("Test::Thing", "x", properties, sensitive=sensitive))

        assert remembered.judgements(examined) == (judgement(CONTROL, examined),)


def test_what_never_repeats_itself_is_judged_all_the_same() -> None:
    remembered = Remembered([CONTROL])
    for number in range(MOST_REMEMBERED + 10):
        properties: dict[str, Value] = {"Rules": [{"Open": True, "Port": number}], "Name": "web"}
        (found,) = remembered.judgements(Examined(Resource("Test::Thing", "x", properties)))
        assert found is not None
        assert found.reason == f"rule {number} of web"
