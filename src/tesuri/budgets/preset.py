"""Presets: sets of objectives that a framework asks for, with the decision table that they are meant for."""

from collections.abc import Mapping
from dataclasses import dataclass

from tesuri.budgets.load import objectives_from
from tesuri.model.errors import BadInput
from tesuri.model.objective import Objective
from tesuri.untrusted.shape import need_mapping, text
from tesuri.untrusted.yaml_document import read_yaml


@dataclass(frozen=True, slots=True)
class Preset:
    """A named set of objectives."""

    name: str
    source: str
    objectives: tuple[Objective, ...]
    table: str = ""
    """Name of the decision table whose outcomes they speak of; empty: that of the workspace, whichever it is."""


def read_presets(files: Mapping[str, bytes]) -> tuple[Preset, ...]:
    """Give the presets of these files, by path; the file's name is the preset's."""
    return tuple(_preset(path, data) for path, data in sorted(files.items()))


def preset_named(name: str, presets: tuple[Preset, ...]) -> Preset:
    """Give a preset by name. **raises** BadInput that lists the known ones."""
    for preset in presets:
        if preset.name == name:
            return preset
    known = ", ".join(preset.name for preset in presets)
    raise BadInput(f"There is no preset {name!r}.", remedy=f"Known are: {known}.")


def _preset(path: str, data: bytes) -> Preset:
    document = dict(need_mapping(read_yaml(data, where=path), where=path))
    table = text(document.pop("table", ""))
    return Preset(
        name=path.rpartition("/")[2].rpartition(".")[0],
        source=text(document, "source"),
        objectives=objectives_from(document, where=path),
        table=table,
    )
