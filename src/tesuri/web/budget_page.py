"""What the page of a budget draws: the burn-down at three sizes, with one title in words."""

from markupsafe import Markup

from tesuri.charts.burn_down import burn_down
from tesuri.charts.burn_frame import MIDDLE, NARROW, WIDE
from tesuri.model.views_slo import SloView
from tesuri.wording.phrases import Phrases


def burn_down_title(phrases: Phrases, view: SloView) -> str:
    """Say the chart in words: from where, how much now, and when it would be gone."""
    chart = view.burn_down
    if not chart.points:
        return phrases.gettext("No budget was measured in this window.")
    said = phrases.gettext(
        "Budget left: {first} on {start}, {now} now.",
        first=phrases.hours(chart.points[0].remaining_seconds),
        start=phrases.day(chart.starts_at),
        now=phrases.hours(chart.points[-1].remaining_seconds),
    )
    if chart.zero_at is None:
        return said
    day = phrases.day(chart.zero_at)
    zero = phrases.gettext("If nothing is closed it reaches zero on {day}.", day=day)
    return said + phrases.gap + zero


def burn_down_pictures(phrases: Phrases, view: SloView) -> Markup:
    """Draw the chart for wide, middle and narrow windows; the style sheet shows one of them."""
    title = burn_down_title(phrases, view)
    drawings = [
        burn_down(view.burn_down, view.misses, phrases, size, title=title)
        for size in (WIDE, MIDDLE, NARROW)
    ]
    return Markup("".join(drawings))  # noqa: S704  charts escape their texts
