"""A control that is ready to be evaluated; nothing here reads a file or parses an expression."""

from dataclasses import dataclass

from tesuri.expressions.compiled import Compiled
from tesuri.model.control import Control


@dataclass(frozen=True, slots=True)
class CompiledControl:
    """A control that is ready to be evaluated."""

    control: Control
    require: Compiled
    message: Compiled
    are_paths_checked: bool
    """False when no schema of its resource type is known."""
