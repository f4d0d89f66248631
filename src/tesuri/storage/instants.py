"""Instants between the records (aware UTC) and the store (whole seconds since 1970)."""

from datetime import UTC, datetime


def to_seconds(instant: datetime) -> int:
    """Give the whole second in which the instant lies."""
    return int(instant.timestamp())


def from_seconds(seconds: int) -> datetime:
    """Give the aware UTC instant of a stored second."""
    return datetime.fromtimestamp(seconds, UTC)


def from_optional_seconds(seconds: int | None) -> datetime | None:
    """Give the aware UTC instant, or None for None."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
