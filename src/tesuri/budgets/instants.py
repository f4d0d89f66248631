"""Instants as whole seconds: datetimes at the seam, exact integers inside."""

from datetime import UTC, datetime, timedelta

HOUR = 3600
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_PER_DAY = 86_400


def seconds_of(at: datetime) -> int:
    """Give whole seconds since 1970; parts of a second are dropped."""
    passed = at - _EPOCH
    return passed.days * _SECONDS_PER_DAY + passed.seconds


def instant(seconds: int) -> datetime:
    """Give the aware UTC instant of whole seconds since 1970."""
    return _EPOCH + timedelta(seconds=seconds)
