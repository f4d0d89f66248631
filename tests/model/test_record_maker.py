"""Records that are made quickly are the same records."""

from dataclasses import FrozenInstanceError, replace

import pytest

from tesuri.model.observation import Package, Place, new_package, new_place


def test_a_record_made_quickly_equals_the_same_record_and_is_of_its_type() -> None:
    made = new_package("left-pad", "1.0", ecosystem="npm", fixed_versions=("1.1",))
    plain = Package("left-pad", "1.0", ecosystem="npm", fixed_versions=("1.1",))
    assert (made, hash(made), repr(made)) == (plain, hash(plain), repr(plain))
    assert type(made) is Package
    assert replace(made, version="2.0") == replace(plain, version="2.0")
    assert new_place() == Place()


def test_a_record_made_quickly_cannot_be_changed_either() -> None:
    with pytest.raises(FrozenInstanceError):
        new_package("left-pad").name = "other"  # type: ignore[misc] # that is what is tested
