"""Every reader of foreign bytes, given what is nearly right: it reads or refuses, and never takes long."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.mutation import mutated
from tests.fuzz.targets import TARGETS, Target
from tesuri.formats import FORMATS


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_our_own_samples_break_no_reader(target: Target) -> None:
    seeds = target.seeds()
    assert seeds
    for data in seeds:
        target.check(data)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@given(chance=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_changed_sample_breaks_no_reader(target: Target, chance: int) -> None:
    generator = random.Random(chance)
    target.check(mutated(generator.choice(target.seeds()), generator))


def test_every_format_is_a_target() -> None:
    assert {form.name for form in FORMATS} <= TARGETS.keys()


def test_a_reader_that_breaks_is_told_from_one_that_refuses() -> None:
    broken = Target("broken", lambda data: data[10], lambda: [b"a"])
    with pytest.raises(IndexError):
        broken.check(b"a")
