"""The few SVG elements that the drawings are made of; every text goes through `escape` here."""

from collections.abc import Sequence
from html import escape

Point = tuple[float, float]


Box = tuple[float, float, float, float]
"""Left, top, width, height."""


def picture(
    parts: Sequence[str], size: tuple[int, int], *, title: str, name: str, classes: str
) -> str:
    """Give a whole drawing whose title is read aloud; `name` is unique on its page."""
    width, height = size
    return (
        f'<svg class="{escape(classes)}" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-labelledby="{escape(name)}">'
        f'<title id="{escape(name)}">{escape(title)}</title>{"".join(parts)}</svg>'
    )


def rect(box: Box, *, classes: str, radius: int = 0) -> str:
    """Give a filled box."""
    x, y, width, height = box
    corner = f' rx="{radius}"' if radius else ""
    return (
        f'<rect class="{classes}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}"{corner}/>'
    )


def path(commands: str, *, classes: str) -> str:
    """Give a line or a shape from path commands of our own making."""
    return f'<path class="{classes}" d="{commands}"/>'


def circle(at: Point, radius: float, *, classes: str) -> str:
    """Give a dot or a ring."""
    return f'<circle class="{classes}" cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius}"/>'


def text(at: Point, words: str, *, classes: str = "", anchor: str = "start") -> str:
    """Give a text at 12 px."""
    kind = f' class="{classes}"' if classes else ""
    side = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text{kind} x="{at[0]:.1f}" y="{at[1]:.1f}"{side}>{escape(words)}</text>'


def text_width(words: str) -> float:
    """Estimate the width of a text at 12 px: full-width signs 12, others 6.7."""
    return sum(12.0 if ord(sign) > 0x2E7F else 6.7 for sign in words)
