"""A file in `formats/` is a format only once the explicit tuple lists it."""

import importlib

from tests.architecture.tree import Module
from tesuri.formats import FORMATS


def test_the_tuple_lists_every_format_of_every_file(modules: list[Module]) -> None:
    """Files of one folder may share code, but each folder and each file beside it is a format."""
    names = [module.name for module in modules if module.name.startswith("tesuri.formats.")]
    made = {name: getattr(importlib.import_module(name), "FORMAT", None) for name in names}
    unlisted = [name for name, each in made.items() if each is not None and each not in FORMATS]
    assert unlisted == []
    assert len(FORMATS) == len([each for each in made.values() if each is not None])
    places = {name.split(".")[2] for name in names}
    formats = {name.split(".")[2] for name, each in made.items() if each is not None}
    assert places == formats


def test_no_two_formats_share_a_name() -> None:
    names = [each.name for each in FORMATS]
    assert sorted(names) == sorted(set(names))
