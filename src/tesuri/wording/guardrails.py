"""Words of the guardrails: areas, strengths, places of a remedy, and what a control does in one line."""

from collections.abc import Mapping
from typing import Final

from tesuri.model.control import Point
from tesuri.model.severity import Severity
from tesuri.model.views_guardrails import Effect, GuardrailRow, Sight
from tesuri.wording.phrases import Phrases, msg
from tesuri.wording.words import word

_WORDS: Final[Mapping[tuple[str, str], str]] = {
    ("area", "identity"): msg("Identity"),
    ("area", "network"): msg("Network"),
    ("area", "data"): msg("Data"),
    ("area", "workload"): msg("Workload"),
    ("area", "detection"): msg("Logging and detection"),
    ("area", "other"): msg("Other"),
    ("strength", "stops"): msg("Stops"),
    ("strength", "warns"): msg("Warns"),
    ("strength", "watches"): msg("Only watches"),
    ("remedy", "console"): msg("Console"),
    ("remedy", "cli"): msg("Command line"),
}

_PRODUCTS: Final[Mapping[str, str]] = {"terraform": "Terraform", "kubernetes": "Kubernetes"}


def guardrail_word(phrases: Phrases, field: str, value: str) -> str:
    """Give the word for one value of a field of the matrix; the value itself when it has none."""
    if field == "point":
        return word(phrases, Point(value))
    if field == "severity":
        return word(phrases, Severity(value))
    if field == "remedy" and value in _PRODUCTS:
        return _PRODUCTS[value]
    return phrases.gettext(_WORDS[field, value]) if (field, value) in _WORDS else value


def effect_word(phrases: Phrases, effect: Effect) -> str:
    """Give what a failing control does at a point."""
    match effect:
        case Effect.BLOCKS:
            return phrases.gettext("Blocks")
        case Effect.WARNS:
            return phrases.gettext("Warns")
        case Effect.OBSERVES:
            return phrases.gettext("Observes")
        case Effect.CANNOT:
            return phrases.gettext("Cannot see it")


def sight_word(phrases: Phrases, sight: Sight) -> str:
    """Give what is known of a requirement."""
    match sight:
        case Sight.OPEN:
            return phrases.gettext("Findings open")
        case Sight.UNOBSERVED:
            return phrases.gettext("Not observed")
        case Sight.UNSEEN:
            return phrases.gettext("No control")
        case Sight.CLEAR:
            return phrases.gettext("Nothing open")


def reason_text(phrases: Phrases, reason: str) -> str:
    """Give why a control cannot act at a point; English where nobody translated it."""
    told = phrases.gettext(reason)
    return phrases.said(reason) if told == reason else told


def row_text(phrases: Phrases, row: GuardrailRow) -> str:
    """Give what a control does, point by point, in one line: "Blocks: plan, SCP; Observes: live"."""
    parts = []
    for effect in (Effect.BLOCKS, Effect.WARNS, Effect.OBSERVES):
        points = [
            word(phrases, point) for point, cell in row.cells.items() if cell.effect is effect
        ]
        if points:
            names = phrases.gettext(", ").join(points)
            parts.append(
                phrases.gettext(
                    "{effect}: {points}", effect=effect_word(phrases, effect), points=names
                )
            )
    return phrases.gettext("; ").join(parts)
