"""The frame of a burn-down: its sizes, where instants and amounts lie, the axes and the ground."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tesuri.charts import svg
from tesuri.model.views_slo import BudgetPoint, BurnDown
from tesuri.wording.phrases import Phrases


@dataclass(frozen=True, slots=True)
class Size:
    """One drawing's measures, in px."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    classes: str
    ticks: int
    is_narrow: bool = False


WIDE = Size(1200, 330, 64, 62, 30, 54, "wide", 9)
MIDDLE = Size(840, 310, 64, 62, 30, 54, "middle", 6)
NARROW = Size(358, 250, 26, 12, 24, 46, "narrow", 4, is_narrow=True)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where an instant and an amount lie in a drawing."""

    chart: BurnDown
    size: Size
    highest: int
    lowest: int

    def x(self, at: datetime) -> float:
        """Place of an instant, kept inside the frame."""
        whole = (self.chart.ends_at - self.chart.starts_at).total_seconds() or 1.0
        share = (at - self.chart.starts_at).total_seconds() / whole
        inner = self.size.width - self.size.left - self.size.right
        return self.size.left + inner * min(1.0, max(0.0, share))

    def y(self, seconds: int) -> float:
        """Place of an amount of budget."""
        inner = self.size.height - self.size.top - self.size.bottom
        share = (self.highest - seconds) / ((self.highest - self.lowest) or 1)
        return self.size.top + inner * share

    @property
    def floor(self) -> float:
        """Place of the lower edge."""
        return float(self.size.height - self.size.bottom)

    @property
    def end(self) -> float:
        """Place of the right edge."""
        return float(self.size.width - self.size.right)

    def at(self, point: BudgetPoint) -> svg.Point:
        """Place of a point."""
        return self.x(point.at), self.y(point.remaining_seconds)


def frame_of(chart: BurnDown, size: Size) -> Frame:
    """Give the frame that holds the allowance and everything measured or foreseen."""
    amounts = [point.remaining_seconds for point in chart.points]
    amounts += [point.remaining_seconds for point in chart.usual_pace]
    return Frame(
        chart=chart,
        size=size,
        highest=max([chart.allowance_seconds, *amounts]),
        lowest=min([0, *amounts]),
    )


def ground(frame: Frame) -> list[str]:
    """Draw the pale ground of the future."""
    x, top = frame.x(frame.chart.now), frame.size.top
    return [svg.rect((x, top, frame.end - x, frame.floor - top), classes="g-future")]


def misses_axis(frame: Frame, phrases: Phrases) -> list[str]:
    """Draw whole misses at the left, their hours at the right, a hairline at each."""
    parts, narrow = [], frame.size.is_narrow
    for seconds in _levels(frame):
        y = frame.y(seconds)
        kind = "g-axis" if seconds == 0 else "g-grid"
        parts.append(svg.path(f"M{frame.size.left} {y:.1f}H{frame.end:.0f}", classes=kind))
        label = _level_label(seconds, frame, phrases)
        parts.append(svg.text((frame.size.left - 10, y + 4), label, anchor="end"))
        if not narrow:
            parts.append(svg.text((frame.end + 10, y + 4), phrases.hours(seconds)))
    heading = phrases.gettext("left")
    if narrow:
        is_in_hours = _is_in_hours(frame)
        heading = phrases.gettext("hours left" if is_in_hours else "misses left")
    spot = (0.0, 10.0) if narrow else (frame.size.left - 10.0, 16.0)
    parts.append(svg.text(spot, heading, anchor="start" if narrow else "end"))
    return parts


def _is_in_hours(frame: Frame) -> bool:
    """Whether not even one whole miss lies between the ends, so that hours say more."""
    miss = frame.chart.miss_seconds
    return frame.highest // miss <= -(-frame.lowest // miss)


def _levels(frame: Frame) -> list[int]:
    """Give the amounts that get a hairline: whole misses, thinned to seven; else both ends."""
    if _is_in_hours(frame):
        return sorted({0, frame.highest, frame.lowest})
    miss = frame.chart.miss_seconds
    above, below = frame.highest // miss, -(-frame.lowest // miss)
    step = max(1, -(-(above - below) // 6))
    levels = {miss * k for k in range(below, above + 1) if k % step == 0}
    return sorted(levels | {0})


def _level_label(seconds: int, frame: Frame, phrases: Phrases) -> str:
    if _is_in_hours(frame):
        hours = int(seconds / 3600)
        return f"{hours}".replace("-", "−") if frame.size.is_narrow else phrases.hours(seconds)
    whole, rest = divmod(seconds, frame.chart.miss_seconds)
    if rest:
        return "" if frame.size.is_narrow else phrases.hours(seconds)
    if frame.size.is_narrow:
        return str(whole).replace("-", "−")
    return phrases.ngettext("{count} miss", "{count} misses", whole)


def days_axis(frame: Frame, phrases: Phrases) -> list[str]:
    """Draw the days under the frame."""
    start = frame.chart.starts_at
    days = max(1, (frame.chart.ends_at - start).days)
    step = max(1, -(-days // frame.size.ticks))
    parts, month = [], 0
    for offset in range(0, days + 1, step):
        at = start + timedelta(days=offset)
        x = frame.x(at)
        local = at.astimezone(phrases.zone)
        is_short = frame.size.is_narrow or step > 3
        label = phrases.short_day(at) if is_short else phrases.day(at)
        if not is_short and phrases.language == "en" and local.month == month:
            label = label.rsplit(" ", 1)[0]
        month = local.month
        parts.append(svg.path(f"M{x:.1f} {frame.floor:.0f}v4", classes="g-axis"))
        parts.append(svg.text((x, frame.floor + 21), label, anchor=_anchor(frame, x)))
    return parts


def _anchor(frame: Frame, x: float) -> str:
    if not frame.size.is_narrow:
        return "middle"
    if x < frame.size.left + 12:
        return "start"
    return "end" if x > frame.end - 12 else "middle"
