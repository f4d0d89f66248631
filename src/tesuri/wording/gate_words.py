"""The words of gates alone, for commands that start in a moment; `words.py` has them all."""

from collections.abc import Mapping

from tesuri.model.control import GateAnswer
from tesuri.model.objective import PolicyState
from tesuri.wording.phrases import Phrases, msg

GATE_WORDS: Mapping[tuple[type, str], str] = {
    (PolicyState, "ample"): msg("Ample"),
    (PolicyState, "low"): msg("Low"),
    (PolicyState, "spent"): msg("Spent"),
    (PolicyState, "breached"): msg("Breached"),
    (PolicyState, "unknown"): msg("Unknown"),
    (GateAnswer, "allow"): msg("Allows"),
    (GateAnswer, "warn"): msg("Warns"),
    (GateAnswer, "block"): msg("Blocks"),
}
"""Closed set and value → word."""


def gate_word(phrases: Phrases, value: GateAnswer | PolicyState) -> str:
    """Give the word for an answer of a gate, or for a policy state."""
    return phrases.gettext(GATE_WORDS[type(value), value.value])
