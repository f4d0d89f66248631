"""Counts a week as bars: the count stands over each bar, zero is a foot."""

from collections.abc import Sequence

from tesuri.charts import svg
from tesuri.model.views import DueWeek
from tesuri.wording.phrases import Phrases

_BAR, _STEP, _FOOT, _ROOM, _HEIGHT = 16, 22, 62, 44, 84


def strip(weeks: Sequence[DueWeek], phrases: Phrases, *, name: str, title: str) -> str:
    """Draw one bar a week; the first, this week, is marked."""
    most = max((week.count for week in weeks), default=0)
    width = _STEP * max(4, len(weeks))
    parts = []
    for index, week in enumerate(weeks):
        x = index * _STEP
        if not week.count:
            parts.append(svg.rect((x, _FOOT - 2, _BAR, 2), classes="g-bar zero", radius=1))
            continue
        size = max(4.0, _ROOM * week.count / most)
        kind = "g-bar now" if index == 0 else "g-bar"
        parts.append(svg.rect((x, _FOOT - size, _BAR, size), classes=kind, radius=2))
        spot = (x + _BAR / 2, _FOOT - size - 5)
        parts.append(svg.text(spot, str(week.count), anchor="middle"))
    parts.append(svg.text((0, 80), phrases.gettext("this week")))
    if len(weeks) > 4:
        last = (_STEP * len(weeks) - (_STEP - _BAR), 80.0)
        parts.append(svg.text(last, phrases.short_day(weeks[-1].starts_on), anchor="end"))
    return svg.picture(parts, (width, _HEIGHT), title=title, name=name, classes="strip fix")
