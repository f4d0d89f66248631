"""What somebody chose of a folder of policies: which packages count, what they see, and what the workspace says of rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tesuri.model.control import Control
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import ControlId


@dataclass(frozen=True, slots=True)
class Choice:
    """Which namespaces are asked for, and what the workspace says of rules."""

    namespaces: tuple[str, ...] = ()
    """Empty: main."""
    has_all: bool = False
    is_combining: bool = False
    """Whether rules see all files as one input."""
    mapped: Mapping[str, Control] = field(default_factory=dict)
    """Rule id → the control of ours that it speaks for."""


def mapped_rules(declared: Mapping[str, str], controls: Iterable[Control]) -> Mapping[str, Control]:
    """Give the controls that the workspace's `rego:` names. **raises** BadInput for one that is not there."""
    known = {each.id: each for each in controls}
    for rule, name in declared.items():
        if ControlId(name) not in known:
            raise BadInput(
                f"The rule {rule} is mapped to {name!r}, which is no control.",
                where="tesuri.yaml#/rego",
                remedy="See tesuri controls list for the ids.",
            )
    return {rule: known[ControlId(name)] for rule, name in declared.items()}
