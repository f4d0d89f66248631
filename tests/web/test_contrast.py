"""The colours of the style sheet against their grounds (WCAG 2.2 AA: text 4.5, signs 3)."""

import re
from importlib.resources import files

import pytest

_TOKEN = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")


def tokens() -> dict[str, tuple[str, str]]:
    text = (files("tesuri.web") / "static" / "tesuri.css").read_text(encoding="utf-8")
    return {name: (light, dark) for name, light, dark in _TOKEN.findall(text)}


def luminance(colour: str) -> float:
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        ("text", "bg", 12),
        ("muted", "bg", 6),
        ("muted", "fill-strong", 4.5),
        ("muted", "bg-side", 4.5),
        ("accent", "bg", 4.5),
        ("accent", "accent-fill", 4.5),
        ("on-accent", "accent", 4.5),
        ("ok", "ok-fill", 4.5),
        ("low", "low-fill", 4.5),
        ("low", "bg", 4.5),
        ("act", "act-fill", 4.5),
        ("act", "bg", 4.5),
        ("sev-c-ink", "sev-c", 4.5),
        ("sev-h-ink", "sev-h", 4.5),
        ("sev-m-ink", "sev-m", 4.5),
        ("sev-l-ink", "sev-l", 4.5),
        ("line-control", "bg", 3),
        ("low-mark", "bg", 3),
    ],
)
def test_every_ink_can_be_read_on_its_ground(ink: str, ground: str, least: float) -> None:
    known = tokens()
    for theme in (0, 1):
        assert contrast(known[ink][theme], known[ground][theme]) >= least
