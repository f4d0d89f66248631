"""What a time may be called: a date, an instant, or a length of time ago."""

from datetime import datetime, timedelta, tzinfo

from tesuri.model.errors import BadInput
from tesuri.routing.declared.fields import DURATION, duration_seconds, moment_utc

_SHAPES = "Write it as 2026-10-01, 2026-10-01T09:00:00Z, or 7d for a week ago."


def is_length(text: str) -> bool:
    """Whether the text is a length of time: 7d, 12 h."""
    return DURATION.fullmatch(text) is not None


def moment_of(text: str, *, now: datetime, zone: tzinfo, where: str, is_end: bool) -> datetime:
    """Give the instant that a text names; a date is its last second in the zone, or its first.

    **raises** BadInput for what is no time, and for the future.
    """
    if is_length(text):
        return now - timedelta(seconds=duration_seconds(text))
    try:
        first, last = (moment_utc(text, zone, is_end=end) for end in (False, True))
    except ValueError as error:
        raise BadInput(f"{text!r} is no time.", where=where, remedy=_SHAPES) from error
    if first > now:
        raise BadInput(
            f"{text} lies in the future.", where=where, remedy="Give a time that has passed."
        )
    return min(last, now) if is_end else first
