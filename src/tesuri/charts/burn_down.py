"""The burn-down: what was left of a budget, and where it goes.

The future is pale and empty but for its two lines. `burn_down_rows` is the same chart as a table; the
axes are in `burn_frame`.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from tesuri.charts import svg
from tesuri.charts.burn_frame import Frame, Size, days_axis, frame_of, ground, misses_axis
from tesuri.charts.labels import Labels
from tesuri.model.views_slo import BudgetPoint, BurnDown, LaneKind, LaneMark, Miss
from tesuri.wording.phrases import Phrases


def burn_down(
    chart: BurnDown, misses: Sequence[Miss], phrases: Phrases, size: Size, *, title: str
) -> str:
    """Draw the chart at one size; `title` says the same in words."""
    frame = frame_of(chart, size)
    labels = Labels(left=0, right=size.width)
    rings = _rings(frame, misses, labels)
    parts = [
        *ground(frame),
        *misses_axis(frame, phrases),
        *days_axis(frame, phrases),
        *_lines(frame),
        *_now(frame, phrases, labels),
        *rings,
        *_outlook(frame, phrases, labels),
        *_lane(frame, phrases),
    ]
    name = f"burn-{size.classes}"
    return svg.picture(
        parts, (size.width, size.height), title=title, name=name, classes=size.classes
    )


def burn_down_rows(chart: BurnDown) -> tuple[BudgetPoint, ...]:
    """Give the table twin: the last known amount of each day, and the forecast's points."""
    days: dict[object, BudgetPoint] = {point.at.date(): point for point in chart.points}
    return tuple(days.values())


def _steps(frame: Frame) -> str:
    points = frame.chart.points
    first = frame.at(points[0])
    commands = [f"M{first[0]:.1f} {first[1]:.1f}"]
    for point in points[1:]:
        x, y = frame.at(point)
        commands.append(f"H{x:.1f}V{y:.1f}")
    commands.append(f"H{frame.x(frame.chart.now):.1f}")
    return "".join(commands)


def _straight(frame: Frame, points: Sequence[BudgetPoint]) -> str:
    places = [frame.at(point) for point in points]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)


def _lines(frame: Frame) -> list[str]:
    chart, parts = frame.chart, []
    if chart.even_pace:
        parts.append(svg.path(_straight(frame, chart.even_pace), classes="g-even"))
    if not chart.points:
        return parts
    steps, zero = _steps(frame), frame.y(0)
    start = frame.x(chart.points[0].at)
    parts.append(svg.path(f"{steps}V{zero:.1f}H{start:.1f}z", classes="g-area"))
    if chart.if_nothing_closed:
        line = _straight(frame, chart.if_nothing_closed)
        parts.append(svg.path(line, classes="g-proj bad"))
    if chart.usual_pace:
        parts.append(svg.path(_straight(frame, chart.usual_pace), classes="g-proj"))
    parts.append(svg.path(steps, classes="g-line"))
    return parts


def _now(frame: Frame, phrases: Phrases, labels: Labels) -> list[str]:
    x, top = frame.x(frame.chart.now), frame.size.top
    parts = [
        svg.path(f"M{x:.1f} {top - 6}V{frame.floor:.0f}", classes="g-now"),
        svg.text((x, top - 12), phrases.gettext("now"), classes="b", anchor="middle"),
    ]
    if not frame.chart.points:
        return parts
    last = frame.chart.points[-1].remaining_seconds
    y = frame.y(last)
    parts.append(svg.circle((x, y), 4.5, classes="g-dot full"))
    whole = max(0, last) // frame.chart.miss_seconds
    words = phrases.hours(last)
    if whole and not frame.size.is_narrow:
        count = phrases.ngettext("{count} whole miss", "{count} whole misses", whole)
        words = phrases.gettext("{hours}, {misses}", hours=words, misses=count)
    parts += labels.place(words, ((x + 12, y - 9), (x + 12, y + 18), (x - 12, y - 9)), "b halo")
    return parts


def _remaining_at(chart: BurnDown, at: datetime) -> int:
    known = [point.remaining_seconds for point in chart.points if point.at <= at]
    return known[-1] if known else chart.allowance_seconds


def _rings(frame: Frame, misses: Sequence[Miss], labels: Labels) -> list[str]:
    parts: list[str] = []
    taken: list[svg.Point] = []
    for miss in misses:
        if not miss.letter:
            continue
        x, y = frame.x(miss.due_at), frame.y(_remaining_at(frame.chart, miss.due_at))
        while any(abs(x - a) < 18 and abs(y - b) < 18 for a, b in taken):
            y -= 18
        taken.append((x, y))
        labels.take(x - 9, y - 9, 18, 18)
        parts.append(svg.circle((x, y), 8, classes="g-dot"))
        parts.append(svg.text((x, y + 4), miss.letter, classes="t-acc", anchor="middle"))
    return parts


def _outlook(frame: Frame, phrases: Phrases, labels: Labels) -> list[str]:
    parts = [
        *_zero(frame, phrases, labels),
        *_usual_pace(frame, phrases, labels),
        *_even_pace(frame, phrases, labels),
    ]
    chart = frame.chart
    if frame.size.is_narrow and (chart.if_nothing_closed or chart.usual_pace):
        words = phrases.gettext("red: nothing closed · grey: usual pace")
        parts.append(svg.text((frame.size.left, frame.size.height - 6), words))
    return parts


def _zero(frame: Frame, phrases: Phrases, labels: Labels) -> list[str]:
    zero_at = frame.chart.zero_at
    if not zero_at or not frame.chart.now < zero_at <= frame.chart.ends_at:
        return []
    x, y = frame.x(zero_at), frame.y(0)
    words = phrases.gettext("gone {day} if nothing is closed", day=phrases.day(zero_at))
    if frame.size.is_narrow:
        words = phrases.short_day(zero_at)
    spots = ((x + 12, y - 10), (x - 10, y - 10), (x + 12, y - 30), (x - 10, y - 30))
    dot = svg.circle((x, y), 5.5, classes="g-dot bad")
    return [dot, *labels.place(words, spots, "t-act halo")]


def _usual_pace(frame: Frame, phrases: Phrases, labels: Labels) -> list[str]:
    if not frame.chart.usual_pace:
        return []
    last = frame.chart.usual_pace[-1]
    x, y = frame.at(last)
    amount, day = phrases.hours(last.remaining_seconds), phrases.short_day(last.at)
    words = phrases.gettext("usual pace: {hours} left on {day}", hours=amount, day=day)
    spots = ((x - 6, y + 18), (x - 6, y - 52), (x - 6, y - 32), (x - 6, y - 12))
    return labels.place(amount if frame.size.is_narrow else words, spots, "halo", anchor="end")


def _even_pace(frame: Frame, phrases: Phrases, labels: Labels) -> list[str]:
    if not frame.chart.even_pace or frame.size.is_narrow:
        return []
    first, last = frame.at(frame.chart.even_pace[0]), frame.at(frame.chart.even_pace[-1])
    x, y = first[0] * 0.62 + last[0] * 0.38, first[1] * 0.62 + last[1] * 0.38
    spots = ((x + 8, y - 8), (x + 60, y + 2), (x - 90, y + 24))
    return labels.place(phrases.gettext("even pace"), spots, "halo")


def _lane(frame: Frame, phrases: Phrases) -> list[str]:
    if frame.size.is_narrow:
        return []
    parts: list[str] = []
    marks = sorted(frame.chart.marks, key=lambda mark: mark.starts_at)
    y = frame.size.height - 16
    for index, mark in enumerate(marks):
        parts.append(_sign(frame, mark, y))
        spot = max(frame.x(mark.starts_at), frame.x(mark.ends_at or mark.starts_at)) + 9
        is_last = index + 1 == len(marks)
        room = (frame.size.width if is_last else frame.x(marks[index + 1].starts_at) - 8) - spot
        fitting = (text for text in _lane_texts(mark, phrases) if svg.text_width(text) <= room)
        parts += [svg.text((spot, y + 4), text) for text in islice(fitting, 1)]
    return parts


def _sign(frame: Frame, mark: LaneMark, y: int) -> str:
    x = frame.x(mark.starts_at)
    if mark.kind is LaneKind.INCIDENT:
        width = max(4.0, frame.x(mark.ends_at) - x) if mark.ends_at else 4.0
        return svg.rect((x, y - 3, width, 6), classes="g-band", radius=2)
    if mark.kind is LaneKind.WAIVER_LAPSED:
        return svg.path(f"M{x - 5:.1f} {y - 4}h10l-5 8z", classes="g-mark")
    return svg.path(f"M{x - 5:.1f} {y}l5-5 5 5-5 5z", classes="g-mark")


def _lane_texts(mark: LaneMark, phrases: Phrases) -> tuple[str, str]:
    """Give what a mark says, then the same in the least room."""
    if mark.kind is LaneKind.INCIDENT:
        return f"{mark.name} {mark.title}".strip(), mark.name
    if mark.kind is LaneKind.WAIVER_LAPSED:
        return phrases.gettext("{name} lapsed", name=mark.name), mark.name
    return phrases.gettext("{name} lapses", name=mark.name), mark.name
